"""Is this face one of the people we know, which one, and how sure: open-set identification.

The distance to the nearest face is weak evidence. Some faces lie near many people: blurred faces,
children, and groups that were rare in the network's training. Some people lie near many faces. So
identification weighs four cosines and a count, all computed from the few hundred known faces
nearest to the probe:

- nearest: probe to the nearest face of the person;
- middle: probe to the person's middle, the sum of the unit vectors of their faces;
- probe cohort: probe to the next few other people;
- person cohort: the person's middle to the next few other people;
- faces: how many of the person there are (their logarithm): a middle of many faces lies nearer to
  another face of the person than that of a single one.

The first two count for the person, the cohorts against: what matters is not that the person is
near, but that they are nearer than the others. (Speaker recognition calls this score normalisation:
Auckenthaler and others, 2000.) The probability is the logistic function of the weighted sum.
`graphface.recognition.learning` finds the weights on faces whose people are known, and
`docs/evaluation.md` shows what each part brings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.numbers import logistic, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.records import Space, Vectors

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

NEAREST = 200
"""Known faces that are looked at; more change nothing that was measured, if they show `PEOPLE`."""

PEOPLE = 10
"""People that should be among them. The nearest faces may all be one person's, who has a thousand
pictures here. Then nobody is left to compare that person with, and whoever looks a little like them
would be taken for them."""

MORE, MOST = 4, 3_200
"""So many times as many faces are looked at where too few people are among them, and at most so
many: reading them takes half a second."""

PRIOR = 0.5
"""How many of the faces that are asked about show somebody known, where nothing else is said."""

COHORT = 3
"""Other people who make a cohort."""

CANDIDATES = 5
"""People who are weighed against each other, the nearest first."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the cosines for one model: log odds per 1 of cosine, at even prior odds."""

    nearest: float
    middle: float
    probe_cohort: float
    person_cohort: float
    faces: float
    """Log odds per natural logarithm of the number of the person's faces."""
    constant: float
    least_cohort: tuple[float, float]
    """Lower bounds of the cohorts (probe's, person's), which matter in a graph of few people."""
    twin: float
    """People at this cosine or more to the person count as parts of the person, not as cohort."""


@dataclass(frozen=True, slots=True)
class Match:
    """The person that a face most likely shows."""

    person: str
    probability: float
    """Probability that it is this person; the rest covers everybody else, strangers included."""
    evidence: tuple[float, ...]
    """Cosines: nearest, middle, probe cohort, person cohort; logarithm of the number of faces."""
    second: str | None = None
    """The second most likely person."""
    second_probability: float = 0.0


def identify(
    probe: Vectors,
    vectors: Vectors | Sequence[Sequence[float]],
    people: Sequence[str | None],
    weights: Weights,
    *,
    mirrored: Vectors | None = None,
    prior: float = PRIOR,
) -> Match | None:
    """The person that `probe` [d] most likely shows, and how sure; None when nobody is known.

    `vectors` [n, d] are the known faces nearest to it (see `enough`), `people` [n] the person of
    each; faces without a person (None) are ignored. `mirrored` [d] is the embedding of the mirrored
    face, if there is one. `prior` is the share of probes that show somebody known.
    """
    named = [k for k, person in enumerate(people) if person is not None]
    if not named:
        return None
    names, person = np.unique([str(people[k]) for k in named], return_inverse=True)
    near = unit_vectors(np.asarray(vectors, np.float64)[named], np.float64)
    face = _unit_middle(probe, mirrored)
    candidates, found = evidence(face, near, person, weights.least_cohort, weights.twin)
    odds = log_odds(found, weights) + math.log(prior / (1 - prior))
    order = np.argsort(-odds, kind="stable")
    best = int(order[0])
    second = int(order[1]) if len(order) > 1 else None
    return Match(
        person=str(names[candidates[best]]),
        probability=logistic(odds[best]),
        evidence=tuple(found[best].tolist()),
        second=None if second is None else str(names[candidates[second]]),
        second_probability=0.0 if second is None else logistic(odds[second]),
    )


def _unit_middle(probe: Vectors, mirrored: Vectors | None) -> Floats:
    """The face's unit vector; with its mirror image, the middle of the two."""
    both = unit_vectors(np.stack([probe] if mirrored is None else [probe, mirrored]), np.float64)
    middle: Floats = unit_vectors(both.sum(axis=0), np.float64)
    return middle


def evidence(
    probe: Floats,
    near: Floats,
    person: Numbers,
    least: tuple[float, float],
    twin: float,
    count: int = CANDIDATES,
) -> tuple[Numbers, Floats]:
    """The `count` candidates, nearest first, and the evidence for each, [candidates, 5].

    It is four cosines and the logarithm of the number of faces, in the order of `Weights`.

    `probe` [d] and `near` [n, d] are unit vectors, `person` [n] numbers without gaps.
    """
    nearest, middles = _people(probe, near, person)
    middle = middles @ probe
    closeness = (nearest + middle) / 2
    candidates = np.argsort(-closeness, kind="stable")[:count]
    between = middles[candidates] @ middles.T
    strangers = between < twin
    strangers[np.arange(len(candidates)), candidates] = False
    cohorts = [
        (_cohort(closeness[others], least[0]), _cohort(row[others], least[1]))
        for row, others in zip(between, strangers, strict=True)
    ]
    faces = np.log(np.bincount(person)[candidates])
    parts = [nearest[candidates], middle[candidates], np.array(cohorts), faces]
    return candidates, np.column_stack(parts)


def _people(probe: Floats, near: Floats, person: Numbers) -> tuple[Floats, Floats]:
    """Of each person: the largest cosine with `probe`, [people]; the middle, [people, d]."""
    order = np.argsort(person, kind="stable")
    starts = np.flatnonzero(np.diff(person[order], prepend=-1))
    nearest = np.maximum.reduceat((near @ probe)[order], starts)
    return nearest, unit_vectors(np.add.reduceat(near[order], starts, axis=0), np.float64)


def _cohort(cosines: Floats, least: float) -> float:
    """Mean of the largest cosines of other people, with the lower bound of a larger graph."""
    return max(float(np.sort(cosines)[-COHORT:].mean()), least) if len(cosines) else least


def log_odds(found: Floats, weights: Weights) -> Floats:
    """Log odds of each row of `evidence`."""
    each = (
        weights.nearest, weights.middle, weights.probe_cohort, weights.person_cohort, weights.faces,
    )  # fmt: skip
    odds: Floats = np.atleast_2d(found) @ np.array(each) + weights.constant
    return odds


def enough(count: int, people: int, there: int) -> bool:
    """Whether `count` nearest faces that show `people` persons, of `there` in all, are enough.

    If not, look at `MORE` times as many.
    """
    return count >= MOST or people >= min(PEOPLE, there)


_BY_SQUARES = (3.3, 12.3, -5.8, -3.3)
_BY_FACES = 0.0
_AT_NO_DISTANCE, _COHORT_AT = 4.9, 1.8
"""Means of what was learnt for the two networks, in squares of strict link thresholds."""

_STRICT = 0.73
"""Strict link threshold over DeepFace's threshold for pairs, as on dlib's network."""

_LEARNT = {
    "Dlib": Weights(
        nearest=59.17,
        middle=252.5,
        probe_cohort=-154.4,
        person_cohort=-82.84,
        faces=-0.443,
        constant=-73.42,
        least_cohort=(0.912, 0.918),
        twin=0.958,
    ),
    "Facenet": Weights(
        nearest=5.546,
        middle=35.07,
        probe_cohort=-20.68,
        person_cohort=-13.18,
        faces=0.093,
        constant=-9.374,
        least_cohort=(0.414, 0.412),
        twin=0.767,
    ),
}


def weights_of(graph: Connection, space: Space) -> Weights:
    """The weights that `calibrate` learned on this graph, or else the built-in ones."""
    rows = graph.run("read-identification")
    if not rows:
        return weights_for(space)
    nearest, middle, probe_cohort, person_cohort, *rest = rows[0]["weights"]
    *faces, constant, probe, person, twin = rest  # no faces: learnt before their number counted
    return Weights(
        nearest, middle, probe_cohort, person_cohort, sum(faces), constant, (probe, person), twin
    )


def weights_for(space: Space) -> Weights:
    """Built-in weights of the model of `space`.

    dlib's and FaceNet's weights were learned on the development half of Labeled Faces in the Wild
    (`learn`, with the `twin` of the strict threshold in docs/models.md). Other models use the mean
    of dlib's and MobileFaceNet's weights, in squares of a strict threshold: the weights of the
    cosines agree well between the two, the constant less so. The probabilities of a model that was
    not measured are a guess until `learn` has seen its faces.
    """
    from graphface.vision.encoders import find

    spec = find(space.model)
    pairs = spec.pairs.get("euclidean_l2") if spec else None
    limit = _STRICT * pairs if pairs else _on_unit_vectors(space)
    return _LEARNT.get(space.model) or _scaled(limit)


def _on_unit_vectors(space: Space) -> float:
    """The link threshold as a distance between unit vectors."""
    if space.metric == "cosine":
        return math.sqrt(2 * space.threshold)
    return min(space.threshold, 1.2)  # raw distances of an unknown model: no better guess


def _scaled(limit: float) -> Weights:
    """Weights for a model whose strict link threshold on unit vectors is `limit`.

    A cosine c is a squared distance of 2 - 2 c. Counted in squares of the threshold, it means much
    the same for every model.
    """
    square = limit * limit / 2
    each = [weight / square for weight in _BY_SQUARES]
    return Weights(
        nearest=each[0],
        middle=each[1],
        probe_cohort=each[2],
        person_cohort=each[3],
        faces=_BY_FACES,
        constant=_AT_NO_DISTANCE - sum(each),
        least_cohort=(1 - _COHORT_AT * square, 1 - _COHORT_AT * square),
        twin=1 - square,
    )
