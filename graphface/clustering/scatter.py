"""How far the faces of one person scatter, and so how far apart two clusters of one person may lie.

The mean squared distance between the faces of two clusters has two parts. One is how far the faces
scatter within each, which says nothing of who they are. The other is the squared distance between
the two centres. Pieces of one person have centres that are near each other, measured by how far it
is from there to strangers (`graphface.clustering.impostors`).

A small cluster hardly knows its scatter. So it is shrunk to the typical one, as the variance of few
values is in an empirical Bayes estimate. The typical scatter is measured on the clusters of the
graph. It is a trait of the model: the distance of two faces of one person is .60 of the impostor
distance with FaceNet, .77 with dlib's network (Labeled Faces in the Wild). Measuring it spares
constants for each model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.agglomerative import Clusters
from graphface.clustering.impostors import EXPECTED_NEAREST, surroundings

if TYPE_CHECKING:
    from graphface.clustering.agglomerative import Floats

EXPECTED_SCATTER = 0.68**2
"""Typical scatter of a model that nothing is known of, in squares of the impostor distance."""

EXPECTED_WEIGHT = 30
"""It counts as much as the scatter of so many faces."""

TELLING = 4
"""Clusters of so many faces and more tell the typical scatter."""

MOST_TELLING = 30
"""Faces of one cluster that count: who has many pictures must not be all there is."""

SHRUNK = 6
"""The typical scatter counts as much as that of so many faces of the cluster itself."""

LARGE, MIXED = 0.50, 0.70
"""The squared distance between the centres of two large clusters, and of a large one and a single
face, as a share of the way from the typical scatter to the impostor distance (both squared)."""

SINGLE = 0.88
"""Two single faces have to be nearer than this share of the distance to the nearest other."""

HALVES, SMALL_HALVES = 0.30, 0.45
"""As `LARGE`, for the two halves of one person, which are cut where the gap is widest."""

SCATTERED = 1.18
"""The mean distance between two people's halves is at least so many times that within them."""

LARGE_HALF = 8
"""`HALVES` is for halves of so many faces and more: the centres of smaller ones are uncertain."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The distance under which two clusters are one person.

    What it allows for the centres depends on the sizes of the clusters: the mean of few distances
    is uncertain, and two single faces have many more chances to be near than two albums.
    """

    typical: float = EXPECTED_SCATTER
    """Typical scatter of a person, in squares of the impostor distance."""
    nearest: float = EXPECTED_NEAREST
    """How near the very nearest other comes, as a share of the impostor distance."""
    strictness: float = 1.0
    """What is allowed for the centres is multiplied by this."""

    def distance(self, a: Clusters, b: Clusters) -> Floats:
        """The largest root mean square distance between the faces of one person, for each pair."""
        impostor = ((a.impostor + b.impostor) / 2) ** 2
        scatter = (self._scatter(a, impostor) + self._scatter(b, impostor)) / 2
        return np.sqrt(np.maximum(scatter + self._centres(a, b) * impostor, 0))

    def score(self, a: Clusters, b: Clusters, distance: Floats) -> Floats:
        """How much two clusters belong together: over 0 they may be one person."""
        return (self.distance(a, b) - distance) * 2 / (a.impostor + b.impostor)

    def halves(self, a: Clusters, b: Clusters) -> Floats:
        """The mean distance beyond which two halves of a cluster are two people."""
        impostor = ((a.impostor + b.impostor) / 2) ** 2
        scatter = (a.scatter + b.scatter) / 2
        small = np.minimum(a.sizes, b.sizes) < LARGE_HALF
        centres = np.where(small, SMALL_HALVES, HALVES) * (1 - self.typical) * impostor
        return np.sqrt(np.maximum(scatter + centres, SCATTERED**2 * scatter))

    def _scatter(self, some: Clusters, impostor: Floats) -> Floats:
        others = some.sizes - 1
        return (SHRUNK * self.typical * impostor + others * some.scatter) / (SHRUNK + others)

    def _centres(self, a: Clusters, b: Clusters) -> Floats:
        """The largest squared distance of the centres, in squares of the impostor distance."""
        few, fewer = a.sizes**-0.5, b.sizes**-0.5
        room = 1 - self.typical
        large, mixed = LARGE * room, MIXED * room
        single = (SINGLE * self.nearest) ** 2 - self.typical
        both: Floats = (
            large + (mixed - large) * (few + fewer) + (single - 2 * mixed + large) * (few * fewer)
        )
        return both * self.strictness


def scatter_within(sums: Floats, sizes: Floats) -> Floats:
    """Mean squared distance of two faces of each cluster, [k], from sums of unit vectors [k, d].

    A single face has none: 0.
    """
    squares = np.einsum("ij,ij->i", sums, sums)
    pairs = np.maximum(sizes * (sizes - 1), 1)
    return np.where(sizes > 1, 2 - 2 * (squares - sizes) / pairs, 0.0)


def typical_scatter(clusters: Clusters) -> float:
    """Scatter of a person, in squares of the impostor distance, as the larger clusters show it."""
    telling = clusters.sizes >= TELLING
    weight = np.minimum(clusters.sizes[telling] - 1, MOST_TELLING)
    share = clusters.scatter[telling] / clusters.impostor[telling] ** 2
    total = EXPECTED_WEIGHT * EXPECTED_SCATTER + float(weight @ share)
    return total / (EXPECTED_WEIGHT + float(weight.sum()))


def measured(sums: Floats, sizes: Floats, common: float) -> tuple[Clusters, Limit]:
    """What the clusters are, and the limit that they show to hold among them.

    Takes sums of unit vectors [k, d], sizes [k] and the common impostor distance.
    """
    if not len(sizes):
        return Clusters(sizes, sizes, sizes), Limit()
    around = surroundings(sums, sizes, common)
    clusters = Clusters(sizes, scatter_within(sums, sizes), around.impostor)
    return clusters, Limit(typical_scatter(clusters), around.nearest)
