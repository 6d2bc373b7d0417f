"""Faces that are found again, by another detector or other settings: which are known already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.records import Box, Face


@dataclass(frozen=True, slots=True)
class HeldFace:
    """A face of a photo in the graph."""

    id: str
    box: Box
    kept: bool
    """Whether a person marked or ignored it: then it stays as it is."""


def as_known(faces: Sequence[Face], held: Sequence[HeldFace]) -> list[Face]:
    """The faces to write, each under the id that it has in the graph, if it is known there.

    Boxes of one photo are of one face if they overlap (`Box.same_face`), the best pairs first, each
    face once. So a known face gets the new box and embedding, and keeps its person. A face that a
    person marked or ignored is left out.
    """
    kept = [one.box for one in held if one.kept]
    found = [one for one in faces if not any(one.box.same_face(box) for box in kept)]
    free = [one for one in held if not one.kept]
    pairs = sorted(
        (
            (face.id != one.id, -face.box.overlap(one.box), one.id, number)
            for number, face in enumerate(found)
            for one in free
            if face.id == one.id or face.box.same_face(one.box)
        ),
    )
    ids: dict[int, str] = {}
    for *_, id, number in pairs:
        if number not in ids and id not in ids.values():
            ids[number] = id
    return [replace(face, id=ids.get(number, face.id)) for number, face in enumerate(found)]
