"""Two persons that are one, and faces that lie among another person's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.agglomerative import contracted
from graphface.errors import Action
from graphface.insights.audit_data import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphface.insights.audit_data import Material

SHARED = 5
"""Common neighbours that make a missing SAME strange."""

BEYOND = 0.03
"""A face may be so far beyond the limit of one person, as a share of it."""


def duplicates(material: Material) -> Iterator[Finding]:
    """Pairs of persons that are nearer to each other than strangers are, and not apart."""
    label, faces = material.label, material.faces
    pairs = contracted(np.stack([faces.left, faces.right], axis=1).astype(np.int64), label)
    pairs = pairs[(pairs < len(material.persons)).all(axis=1)]
    forbidden = {tuple(pair) for pair in contracted(material.apart, label).tolist()}
    dots = np.einsum("ij,ij->i", material.means[pairs[:, 0]], material.means[pairs[:, 1]])
    apart = np.sqrt(np.maximum(2 - 2 * dots, 0))
    clusters, _ = material.measured
    for (a, b), distance in zip(pairs.tolist(), apart.tolist(), strict=True):
        limit = material.limit(clusters[a], clusters[b])
        if distance < limit and (a, b) not in forbidden:
            yield _duplicate(material, a, b, distance, limit)


def _duplicate(material: Material, a: int, b: int, distance: float, limit: float) -> Finding:
    sizes = material.clusters[1]
    big, small = (a, b) if sizes[a] >= sizes[b] else (b, a)
    numbers = material.number(big), material.number(small)
    both_named = all(material.persons[one]["name"] is not None for one in (a, b))
    into = {"into": numbers[0]} if both_named else {}
    ends = int(material.members[big][0]), int(material.members[small][0])
    return Finding(
        "duplicate",
        int(sizes[small]),
        f"{material.called(big)} and {material.called(small)} look like one: {distance:.3f} apart "
        f"on the mean where one person stays under {limit:.3f}",
        Action("merge", {"persons": numbers, **into}),
        persons=numbers,
        examples=(material.faces.ids[ends[0]], material.faces.ids[ends[1]]),
        look=Action("explain", {"a": numbers[0], "b": numbers[1]}),
    )


def missing_same(material: Material) -> Iterator[Finding]:
    """Faces of different people with many common neighbours and no SAME.

    Reports a face that has more neighbours in the other's person than in its own, if its mean
    distance to that person is at most slightly above the limit of one person.
    """
    web = _Web(material)
    for face, target, own, theirs in web.strays():
        if material.said[face] or not _belongs_there(material, face, target):
            continue
        other, shared = web.most_shared(face, material.members[target].tolist())
        if shared >= SHARED:
            yield _missing(material, (face, other), shared, own, theirs)


def _missing(
    material: Material, pair: tuple[int, int], shared: int, own: int, theirs: int
) -> Finding:
    face, other = pair
    target = material.number(int(material.label[other]))
    return Finding(
        "missing-same",
        1,
        f"{material.whose(face)} is not SAME to {material.whose(other)}, yet {shared} faces are "
        f"SAME to both; {theirs} of its neighbours are there, {own} at home",
        Action("move", {"faces": [material.short[face]], "person": target}),
        persons=(target,),
        examples=(material.faces.ids[face], material.faces.ids[other]),
        look=material.look(face, other),
    )


def _belongs_there(material: Material, face: int, target: int) -> bool:
    """Whether a face is near enough to a person, nearer than to its own, and not apart from it."""
    unit = material.units[face].astype(np.float64)
    sums, sizes = material.clusters
    mine = int(material.label[face])
    theirs = float(unit @ material.means[target])
    if sizes[mine] > 1 and float(unit @ (sums[mine] - unit)) / (sizes[mine] - 1) >= theirs:
        return False
    alone = material.part(mine, np.array([face]))
    limit = material.limit(alone, material.measured[0][target]) * (1 + BEYOND)
    return 2 - 2 * theirs < limit**2 and target not in material.enemies.get(face, ())


class _Web:
    """SAME from both ends, sorted: `end[first[k] : first[k + 1]]` are the neighbours of face k."""

    def __init__(self, material: Material) -> None:
        faces = material.faces
        self.label, self.persons = material.label, len(material.persons)
        start = np.concatenate([faces.left, faces.right]).astype(np.int64)
        end = np.concatenate([faces.right, faces.left]).astype(np.int64)
        order = np.argsort(start, kind="stable")
        self.start, self.end = start[order], end[order]
        self.first = np.searchsorted(self.start, np.arange(len(self.label) + 1))

    def near(self, face: int) -> set[int]:
        """The faces that are SAME to a face."""
        return set(self.end[self.first[face] : self.first[face + 1]].tolist())

    def strays(self) -> list[tuple[int, int, int, int]]:
        """Faces with at least `SHARED` neighbours in another person, and more than in their own:
        face, person, neighbours at home, neighbours there."""
        clusters = int(self.label.max(initial=0)) + 1
        keys, count = np.unique(self.start * clusters + self.label[self.end], return_counts=True)
        face, person = keys // clusters, keys % clusters
        home = person == self.label[face]
        own = np.zeros(len(self.label), dtype=np.int64)
        own[face[home]] = count[home]
        stray = ~home & (count >= SHARED) & (count > own[face]) & (person < self.persons)
        columns = (face[stray], person[stray], own[face[stray]], count[stray])
        return list(zip(*(column.tolist() for column in columns), strict=True))

    def most_shared(self, face: int, others: Sequence[int]) -> tuple[int, int]:
        """The face not SAME to `face` that shares most neighbours with it, and how many."""
        near = self.near(face)
        ranked = ((len(near & self.near(other)), -other) for other in others if other not in near)
        shared, other = max(ranked, default=(0, 0))
        return -other, shared
