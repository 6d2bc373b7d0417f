"""Learn, from the graph itself, how sure a distance makes us that two faces are one person.

With faces of which a person or a folder said who they are: pairs within a person and pairs across
(what clustering found is no evidence: it goes by the same distances). Without: two
faces of one photo are two people, and where two photos were taken within seconds and show one face
each, it is one person (a burst). Bursts are nearer than other pairs of a person, so what is learned
from them is on the cautious side.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from graphface.clustering.confidence import Logistic
from graphface.errors import NotFound
from graphface.progress import task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.graph import Graph, Row

    Pairs = NDArray[np.int32]

LEAST = 100
"""Pairs of one person, and of two, below which nothing is learned."""

MOST = 100_000
"""Pairs of a kind that are looked at."""

PER_PERSON = 100
"""Pairs of one person that are looked at: who has many pictures must not be all there is."""

BURST = 10.0
"""Seconds between two photos of a burst."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of the pairs with a probability in [low, high), this share was one person."""

    low: float
    high: float
    pairs: int
    said: float
    """Mean probability."""
    true: float


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """What was learned, and how it holds on people it was not learned from."""

    learned_from: Literal["names", "photos"]
    middle: float
    """Distance of even odds between as many pairs of one person as of two, in `metric`."""
    scale: float
    metric: str
    same: int
    different: int
    reliability: tuple[Reliability, ...]


def calibrate(graph: Graph) -> CalibrationReport:
    """Learn the curve and store it in `:Space`, where every confidence is taken from.

    Raises NotFound for an empty graph and for one that has too little to learn from.
    """
    import numpy as np

    from graphface.clustering.read import read_vectors
    from graphface.linking.distance import distances

    space = graph.space()
    if space is None:
        raise NotFound("this graph has no faces yet", "graphface build FOLDER brings them in")
    ids, vectors = read_vectors(graph, space)
    with task("comparing"):
        known = {row["id"]: row for row in graph.stream("calibration-faces")}
        rows = [known.get(id, {}) for id in ids]
        source, same, different = _examples(rows)
        pairs = np.concatenate([same, different])
        far = distances(vectors, pairs[:, 0], pairs[:, 1], space.metric)
    truth = np.arange(len(pairs)) < len(same)
    learned = fit(far, truth)
    graph.run("save-calibration", middle=learned.middle, scale=learned.scale, pairs=len(pairs))
    return CalibrationReport(
        source, learned.middle, learned.scale, space.metric, len(same), len(different),
        reliability(far, truth, pairs),
    )  # fmt: skip


def fit(distance: NDArray[np.float64], same: NDArray[np.bool_], rounds: int = 50) -> Logistic:
    """The logistic curve of greatest likelihood, both kinds counting alike (Newton's method).

    `distance` [n], `same` [n]. A little prior (as of one pair) keeps the scale from vanishing where
    the two kinds do not meet.
    """
    import numpy as np

    centre, spread = float(np.median(distance)), float(distance.std()) or 1.0
    x = np.stack([np.ones(len(distance)), (distance - centre) / spread], axis=1)
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum()) * len(same)
    beta = np.array([0.0, -1.0])
    ridge = np.diag([1e-6, 1e-2])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -40, 40)))
        gradient = x.T @ (weight * (same - p)) - ridge @ beta
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + ridge
        step = np.linalg.solve(curvature, gradient)
        beta = beta + step * min(1.0, 2.0 / float(np.abs(step).max() + 1e-12))
    return Logistic(centre - spread * float(beta[0] / beta[1]), -spread / float(beta[1]))


def reliability(
    distance: NDArray[np.float64], same: NDArray[np.bool_], pairs: Pairs
) -> tuple[Reliability, ...]:
    """Learn from one half of the faces' pairs, and see how often it is right on the other."""
    import numpy as np

    half = pairs.sum(axis=1) % 2 == 0
    if min((half & same).sum(), (half & ~same).sum()) == 0:
        return ()
    probability = fit(distance[half], same[half]).array(distance[~half])
    truth = same[~half]
    weight = np.where(truth, 0.5 / max(truth.sum(), 1), 0.5 / max((~truth).sum(), 1))
    bounds = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0 + 1e-9)
    out = []
    for low, high in itertools.pairwise(bounds):
        there = (probability >= low) & (probability < high)
        if there.any():
            w = weight[there]
            said, true = (
                np.average(probability[there], weights=w),
                np.average(truth[there], weights=w),
            )
            out.append(Reliability(low, min(high, 1.0), int(there.sum()), float(said), float(true)))
    return tuple(out)


def _examples(rows: list[Row]) -> tuple[Literal["names", "photos"], Pairs, Pairs]:
    import numpy as np

    rng = np.random.default_rng(0)
    same = _within([row.get("person") for row in rows], rng)
    if len(same) >= LEAST:
        return "names", same, _across([row.get("person") for row in rows], rng)
    different = _within([row.get("photo") for row in rows], rng)
    same = _bursts(rows)
    if min(len(same), len(different)) < LEAST:
        raise NotFound(
            f"too little to learn from: {len(same)} pairs in bursts and {len(different)} in one "
            f"photo, where {LEAST} of each are needed",
            "Build with --people-from-folders where folders are named after people; until then the "
            "curve that is built in for the model is used",
        )
    return "photos", same, different


def _within(groups: list[str | None], rng: np.random.Generator) -> Pairs:
    """Pairs of faces with the same group, at most `PER_PERSON` of each."""
    import numpy as np

    members: dict[str, list[int]] = {}
    for face, group in enumerate(groups):
        if group is not None:
            members.setdefault(group, []).append(face)
    found = [np.empty((0, 2), np.int32)]
    for group in sorted(members):
        faces = np.array(members[group], np.int32)
        a, b = np.triu_indices(len(faces), 1)
        some = rng.permutation(len(a))[:PER_PERSON]
        found.append(np.stack([faces[a[some]], faces[b[some]]], axis=1))
    return np.concatenate(found)[:MOST]


def _across(groups: list[str | None], rng: np.random.Generator) -> Pairs:
    import numpy as np

    named = np.array([k for k, group in enumerate(groups) if group is not None], np.int32)
    numbers = np.unique([groups[k] or "" for k in named], return_inverse=True)[1]
    a, b = rng.integers(0, len(named), (2, MOST))
    two = numbers[a] != numbers[b]
    if not two.any():
        raise NotFound("only one person is named", "Name a second one: two are needed to compare")
    return np.stack([named[a[two]], named[b[two]]], axis=1)


def _bursts(rows: list[Row]) -> Pairs:
    """Faces that are alone in their photos, which were taken within `BURST` seconds."""
    from collections import Counter
    from datetime import datetime

    import numpy as np

    alone = Counter(row.get("photo") for row in rows)
    timed = sorted(
        (
            datetime.fromisoformat(row["taken"].split("[")[0].replace("Z", "+00:00")).timestamp(),
            face,
        )
        for face, row in enumerate(rows)
        if row.get("taken") and alone[row.get("photo")] == 1
    )
    near = [
        (a, b) for (before, a), (after, b) in itertools.pairwise(timed) if after - before <= BURST
    ]
    return np.array(near, np.int32).reshape(-1, 2)[:MOST]
