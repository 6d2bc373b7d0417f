"""The default method: distances relative to strangers' distances and to the scatter of a person.

1. *Sure pieces.* Faces are joined, by average linkage, while it is beyond doubt that they are one
   person.
2. *Measures.* Around each piece, how near do the nearest other pieces come? How far do the faces of
   a piece scatter? And how near does the very nearest other piece usually come?
3. *Persons.* The pieces are joined as far as these measures allow. This is done several times over,
   each time with the measures of the persons found before, so that no piece of the same person is
   taken for a stranger.
4. *Halves.* A large person whose faces fall into two halves with centres far apart is two people.

Distances beyond the link threshold count as well: they are evidence against. Everything is measured
on the faces themselves, so the same constants serve every model. `docs/clustering.md` explains how
they were chosen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.agglomerative import Clusters, Merger, contracted, sums_of
from graphface.clustering.assignment import attach_poor_faces
from graphface.clustering.bipartition import halved
from graphface.clustering.cannot_link import apart_pairs
from graphface.clustering.distances_only import by_pairs, vectors_tell
from graphface.clustering.impostors import common_impostor_distance, expected_impostor_distance
from graphface.clustering.scatter import Limit, measured
from graphface.numbers import unit_vectors
from graphface.records import MIN_QUALITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Floats, Ints
    from graphface.clustering.face_graph import FaceGraph
    from graphface.db import Connection
    from graphface.records import Vectors

NEIGHBORS = 60
"""Of a face's SAME, so many of the nearest can hold clusters together."""

MOST_PAIRS = 8_000_000
"""With more pairs than this fewer neighbours are looked at: a pair takes some 200 bytes."""


SURE = 0.3
"""The centres of sure pieces of one person are apart by at most this share of what is allowed."""

ROUNDS = 8
"""Persons are found so many times at most; four do nearly always."""


def relative(
    graph: Connection, faces: FaceGraph, min_quality: float = MIN_QUALITY
) -> NDArray[np.int32]:
    """The number of each face's person; -1 for a poor face (`min_quality`) without a claim."""
    del graph  # the arrays hold everything
    if not vectors_tell(faces):
        return by_pairs(faces)
    units = unit_vectors(faces.vectors)
    pairs, apart = _pairs(faces), apart_pairs(faces)
    good = faces.quality >= min_quality
    found = Grouping(units, pairs, apart, expected_impostor_distance(faces)).run(good)
    return attach_poor_faces(found.labels, found.clusters, units, pairs, apart, found.limit.score)


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A grouping, and what was measured of it."""

    labels: Ints
    """[n]: the cluster of each face; -1 for those left out."""
    sums: Floats
    """[k, d]: sums of the unit vectors of each cluster."""
    clusters: Clusters
    limit: Limit

    @classmethod
    def of(cls, units: Vectors, labels: Ints, common: float) -> Level:
        sums, sizes = sums_of(units, labels)
        return cls(labels, sums, *measured(sums, sizes, common))

    @classmethod
    def alone(cls, units: Vectors, common: float) -> Level:
        """Each face by itself, before anything is measured but the common impostor distance."""
        ones = np.ones(len(units))
        clusters = Clusters(ones, 0 * ones, ones * common)
        return cls(np.arange(len(units)), units.astype(np.float64), clusters, Limit())


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The input of the grouping.

    It holds unit vectors [n, d], pairs that may connect clusters [m, 2], pairs that must stay apart
    [k, 2], and the expected impostor distance.
    """

    units: Vectors
    pairs: Ints
    apart: Ints
    expected: float

    def run(self, good: NDArray[np.bool_]) -> Level:
        """Group the faces that are `good` [n]."""
        chosen = np.flatnonzero(good)
        place = np.full(len(good), -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        some = Grouping(
            self.units[chosen], _within(place, self.pairs), _within(place, self.apart),
            self.expected,
        )  # fmt: skip
        found = some._group()
        everybody = np.full(len(good), -1, dtype=np.int64)
        everybody[chosen] = found.labels
        return replace(found, labels=everybody)

    def _group(self) -> Level:
        common = common_impostor_distance(self.units, self.expected)
        faces = Level.alone(self.units, common)
        joined = self._joined(faces, replace(faces.limit, strictness=SURE))
        pieces = persons = Level.of(self.units, joined, common)
        for _ in range(ROUNDS):
            before, joined = joined, self._joined(pieces, persons.limit)
            if np.array_equal(before, joined):
                break
            persons = Level.of(self.units, joined[pieces.labels], common)
            around = persons.clusters.impostor[joined]
            pieces = replace(pieces, clusters=replace(pieces.clusters, impostor=around))
        labels = halved(self.units, persons.labels, persons.clusters, persons.limit)
        return Level.of(self.units, labels, common)

    def _joined(self, level: Level, limit: Limit) -> Ints:
        """The new cluster of each cluster."""
        pairs, apart = contracted(self.pairs, level.labels), contracted(self.apart, level.labels)
        return Merger(level.sums, level.clusters, pairs, apart, limit.score).run()


def _within(place: Ints, pairs: Ints) -> Ints:
    moved = place[pairs]
    return moved[(moved >= 0).all(axis=1)]


def _pairs(faces: FaceGraph) -> Ints:
    """The SAME of the graph as [m, 2], pruned if there are very many."""
    from graphface.linking.prune import kept_pairs

    left, right = faces.left, faces.right
    most = NEIGHBORS
    while len(left) > most * 2:
        rank = np.arange(len(faces.ids), dtype=np.int32)
        kept = kept_pairs(left, right, faces.distance.astype(np.float64), rank, most)
        if kept.sum() <= MOST_PAIRS or most <= 4:
            left, right = left[kept], right[kept]
            break
        most //= 2
    return np.stack([left, right], axis=1).astype(np.int64)
