"""Tiles of the matrix of all pairs: prune with BLAS, decide with GDS's own arithmetic.

|a-b|^2 <= t^2 is the same as a.b - |b|^2/2 >= (|a|^2 - t^2)/2. The left side is one matrix product
of vectors with one more feature, [a, 1] and [b, -|b|^2/2]; the right side is one number a row. So a
tile of the matrix costs one product in 32 bits and one comparison, and what it lets through is
decided in 64 bits.

Why no pair is missed
---------------------
Let u = 2^-24, d the dimensions, K = d + 1 and g = K u / (1 - K u). In whatever order the K products
are added, with or without fused operations, the computed s obeys (Higham, Accuracy and Stability
of Numerical Algorithms, 3.1)

    s >= a.b - h - g (|a||b| + h) - e        h = (1 - c) |b|^2 / 2, rounded to 32 bits
      >= a.b - h - g (|a|^2/2 + |b|^2) - e                       by |a||b| <= (|a|^2 + |b|^2)/2.

For a pair with |a-b| <= t, a.b >= (|a|^2 + |b|^2 - t^2)/2, so

    s >= ((1 - g) |a|^2 - t^2)/2 + (|b|^2/2 - h - g |b|^2) - e.

With c = 2 g + 8 u the bracket is not negative, rounding of h included, and 1 - g >= 1 - c. Hence
s >= ((1 - c) |a|^2 - t^2)/2 - e: the bound of row a, rounded down. The margin grows with each
pair's own norms and costs nothing.

e is what underflow takes. The vectors are first scaled by a power of two, which is exact, so that
the largest norm lies in [1/2, 1): nothing overflows, and each of the 2 K operations and 2 d scaled
features loses at most 2^-126, even where subnormal numbers are flushed to zero. e < 2^-100 for
d < 2^20.

t is taken a little larger than asked for, by more than the 64-bit sums of the decision can be
wrong (relative (d + 4) 2^-52 < 2^-30). For the angular metrics a and b are unit vectors rounded to
32 bits, each off by at most u, and t grows by 2^-22 on top.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.linking.distance import distances

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.linking.distance import Distances, Indexes
    from graphface.records import Metric, Vectors

    Found = tuple[Indexes, Indexes, Distances]
    """Pairs: left, right, distance."""

ROWS, COLUMNS = 1024, 4096
"""A tile: its 32-bit products (16 MiB) stay in the processor's cache until they are compared."""

TINY = 2.0**-100
LARGEST = 8.0
"""No two vectors of norm 1 are farther apart, so no threshold need be larger."""


@dataclass(frozen=True, slots=True, eq=False)
class _Left:
    """Rows as the left side of a product: [a, 1], and the bound of each."""

    faces: Indexes
    vectors: Vectors
    bounds: Vectors


class Tiles:
    """The vectors made ready for products, and the bound of each row (see the module's proof)."""

    def __init__(
        self, vectors: Vectors, threshold: float, metric: Metric, columns: int = COLUMNS
    ) -> None:
        import numpy as np

        self.vectors, self.metric, self.threshold = vectors, metric, threshold
        self.count, dimensions = vectors.shape
        self.columns = columns
        self.ready = np.empty((self.count, dimensions + 1), dtype=np.float32)
        self.bounds = np.empty(self.count, dtype=np.float32)
        self._local = threading.local()
        exponent = 0 if metric != "euclidean" else _exponent(vectors)
        for start in range(0, self.count, 65_536):
            self._prepare(slice(start, start + 65_536), exponent)

    def _prepare(self, some: slice, exponent: int) -> None:
        import numpy as np

        part = self.vectors[some]
        scaled = np.ldexp(part, -exponent) if self.metric == "euclidean" else _unit(part)
        squares = np.einsum("ij,ij->i", scaled, scaled, dtype=np.float64)
        terms: int = scaled.shape[1] + 1
        g = terms * 2.0**-24 / (1 - terms * 2.0**-24)
        squares *= 1 - (2 * g + 8 * 2.0**-24)
        self.ready[some, :-1] = scaled
        self.ready[some, -1] = squares / -2
        bounds = (squares - _reach(self.threshold, self.metric, exponent) ** 2) / 2 - TINY
        self.bounds[some] = np.nextafter(bounds.astype(np.float32), np.float32(-np.inf))

    @property
    def points(self) -> Vectors:
        """The scaled (or unit) vectors, [faces, dimensions]."""
        return self.ready[:, :-1]

    def rows(self, faces: Indexes) -> _Left:
        """These faces as the left side of a product."""
        left = self.ready[faces]
        left[:, -1] = 1
        return _Left(faces, left, self.bounds[faces, None])

    def find(self, rows: _Left, first: int, last: int) -> Found:
        """Neighbours of `rows` among the columns [first, last): (column, row, distance)."""
        import numpy as np

        row, column = self._near(rows, self.ready[first:last])
        right, left = rows.faces[row], (column + first).astype(np.int32)
        distance = distances(self.vectors, left, right, self.metric)
        kept = distance < self.threshold
        return left[kept], right[kept], distance[kept]

    def candidates(self, faces: Indexes, others: Indexes) -> tuple[Indexes, Indexes]:
        """Pairs of one of `faces` with one of `others`: all that are under the threshold, and a few
        that are just over it."""
        import numpy as np

        found: list[tuple[Indexes, Indexes]] = [(np.empty(0, np.int32), np.empty(0, np.int32))]
        right = self.ready[others]
        for start in range(0, len(faces), ROWS):
            rows = self.rows(faces[start : start + ROWS])
            row, column = self._near(rows, right)
            a, b = rows.faces[row], others[column]
            found.append((a[a != b], b[a != b]))
        return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])

    def _near(self, rows: _Left, right: Vectors) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where the products of `rows` with `right` reach the bounds of their rows."""
        import numpy as np

        products, near = self._scratch(len(rows.faces), len(right))
        np.matmul(rows.vectors, right.T, out=products)
        np.greater_equal(products, rows.bounds, out=near)
        return np.divmod(np.flatnonzero(near), max(len(right), 1))

    def _scratch(self, rows: int, columns: int) -> tuple[Vectors, NDArray[np.bool_]]:
        import numpy as np

        size = rows * columns
        if getattr(self._local, "size", -1) < size:
            self._local.size = size
            self._local.products = np.empty(size, dtype=np.float32)
            self._local.near = np.empty(size, dtype=np.bool_)
        shape = (rows, columns)
        return self._local.products[:size].reshape(shape), self._local.near[:size].reshape(shape)


def _exponent(vectors: Vectors) -> int:
    """The power of two that brings the largest norm into [1/2, 1)."""
    import numpy as np

    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return int(np.frexp(np.sqrt(squares.max()))[1])


def _unit(vectors: Vectors) -> Vectors:
    import numpy as np

    wide = vectors.astype(np.float64)
    norms = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    wide /= np.where(norms == 0, 1, norms)[:, None]  # a zero vector is near nothing: NaN later
    return wide.astype(np.float32)


def _reach(threshold: float, metric: Metric, exponent: int) -> float:
    """The threshold as a Euclidean distance between the scaled vectors, a little larger."""
    import math

    if threshold <= 0:
        return 0.0
    if metric == "euclidean":
        threshold = min(threshold, math.ldexp(LARGEST, exponent))  # no overflow on the way
        return math.ldexp(threshold, -exponent) * (1 + 2.0**-30)
    square = 2 * threshold if metric == "cosine" else threshold**2
    return min(math.sqrt(square + 2.0**-30) + 2.0**-22, LARGEST)
