"""Distances between faces, bit for bit as `gds.similarity` computes them on the server.

GDS adds the squares (or products) of 64-bit numbers one feature after the other. numpy adds
pairwise, which rounds differently, except across the rows of a C-ordered array. So each column here
is a pair, and each row a feature. `tests/integration/test_linking.py` compares the result with GDS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphface.errors import UsageError
from graphface.records import METRICS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.records import Metric, Vectors

    Indexes = NDArray[np.int32]
    Distances = NDArray[np.float64]

PAIRS_AT_ONCE = 512
"""Pairs whose numbers stay in a core's cache: 512 * 128 * 8 bytes, twice."""


def check_metric(metric: str) -> None:
    """Raise UsageError, which lists the metrics, for one that does not exist."""
    if metric not in METRICS:
        raise UsageError(
            f"no metric is called {metric}",
            f"Use one of {', '.join(METRICS)}",
            code="metric-unknown",
            metric=metric,
        )


def check_threshold(threshold: float) -> None:
    """Raise UsageError for a distance under which no two faces can be."""
    if not 0 < threshold < float("inf"):
        raise UsageError(
            f"{threshold:g} is no threshold: it must be greater than 0",
            code="threshold-invalid",
            threshold=threshold,
        )


def distances(vectors: Vectors, left: Indexes, right: Indexes, metric: Metric) -> Distances:
    """The distance between `vectors[left[k]]` and `vectors[right[k]]` for each k.

    `vectors` is [faces, dimensions]. The distance is NaN if it is undefined (cosine with a zero
    vector).
    """
    few = _euclidean if metric == "euclidean" else _cosine_similarity
    out = np.empty(len(left), dtype=np.float64)
    for start in range(0, len(left), PAIRS_AT_ONCE):
        some = slice(start, start + PAIRS_AT_ONCE)
        few(vectors, left[some], right[some], out[some])
    return out if metric == "euclidean" else _from_similarity(out, metric)


def _euclidean(vectors: Vectors, left: Indexes, right: Indexes, out: Distances) -> None:
    delta = vectors[left].astype(np.float64)
    delta -= vectors[right]
    np.multiply(delta, delta, out=delta)
    np.sqrt(_add(delta), out=out)


def _cosine_similarity(vectors: Vectors, left: Indexes, right: Indexes, out: Distances) -> None:
    a, b = vectors[left].astype(np.float64), vectors[right].astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        np.divide(_add(a * b), np.sqrt(_add(a * a) * _add(b * b)), out=out)


def _from_similarity(cosine: Distances, metric: Metric) -> Distances:
    # Rounding can bring the cosine of equal vectors slightly over 1.
    return 1 - cosine if metric == "cosine" else np.sqrt(2 * np.abs(1 - cosine))


def _add(terms: Distances) -> Distances:
    if len(terms) == 1:  # numpy treats one column as a row, and would add pairwise
        return np.cumsum(terms, axis=1)[:, -1]
    total: Distances = np.add.reduce(np.ascontiguousarray(terms.T), axis=0)
    return total
