"""Split faces of one person into the two people that they may show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.agglomerative import Clusters
from graphface.clustering.scatter import scatter_within
from graphface.numbers import unit_vectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Floats, Ints
    from graphface.clustering.scatter import Limit
    from graphface.records import Vectors

    Side = NDArray[np.bool_]

ROUNDS = 50
"""Rounds of 2-means at most; it settles in far fewer."""

SAMPLE = 1_000
"""Faces by which halvings are compared: all pairs among them are looked at."""

LINKED = 400
"""Faces up to which average linkage is tried as well: its time grows with their cube."""


LEAST_HALF = 4
"""Halves with fewer faces are left together."""


def halved(units: Vectors, labels: Ints, clusters: Clusters, limit: Limit) -> Ints:
    """Labels [n], from 0 without gaps, with clusters split whose halves are two people.

    Halves are halved again. Takes unit vectors [n, d], labels [n], and what is known of the
    clusters and the limit of one person.
    """
    labels, count = labels.copy(), len(clusters.sizes)
    large = np.flatnonzero(clusters.sizes >= 2 * LEAST_HALF)
    order = np.argsort(labels, kind="stable")
    first = np.searchsorted(labels[order], large)
    todo = [
        (one, order[start : start + int(clusters.sizes[one])])
        for one, start in zip(large.tolist(), first.tolist(), strict=True)
    ]
    while todo:
        one, members = todo.pop()
        side = _two_people(units[members].astype(np.float64), clusters[one], limit)
        if side is not None:
            labels[members[side]] = count
            count += 1
            todo += [(one, members[~side]), (one, members[side])]
    return labels


def _two_people(units: Floats, whole: Clusters, limit: Limit) -> Side | None:
    """The other of the halves of a cluster if they are two people."""
    side = two_means(units, from_the_ends(units))
    sizes = np.array([(~side).sum(), side.sum()], dtype=np.float64)
    if sizes.min() < LEAST_HALF:
        return None
    sums = np.stack([units[~side].sum(axis=0), units[side].sum(axis=0)])
    halves = Clusters(sizes, scatter_within(sums, sizes), np.repeat(whole.impostor, 2))
    distance = np.sqrt(2 - 2 * (sums[0] @ sums[1]) / (sizes[0] * sizes[1]))
    return side if distance > limit.halves(halves[0], halves[1]) else None


def bipartition(vectors: Vectors, apart: Ints) -> Side:
    """Split faces (embeddings [n, d], n >= 2) in two; True marks the other side, [n].

    `apart` [k, 2] are pairs known to be two people. Candidates are 2-means of the unit vectors from
    three starting points, and average linkage. The best candidate has the sides that are farthest
    apart relative to their width (the silhouette: Rousseeuw, 1987) and separates most of `apart`.
    No side is empty.
    """
    units = unit_vectors(vectors, np.float64)
    best: Side = np.arange(len(units)) == 0
    score = -np.inf
    for side in _candidates(units, apart):
        if side.any() and not side.all():
            now = _silhouette(units, side) + _parted(side, apart)
            if now > score + 1e-9:
                best, score = side, now
    return best


def _candidates(units: Floats, apart: Ints) -> Iterator[Side]:
    middle = units - units.mean(axis=0)
    axis = np.linalg.svd(middle[:SAMPLE], full_matrices=False)[2][0]
    yield two_means(units, middle @ axis > 0)
    yield two_means(units, from_the_ends(units))
    for a, b in apart[:3].tolist():
        yield two_means(units, _nearer(units, a, b))
    if len(units) <= LINKED:
        yield _average_linkage(units)


def from_the_ends(units: Floats) -> Side:
    """A beginning: the face farthest out, the one farthest from it, and each with the nearer."""
    far = int(np.argmin(units @ units.mean(axis=0)))
    return _nearer(units, far, int(np.argmin(units @ units[far])))


def _nearer(units: Floats, a: int, b: int) -> Side:
    side: Side = units @ units[b] > units @ units[a]
    return side


def two_means(units: Floats, side: Side) -> Side:
    """2-means of unit vectors [n, d], begun with these two sides; one may be empty in the end."""
    for _ in range(ROUNDS):
        if side.all() or not side.any():
            break
        there, here = units[side].mean(axis=0), units[~side].mean(axis=0)
        # Unit vectors: whichever middle is nearer has the larger product, less half its square.
        new = units @ (there - here) > (there @ there - here @ here) / 2
        if (new == side).all():
            break
        side = new
    return side


def _average_linkage(units: Floats) -> Side:
    """The last two clusters of average linkage, which keeps joining the two nearest clusters."""
    gaps = _distances(units)
    np.fill_diagonal(gaps, np.inf)
    root, size = np.arange(len(units)), np.ones(len(units))
    for _ in range(len(units) - 2):
        a, b = np.unravel_index(np.argmin(gaps), gaps.shape)
        joined = (size[a] * gaps[a] + size[b] * gaps[b]) / (size[a] + size[b])
        gaps[a], gaps[:, a], gaps[b], gaps[:, b] = joined, joined, np.inf, np.inf
        gaps[a, a] = np.inf
        size[a] += size[b]
        root[root == b] = a
    side: Side = root == root[0]
    return side


def _silhouette(units: Floats, side: Side) -> float:
    """Mean over faces of (distance to the other side - to their own) / the larger, in [-1, 1]."""
    picked = np.linspace(0, len(units) - 1, min(len(units), SAMPLE)).astype(int)
    gaps, side = _distances(units[picked]), side[picked]
    if side.all() or not side.any():
        return -1.0
    on, off = gaps[:, side].sum(axis=1), gaps[:, ~side].sum(axis=1)
    count = np.where(side, side.sum(), (~side).sum())
    own = np.where(side, on, off) / np.maximum(count - 1, 1)
    other = np.where(side, off, on) / (len(side) - count)
    one = (other - own) / np.maximum(np.maximum(own, other), 1e-12)
    return float(np.where(count > 1, one, 0.0).mean())


def _distances(units: Floats) -> Floats:
    gaps: Floats = np.sqrt(np.maximum(2 - 2 * units @ units.T, 0))
    return gaps


def _parted(side: Side, apart: Ints) -> float:
    return float((side[apart[:, 0]] != side[apart[:, 1]]).mean()) if len(apart) else 0.0


def nearest_across(
    vectors: Vectors, side: Side, count: int
) -> tuple[float, float, Iterable[tuple[int, int]]]:
    """Mean and smallest distance between the sides (unit vectors), and the nearest pairs."""
    units = unit_vectors(vectors, np.float64)
    here, there = np.flatnonzero(~side), np.flatnonzero(side)
    middle = units[here].mean(axis=0) @ units[there].mean(axis=0)
    best = []  # row by row: all pairs of a large person would not fit into memory
    for a in here.tolist():
        gaps = np.sqrt(np.maximum(2 - 2 * units[there] @ units[a], 0))
        k = int(np.argmin(gaps))
        best.append((float(gaps[k]), a, int(there[k])))
    best.sort()
    mean = float(np.sqrt(max(2 - 2 * middle, 0.0)))
    return mean, best[0][0], [(a, b) for _, a, b in best[:count]]
