"""Learn, from the graph itself, how sure a distance makes us that two faces are one person.

If the user or a folder said who some faces are, the examples are pairs within a person and pairs
across persons. (What clustering found is no evidence, since it rests on the same distances.)
Otherwise two faces of one photo are two people. Two photos with one face each, taken within seconds
of each other (a burst), show one person, and so do two copies of one picture. These pairs are
nearer than other pairs of a person, so what is learned from them is cautious.
"""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from graphface.clustering.match_probability import Logistic
from graphface.errors import NotFound
from graphface.numbers import logistic
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.db import Connection, Row

    Pairs = NDArray[np.int32]

LEAST = 100
"""Pairs of one person, and of two, below which nothing is learned."""

MOST = 100_000
"""Pairs of a kind that are looked at."""

PER_PERSON = 100
"""Pairs of one person that are looked at: who has many pictures must not be all there is."""

HALVES = 10
"""Times that the people are halved anew: with one half, the table would be about a few people."""

BOUNDS = (0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0 + 1e-9)
"""Probabilities between which pairs are counted together."""

BURST = 10.0
"""Seconds between two photos of a burst."""


@dataclass(frozen=True, slots=True)
class Reliability(Record):
    """The share of pairs of one person among those with a probability in [low, high)."""

    low: float
    high: float
    pairs: int
    said: float
    """Mean probability."""
    true: float


@dataclass(frozen=True, slots=True)
class CalibrationReport(Record):
    """What was learned, and how well it holds for people it was not learned from."""

    learned_from: Literal["names", "photos"]
    middle: float
    """Distance of even odds for equally many pairs of one person and of two, in `metric`."""
    scale: float
    quality: float
    """Log odds gained if the poorer face has quality 0."""
    metric: str
    same: int
    different: int
    reliability: tuple[Reliability, ...]
    identification_people: int | None = None
    """People with two faces or more from whom `who` learned to weigh its evidence; None where they
    are fewer than `identification_needs`."""
    identification_needs: int = 0


def calibrate(graph: Connection) -> CalibrationReport:
    """Learn the curve and store it in `:Space`, the source of every confidence.

    Raises NotFound for a graph that is empty or has too little to learn from.
    """
    from graphface.clustering.face_graph import read_vectors
    from graphface.linking.gds_distance import distances

    space = graph.require_space()
    ids, vectors = read_vectors(graph, space)
    with task("comparing"):
        known = {row["id"]: row for row in graph.stream("calibration-faces")}
        rows = [known.get(id, {}) for id in ids]
        source, same, different = _examples(rows)
        pairs = np.concatenate([same, different])
        examples = Examples(
            distances(vectors, pairs[:, 0], pairs[:, 1], space.metric),
            _qualities(rows)[pairs].min(axis=1),
            np.arange(len(pairs)) < len(same),
            _groups([row.get("person" if source == "names" else "photo") for row in rows])[pairs],
        )
    learned = fit(examples)
    graph.run("save-calibration", **asdict(learned), pairs=len(pairs))
    return CalibrationReport(
        source, **asdict(learned), metric=space.metric, same=len(same), different=len(different),
        reliability=reliability(examples),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Pairs of faces known to be one person or two."""

    distance: NDArray[np.float64]
    """[n], in the metric of the graph."""
    quality: NDArray[np.float64]
    """[n], quality of the poorer face."""
    same: NDArray[np.bool_]
    """[n]"""
    groups: NDArray[np.int64]
    """[n, 2]: number of the person of each face, or else of the photo."""

    def some(self, which: NDArray[np.bool_]) -> Examples:
        return Examples(
            self.distance[which], self.quality[which], self.same[which], self.groups[which]
        )


def fit(examples: Examples, rounds: int = 50) -> Logistic:
    """Fit the maximum-likelihood logistic curve, with both kinds weighted alike (Newton's method).

    A weak prior keeps the scale from vanishing if the two kinds do not overlap, and the weight of
    quality from growing if all faces have the same.
    """
    distance, same = examples.distance, examples.same
    centre, spread = float(np.median(distance)), float(distance.std()) or 1.0
    columns = np.ones(len(distance)), (distance - centre) / spread, 1 - examples.quality
    x = np.stack(columns, axis=1)
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum()) * len(same)
    beta = np.array([0.0, -1.0, 0.0])
    ridge = np.diag([1e-6, 1e-2, 1e-1])
    for _ in range(rounds):
        p = logistic(x @ beta)
        gradient = x.T @ (weight * (same - p)) - ridge @ beta
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step * min(1.0, 2.0 / float(np.abs(step).max() + 1e-12))
    return Logistic(
        centre - spread * float(beta[0] / beta[1]), -spread / float(beta[1]), float(beta[2])
    )


def reliability(examples: Examples) -> tuple[Reliability, ...]:
    """Learn from half of the people and test on the other half, `HALVES` times.

    If nobody is named, the halves are of photos. Pairs with one face in each half are left out.
    """
    rng = np.random.default_rng(0)
    judged = [one for _ in range(HALVES) if (one := _judged(examples, rng)) is not None]
    if not judged:
        return ()
    probability, truth, weight = (np.concatenate(part) for part in zip(*judged, strict=True))
    out = []
    for low, high in itertools.pairwise(BOUNDS):
        some = (probability >= low) & (probability < high)
        if some.any():
            said, true = (np.average(of[some], weights=weight[some]) for of in (probability, truth))
            out.append(Reliability(low, min(high, 1), int(some.sum()), float(said), float(true)))
    return tuple(out)


def _judged(
    examples: Examples, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.float64]] | None:
    """Probability, truth and weight of the pairs of one half, as learned from the other half."""
    half = rng.random(int(examples.groups.max(initial=-1)) + 1) < 0.5
    inside = half[examples.groups]
    ours, theirs = examples.some(np.all(inside, 1)), examples.some(~np.any(inside, 1))
    if not all(some.same.any() and (~some.same).any() for some in (ours, theirs)):
        return None
    truth = theirs.same
    weight = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum())
    return fit(ours).array(theirs.distance, theirs.quality), truth, weight


def _qualities(rows: list[Row]) -> NDArray[np.float64]:
    """Qualities, [faces]; 1 if unknown."""
    known = (row.get("quality") for row in rows)
    return np.array([1.0 if one is None else one for one in known], dtype=np.float64)


def _groups(names: list[str | None]) -> NDArray[np.int64]:
    """A number for each name; each face without a name is a group of its own."""
    own = [name or f"\0{k}" for k, name in enumerate(names)]
    return np.unique(own, return_inverse=True)[1]


def _examples(rows: list[Row]) -> tuple[Literal["names", "photos"], Pairs, Pairs]:
    rng = np.random.default_rng(0)
    same = _within([row.get("person") for row in rows], rng)
    if len(same) >= LEAST:
        return "names", same, _across([row.get("person") for row in rows], rng)
    different = _within([row.get("photo") for row in rows], rng)
    same = _free(rows)
    if min(len(same), len(different)) < LEAST:
        raise NotFound(
            f"too little to learn from: {len(same)} pairs in bursts and copies and "
            f"{len(different)} in one photo, where {LEAST} of each are needed",
            "Build with `people_from_folders` where folders are named after people; until then the "
            "curve that is built in for the model is used",
            code="too-little-to-learn",
            least=LEAST,
        )
    return "photos", same, different


def _within(groups: list[str | None], rng: np.random.Generator) -> Pairs:
    """Pairs of faces of the same group, at most `PER_PERSON` of each group."""
    members: dict[str, list[int]] = {}
    for face, group in enumerate(groups):
        if group is not None:
            members.setdefault(group, []).append(face)
    found: list[Pairs] = [np.empty((0, 2), np.int32)]
    for group in sorted(members):
        faces = np.array(members[group], np.int32)
        a, b = np.triu_indices(len(faces), 1)
        some = rng.permutation(len(a))[:PER_PERSON]
        found.append(np.stack([faces[a[some]], faces[b[some]]], axis=1))
    return np.concatenate(found)[:MOST]


def _across(groups: list[str | None], rng: np.random.Generator) -> Pairs:
    named = np.array([k for k, group in enumerate(groups) if group is not None], np.int32)
    numbers = np.unique([groups[k] or "" for k in named], return_inverse=True)[1]
    a, b = rng.integers(0, len(named), (2, MOST))
    two = numbers[a] != numbers[b]
    if not two.any():
        raise NotFound(
            "only one person is named",
            "Name a second one: two are needed to compare",
            code="too-little-to-learn",
        )
    return np.stack([named[a[two]], named[b[two]]], axis=1)


def _free(rows: list[Row]) -> Pairs:
    """Pairs of one person that need no names: bursts, and copies of one picture."""
    alone = _alone(rows)
    pairs = {*_bursts(rows, alone), *_copies(rows, alone)}
    return np.array(sorted(pairs), np.int32).reshape(-1, 2)[:MOST]


def _alone(rows: list[Row]) -> list[int]:
    """The only faces of their photos."""
    from collections import Counter

    faces = Counter(row.get("photo") for row in rows)
    return [k for k, row in enumerate(rows) if row.get("photo") and faces[row["photo"]] == 1]


def _bursts(rows: list[Row], alone: list[int]) -> list[tuple[int, int]]:
    """Pairs from photos taken within `BURST` seconds."""
    from datetime import datetime

    def taken(face: int) -> float:
        text = rows[face]["taken"].split("[")[0].replace("Z", "+00:00")
        return datetime.fromisoformat(text).timestamp()

    timed = sorted((taken(face), face) for face in alone if rows[face].get("taken"))
    near = itertools.pairwise(timed)
    return [(min(a, b), max(a, b)) for (one, a), (two, b) in near if two - one <= BURST]


def _copies(rows: list[Row], alone: list[int]) -> list[tuple[int, int]]:
    """Pairs from photos with the same perceptual hash: resized, saved again."""
    hashed = sorted((rows[face]["phash"], face) for face in alone if rows[face].get("phash"))
    return [(a, b) for (one, a), (two, b) in itertools.pairwise(hashed) if one == two]
