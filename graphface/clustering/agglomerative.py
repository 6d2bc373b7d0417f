"""Agglomeration on a sparse graph, which joins the best pair of clusters first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Score = Callable[["Clusters", "Clusters", Floats], Floats]
    """How much two clusters belong together, by what is known of each and the root mean square
    distance of their faces; over 0 they may be joined."""


SETTLED = 64
"""A cluster of so many faces is weighed anew only when it has grown by as large a share: one more
face hardly moves its middle, and a person with 10,000 pictures would be weighed 10,000 times."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """What is known of some clusters, [k] each."""

    sizes: Floats
    """Faces."""
    scatter: Floats
    """Mean squared distance of two faces of the cluster; 0 for a single face."""
    impostor: Floats
    """Impostor distance."""

    def __getitem__(self, which: Ints | int) -> Clusters:
        return Clusters(
            np.asarray(self.sizes[which]),
            np.asarray(self.scatter[which]),
            np.asarray(self.impostor[which]),
        )

    def copy(self) -> Clusters:
        return Clusters(self.sizes.copy(), self.scatter.copy(), self.impostor.copy())

    def join(self, a: int, b: int, total: Floats) -> None:
        """Make of cluster `a` both, in place; `total` [d] is the sum of the vectors of both."""
        both = self.sizes[a] + self.sizes[b]
        shared = self.impostor[a] * self.sizes[a] + self.impostor[b] * self.sizes[b]
        self.impostor[a] = shared / both
        self.sizes[a] = both
        self.scatter[a] = 2 - 2 * (total @ total - both) / (both * (both - 1))


class Merger:
    """Clusters of unit vectors that grow by joining the best pair as long as there is one.

    Only pairs of clusters connected by some pair in `left`, `right` [m] are considered, and
    clusters that a pair in `apart` [k, 2] forbids are never joined. A cluster is stored as the sum
    of its vectors. The mean squared distance between the faces of two clusters is 2 - 2 a.b /
    (|A||B|), so it costs one product whatever their size. Time: merges * neighbours of a cluster *
    dimensions, for large clusters merges / `SETTLED`.
    """

    def __init__(
        self, sums: Floats, clusters: Clusters, pairs: Ints, apart: Ints, score: Score
    ) -> None:
        self.sums, self.clusters = sums.copy(), clusters.copy()
        self.score = score
        count = len(sums)
        self.version = [0] * count
        self.weighed = clusters.sizes.copy()
        self.into = list(range(count))
        self.enemies = _neighbors(count, apart)
        self.near = _neighbors(count, pairs)
        self.heap: list[tuple[float, int, int, int, int]] = []
        self.first(pairs)

    def first(self, pairs: Ints) -> None:
        """Push every pair that may be joined now onto the heap."""
        for start in range(0, len(pairs), 200_000):
            a, b = pairs[start : start + 200_000].T
            scores = self._scores(a, b, np.einsum("ij,ij->i", self.sums[a], self.sums[b]))
            good = scores > 0
            zeros = [0] * int(good.sum())
            columns = (-scores[good]).tolist(), a[good].tolist(), b[good].tolist(), zeros, zeros
            self.heap += zip(*columns, strict=True)
        heapq.heapify(self.heap)

    def run(self) -> Ints:
        """Join until nothing is left to join; returns the final cluster of each initial one, from
        0.
        """
        while self.heap:
            _, a, b, age_a, age_b = heapq.heappop(self.heap)
            if self.version[a] != age_a or self.version[b] != age_b or b in self.enemies[a]:
                continue
            if len(self.near[a]) < len(self.near[b]):
                a, b = b, a
            gained = self._join(a, b)
            if self.clusters.sizes[a] - self.weighed[a] >= self.weighed[a] / SETTLED:
                self.version[a] += 1
                self.weighed[a] = self.clusters.sizes[a]
                gained = self.near[a]
            self._offer(a, gained)
        return np.unique(_roots(np.array(self.into, dtype=np.int64)), return_inverse=True)[1]

    def _scores(self, a: Ints | int, b: Ints, dots: Floats) -> Floats:
        one, other = self.clusters[a], self.clusters[b]
        distance = np.sqrt(np.maximum(2 - 2 * dots / (one.sizes * other.sizes), 0))
        return self.score(one, other, distance)

    def _join(self, a: int, b: int) -> set[int]:
        """Join b to a; returns the neighbours that a gained."""
        gained = self.near[b] - self.near[a] - {a}
        self.sums[a] += self.sums[b]
        self.clusters.join(a, b, self.sums[a])
        self.version[b] = -1
        self.into[b] = a
        for table in (self.near, self.enemies):
            for other in table[b]:
                table[other].discard(b)
                if other != a:
                    table[other].add(a)
                    table[a].add(other)
            table[a].discard(b)
            table[b] = set()
        return gained

    def _offer(self, a: int, neighbors: set[int]) -> None:
        """Push the pairs that a grown cluster may join now onto the heap."""
        if not neighbors:
            return
        others = np.fromiter(neighbors, np.int64, len(neighbors))
        scores = self._scores(a, others, self.sums[others] @ self.sums[a])
        good = scores > 0
        for other, score in zip(others[good].tolist(), scores[good].tolist(), strict=True):
            low, high = (a, other) if a < other else (other, a)
            heapq.heappush(self.heap, (-score, low, high, self.version[low], self.version[high]))


def _neighbors(count: int, pairs: Ints) -> list[set[int]]:
    near: list[set[int]] = [set() for _ in range(count)]
    for a, b in pairs.tolist():
        near[a].add(b)
        near[b].add(a)
    return near


def _roots(into: Ints) -> Ints:
    while not (into[into] == into).all():
        into = into[into]
    return into


def sums_of(vectors: NDArray[np.float32], labels: Ints) -> tuple[Floats, Floats]:
    """The sum of the vectors of each cluster, [clusters, dimensions], and the sizes."""
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(labels))).astype(np.float64)
    ordered = vectors[order].astype(np.float64)
    return np.add.reduceat(ordered, starts, axis=0), sizes


def contracted(pairs: Ints, labels: Ints) -> Ints:
    """Pairs of faces [m, 2] as pairs of clusters, each once."""
    ends = np.sort(labels[pairs], axis=1)
    ends = ends[ends[:, 0] != ends[:, 1]]
    count = int(labels.max(initial=0)) + 1
    keys = np.unique(ends[:, 0] * count + ends[:, 1])
    return np.stack([keys // count, keys % count], axis=1)
