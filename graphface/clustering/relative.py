"""The default method: mean distances relative to impostor distances, stricter for few faces.

1. *Sure pieces.* Faces are joined by average linkage while the mean distance of two clusters is
   far below the common impostor distance.
2. *Yardstick.* Around each piece, how near do the nearest other pieces come? Where faces are
   crowded, that is near, and a distance has to be smaller to mean something.
3. *Persons.* The pieces are joined further while their mean distance is under a share of their
   impostor distances. The share is smaller for small clusters: the mean of few distances is
   uncertain, and two single faces have many more chances to be near than two albums.
4. 2 and 3 again, with the impostor distances of the persons found, now that no piece of the same
   person is taken for a stranger.

Distances beyond the link threshold count as well: they are evidence against. Everything is
relative, so the same constants serve every model. `docs/clustering.md` explains how they were
chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.agglomerative import Merger, contracted, sums_of
from graphface.clustering.assignment import attach_poor_faces
from graphface.clustering.cannot_link import apart_pairs
from graphface.clustering.distances_only import by_pairs, vectors_tell
from graphface.clustering.impostors import (
    common_impostor_distance,
    expected_impostor_distance,
    impostor_distances,
)
from graphface.numbers import unit_vectors
from graphface.records import MIN_QUALITY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Floats, Ints, Score
    from graphface.clustering.face_graph import FaceGraph
    from graphface.db import Connection
    from graphface.records import Vectors

NEIGHBORS = 60
"""Of a face's SAME, so many of the nearest can hold clusters together."""

MOST_PAIRS = 8_000_000
"""With more pairs than this fewer neighbours are looked at: a pair takes some 200 bytes."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The share of the impostor distance under which clusters are joined.

    It is `share` for large clusters, lower by `single` for two single faces, and in between it
    scales with 1 / sqrt(faces).
    """

    share: float
    single: float

    def score(self) -> Score:
        def over(size_a: Floats, size_b: Floats, distance: Floats, impostor: Floats) -> Floats:
            few = (size_a**-0.5 + size_b**-0.5) / 2
            return self.share - self.single * few - distance / impostor

        return over


SURE = Cut(0.90, 0.08)
PERSON = Cut(0.97, 0.11)
ROUNDS = 2


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
    return attach_poor_faces(found.labels, found.impostor, units, pairs, apart, PERSON.score())


@dataclass(frozen=True, slots=True)
class Found:
    """Labels of the faces (-1 for those left out), and the impostor distance of each cluster."""

    labels: Ints
    impostor: Floats


@dataclass(frozen=True, slots=True)
class Grouping:
    """The input of the grouping.

    It holds unit vectors [n, d], pairs that may connect clusters [m, 2], pairs that must stay apart
    [k, 2], and the expected impostor distance.
    """

    units: Vectors
    pairs: Ints
    apart: Ints
    expected: float

    def run(self, good: NDArray[np.bool_]) -> Found:
        chosen = np.flatnonzero(good)
        if not len(chosen):
            return Found(np.full(len(good), -1), np.empty(0))
        labels, impostor = self._group(chosen)
        everybody = np.full(len(good), -1, dtype=np.int64)
        everybody[chosen] = labels
        return Found(everybody, impostor)

    def _group(self, chosen: Ints) -> tuple[Ints, Floats]:
        units = self.units[chosen]
        place = np.full(len(self.units), -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        pairs, apart = _within(place, self.pairs), _within(place, self.apart)
        common = common_impostor_distance(units, self.expected)
        ones = np.ones(len(units))
        pieces = Merger(
            units.astype(np.float64), ones, ones * common, pairs, apart, SURE.score()
        ).run()
        held, forbidden = contracted(pairs, pieces), contracted(apart, pieces)
        sums, sizes = sums_of(units, pieces)
        impostor = impostor_distances(sums, sizes, common)
        for _ in range(ROUNDS):
            persons = Merger(sums, sizes, impostor, held, forbidden, PERSON.score()).run()
            labels = persons[pieces]
            of_person = impostor_distances(*sums_of(units, labels), common)
            impostor = of_person[persons]
        return labels, of_person


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
