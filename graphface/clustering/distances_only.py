"""Cluster by SAME alone, for a graph whose SAME do not come from its embeddings.

This is for graphs without embeddings, too. It uses average linkage on the distances there are. A
missing pair is at least as far apart as the threshold. Its real distance is unknown, so it counts
as just over the threshold, which is evidence against.
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.cannot_link import apart_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.clustering.face_graph import FaceGraph

MISSING = 1.005
"""Distance of a pair without SAME, in thresholds."""

SAMPLE = 1_000
"""Pairs whose distance is checked against the embeddings."""


def vectors_tell(faces: FaceGraph) -> bool:
    """Whether there are embeddings, and they give the distances of SAME."""
    from graphface.linking.gds_distance import distances

    if not faces.vectors.shape[1] or not faces.vectors.any(axis=1).all():
        return False
    some = slice(None, None, max(len(faces.left) // SAMPLE, 1))
    stored = faces.distance[some]
    if not len(stored):
        return True
    exact = distances(faces.vectors, faces.left[some], faces.right[some], faces.space.metric)
    return bool(np.median(np.abs(exact - stored)) <= 0.01 * faces.space.threshold)


def by_pairs(faces: FaceGraph) -> NDArray[np.int32]:
    """The number of each face's person, from the distances of SAME."""
    count = len(faces.ids)
    groups = _Groups(count, MISSING * faces.space.threshold, faces)
    for a, b in apart_pairs(faces).tolist():
        groups.forbid(a, b)
    root = groups.run(faces.space.threshold)
    return np.unique(root, return_inverse=True)[1].astype(np.int32)


class _Groups:
    """Clusters, with the gain of each pair of clusters that has SAME.

    The gain is the sum over these SAME of how much nearer they are than a missing pair.
    """

    def __init__(self, count: int, missing: float, faces: FaceGraph) -> None:
        self.missing = missing
        self.into = list(range(count))
        self.sizes = [1] * count
        self.age = [0] * count
        self.gain: list[dict[int, float]] = [{} for _ in range(count)]
        columns = faces.left.tolist(), faces.right.tolist(), faces.distance.tolist()
        for a, b, distance in zip(*columns, strict=True):
            self.gain[a][b] = self.gain[b][a] = missing - distance

    def forbid(self, a: int, b: int) -> None:
        self.gain[a][b] = self.gain[b][a] = -math.inf

    def mean(self, a: int, b: int) -> float:
        return self.missing - self.gain[a][b] / (self.sizes[a] * self.sizes[b])

    def run(self, threshold: float) -> list[int]:
        heap = [self._offer(a, b) for a in range(len(self.into)) for b in self.gain[a] if a < b]
        heapq.heapify(heap)
        while heap:
            mean, a, b, age_a, age_b = heapq.heappop(heap)
            if mean >= threshold:
                break
            if (self.age[a], self.age[b]) == (age_a, age_b):
                self._join(a, b)
                for other in self.gain[a]:
                    heapq.heappush(heap, self._offer(min(a, other), max(a, other)))
        return [self._root(face) for face in range(len(self.into))]

    def _offer(self, a: int, b: int) -> tuple[float, int, int, int, int]:
        return self.mean(a, b), a, b, self.age[a], self.age[b]

    def _join(self, a: int, b: int) -> None:
        self.sizes[a] += self.sizes[b]
        self.into[b] = a
        self.age[a] += 1
        self.age[b] = -1
        for other, gain in self.gain[b].items():
            del self.gain[other][b]
            if other != a:
                total = self.gain[a].get(other, 0.0) + gain
                self.gain[a][other] = self.gain[other][a] = total
        self.gain[b] = {}

    def _root(self, face: int) -> int:
        while self.into[face] != face:
            face = self.into[face]
        return face
