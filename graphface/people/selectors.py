"""Resolve what a user types to a person or a face."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from graphface.errors import Action, NoFace, NotFound, UsageError
from graphface.files import path_text, shown
from graphface.names import NAME_LENGTH, name_key, number_meant, spelled
from graphface.records import Box, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphface.db import Connection, Row, Run
    from graphface.records import Source


@dataclass(frozen=True, slots=True)
class Person(Record):
    """A person of the graph."""

    id: str
    number: int
    name: str | None
    faces: int

    @property
    def label(self) -> str:
        return label(self.name, self.number)


def label(name: str | None, number: int) -> str:
    """The person's name, else the number."""
    return name if name is not None else f"person {number}"


def find_person(graph: Connection, text: str) -> Person:
    """The person with this number (`17`, `p17`, `person 17`) or name, in any spelling.

    Raises NotFound with the nearest names, UsageError when several persons have the name.
    """
    return person_by(graph.run, text)


def person_by(run: Run, text: str) -> Person:
    """`find_person` inside a transaction."""
    number = number_meant(text)
    found = [Person(**row) for row in run("find-person", text=number)] if number else []
    if not found:
        one = the_one_called(text, called(run, [text])[name_key(text)])
        found = [one] if one else []
    if found:
        return found[0]
    names = [row["name"] for row in run("person-names")]
    near = difflib.get_close_matches(spelled(text), names, n=3, cutoff=0.5)
    raise NotFound(
        f"no person is called {_short(text)!r}",
        f"Did you mean {', '.join(near)}?" if near else "See who is there",
        code="person-not-found",
        action=None if near else Action("people"),
        asked=_short(text),
        near=near,
    )


def called(run: Run, names: Iterable[str]) -> dict[str, list[Person]]:
    """Name key -> the persons of that name, the oldest first; a key for each of `names`.

    The key that is stored with a name finds them by its index. Where it finds nobody, names are
    compared that have no key, or perhaps an old one: whoever writes Cypher may change a name.
    """
    found: dict[str, list[Person]] = {name_key(name): [] for name in names}
    for row in run("persons-called", keys=sorted(found)):
        key = row.pop("key")
        if name_key(row["name"]) == key:
            found[key].append(Person(**row))
    if missing := {key for key, persons in found.items() if not persons}:
        for row in run("names-to-check"):
            if (key := name_key(row["name"])) in missing:
                found[key].append(Person(**row))
    return found


def the_one_called(name: str, persons: Sequence[Person]) -> Person | None:
    """Who of these persons of one name is meant; None when there is nobody.

    Commands let no two persons have one name. Where an older graph has them, the spelling decides.
    Raises UsageError when it does not.
    """
    meant = [one for one in persons if one.name == spelled(name)] or persons
    if len(meant) > 1:
        numbers = [one.number for one in meant]
        raise UsageError(
            f"several persons are called {_short(name)!r} ({', '.join(map(str, numbers))})",
            "Give the number of one, or make one person of them",
            code="several-persons",
            action=Action("merge", {"persons": tuple(numbers), "into": numbers[0]}),
            name=_short(name),
            numbers=numbers,
        )
    return meant[0] if meant else None


def person_with_id(run: Run, id: str) -> Person:
    """The person with this id, even if a name reads like it. Raises NotFound."""
    for row in run("find-person", text=id):
        return Person(**row)
    raise NotFound(
        f"person {id.lstrip('p')} was taken away",
        "See who is there",
        code="person-gone",
        action=Action("people"),
    )


def _short(text: str) -> str:
    """The typed text, shortened in case a whole page was pasted by mistake."""
    return text if len(text) <= NAME_LENGTH else f"{text[:40]}..."


SHORTEST = 4
"""Characters of an id that stand for it, at least."""

_WHICH = re.compile(r"(?P<path>.+)#(?P<which>[0-9]{1,6})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FaceNode(Record):
    """A face of the graph."""

    id: str
    path: str | None
    """The first path of its photo, as text of the graph; None for a face without a photo."""
    photo: str | None
    box: Box | None
    person: str | None
    """Id of the person it belongs to; None if there is none."""
    number: int | None
    name: str | None
    source: Source | None = None
    """Who said that it belongs to that person."""
    confidence: float | None = None
    ignored: bool = False
    """Whether it was ignored, and takes part in nothing."""

    @property
    def label(self) -> str:
        """The label of the person it belongs to."""
        return "nobody" if self.number is None else label(self.name, self.number)

    @property
    def shown(self) -> str:
        """A one-line label of the face: its picture and its place in it, else its id."""
        if self.path is None or self.box is None:
            return f"face {self.id}"
        return f"the face at {self.box.x},{self.box.y} of {Path(self.path).name}"


def find_face(graph: Connection, text: str) -> FaceNode:
    """The face that `text` stands for.

    `text` is the id of a face, the beginning of one (4 characters or more, when no other begins
    so), the path of a picture in the graph that shows one face, or PATH#2: the second face from the
    left. Ignored faces do not count. Raises NotFound, and UsageError when `text` is ambiguous or
    the id of an ignored face.
    """
    return face_by(graph.run, text)


def face_by(run: Run, text: str) -> FaceNode:
    """`find_face` inside a transaction."""
    found = any_face_by(run, text)
    if found.ignored:
        raise refuse_ignored(found)
    return found


def refuse_ignored(face: FaceNode) -> UsageError:
    """The error about a face that takes part in nothing."""
    return UsageError(
        f"{face.shown} was ignored",
        "Take that back first",
        code="face-ignored",
        action=Action("unignore", {"faces": [face.id]}),
    )


def any_face_by(run: Run, text: str, *, ignored: bool = False) -> FaceNode:
    """`face_by`, but an id may be that of an ignored face.

    With `ignored`, paths stand for the ignored faces of their pictures, and only these are counted.
    """
    wanted = text.strip()
    found = _by_id(run, wanted)
    if found is None:
        found = _by_path(run, wanted, ignored)
    if found is None:
        raise NotFound(
            f"no face is called {wanted[:200]!r}, and no picture of the graph lies there",
            "Give PICTURE#2, the second face from the left, or a face's id. See those of a person",
            code="face-not-found",
            action=Action("faces", missing=("what",)),
        )
    return found


def faces_of(graph: Connection, person_id: str) -> list[FaceNode]:
    """The faces of a person, confirmed ones first; empty when there is none."""
    return faces_by(graph.run, person_id)


def faces_by(run: Run, person_id: str) -> list[FaceNode]:
    """`faces_of` inside a transaction."""
    return [_node(row) for row in run("faces-of-person", person=person_id)]


def faces_ignored(graph: Connection, picture: str | None = None) -> list[FaceNode]:
    """The ignored faces of the picture at this path, left to right; without one, all of the graph.

    Raises NotFound for a picture that is not in the graph.
    """
    if picture is not None:
        found = _faces_in(graph.run, picture, ignored=True)
        if found is None:
            raise NotFound(
                f"{picture[:4000]}: this picture is not in the graph, and no person has ignored "
                "faces",
                "Check the path",
                code="picture-not-in-graph",
            )
        return found
    nobody = {"person": None, "number": None, "name": None, "ignored": True}
    return [_node({**row, **nobody}) for row in graph.run("ignored-faces")]


def faces_shown(graph: Connection, text: str) -> list[FaceNode]:
    """The faces of the picture at this path, left to right, or of the person with this name.

    Ignored faces are left out. Raises NotFound, UsageError.
    """
    found = _faces_in(graph.run, text)
    if found is not None:
        return found
    try:
        return faces_of(graph, find_person(graph, text).id)
    except NotFound as error:
        if not Path(text[:4000]).name.count("."):
            raise
        there = Path(text[:4000]).is_file()
        raise NotFound(
            f"{text[:4000]}: this picture is not in the graph",
            "Bring it in" if there else "Check the path",
            code="picture-not-in-graph",
            action=Action("ingest", {"folders": [text]}) if there else None,
        ) from error


def _faces_in(run: Run, picture: str, ignored: bool = False) -> list[FaceNode] | None:
    """The faces in the picture at this path, left to right; None when it is not in the graph."""
    rows = run("faces-by-path", paths=path_texts(picture))
    faces = [_node(row) for row in rows if row["id"] is not None]
    return [face for face in faces if face.ignored is ignored] if rows else None


def _by_id(run: Run, text: str) -> FaceNode | None:
    rows = run("faces-by-id", text=text, limit=6) if text else []
    exact = [row for row in rows if row["id"] == text]
    rows = exact or (rows if len(text) >= SHORTEST else [])
    if len(rows) > 1:
        shown = ", ".join(row["id"] for row in rows[:5]) + (", ..." if len(rows) > 5 else "")
        raise UsageError(
            f"several faces begin with {text!r}",
            f"Give more of it: {shown}",
            code="several-faces",
            text=text,
        )
    return _node(rows[0]) if rows else None


def _by_path(run: Run, text: str, ignored: bool) -> FaceNode | None:
    faces, which = _faces_in(run, text, ignored), None
    if faces is None and (match := _WHICH.fullmatch(text)):
        text, which = match["path"], int(match["which"])
        faces = _faces_in(run, text, ignored)
    if faces is None:
        return None
    if not faces:
        none = "no face of this picture was ignored" if ignored else (
            "no face was found in this picture, or all were ignored")  # fmt: skip
        raise NotFound(f"{text}: {none}", code="no-face", text=text)
    if which is None and len(faces) > 1:
        raise UsageError(
            f"{text}: {len(faces)} faces are in this picture",
            f"Say which, counted from the left: {text}#1 to {text}#{len(faces)}",
            code="several-faces",
            text=text,
        )
    if which is not None and not 1 <= which <= len(faces):
        raise UsageError(
            f"{text}: there is no face #{which}",
            f"It has {len(faces)}",
            code="face-not-found",
            text=text,
            which=which,
        )
    return faces[(which or 1) - 1]


def path_texts(text: str) -> list[str]:
    """The forms in which the graph may hold this path: as typed, or made absolute."""
    if not text or "\0" in text:
        return []
    return [text, path_text(Path(os.path.abspath(text))), path_text(Path(text).resolve())]


def _node(row: Row) -> FaceNode:
    sides = row["box"]
    box = None if None in sides else Box(*sides)
    return FaceNode(**{**row, "box": box})


class Boxed(Protocol):
    """Anything that lies in a box: a detection, a face."""

    @property
    def box(self) -> Box: ...


F = TypeVar("F", bound=Boxed)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which face of a picture to take. With neither field set, it must show exactly one face."""

    number: int | None = None
    """Counted from the left, the first is 1."""
    largest: bool = False
    parameter: str = "face"
    """The parameter that gives `number`, for messages."""

    def __post_init__(self) -> None:
        if self.number is not None and self.largest:
            raise UsageError(
                f"`{self.parameter}` and `largest` both choose a face",
                "Give one of them",
                code="options-conflict",
                parameter=self.parameter,
            )
        if self.number is not None and self.number < 1:
            raise UsageError(
                f"`{self.parameter}` is {self.number}",
                "Count from the left: 1, 2, ...",
                code="out-of-range",
                parameter=self.parameter,
                number=self.number,
            )


def choose_face(path: Path, faces: Sequence[F], choice: Choice) -> F:
    """The face of the picture at `path` that `choice` selects.

    Raises NoFace when there is none, UsageError when there are several and nothing was chosen, or
    fewer than the number.
    """
    ordered = left_to_right(faces)
    if not ordered:
        raise NoFace(
            f"{shown(path)}: no face in this picture",
            "Is it sharp, upright and large enough? (`min_face`, `detector`)",
            path=path,
        )
    if choice.largest:
        return max(ordered, key=lambda face: face.box.width * face.box.height)
    if choice.number is None and len(ordered) > 1:
        raise UsageError(
            f"{shown(path)}: {len(ordered)} faces are in this picture",
            f"Choose one: `{choice.parameter}` 1 to {len(ordered)}, from the left, or `largest`",
            code="several-faces",
            path=path,
        )
    if choice.number is not None and choice.number > len(ordered):
        raise UsageError(
            f"{shown(path)}: `{choice.parameter}` {choice.number}, but {_faces(len(ordered))} in "
            "this picture",
            "Count from the left",
            code="face-not-found",
            path=path,
            parameter=choice.parameter,
            number=choice.number,
        )
    return ordered[(choice.number or 1) - 1]


def left_to_right(faces: Sequence[F]) -> list[F]:
    """Faces in the order in which they are numbered."""
    return sorted(faces, key=lambda face: (face.box.x, face.box.y, face.box.width))


def _faces(count: int) -> str:
    return "one face is" if count == 1 else f"{count} faces are"
