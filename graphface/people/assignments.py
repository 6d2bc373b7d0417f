"""State of some faces, persons and pairs in the graph, now or after a change: read, write, pack."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from graphface.errors import Action, NotFound
from graphface.ingest.photo_writer import face_columns
from graphface.names import name_key

if TYPE_CHECKING:
    from graphface.db import Row, Run
    from graphface.records import Face, Source

Standing = Literal["face", "ignored"]
"""What a face of the graph is: one that takes part in everything, or one that was ignored."""


@dataclass(frozen=True, slots=True)
class Belongs:
    """The person a face belongs to, who said so, and how sure that is."""

    person: str
    source: Source = "user"
    confidence: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """The properties of a person."""

    number: int
    name: str | None = None
    hidden: bool = False
    created: str | None = field(default=None, compare=False)
    """ISO 8601. Kept as read, so that a person who is restored keeps their age."""


@dataclass(frozen=True, slots=True)
class Assignments:
    """State of some faces, persons and pairs of faces. None stands for no person, pair or face."""

    faces: dict[str, Belongs | None] = field(default_factory=dict)
    """By the id of the face."""
    persons: dict[str, Known | None] = field(default_factory=dict)
    """By the id of the person."""
    not_same: dict[tuple[str, str], Source | None] = field(default_factory=dict)
    """Who said that two faces (ids, the smaller first) are two people."""
    standing: dict[str, Standing | None] = field(default_factory=dict)
    """By the id of the face, for those that are added, ignored or no longer ignored."""
    new: dict[str, tuple[str, Face]] = field(default_factory=dict, compare=False)
    """Faces to create, by their ids: the id of the photo, and the face. They have a `standing`."""

    @property
    def all_faces(self) -> set[str]:
        """Ids of the faces it contains, alone or in pairs."""
        pairs = (face for two in self.not_same for face in two)
        return {*self.faces, *self.standing, *pairs}

    def packed(self) -> str:
        """The state as JSON text, for storage in the graph; without embeddings."""
        faces = {
            face: to and [to.person, to.source, to.confidence] for face, to in self.faces.items()
        }
        persons = {
            id: one and [one.number, one.name, one.hidden, one.created]
            for id, one in self.persons.items()
        }
        not_same = [[*pair, source] for pair, source in self.not_same.items()]
        state = {"faces": faces, "persons": persons, "notSame": not_same,
                 "standing": self.standing}  # fmt: skip
        return json.dumps(state, ensure_ascii=False)  # names can be looked for in it


def pair(a: str, b: str) -> tuple[str, str]:
    """Two faces as NOT_SAME names them: the smaller id first."""
    return (a, b) if a < b else (b, a)


def read_assignments(run: Run, like: Assignments, *, strict: bool = True) -> Assignments:
    """Read the current state of everything that `like` contains."""
    asked = sorted(like.all_faces)
    faces = {row["face"]: row for row in run("read-belongs", faces=asked)} if asked else {}
    gone = [face for face in asked if face not in faces and face not in like.new]
    if gone and strict:
        raise NotFound(
            f"face {gone[0]} is not in this graph",
            "See which are",
            code="face-not-found",
            action=Action("faces", missing=("what",)),
        )
    persons = {row["person"]: row for row in run("read-persons", persons=list(like.persons))}
    pairs = [list(two) for two in like.not_same]
    said = {(row["a"], row["b"]): row["source"] for row in run("read-not-same", pairs=pairs)}
    known = {**dict.fromkeys(like.new), **faces}
    return Assignments(
        {face: _belongs(known[face]) for face in like.faces if face in known},
        {id: _known(persons.get(id)) for id in like.persons},
        {two: said.get(two) for two in like.not_same},
        {face: _standing(faces.get(face)) for face in like.standing},
    )


def _belongs(row: Row | None) -> Belongs | None:
    if row is None or row["person"] is None:
        return None
    return Belongs(row["person"], row["source"], row["confidence"])


def _known(row: Row | None) -> Known | None:
    return Known(row["number"], row["name"], row["hidden"], row["created"]) if row else None


def _standing(row: Row | None) -> Standing | None:
    if row is None:
        return None
    return "ignored" if row["ignored"] else "face"


def write_assignments(run: Run, state: Assignments) -> None:
    """Write `state` to the graph. Raises NotFound for a person that is gone."""
    if state.new:
        run("write-faces", **face_columns(list(state.new.values())))
    _stand(run, state, "face", "unignore-faces")
    _write_persons(run, state)
    _write_belongs(run, state)
    _stand(run, state, "ignored", "ignore-faces")
    _stand(run, state, None, "drop-faces")
    gone = [id for id, one in state.persons.items() if one is None]
    if gone:
        run("drop-persons", persons=gone)


def _stand(run: Run, state: Assignments, wanted: Standing | None, statement: str) -> None:
    """Run a statement on the faces that get a standing."""
    faces = [id for id, one in state.standing.items() if one == wanted and id not in state.new]
    if faces:
        run(statement, faces=faces)


def _write_persons(run: Run, state: Assignments) -> None:
    persons = [
        {"id": id, "number": one.number, "name": one.name,
         "nameKey": one.name and name_key(one.name), "hidden": one.hidden or None,
         "created": one.created}
        for id, one in state.persons.items()
        if one
    ]  # fmt: skip
    if persons:
        run("write-persons", persons=persons)


def _write_belongs(run: Run, state: Assignments) -> None:
    """To whom faces belong, and which pairs are NOT_SAME."""
    faces = [
        {"face": face, "person": to and to.person, "source": to and to.source,
         "confidence": to and to.confidence}
        for face, to in state.faces.items()
    ]  # fmt: skip
    pairs = [{"a": a, "b": b, "source": said} for (a, b), said in state.not_same.items()]
    if faces:
        given = run("write-belongs", rows=faces)[0]["faces"]
        if given != sum(to is not None for to in state.faces.values()):
            raise NotFound(
                "a person was taken away meanwhile",
                "See who is there",
                code="person-gone",
                action=Action("people"),
            )
    if pairs:
        run("write-not-same", rows=pairs)


def unpacked(text: str) -> Assignments:
    """Turn the text of `Assignments.packed` back into a state."""
    read = json.loads(text)
    return Assignments(
        {face: Belongs(*to) if to else None for face, to in read["faces"].items()},
        {id: Known(*one) if one else None for id, one in read["persons"].items()},
        {(a, b): source for a, b, source in read["notSame"]},
        read.get("standing", {}),  # not in changes of a graph of version 3
    )
