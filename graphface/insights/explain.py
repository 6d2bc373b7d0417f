"""Why two faces, persons or pictures are the same person, or are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.group_comparison import Comparison, Group, compare, read_embeddings
from graphface.errors import NotFound, UsageError
from graphface.insights.verdict import End, Explanation, judge
from graphface.people.selectors import FaceNode, faces_of, find_face, find_person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db import Connection
    from graphface.people.selectors import Person
    from graphface.records import Space, Vectors

MOST_FACES = 2_000
"""Faces of a person that are looked at."""


def explain(graph: Connection, a: str, b: str) -> Explanation:
    """Why `a` and `b` are one person, or two.

    Each is a face, a person (represented by the face nearest to the other side) or a picture in the
    graph that shows one face. The chain of SAME between them avoids large steps: its largest step
    is at most 3 % above the smallest possible, and it is the shortest of those chains. Raises
    NotFound, and UsageError when both are the same or a picture shows several faces.
    """
    space = graph.require_space()
    sides = _Sides(graph, space, _end(graph, a), _end(graph, b))
    return judge(graph, space, *sides.nearest(), sides.comparisons())


def _end(graph: Connection, text: str) -> End | Person:
    """Resolve one side: a person by number or name, else a face or a picture."""
    try:
        return find_person(graph, text)
    except NotFound as nobody:
        try:
            return End(text, find_face(graph, text))
        except NotFound as nothing:
            path = any(c in text for c in "/\\#.")
            raise (nothing if path else nobody) from None


class _Sides:
    """The two sides of the question with their embeddings."""

    def __init__(self, graph: Connection, space: Space, a: End | Person, b: End | Person) -> None:
        self.graph, self.space, self.sides = graph, space, (a, b)
        self._refuse_same()
        self.faces = tuple(self._faces(side, other) for side, other in ((a, b), (b, a)))
        self.vectors = tuple(self._read(faces) for faces in self.faces)

    def _refuse_same(self) -> None:
        a, b = self.sides
        if isinstance(a, End) and isinstance(b, End) and a.face.id == b.face.id:
            raise UsageError("both are the same face", "Give two", code="same-face")
        if not isinstance(a, End) and not isinstance(b, End) and a.id == b.id:
            raise UsageError(
                f"both are {a.label}",
                "Give two persons, or two faces",
                code="same-person",
                label=a.label,
            )

    def _faces(self, side: End | Person, other: End | Person) -> list[FaceNode]:
        if isinstance(side, End):
            return [side.face]
        but = other.face.id if isinstance(other, End) else None
        found = [face for face in faces_of(self.graph, side.id) if face.id != but]
        if not found:
            raise UsageError(
                f"{side.label} has no other face",
                "Nothing to compare with",
                code="person-without-faces",
                label=side.label,
            )
        return found[:: -(-len(found) // MOST_FACES)]

    def _read(self, faces: Sequence[FaceNode]) -> Vectors:
        return read_embeddings(self.graph, [face.id for face in faces])

    def nearest(self) -> tuple[End, End]:
        """The nearest pair of faces, one of each side."""
        from graphface.numbers import unit_vectors

        left, right = self.vectors
        if self.space.metric != "euclidean":
            left, right = unit_vectors(left), unit_vectors(right)
        lengths = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :]
        i, j = np.unravel_index(np.argmin(lengths - 2 * left @ right.T), lengths.shape)
        return self._chosen(0, int(i)), self._chosen(1, int(j))

    def _chosen(self, which: int, place: int) -> End:
        side = self.sides[which]
        if isinstance(side, End):
            return side
        return End(side.label, self.faces[which][place], side)

    def comparisons(self) -> tuple[Comparison, ...]:
        """Compare the persons of the two, or, if both belong to one person, each with the rest."""
        a, b = (_person_of(side) for side in self.sides)
        if a is not None and a == b:
            alone = [side for side in self.sides if isinstance(side, End)]
            found = (self._against_rest(side, a) for side in alone)
            return tuple(one for one in found if one)
        groups = [self._group(which) for which in (0, 1)]
        return (compare(self.graph, self.space, *groups),)

    def _group(self, which: int) -> Group:
        """The group to compare: a person, but a single face when compared with a person."""
        side, other = self.sides[which], self.sides[1 - which]
        person = _person_of(side)
        if isinstance(side, End) and person and isinstance(other, End):
            faces = faces_of(self.graph, person)
            return Group(side.face.label, self._read(faces[:MOST_FACES]), person)
        called = _short(side.face) if isinstance(side, End) else side.label
        return Group(called, self.vectors[which], person)

    def _against_rest(self, side: End, person: str) -> Comparison | None:
        rest = [face for face in faces_of(self.graph, person) if face.id != side.face.id]
        if not rest:
            return None
        alone = Group(_short(side.face), self._read([side.face]), person)
        others = Group(f"the rest of {side.face.label}", self._read(rest[:MOST_FACES]), person)
        return compare(self.graph, self.space, alone, others)


def _person_of(side: End | Person) -> str | None:
    return side.face.person if isinstance(side, End) else side.id


def _short(face: FaceNode) -> str:
    return f"face {face.id[:12]}"
