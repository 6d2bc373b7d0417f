"""Faces that cannot be one person, and how the clusters of every method respect that.

Two faces in one photo are two people, with one exception: mirrors and pictures in pictures show a
person twice. Such faces come from one moment and are far nearer to each other than two pictures of
a person usually are. So two faces of one photo that are nearer than `TWICE` of the impostor
distance are left to the method. What the user said (NOT_SAME) has no exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Ints
    from graphface.clustering.face_graph import FaceGraph

    Labels = NDArray[np.int32]

TWICE = 0.5
"""Share of the impostor distance (dlib's unit vectors: 0.21) under which two faces of one photo
are taken for one person shown twice."""


def apart_pairs(faces: FaceGraph) -> Ints:
    """Pairs of faces [k, 2] that are two people, each once, the smaller index first."""
    photos = _of_one_photo(faces)
    said = np.stack([faces.apart_left, faces.apart_right], axis=1).astype(np.int64)
    pairs = np.concatenate([photos[~_twice(faces, photos)], said])
    once: Ints = np.unique(np.sort(pairs, axis=1), axis=0)
    return once


def _of_one_photo(faces: FaceGraph) -> Ints:
    order = np.argsort(faces.photo, kind="stable")
    order = order[faces.photo[order] >= 0]
    bounds = np.flatnonzero(np.diff(faces.photo[order], prepend=-1, append=-1))
    found = [np.empty((0, 2), dtype=np.int64)]
    for start, stop in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if stop - start > 1:
            a, b = np.triu_indices(stop - start, 1)
            found.append(np.stack([order[start + a], order[start + b]], axis=1))
    return np.concatenate(found)


def _twice(faces: FaceGraph, pairs: Ints) -> NDArray[np.bool_]:
    """Which pairs are near enough to be one person shown twice."""
    from graphface.clustering.impostors import expected_impostor_distance
    from graphface.numbers import unit_vectors

    if not faces.vectors.shape[1] or not len(pairs):
        return np.zeros(len(pairs), dtype=np.bool_)
    ends = [unit_vectors(faces.vectors[pairs[:, side]]) for side in (0, 1)]
    near: NDArray[np.bool_] = np.linalg.norm(
        ends[0] - ends[1], axis=1
    ) < TWICE * expected_impostor_distance(faces)
    return near


def kept_apart(labels: Labels, faces: FaceGraph, apart: Ints) -> Labels:
    """Split each cluster that contains a pair of `apart`; returns the new labels.

    Inside such a cluster the nearest pairs are joined first, except where that would join two faces
    that are apart. The other faces go with the side they are nearest to.
    """
    both = labels[apart]
    broken = np.unique(both[(both[:, 0] == both[:, 1]) & (both[:, 0] >= 0), 0])
    if not len(broken):
        return labels
    inside = np.isin(labels, broken)
    pairs = np.stack([faces.left, faces.right], axis=1)
    within = inside[faces.left] & (labels[faces.left] == labels[faces.right])
    order = np.lexsort((faces.right[within], faces.left[within], faces.distance[within]))
    root = _joined(pairs[within][order], apart, len(labels))
    # The new label of a face is the index of its root, after all existing labels.
    fresh = np.where(inside, root + int(labels.max()) + 1, labels)
    out = np.full(len(labels), -1, dtype=np.int32)
    out[fresh >= 0] = np.unique(fresh[fresh >= 0], return_inverse=True)[1]
    return out


def _joined(pairs: NDArray[np.int32], apart: Ints, count: int) -> Ints:
    """Kruskal's algorithm without joins that bring enemies together; returns roots [count]."""
    root = list(range(count))
    members: dict[int, list[int]] = {}
    enemies: dict[int, set[int]] = {}
    for a, b in apart.tolist():
        enemies.setdefault(a, set()).add(b)
        enemies.setdefault(b, set()).add(a)
    for left, right in pairs.tolist():
        a, b = root[left], root[right]
        if a == b or b in enemies.get(a, ()):
            continue
        if len(members.get(a, (a,))) < len(members.get(b, (b,))):
            a, b = b, a
        moved = members.pop(b, [b])
        for face in moved:
            root[face] = a
        members.setdefault(a, [a]).extend(moved)
        for other in enemies.pop(b, ()):
            enemies[other].discard(b)
            enemies[other].add(a)
            enemies.setdefault(a, set()).add(other)
    return np.array(root, dtype=np.int64)
