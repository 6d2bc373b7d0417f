"""All pairs of faces under a threshold, a block of rows at a time, on all cores.

`graphface.linking.tiles` finds them, and proves that it misses none.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.linking.tiles import COLUMNS, ROWS, Tiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.linking.distance import Distances, Indexes
    from graphface.linking.tiles import Found
    from graphface.records import Metric, Vectors

ROWS_AHEAD = 8
"""Blocks of rows that are searched while one before them is being written."""

PAIRS_IN_BLOCK = 2_000_000
"""More pairs than this in a block of rows, and the next block has half as many rows."""


@dataclass(frozen=True, slots=True, eq=False)
class PairBlock:
    """Pairs left < right under the threshold, with right in [start, stop), ordered by right, left.

    Blocks come in order: after this one, every pair among the first `stop` faces was handed out.
    """

    start: int
    stop: int
    left: Indexes
    right: Indexes
    distance: Distances
    compared: int
    """How many pairs were looked at."""


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

    Only pairs with at least one face at or after `new_from` are looked at. `threads` is one per
    core unless said otherwise; BLAS itself is held to one thread each meanwhile.
    """
    from threadpoolctl import threadpool_limits

    if len(vectors) == 0 or new_from >= len(vectors):
        return
    tiles = Tiles(vectors, threshold, metric, columns)
    with threadpool_limits(1), ThreadPoolExecutor(threads or cores()) as pool:
        running: deque[_Rows] = deque()
        try:
            yield from _in_order(tiles, pool, running, new_from, rows)
        finally:
            for block in running:
                block.cancel()


def cores() -> int:
    """Cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _in_order(
    tiles: Tiles, pool: ThreadPoolExecutor, running: deque[_Rows], start: int, rows: int
) -> Iterator[PairBlock]:
    ahead = 2  # until it is known that people are not dense: what was found waits in memory
    while start < tiles.count or running:
        while start < tiles.count and len(running) < ahead:
            stop = min(start + rows, tiles.count)
            running.append(_Rows(tiles, pool, start, stop))
            start = stop
        block = running[0].result()
        running.popleft()
        dense = len(block.left) > PAIRS_IN_BLOCK
        rows = max(rows // 2, 16) if dense else rows
        ahead = 2 if dense else min(ahead + 1, ROWS_AHEAD)
        yield block


class _Rows:
    """The tiles of one block of rows, in the pool."""

    def __init__(self, tiles: Tiles, pool: ThreadPoolExecutor, start: int, stop: int) -> None:
        import numpy as np

        self.start, self.stop = start, stop
        rows = tiles.rows(np.arange(start, stop, dtype=np.int32))
        self.parts: list[Future[Found]] = [
            pool.submit(tiles.find, rows, column, min(column + tiles.columns, stop))
            for column in range(0, stop, tiles.columns)
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
    import numpy as np

    left, right, distance = (np.concatenate(some) for some in zip(*parts, strict=True))
    return left, right, distance


def sorted_block(
    start: int, stop: int, left: Indexes, right: Indexes, distance: Distances, compared: int
) -> PairBlock:
    """A block of pairs, sorted as a block is; `left` must ascend where `right` is equal."""
    import numpy as np

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

    A pair of two faces of `some` comes twice, once for each of them.
    """
    import numpy as np
    from threadpoolctl import threadpool_limits

    tiles = Tiles(vectors, threshold, metric)
    jobs = [
        (tiles.rows(some[row : row + ROWS]), column, min(column + COLUMNS, tiles.count))
        for row in range(0, len(some), ROWS)
        for column in range(0, tiles.count, COLUMNS)
    ]
    empty = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
    with threadpool_limits(1), ThreadPoolExecutor(threads or cores()) as pool:
        left, right, distance = joined([empty, *pool.map(lambda job: tiles.find(*job), jobs)])
    other = left != right
    return left[other], right[other], distance[other]
