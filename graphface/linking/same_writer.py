"""Write SAME relationships in large transactions, each with a mark of its progress.

A transaction writes all pairs of some faces with the faces before them, and marks those faces as
linked. So the marks are always true: between two marked faces every pair is there, and none twice.
The next run completes an interrupted one.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import DatabaseError, Overtaken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection, Run
    from graphface.linking.exact import Found, PairBlock
    from graphface.linking.gds_distance import Distances, Indexes
    from graphface.linking.state import Faces
    from graphface.records import Metric

PAIRS_AT_ONCE = 25_000
"""Relationships in one transaction: some 50 MB of the server's heap."""

FACES_AT_ONCE = 20_000
"""Faces marked in one transaction."""

CHECKED = 100
"""Pairs of each run whose distance is held against the one GDS computes."""


class Writer:
    """Collects blocks of pairs that come in the order of their later face, and writes them."""

    def __init__(self, graph: Connection, faces: Faces, threshold: float, run: str) -> None:
        self.graph, self.faces, self.threshold, self.run = graph, faces, threshold, run
        self.written = 0
        self._marked = faces.done
        self._waiting: list[tuple[Indexes, Indexes, Distances]] = []
        self._count = 0

    def add(self, block: PairBlock) -> None:
        """Take the pairs of a block; write when there are enough of them."""
        self._waiting.append((block.left, block.right, block.distance))
        self._count += len(block.left)
        if self._count >= PAIRS_AT_ONCE or block.stop - self._marked >= FACES_AT_ONCE:
            self.flush(block.stop)

    def flush(self, stop: int) -> None:
        """Write the waiting pairs; all pairs among the first `stop` faces must have been added."""
        if stop <= self._marked:
            return
        parts = zip(*self._waiting, strict=True) if self._waiting else ([], [], [])
        left, right, distance = (np.concatenate([*some, []]) for some in parts)
        left, right = left.astype(np.int32), right.astype(np.int32)
        for first, last, until in _portions(right, stop):
            some = slice(first, last)
            self._write(left[some], right[some], distance[some], range(self._marked, until))
            self._marked = until
        self._waiting, self._count = [], 0

    def _write(self, left: Indexes, right: Indexes, distance: Distances, done: range) -> None:
        pairs = as_rows(self.faces, left, right, distance)
        marks = self.faces.ids[done.start : done.stop]
        self.graph.transact(partial(self._once, pairs, marks))
        self.written += len(left)

    def _once(self, pairs: dict[str, Any], marks: list[str], run: Run) -> None:
        mark(run, self.run, marks, self.threshold)
        write_pairs(run, pairs)


def mark(run: Run, name: str, ids: list[str], threshold: float) -> None:
    """Mark the SAME of these faces as complete, unless another run than `name` took over."""
    if run("write-linked", run=name, ids=ids, threshold=threshold)[0]["linked"] != len(ids):
        raise overtaken()


def write_pairs(run: Run, pairs: dict[str, Any]) -> None:
    """Write pairs made by `as_rows` in the transaction of `run`."""
    count = sum(len(others) for _, others, _ in pairs["rows"])
    if count and run("write-same", **pairs)[0]["written"] != count:
        raise overtaken()


def overtaken() -> Overtaken:
    """The error for a graph that changed under a run."""
    return Overtaken(
        "faces were removed, or another graphface began to link this graph, in the meantime",
        "What was written is right and stays; link again to complete it",
    )


def check_distances(graph: Connection, faces: Faces, metric: Metric, pairs: Found) -> None:
    """Compare some distances with those of GDS. Raises DatabaseError if one differs."""
    left, right, distance = (part[:CHECKED].tolist() for part in pairs)
    names = [[faces.ids[a], faces.ids[b]] for a, b in zip(left, right, strict=True)]
    rows = graph.run("gds-distances", pairs=names, metric=metric)
    if [row["distance"] for row in rows] != distance:
        raise DatabaseError(
            "this server's Graph Data Science computes other distances than graphface",
            "Use the method cypher, and report the version of its Graph Data Science",
            code="gds-differs",
        )


def as_rows(faces: Faces, left: Indexes, right: Indexes, distance: Distances) -> dict[str, Any]:
    """The parameters of `write-same`: each face once, with pairs by the face of the smaller id."""
    swap = faces.rank[left] > faces.rank[right]
    starts, ends = np.where(swap, right, left), np.where(swap, left, right)
    order = np.argsort(starts, kind="stable")
    some, places = np.unique(np.concatenate([starts[order], ends[order]]), return_inverse=True)
    starts, ends = places[: len(left)], places[len(left) :]
    cuts = np.flatnonzero(np.diff(starts)) + 1
    first = [int(part[0]) for part in np.split(starts, cuts) if len(part)]
    others = (part.tolist() for part in np.split(ends, cuts))
    far = (part.tolist() for part in np.split(distance[order], cuts))
    return {
        "ids": [faces.ids[k] for k in some.tolist()],
        "rows": [list(row) for row in zip(first, others, far, strict=False)],
    }


def _portions(right: Indexes, stop: int) -> Iterator[tuple[int, int, int]]:
    """Cut pairs ordered by `right` into [first, last): all pairs of the faces before `until`."""
    first = 0
    while len(right) - first > PAIRS_AT_ONCE:
        until = int(right[first + PAIRS_AT_ONCE])
        last = int(np.searchsorted(right, until))
        if last == first:  # a single face with more pairs than that
            last = int(np.searchsorted(right, until, side="right"))
            until += 1
        yield first, last, until
        first = last
    yield first, len(right), stop
