"""Find exactly all pairs of faces under a threshold: a block of rows at a time, on all cores.

`pairs_within` yields them. `DistanceBlocks` prunes with BLAS and decides with GDS's own arithmetic.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.linking.gds_distance import distances
from graphface.progress import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from numpy.typing import NDArray

    from graphface.linking.gds_distance import Distances, Indexes
    from graphface.records import Metric, Vectors

    Found = tuple[Indexes, Indexes, Distances]
    """Pairs: left, right, distance."""


ROWS, COLUMNS = 1024, 4096
"""A tile: its 32-bit products (16 MiB) stay in the processor's cache until they are compared."""

ROWS_AHEAD = 8
"""Blocks of rows that are searched while one before them is being written."""

PAIRS_IN_BLOCK = 2_000_000
"""More pairs than this in a block of rows, and the next block has half as many rows."""


@dataclass(frozen=True, slots=True, eq=False)
class PairBlock:
    """Pairs left < right under the threshold, with right in [start, stop), ordered by right, left.

    Blocks come in order: after this one, every pair among the first `stop` faces has been yielded.
    """

    start: int
    stop: int
    left: Indexes
    right: Indexes
    distance: Distances
    compared: int
    """The number of pairs compared."""


def pairs_within(
    vectors: Vectors,
    threshold: float,
    *,
    metric: Metric = "euclidean",
    new_from: int = 0,
    threads: int | None = None,
    rows: int = ROWS,
    columns: int = COLUMNS,
) -> Iterator[PairBlock]:
    """Every pair of `vectors` [faces, dimensions] whose distance is under `threshold`, exactly.

    Only pairs with at least one face at or after `new_from` are compared. `threads` defaults to one
    per core. BLAS itself is limited to one thread for each of them meanwhile.
    """
    from threadpoolctl import threadpool_limits

    if len(vectors) == 0 or new_from >= len(vectors):
        return
    blocks = DistanceBlocks(vectors, threshold, metric, columns)
    with threadpool_limits(1), Pool(threads or cores()) as pool:
        running: deque[_Rows] = deque()
        try:
            yield from _in_order(blocks, pool, running, new_from, rows)
        finally:
            for block in running:
                block.cancel()


def cores() -> int:
    """The number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _in_order(
    blocks: DistanceBlocks, pool: Pool, running: deque[_Rows], start: int, rows: int
) -> Iterator[PairBlock]:
    ahead = 2  # until it is clear that people are not dense, pairs wait in memory
    while start < blocks.count or running:
        while start < blocks.count and len(running) < ahead:
            stop = min(start + rows, blocks.count)
            running.append(_Rows(blocks, pool, start, stop))
            start = stop
        block = running[0].result()
        running.popleft()
        dense = len(block.left) > PAIRS_IN_BLOCK
        rows = max(rows // 2, 16) if dense else rows
        ahead = 2 if dense else min(ahead + 1, ROWS_AHEAD)
        yield block


class _Rows:
    """The blocks of one block of rows, in the pool."""

    def __init__(self, blocks: DistanceBlocks, pool: Pool, start: int, stop: int) -> None:
        self.start, self.stop = start, stop
        rows = blocks.rows(np.arange(start, stop, dtype=np.int32))
        self.parts: list[Future[Found]] = [
            pool.submit(blocks.find, rows, column, min(column + blocks.columns, stop))
            for column in range(0, stop, blocks.columns)
        ]

    def cancel(self) -> None:
        for part in self.parts:
            part.cancel()

    def result(self) -> PairBlock:
        left, right, distance = joined([part.result() for part in self.parts])
        upper = left < right
        left, right, distance = left[upper], right[upper], distance[upper]
        compared = sum(range(self.start, self.stop))
        return sorted_block(self.start, self.stop, left, right, distance, compared)


def joined(parts: list[Found]) -> Found:
    """Pairs in one piece."""
    left, right, distance = (np.concatenate(some) for some in zip(*parts, strict=True))
    return left, right, distance


def sorted_block(
    start: int, stop: int, left: Indexes, right: Indexes, distance: Distances, compared: int
) -> PairBlock:
    """A block of pairs, sorted as blocks are; `left` must ascend where `right` is equal."""
    order = np.argsort(right, kind="stable")
    return PairBlock(start, stop, left[order], right[order], distance[order], compared)


def neighbors_of(
    vectors: Vectors,
    some: Indexes,
    threshold: float,
    *,
    metric: Metric = "euclidean",
    threads: int | None = None,
) -> Found:
    """All neighbours under `threshold` of the faces `some`, as (neighbour, face, distance).

    A pair of two faces of `some` appears twice, once for each of them.
    """
    from threadpoolctl import threadpool_limits

    blocks = DistanceBlocks(vectors, threshold, metric)
    jobs = [
        (blocks.rows(some[row : row + ROWS]), column, min(column + COLUMNS, blocks.count))
        for row in range(0, len(some), ROWS)
        for column in range(0, blocks.count, COLUMNS)
    ]
    empty = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
    with threadpool_limits(1), Pool(threads or cores()) as pool:
        left, right, distance = joined([empty, *pool.map(lambda job: blocks.find(*job), jobs)])
    other = left != right
    return left[other], right[other], distance[other]


TINY = 2.0**-100
LARGEST = 8.0
"""No two vectors of norm 1 are farther apart, so no threshold need be larger."""


@dataclass(frozen=True, slots=True, eq=False)
class _Left:
    """Rows as the left factor of a product: [a, 1], and the bound of each."""

    faces: Indexes
    vectors: Vectors
    bounds: Vectors


class DistanceBlocks:
    """The vectors prepared for products, and the bound of each row (see the module's proof)."""

    def __init__(
        self, vectors: Vectors, threshold: float, metric: Metric, columns: int = COLUMNS
    ) -> None:
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
        """These faces as the left factor of a product."""
        left = self.ready[faces]
        left[:, -1] = 1
        return _Left(faces, left, self.bounds[faces, None])

    def find(self, rows: _Left, first: int, last: int) -> Found:
        """Neighbours of `rows` among the columns [first, last): (column, row, distance)."""
        row, column = self._near(rows, self.ready[first:last])
        right, left = rows.faces[row], (column + first).astype(np.int32)
        distance = distances(self.vectors, left, right, self.metric)
        kept = distance < self.threshold
        return left[kept], right[kept], distance[kept]

    def candidates(self, faces: Indexes, others: Indexes) -> tuple[Indexes, Indexes]:
        """Candidate pairs of one of `faces` with one of `others`.

        They include all pairs under the threshold, and a few just over it.
        """
        found: list[tuple[Indexes, Indexes]] = [(np.empty(0, np.int32), np.empty(0, np.int32))]
        right = self.ready[others]
        for start in range(0, len(faces), ROWS):
            rows = self.rows(faces[start : start + ROWS])
            row, column = self._near(rows, right)
            a, b = rows.faces[row], others[column]
            found.append((a[a != b], b[a != b]))
        return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])

    def _near(self, rows: _Left, right: Vectors) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The places where the products of `rows` with `right` reach the bounds of their rows."""
        products, near = self._scratch(len(rows.faces), len(right))
        np.matmul(rows.vectors, right.T, out=products)
        np.greater_equal(products, rows.bounds, out=near)
        return np.divmod(np.flatnonzero(near), max(len(right), 1))

    def _scratch(self, rows: int, columns: int) -> tuple[Vectors, NDArray[np.bool_]]:
        size = rows * columns
        if getattr(self._local, "size", -1) < size:
            self._local.size = size
            self._local.products = np.empty(size, dtype=np.float32)
            self._local.near = np.empty(size, dtype=np.bool_)
        shape = (rows, columns)
        return self._local.products[:size].reshape(shape), self._local.near[:size].reshape(shape)


def _exponent(vectors: Vectors) -> int:
    """The power of two that brings the largest norm into [1/2, 1)."""
    squares = np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64)
    return int(np.frexp(np.sqrt(squares.max()))[1])


def _unit(vectors: Vectors) -> Vectors:
    wide = vectors.astype(np.float64)
    norms = np.sqrt(np.einsum("ij,ij->i", wide, wide))
    # A zero vector is near nothing: its distances become NaN later.
    wide /= np.where(norms == 0, 1, norms)[:, None]
    return wide.astype(np.float32)


def _reach(threshold: float, metric: Metric, exponent: int) -> float:
    """The threshold as a Euclidean distance between the scaled vectors, a little larger."""
    import math

    if threshold <= 0:
        return 0.0
    if metric == "euclidean":
        threshold = min(threshold, math.ldexp(LARGEST, exponent))  # avoid overflow in between
        return math.ldexp(threshold, -exponent) * (1 + 2.0**-30)
    square = 2 * threshold if metric == "cosine" else threshold**2
    return min(math.sqrt(square + 2.0**-30) + 2.0**-22, LARGEST)
