"""Fewer SAME for people with very many pictures, without a person falling apart.

Kept are the pairs in which one face is among the other's K nearest, and the minimum spanning forest
of all pairs. The forest joins exactly what all pairs join, so connected components stay what they
are. Ties are broken by the ids of the faces, so what is kept depends on the faces only, not on
their order.

Both parts can be built piece by piece: the K nearest among all are among the K nearest of a piece,
and the forest of two pieces is the forest of their forests (Karger, Klein and Tarjan, 1995: an edge
that is the heaviest of a cycle in a part is so in the whole). So what a piece does not keep can
be forgotten, and memory stays near faces * K pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.linking.distance import Distances, Indexes

    Mask = NDArray[np.bool_]

ROOM = 4_000_000
"""Pairs gathered before the first thinning."""


class Thinner:
    """Takes pairs in pieces, and keeps of them what `kept_pairs` keeps of all."""

    def __init__(self, rank: NDArray[np.int32], neighbors: int) -> None:
        self.rank, self.neighbors = rank, neighbors
        self.seen = 0
        self._parts: list[tuple[Indexes, Indexes, Distances]] = []
        self._held = 0
        self._room = ROOM

    def add(self, left: Indexes, right: Indexes, distance: Distances) -> None:
        """Take pairs; none may come twice."""
        self._parts.append((left, right, distance))
        self.seen += len(left)
        self._held += len(left)
        if self._held > self._room:
            self._thin()
            self._room = max(ROOM, 2 * self._held)

    def result(self) -> tuple[Indexes, Indexes, Distances]:
        """The pairs that stay."""
        self._thin()
        return self._parts[0]

    def _thin(self) -> None:
        import numpy as np

        empty = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
        columns = zip(*[empty, *self._parts], strict=True)
        left, right, distance = (np.concatenate(some) for some in columns)
        kept = kept_pairs(left, right, distance, self.rank, self.neighbors)
        self._parts = [(left[kept], right[kept], distance[kept])]
        self._held = int(kept.sum())


def kept_pairs(
    left: Indexes, right: Indexes, distance: Distances, rank: NDArray[np.int32], neighbors: int
) -> Mask:
    """Which pairs stay when each face keeps its `neighbors` nearest and components stay whole.

    `rank` [faces] is each face's place among all ids. A pair may be given once.
    """
    import numpy as np

    order = np.lexsort(
        (np.maximum(rank[left], rank[right]), np.minimum(rank[left], rank[right]), distance)
    )
    left, right = left[order], right[order]
    kept = np.empty(len(left), dtype=np.bool_)
    kept[order] = _nearest(left, right, rank, neighbors) | _forest(left, right, len(rank))
    return kept


def _nearest(left: Indexes, right: Indexes, rank: NDArray[np.int32], neighbors: int) -> Mask:
    """Pairs, sorted by distance, in which one is among the other's nearest."""
    import numpy as np

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
    import numpy as np

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
    """Label each face anew after the trees `a[k]` and `b[k]` were joined, for all k."""
    import numpy as np

    label = np.arange(len(tree))
    while True:
        low = np.minimum(label[a], label[b])
        if np.array_equal(low, label[a]) and np.array_equal(low, label[b]):
            return label[tree]
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        while not np.array_equal(label[label], label):
            label = label[label]
