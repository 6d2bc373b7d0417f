"""From what a user types to a face."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import NotFound, UsageError
from graphface.ingest.scan import path_text
from graphface.people.find import find_person, label
from graphface.records import Box

if TYPE_CHECKING:
    from graphface.graph import Connection, Row, Run
    from graphface.records import Source

SHORTEST = 4
"""Characters of an id that stand for it, at least."""

_WHICH = re.compile(r"(?P<path>.+)#(?P<which>[0-9]{1,6})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FaceNode:
    """A face of the graph."""

    id: str
    path: str | None
    """The first path of its photo, as text of the graph; None for a face without a photo."""
    photo: str | None
    box: Box | None
    person: str | None
    """Id of the person it belongs to; None: nobody."""
    number: int | None
    name: str | None
    source: Source | None = None
    """Who said that it belongs to that person."""
    confidence: float | None = None

    @property
    def label(self) -> str:
        """How the person it belongs to is called."""
        return "nobody" if self.number is None else label(self.name, self.number)

    @property
    def shown(self) -> str:
        """How the face is called in one line: its picture and its place in it, else its id."""
        if self.path is None or self.box is None:
            return f"face {self.id}"
        return f"the face at {self.box.x},{self.box.y} of {Path(self.path).name}"


def find_face(graph: Connection, text: str) -> FaceNode:
    """The face that `text` stands for.

    `text` is the id of a face, the beginning of one (4 characters or more, when no other begins
    so), the path of a picture in the graph that shows one face, or PATH#2: the second face from
    the left. Raises NotFound, and UsageError when it may be several faces.
    """
    return face_by(graph.run, text)


def face_by(run: Run, text: str) -> FaceNode:
    """`find_face` inside a transaction."""
    wanted = text.strip()
    found = _by_id(run, wanted)
    if found is None:
        found = _by_path(run, wanted)
    if found is None:
        raise NotFound(
            f"no face is called {wanted[:200]!r}, and no picture of the graph lies there",
            "Give a face's id (graphface faces PERSON lists them) or PICTURE#2, "
            "the second face from the left",
        )
    return found


def faces_of(graph: Connection, person_id: str) -> list[FaceNode]:
    """The faces of a person, those that people confirmed first; empty when there is none."""
    return faces_by(graph.run, person_id)


def faces_by(run: Run, person_id: str) -> list[FaceNode]:
    """`faces_of` inside a transaction."""
    return [_node(row) for row in run("faces-of-person", person=person_id)]


def faces_shown(graph: Connection, text: str) -> list[FaceNode]:
    """The faces of the picture at this path, left to right, or of the person so called.

    Raises NotFound, UsageError.
    """
    found = faces_in(graph, text)
    if found is not None:
        return found
    try:
        return faces_of(graph, find_person(graph, text).id)
    except NotFound as error:
        if not Path(text[:4000]).name.count("."):
            raise
        raise NotFound(
            f"{text[:4000]}: this picture is not in the graph", "graphface ingest brings it in"
        ) from error


def faces_in(graph: Connection, picture: str) -> list[FaceNode] | None:
    """The faces in the picture at this path, left to right; None when it is not in the graph."""
    return _faces_in(graph.run, picture)


def _faces_in(run: Run, picture: str) -> list[FaceNode] | None:
    rows = run("faces-by-path", paths=_paths(picture))
    return [_node(row) for row in rows if row["id"] is not None] if rows else None


def _by_id(run: Run, text: str) -> FaceNode | None:
    rows = run("faces-by-id", text=text, limit=6) if text else []
    exact = [row for row in rows if row["id"] == text]
    rows = exact or (rows if len(text) >= SHORTEST else [])
    if len(rows) > 1:
        shown = ", ".join(row["id"] for row in rows[:5]) + (", ..." if len(rows) > 5 else "")
        raise UsageError(f"several faces begin with {text!r}", f"Give more of it: {shown}")
    return _node(rows[0]) if rows else None


def _by_path(run: Run, text: str) -> FaceNode | None:
    faces, which = _faces_in(run, text), None
    if faces is None and (match := _WHICH.fullmatch(text)):
        text, which = match["path"], int(match["which"])
        faces = _faces_in(run, text)
    if faces is None:
        return None
    if not faces:
        raise NotFound(f"{text}: no face was found in this picture")
    if which is None and len(faces) > 1:
        raise UsageError(
            f"{text}: {len(faces)} faces are in this picture",
            f"Say which, counted from the left: {text}#1 to {text}#{len(faces)}",
        )
    if which is not None and not 1 <= which <= len(faces):
        raise UsageError(f"{text}: there is no face #{which}", f"It has {len(faces)}")
    return faces[(which or 1) - 1]


def _paths(text: str) -> list[str]:
    """How the graph may hold this path: as it was typed, or made absolute from here."""
    if not text or "\0" in text:
        return []
    return [text, path_text(Path(os.path.abspath(text))), path_text(Path(text).resolve())]


def _node(row: Row) -> FaceNode:
    sides = row["box"]
    box = None if None in sides else Box(*sides)
    return FaceNode(**{**row, "box": box})
