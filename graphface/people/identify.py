"""Is this face one of the people we know, which one, and how sure: open-set identification.

The distance to the nearest face is weak evidence: some faces lie near to many people (blurred
ones, children, whoever the network saw few of), and some people near to many faces. So four
cosines are weighed, all from the some hundred known faces nearest to the one in question:

- nearest: to the nearest face of the person;
- middle: to the middle of the person's faces, their unit vectors added up;
- probe crowd: how near the next few other people are to the face in question;
- person crowd: how near the next few other people are to the person's middle.

The first two speak for the person, the crowds against: a person is known by being nearer than the
others are, not by being near. (Speaker recognition calls it score normalisation: Auckenthaler and
others, 2000.) The logistic function of the weighted sum is the probability. `learn` finds the weights
on faces whose people are known; `docs/evaluation.md` shows what each part brings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from graphface.records import Space, Vectors

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

NEAREST = 200
"""Known faces that are looked at; more change nothing that was measured."""

CROWD = 3
"""Other people who make a crowd."""

CANDIDATES = 5
"""People who are weighed against each other, the nearest first."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each cosine counts, in log odds for 1 of it. They belong to one model."""

    nearest: float
    middle: float
    probe_crowd: float
    person_crowd: float
    constant: float
    least_crowd: tuple[float, float]
    """What the crowds are taken to be at least (probe's, person's), in a graph of a few people."""
    twin: float
    """People with this cosine or more to the person are taken for parts of it, not for a crowd."""


@dataclass(frozen=True, slots=True)
class Match:
    """The person that a face most likely shows."""

    person: str
    probability: float
    """That it is this person; the rest is for everybody else, strangers included."""
    evidence: tuple[float, float, float, float]
    """The four cosines: nearest, middle, probe crowd, person crowd."""
    second: str | None = None
    """The next likely person."""
    second_probability: float = 0.0


def identify(
    probe: Vectors,
    vectors: Vectors,
    people: Sequence[str | None],
    weights: Weights,
    *,
    mirrored: Vectors | None = None,
    prior: float = 0.3,
) -> Match | None:
    """Who `probe` [d] most likely is, and how sure; None when nobody is known.

    `vectors` [n, d] are the known faces nearest to it (some `NEAREST`), `people` [n] whose they
    are; faces of nobody (None) are left out. `mirrored` [d] is the embedding of the mirrored face,
    if it was made. `prior` is how many of the faces asked about show somebody known.
    """
    import numpy as np

    named = [k for k, person in enumerate(people) if person is not None]
    if not named:
        return None
    names, person = np.unique([str(people[k]) for k in named], return_inverse=True)
    near = _unit(np.asarray(vectors)[named])
    candidates, cosines = _evidence(_probe(probe, mirrored), near, person, weights)
    odds = _odds(cosines, weights) + math.log(prior / (1 - prior)) - _LEARNT_AT
    order = np.argsort(-odds, kind="stable")
    best = int(order[0])
    second = int(order[1]) if len(order) > 1 else None
    return Match(
        person=str(names[candidates[best]]),
        probability=_logistic(odds[best]),
        evidence=tuple(cosines[best].tolist()),
        second=None if second is None else str(names[candidates[second]]),
        second_probability=0.0 if second is None else _logistic(odds[second]),
    )


def _probe(probe: Vectors, mirrored: Vectors | None) -> Floats:
    """The face's unit vector; with its mirror image, the middle of the two."""
    import numpy as np

    both = [probe] if mirrored is None else [probe, mirrored]
    return _unit(_unit(np.stack(both)).sum(axis=0, keepdims=True))[0]


def _evidence(
    probe: Floats, near: Floats, person: Numbers, weights: Weights
) -> tuple[Numbers, Floats]:
    """The candidates, nearest first, and the four cosines of each, [candidates, 4]."""
    import numpy as np

    cosine = near @ probe
    count = int(person.max()) + 1
    nearest = np.full(count, -1.0)
    np.maximum.at(nearest, person, cosine)
    middles = np.zeros((count, near.shape[1]))
    np.add.at(middles, person, near)
    middles = _unit(middles)
    middle = middles @ probe
    closeness = (nearest + middle) / 2
    order = np.argsort(-closeness, kind="stable")
    candidates = order[:CANDIDATES]
    between = middles[candidates] @ middles.T
    strangers = between < weights.twin
    strangers[np.arange(len(candidates)), candidates] = False
    crowds = [
        _crowds(closeness[far], row[far], weights.least_crowd)
        for row, far in zip(between, strangers, strict=True)
    ]
    columns = (nearest[candidates], middle[candidates])
    return candidates, np.column_stack([*columns, np.array(crowds)])


def _crowds(probe: Floats, person: Floats, least: tuple[float, float]) -> tuple[float, float]:
    """Mean of the largest cosines that other people have with the probe and with the person."""
    return tuple(  # type: ignore[return-value]
        max(float(_largest(some).mean()), floor) if len(some) else floor
        for some, floor in ((probe, least[0]), (person, least[1]))
    )


def _largest(values: Floats) -> Floats:
    import numpy as np

    return np.sort(values)[-CROWD:]


def _odds(cosines: Floats, weights: Weights) -> Floats:
    """Log odds of each row of cosines."""
    import numpy as np

    each = (weights.nearest, weights.middle, weights.probe_crowd, weights.person_crowd)
    odds: Floats = cosines @ np.array(each) + weights.constant
    return odds


def _logistic(odds: float) -> float:
    return 1 / (1 + math.exp(-max(min(float(odds), 700.0), -700.0)))


def _unit(vectors: NDArray[np.floating]) -> Floats:
    import numpy as np

    wide = vectors.astype(np.float64)
    norms = np.linalg.norm(wide, axis=-1, keepdims=True)
    unit: Floats = wide / np.where(norms == 0, 1, norms)
    return unit


_LEARNT_AT = math.log(0.3 / 0.7)
"""Log odds of a known face among those that `learn` asks about."""
