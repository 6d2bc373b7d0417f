"""How likely two persons are one, and how likely somebody knows a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphface.clustering.merging import Floats, Ints

NEAR = 5
"""Others that each person is held against, the nearest; more found no more of the same."""

STRANGE = 2.0
"""Faces a person has when it is as likely as not that whoever is asked knows them."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Log odds that two persons are one: by how far their mean distance is under what joins
    clusters (a share of their yardsticks), and by their sizes."""

    score: float
    smaller: float
    """Times the logarithm of the faces of the smaller one: the distance of many faces is known
    precisely, and a gap between two large persons is one."""
    larger: float
    constant: float


CHANCE = Chance(48.7, -1.75, 0.3, -0.9)
"""Logistic regression on what the default clustering leaves apart of `lfw-dev`: dlib's and
MobileFaceNet's embeddings, which agree on it."""


def known(faces: Floats) -> Floats:
    """How likely whoever is asked knows a person with so many faces."""
    likely: Floats = faces / (faces + STRANGE)
    return likely


def probability(sums: Floats, sizes: Floats, reach: Floats, pairs: Ints) -> Floats:
    """[pairs]: that two persons are one. Arrays as in `graphface.clustering.merging`."""
    import numpy as np

    from graphface.clustering.relative import PERSON

    a, b = pairs[:, 0], pairs[:, 1]
    size_a, size_b = at_least_one(sizes[a]), at_least_one(sizes[b])
    dots = np.einsum("ij,ij->i", sums[a], sums[b]) / (size_a * size_b)
    distance = np.sqrt(np.maximum(2 - 2 * dots, 0))
    score = PERSON.score()(size_a, size_b, distance, (reach[a] + reach[b]) / 2)
    odds = (
        CHANCE.score * score
        + CHANCE.smaller * np.log(np.minimum(size_a, size_b))
        + CHANCE.larger * np.log(np.maximum(size_a, size_b))
        + CHANCE.constant
    )
    sure: Floats = 1 / (1 + np.exp(np.clip(-odds, -700, 700)))
    return sure


def nearest_others(means: Floats) -> Ints:
    """Pairs of persons [m, 2], each once: everybody and the `NEAR` whose faces are nearest."""
    import numpy as np

    count, wide = len(means), means.astype(np.float32)
    most = min(NEAR, count - 1)
    found = [np.empty((0, 2), np.int64)]
    for start in range(0, count if most > 0 else 0, 512):
        dots = wide[start : start + 512] @ wide.T
        rows = np.arange(len(dots))
        dots[rows, start + rows] = -np.inf
        best = np.argpartition(-dots, most - 1, axis=1)[:, :most]
        found.append(np.stack([np.repeat(start + rows, most), best.ravel()], axis=1))
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def at_least_one(sizes: Floats) -> Floats:
    import numpy as np

    return np.maximum(sizes, 1.0)
