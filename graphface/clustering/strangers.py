"""How near strangers come: the yardstick that a distance between faces is held against.

Embeddings differ in scale from model to model, and one model is crowded in places: some kinds of
faces lie nearer to each other than others. So no distance means anything by itself. What it means
follows from how near the nearest strangers are, on the whole and around the two faces.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.clustering.facegraph import FaceGraph
    from graphface.clustering.merging import Floats
    from graphface.records import Vectors

NEAREST = 20
"""So many of the nearest other clusters, but for the very nearest, which may well be the same
person in another piece, are taken for strangers where there are `MANY` clusters; fewer where there
are fewer, by the square root, or they would not be near."""

MANY = 3_000

WITNESSES = 8_000
"""Clusters that others are compared with: more would not say more."""

FEW = 100
"""With so many clusters, half of the reach is measured around each, half is the common one."""

LARGE = 8
"""Around a person of so many faces strangers come no nearer than two standard deviations below
the mean of all."""

KNOWN = 30
"""What is known of a model beforehand counts as much as the distances of so many faces."""

PAIRS = 200_000
"""Pairs of faces sampled for the spread of strangers' distances."""


def unit_vectors(vectors: Vectors) -> Vectors:
    """Vectors of length 1. The length says nothing of the person (`docs/clustering.md`)."""
    import numpy as np

    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    units: Vectors = np.divide(vectors, np.where(norms == 0, 1, norms), dtype=np.float32)
    return units


def common_reach(units: Vectors, expected: float) -> float:
    """How near the nearest of as many strangers come, on unit vectors.

    Random pairs of faces are nearly all of two people; their distances are close to normal, so the
    middle and the upper half, which no pair of one person touches, tell the lower end. `expected`
    is what is known of the model beforehand, and weighs as much as `KNOWN` faces.
    """
    import numpy as np

    count = len(units)
    if count < 3:
        return expected
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, count, (2, PAIRS))
    a, b = a[a != b], b[a != b]
    square = 2 - 2 * np.einsum("ij,ij->i", units[a], units[b])
    middle, upper = np.quantile(np.sqrt(np.maximum(square, 0)), (0.5, 0.8413))
    measured = float(middle - deviations(count) * (upper - middle))
    weight = count / (count + KNOWN)
    return weight * measured + (1 - weight) * expected


def deviations(count: int) -> float:
    """So many standard deviations from the mean lies the tenth nearest of `count` strangers."""
    return NormalDist().inv_cdf(1 - min(10 / count, 0.02))


def reaches(sums: Floats, sizes: Floats, common: float) -> Floats:
    """How near strangers come to each cluster: the mean distance to the nearest others."""
    import numpy as np

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
    # What is near to many faces of one person is more often that person, in bad pictures.
    least = own.mean() - 2 * own.std()
    return np.where(sizes >= LARGE, np.maximum(own, least), own)


def nearest(count: int) -> int:
    """How many of the nearest of `count` clusters are looked at."""
    return min(max(round(NEAREST * math.sqrt(count / MANY)), 4), NEAREST)


def _near(
    means: Vectors, witnesses: Vectors, start: int, some: NDArray[np.int64], last: int
) -> NDArray[np.float32]:
    import numpy as np

    dots = means[start : start + 1024] @ witnesses.T
    itself = np.searchsorted(some, np.arange(start, start + len(dots)))
    itself = np.minimum(itself, len(some) - 1)
    mine = some[itself] == np.arange(start, start + len(dots))
    dots[np.flatnonzero(mine), itself[mine]] = -2
    top = -np.partition(-dots, last - 1, axis=1)[:, :last]
    top = -np.sort(-top, axis=1)[:, 1:]
    near: NDArray[np.float32] = np.sqrt(np.maximum(2 - 2 * top, 0)).mean(axis=1)
    return near


def expected_reach(faces: FaceGraph) -> float:
    """What is known beforehand, on unit vectors: from the model's own threshold for pairs, or from
    the link threshold of a model that is not known."""
    import numpy as np

    from graphface.faces.catalog import MODELS

    space = faces.space
    spec = MODELS.get(space.model)
    if spec and "euclidean_l2" in spec.pairs:
        return 1.05 * spec.pairs["euclidean_l2"]
    threshold = space.threshold
    if space.metric == "cosine":
        threshold = float(np.sqrt(2 * threshold))
    elif space.metric == "euclidean":
        threshold /= float(np.median(np.linalg.norm(faces.vectors, axis=1))) or 1.0
    return 1.1 * threshold
