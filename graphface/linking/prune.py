"""Write pruned SAME, which are known only after every pair was seen.

The order is: write new relationships, then the marks, then delete superfluous relationships. So no
person falls apart wherever a run is interrupted.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from graphface.linking.same_writer import (
    FACES_AT_ONCE,
    PAIRS_AT_ONCE,
    as_rows,
    check_distances,
    mark,
    overtaken,
    write_pairs,
)
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.db import Connection, Run
    from graphface.linking.exact import Found, PairBlock
    from graphface.linking.gds_distance import Distances, Indexes
    from graphface.linking.link_report import Tally
    from graphface.linking.state import Faces, Plan

    Mask = NDArray[np.bool_]


def write_pruned(
    graph: Connection, faces: Faces, plan: Plan, blocks: Iterator[PairBlock], tally: Tally
) -> None:
    """Reduce the existing SAME and `blocks` to what `kept_pairs` keeps."""
    assert plan.neighbors is not None
    with tally.stage("read"):
        old = read_same(graph, faces)
    pruner = Pruner(faces.rank, plan.neighbors)
    pruner.add(*old)
    with task("link", unit="pairs") as bar:
        for block in blocks:
            with tally.stage("prune"):
                pruner.add(block.left, block.right, block.distance)
            bar.advance(block.compared)
    with tally.stage("prune"):
        final = pruner.result()
    tally.left_out = pruner.seen - len(final[0])
    check_distances(graph, faces, plan.metric, final)
    with tally.stage("write"):
        tally.written += _write(graph, faces, plan, _without(final, old, len(faces)))
        tally.removed += _drop(graph, faces, _without(old, final, len(faces)))


def read_same(graph: Connection, faces: Faces) -> Found:
    """The SAME of the graph as (left, right, distance), left < right in the order of `faces`."""
    place = {id: k for k, id in enumerate(faces.ids)}
    rows = [
        (place[row["start"]], place[end], distance)
        for row in graph.stream("read-same-by-face")
        for end, distance in row["near"]
        if row["start"] in place and end in place
    ]
    a, b, distance = (
        (np.array(column) for column in zip(*rows, strict=True))
        if rows
        else (np.empty(0), np.empty(0), np.empty(0))
    )
    left, right = np.minimum(a, b).astype(np.int32), np.maximum(a, b).astype(np.int32)
    return left, right, distance


def _without(pairs: Found, others: Found, count: int) -> Found:
    kept = ~np.isin(_keys(pairs, count), _keys(others, count))
    left, right, distance = pairs
    return left[kept], right[kept], distance[kept]


def _keys(pairs: Found, count: int) -> NDArray[np.int64]:
    return pairs[0].astype(np.int64) * count + pairs[1]


def _write(graph: Connection, faces: Faces, plan: Plan, pairs: Found) -> int:
    left, right, distance = pairs
    with task("write", total=len(left), unit="SAME") as bar:
        for start in range(0, len(left), PAIRS_AT_ONCE):
            some = slice(start, start + PAIRS_AT_ONCE)
            rows = as_rows(faces, left[some], right[some], distance[some])
            graph.transact(partial(_write_once, rows, plan))
            bar.advance(len(left[some]))
    for start in range(faces.done, len(faces), FACES_AT_ONCE):
        ids = faces.ids[start : start + FACES_AT_ONCE]
        graph.transact(partial(mark, name=plan.run, ids=ids, threshold=plan.threshold))
    return len(left)


def _write_once(rows: dict[str, list[object]], plan: Plan, run: Run) -> None:
    if run("link-state")[0]["run"] != plan.run:
        raise overtaken()
    write_pairs(run, rows)


def _drop(graph: Connection, faces: Faces, pairs: Found) -> int:
    left, right, _ = pairs
    swap = faces.rank[left] > faces.rank[right]
    first, second = np.where(swap, right, left), np.where(swap, left, right)
    names = [
        [faces.ids[a], faces.ids[b]] for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]
    for start in range(0, len(names), PAIRS_AT_ONCE):
        graph.run("drop-same", pairs=names[start : start + PAIRS_AT_ONCE])
    return len(names)


ROOM = 4_000_000
"""Pairs gathered before the first thinning."""


class Pruner:
    """Takes pairs in pieces, with the same result as `kept_pairs` on all of them."""

    def __init__(self, rank: NDArray[np.int32], neighbors: int) -> None:
        self.rank, self.neighbors = rank, neighbors
        self.seen = 0
        self._parts: list[tuple[Indexes, Indexes, Distances]] = []
        self._held = 0
        self._room = ROOM

    def add(self, left: Indexes, right: Indexes, distance: Distances) -> None:
        """Add pairs; none may be added twice."""
        self._parts.append((left, right, distance))
        self.seen += len(left)
        self._held += len(left)
        if self._held > self._room:
            self._prune()
            self._room = max(ROOM, 2 * self._held)

    def result(self) -> tuple[Indexes, Indexes, Distances]:
        """The pairs that stay."""
        self._prune()
        return self._parts[0]

    def _prune(self) -> None:
        empty = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
        columns = zip(*[empty, *self._parts], strict=True)
        left, right, distance = (np.concatenate(some) for some in columns)
        kept = kept_pairs(left, right, distance, self.rank, self.neighbors)
        self._parts = [(left[kept], right[kept], distance[kept])]
        self._held = int(kept.sum())


def kept_pairs(
    left: Indexes, right: Indexes, distance: Distances, rank: NDArray[np.int32], neighbors: int
) -> Mask:
    """Pairs that stay if each face keeps its `neighbors` nearest and components stay whole.

    `rank` [faces] is each face's place among all ids. Each pair may be given only once.
    """
    order = np.lexsort(
        (np.maximum(rank[left], rank[right]), np.minimum(rank[left], rank[right]), distance)
    )
    left, right = left[order], right[order]
    kept = np.empty(len(left), dtype=np.bool_)
    kept[order] = _nearest(left, right, rank, neighbors) | _forest(left, right, len(rank))
    return kept


def _nearest(left: Indexes, right: Indexes, rank: NDArray[np.int32], neighbors: int) -> Mask:
    """Pairs, sorted by distance, in which one is among the other's nearest."""
    count = len(left)
    face = np.concatenate([left, right])
    pair = np.concatenate([np.arange(count), np.arange(count)])
    by_face = np.lexsort((pair, face))
    starts = np.searchsorted(face[by_face], np.arange(len(rank)))
    place = np.arange(2 * count) - starts[face[by_face]]
    kept = np.zeros(count, dtype=np.bool_)
    kept[pair[by_face[place < neighbors]]] = True
    return kept


def _forest(left: Indexes, right: Indexes, count: int) -> Mask:
    """The minimum spanning forest of pairs sorted by weight (Boruvka's algorithm)."""
    kept = np.zeros(len(left), dtype=np.bool_)
    tree: NDArray[np.int64] = np.arange(count)
    pairs = np.arange(len(left))
    while True:
        a, b = tree[left[pairs]], tree[right[pairs]]
        apart = a != b
        pairs, a, b = pairs[apart], a[apart], b[apart]
        if not len(pairs):
            return kept
        lightest = np.full(count, len(left))
        # Written from the heaviest to the lightest: the last one written is the lightest.
        lightest[a[::-1]] = pairs[::-1]
        lightest_b = np.full(count, len(left))
        lightest_b[b[::-1]] = pairs[::-1]
        chosen = np.unique(np.minimum(lightest, lightest_b))
        chosen = chosen[chosen < len(left)]
        kept[chosen] = True
        tree = _joined(tree, tree[left[chosen]], tree[right[chosen]])


def _joined(
    tree: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Relabel each face after joining the trees `a[k]` and `b[k]`, for all k."""
    label = np.arange(len(tree))
    while True:
        low = np.minimum(label[a], label[b])
        if np.array_equal(low, label[a]) and np.array_equal(low, label[b]):
            return label[tree]
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        while not np.array_equal(label[label], label):
            label = label[label]
