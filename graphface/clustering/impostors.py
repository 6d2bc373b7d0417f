"""Impostor distances: how near other people are, as the measure of every distance.

Embeddings differ in scale from model to model, and within one model some kinds of faces lie nearer
to each other than others. So a distance means nothing by itself. Its meaning follows from how near
the nearest strangers are, overall and around the two faces.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Floats
    from graphface.clustering.face_graph import FaceGraph
    from graphface.records import Vectors

NEAREST = 20
"""So many of the nearest other clusters, but for the very nearest, which may well be the same
person in another piece, are taken for strangers where there are `MANY` clusters; fewer where there
are fewer, by the square root, or they would not be near."""

MANY = 3_000

WITNESSES = 8_000
"""Clusters that others are compared with: more would not say more."""

FEW = 100
"""With so many clusters, half of it is measured around each, half is the common one."""

LARGE = 8
LARGE_LEAST, LEAST = 0.97, 0.90
"""Around a person of `LARGE` faces and more, and around any, strangers come no nearer than these
shares of what they do on the whole."""

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


def impostor_distances(sums: Floats, sizes: Floats, common: float) -> Floats:
    """The impostor distance of each cluster: its mean distance to the nearest others."""
    means = (sums / sizes[:, None]).astype(np.float32)
    count = len(means)
    last = nearest(count)
    if count <= last + 1:
        return np.full(count, common)
    some = np.unique(np.linspace(0, count - 1, min(count, WITNESSES)).astype(np.int64))
    near = np.concatenate(
        [_near(means, means[some], start, some, last) for start in range(0, count, 1024)]
    )
    weight = count / (count + FEW)
    own: Floats = weight * near.astype(np.float64) + (1 - weight) * common
    # Whatever is near many faces of one person is usually that same person, in bad pictures.
    return np.maximum(own, np.where(sizes >= LARGE, LARGE_LEAST, LEAST) * common)


def nearest(count: int) -> int:
    """The number of nearest clusters to average over, of `count` clusters."""
    return min(max(round(NEAREST * math.sqrt(count / MANY)), 4), NEAREST)


def _near(
    means: Vectors, witnesses: Vectors, start: int, some: NDArray[np.int64], last: int
) -> NDArray[np.float32]:
    dots = means[start : start + 1024] @ witnesses.T
    itself = np.searchsorted(some, np.arange(start, start + len(dots)))
    itself = np.minimum(itself, len(some) - 1)
    mine = some[itself] == np.arange(start, start + len(dots))
    dots[np.flatnonzero(mine), itself[mine]] = -2
    top = -np.partition(-dots, last - 1, axis=1)[:, :last]
    top = -np.sort(-top, axis=1)[:, 1:]
    near: NDArray[np.float32] = np.sqrt(np.maximum(2 - 2 * top, 0)).mean(axis=1)
    return near


def expected_impostor_distance(faces: FaceGraph) -> float:
    """The prior impostor distance on unit vectors.

    It is the model's own, follows from its threshold for pairs, or from the link threshold of an
    unknown model.
    """
    from graphface.vision.encoders import find

    space = faces.space
    spec = find(space.model)
    if spec and spec.impostor:
        return spec.impostor
    if spec and "euclidean_l2" in spec.pairs:
        return 1.08 * spec.pairs["euclidean_l2"]
    threshold = space.threshold
    if space.metric == "cosine":
        threshold = float(np.sqrt(2 * threshold))
    elif space.metric == "euclidean":
        threshold /= float(np.median(np.linalg.norm(faces.vectors, axis=1))) or 1.0
    return 1.13 * threshold
