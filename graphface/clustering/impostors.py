"""Impostor distances: how near other people are, as the measure of every distance.

Embeddings differ in scale from model to model, and within one model some kinds of faces lie nearer
to each other than others. So a distance means nothing by itself. Its meaning follows from how near
the nearest strangers are, overall and around the two faces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from graphface.clustering.agglomerative import Floats, Ints
    from graphface.clustering.face_graph import FaceGraph
    from graphface.records import Vectors

PASSED_OVER, NEAREST = 5, 15
"""So many of the nearest other clusters are passed over, since they may well be the same person in
other pieces. So many after them are taken for strangers. This is where there are `MANY` clusters;
where there are fewer it is less, by the square root, or the strangers would not be near."""

OWN = 0.12
"""For each face of a cluster, so many more clusters are passed over: the pieces of a large person
are many."""

MOST_PASSED_OVER = 60

MANY, MOST_SHARE = 3_000, 1.2

WITNESSES = 8_000
"""Clusters that others are compared with: more would not say more."""

BLOCK = 1_024
"""Clusters that are compared with all witnesses at a time."""

FEW = 100
"""With so many clusters, half of it is measured around each, half is the common one."""

SHARPER = 1.25
"""The share of the common impostor distance to which strangers come is taken to this power. In a
crowd the very nearest are nearer still than the mean of the nearest tells."""

LEAST = 0.70
"""Around nobody strangers come nearer than this share of what they do on the whole."""

EXPECTED_NEAREST = 0.91
"""How near the very nearest other comes, as a share of the impostor distance, before anything was
measured."""

KNOWN = 30
"""What is known of a model beforehand counts as much as the distances of so many people."""

SURELY_SAME = 0.85
"""Pairs nearer than this share of what is expected of strangers are one person."""

NORMAL = NormalDist()

PAIRS = 200_000
"""Pairs of faces sampled for the spread of strangers' distances."""


def common_impostor_distance(units: Vectors, expected: float) -> float:
    """The distance of the nearest of as many strangers as there are faces, on unit vectors.

    Distances of strangers are nearly normal, so their median and spread determine the lower end.
    Both are measured on random pairs that are certainly not one person. The upward spread is too
    large if some faces are far from all others, the downward spread if there are few people, so the
    smaller one counts. `expected` is the model's prior value. It weighs as much as `KNOWN` people,
    since a thousand pictures of two people say nothing about how near strangers are.
    """
    count = len(units)
    if count < 3:
        return expected
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, count, (2, PAIRS))
    a, b = a[a != b], b[a != b]
    distance = np.sqrt(np.maximum(2 - 2 * np.einsum("ij,ij->i", units[a], units[b]), 0))
    others = distance[distance > SURELY_SAME * expected]
    if not len(others):
        return expected
    low, middle, high = np.quantile(others, [NORMAL.cdf(-1.645), 0.5, NORMAL.cdf(1)])
    measured = float(middle - deviations(count) * min(high - middle, (middle - low) / 1.645))
    people = min(1 / max(1 - len(others) / len(distance), 1e-9), count)
    weight = people / (people + KNOWN)
    return weight * measured + (1 - weight) * expected


def deviations(count: int) -> float:
    """How many standard deviations the tenth nearest of `count` strangers is from the mean."""
    return NORMAL.inv_cdf(1 - min(10 / count, 0.02))


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """How near the others are to each of some clusters."""

    impostor: Floats
    """[k]: impostor distances."""
    nearest: float
    """How near the very nearest other usually comes, as a share of the impostor distance."""


def surroundings(sums: Floats, sizes: Floats, common: float) -> Surroundings:
    """The impostor distance of each cluster, from sums of unit vectors [k, d] and sizes [k].

    It is the mean distance to the nearest others, but for the very nearest. Whatever is nearest to
    many faces of one person is usually that same person, in bad pictures. So the larger a cluster
    is, the more of its nearest are passed over.
    """
    means = (sums / sizes[:, None]).astype(np.float32)
    count = len(means)
    both = [ranks(size, count) for size in sizes.tolist()]
    passed, taken = np.array([one for one, _ in both], dtype=np.int64), both[0][1]
    if count <= PASSED_OVER + taken:
        return Surroundings(np.full(count, common), EXPECTED_NEAREST)
    some = np.unique(np.linspace(0, count - 1, min(count, WITNESSES)).astype(np.int64))
    parts = [
        _near(means, means[some], start, some, passed[start : start + BLOCK], taken)
        for start in range(0, count, BLOCK)
    ]
    first, mean = (np.concatenate(part).astype(np.float64) for part in zip(*parts, strict=True))
    weight = count / (count + FEW)
    nearest = (
        weight * float(np.median(first / np.maximum(mean, 1e-9))) + (1 - weight) * EXPECTED_NEAREST
    )
    return Surroundings(_told(mean, common, weight), nearest)


def _told(mean: Floats, common: float, weight: float) -> Floats:
    """Impostor distances from the mean distances of the nearest others, [k].

    The fewer clusters there are, the smaller is the `weight` of what is around each.
    """
    own = common * (mean / common) ** SHARPER
    return np.maximum(weight * own + (1 - weight) * common, LEAST * common)


def ranks(faces: float, count: int) -> tuple[int, int]:
    """How many of the nearest of `count` clusters one of so many faces passes over, and how many
    come after them."""
    share = min(math.sqrt(count / MANY), MOST_SHARE)
    taken = max(round(NEAREST * share), 3)
    passed = round(max(PASSED_OVER * share, 1) + OWN * faces)
    return min(passed, MOST_PASSED_OVER, max(count - taken - 2, 0)), taken


def _near(
    means: Vectors, witnesses: Vectors, start: int, some: Ints, passed: Ints, taken: int
) -> tuple[Vectors, Vectors]:
    """For each cluster of a block: the distance of the nearest other, and the mean distance of
    `taken` others after those that are `passed` over."""
    dots = means[start : start + BLOCK] @ witnesses.T
    rows = np.arange(len(dots))
    itself = np.minimum(np.searchsorted(some, rows + start), len(some) - 1)
    mine = some[itself] == rows + start
    dots[rows[mine], itself[mine]] = -2
    last = int(passed.max()) + taken
    top = -np.sort(-np.partition(dots, -last, axis=1)[:, -last:], axis=1)
    distance = np.sqrt(np.maximum(2 - 2 * top, 0))
    sums = np.cumsum(distance, axis=1, dtype=np.float64)
    before = np.where(passed > 0, sums[rows, np.maximum(passed - 1, 0)], 0)
    return distance[:, 0], ((sums[rows, passed + taken - 1] - before) / taken).astype(np.float32)


def expected_impostor_distance(faces: FaceGraph) -> float:
    """The prior impostor distance on unit vectors.

    It follows from the model's own threshold for pairs, or from the link threshold of an unknown
    model.
    """
    from graphface.vision.encoders import find

    space = faces.space
    spec = find(space.model)
    if spec and "euclidean_l2" in spec.pairs:
        return 1.08 * spec.pairs["euclidean_l2"]
    threshold = space.threshold
    if space.metric == "cosine":
        threshold = float(np.sqrt(2 * threshold))
    elif space.metric == "euclidean":
        threshold /= float(np.median(np.linalg.norm(faces.vectors, axis=1))) or 1.0
    return 1.13 * threshold
