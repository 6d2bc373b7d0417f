"""Answers to the questions of a review, each written as one change that can be undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from graphface.errors import Action, GraphfaceError, NotFound, UsageError
from graphface.files import shown
from graphface.names import clean_name, name_key
from graphface.people.assignments import Assignments, Belongs, Known, pair
from graphface.people.changes import change, new_person
from graphface.people.curate import given_to, joined
from graphface.people.naming import known
from graphface.people.selectors import Person, called, face_by, faces_by, label, the_one_called
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from graphface.db import Connection, Run
    from graphface.people.changes import Change

Verdict = Literal["y", "n", "skip", "name"]


@dataclass(frozen=True, slots=True)
class Reply(Record):
    """An answer to one question."""

    id: str
    verdict: Verdict
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Done(Record):
    """What an answer did, in one line, and the person's name now."""

    text: str
    number: int | None = None
    name: str | None = None
    change: Change | None = None


def reply(graph: Connection, given: Reply, about: str | None = None) -> Done:
    """Write the answer to a question in one transaction.

    A name goes to the person of the face `about`, or of the first one without a name. Raises
    UsageError for an answer that does not fit the question, NotFound for a face that is gone.
    """
    kind, faces = parse_id(given.id)
    if given.verdict == "skip":
        return Done("skipped")
    if given.verdict == "name":
        if given.name is None:
            raise UsageError(f"{given.id}: the answer gives no name", code="answers-invalid")
        name = clean_name(given.name)
        work = partial(_name, [about] if about else faces, name)
    elif kind == "name":
        raise UsageError(
            f"{given.id}: {given.verdict!r} is no answer to who this is",
            "Give a name",
            code="answers-invalid",
            verdict=given.verdict,
        )
    else:
        a, b = faces
        work = partial(_same if given.verdict == "y" else _different, a, b)
    return _write(graph, work)


@dataclass(frozen=True, slots=True)
class Outcome(Record):
    """The result of one of many answers."""

    id: str
    done: str | None
    error: GraphfaceError | None = None


@dataclass(frozen=True, slots=True)
class Outcomes(Record):
    """The results of many answers, and how many faces have a name now."""

    answers: list[Outcome]
    faces_named: int
    faces: int


def reply_all(graph: Connection, given: Sequence[Reply]) -> Outcomes:
    """Write each answer in its own transaction. Outdated answers are reported, not raised."""
    made = []
    for one in given:
        try:
            made.append(Outcome(one.id, reply(graph, one).text))
        except (NotFound, UsageError) as error:
            made.append(Outcome(one.id, None, error))
    row = graph.run("review-progress")[0]
    return Outcomes(made, row["named"], row["faces"])


def parse_id(id: str) -> tuple[str, list[str]]:
    """The kind of a question and its faces. Raises UsageError when `id` is not a question's id."""
    kind, *faces = id.split(":")
    if {"name": 1, "same": 2}.get(kind) != len(faces) or not all(faces):
        raise UsageError(
            f"{id!r} is the id of no question",
            "Take it from a question of the review",
            code="question-unknown",
        )
    return kind, faces


def read_replies(path: Path) -> list[Reply]:
    """Read answers from a JSON file, as `replies` does. Raises UsageError and OSError."""
    import json

    try:
        return replies(json.loads(path.read_bytes()))
    except ValueError as error:  # UnicodeDecodeError is one
        raise UsageError(
            f"{shown(path)} is no JSON: {error}", code="json-invalid", path=path, reason=str(error)
        ) from error


def replies(entries: Any) -> list[Reply]:
    """Answers from JSON: objects with `id`, `answer` (y, n, skip, name), and `name` for a name.

    Entries without an answer are skipped, so a partly filled-in list of questions is enough. Raises
    UsageError, which names the wrong entry.
    """
    if not isinstance(entries, list):
        raise UsageError(
            "answers are a JSON list of objects",
            'Like [{"id": "name:...", "answer": "name", "name": "Ada"}]',
            code="answers-invalid",
        )
    found = (_reply(number, entry) for number, entry in enumerate(entries, 1))
    return [one for one in found if one is not None]


def _reply(number: int, entry: Any) -> Reply | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise UsageError(
            f"answer {number} has no id",
            "Take it from a question of the review",
            code="answers-invalid",
            number=number,
        )
    kind, _ = parse_id(entry["id"])
    verdict, name = entry.get("answer"), entry.get("name")
    if verdict is None:
        return None
    allowed = ("skip", "name") if kind == "name" else ("y", "n", "skip", "name")
    if verdict not in allowed:
        raise UsageError(
            f"answer {number} is {verdict!r}",
            f"Give one of {', '.join(allowed)}",
            code="answers-invalid",
            number=number,
            verdict=verdict,
        )
    if verdict == "name":
        if not isinstance(name, str):
            raise UsageError(
                f"answer {number} gives no name",
                '{"answer": "name", "name": "Ada"}',
                code="answers-invalid",
                number=number,
            )
        name = clean_name(name)
    return Reply(entry["id"], verdict, name)


@dataclass(frozen=True, slots=True)
class _Person:
    """The person of a face, as the running transaction sees them."""

    face: str
    faces: list[str]
    person: str | None
    number: int | None
    name: str | None
    hidden: bool
    source: str | None = None

    @property
    def one(self) -> Person:
        """As everything else that is done to people takes it."""
        return Person(str(self.person), self.number or 0, self.name, len(self.faces))

    @property
    def label(self) -> str:
        if self.number is None:
            return f"face {self.face}"
        return f"{label(self.name, self.number)} ({faces_text(len(self.faces))})"


def _write(graph: Connection, work: Callable[[Run], tuple[str, Assignments, _Person]]) -> Done:
    told: list[_Person] = []

    def once(run: Run) -> tuple[str, Assignments]:
        text, state, person = work(run)
        told[:] = [replace(person, face=text)]
        return text, state

    made = change(graph, "review", once)
    return Done(told[0].face, told[0].number, told[0].name, made)


def _person(run: Run, face: str) -> _Person:
    rows = run("review-person", face=face)
    if not rows:
        raise NotFound(
            f"face {face} is not in this graph", "Ask for the questions anew", code="face-not-found"
        )
    return _Person(**rows[0])


def _of(run: Run, person: Person) -> _Person:
    """The person of a name, of whom no face was asked about."""
    faces = [face.id for face in faces_by(run, person.id)]
    hidden = known(run, person).hidden
    return _Person("", faces, person.id, person.number, person.name, hidden, "user")


def _same(a: str, b: str, run: Run) -> tuple[str, Assignments, _Person]:
    two = [_person(run, face) for face in (a, b)]
    return _joined(run, *sorted(two, key=_rank))


def _rank(one: _Person) -> tuple[bool, bool, int, int]:
    """Sort key for the person that remains: named ones first, then more faces, then the older."""
    return one.name is None, one.person is None, -len(one.faces), one.number or 0


def _joined(run: Run, keep: _Person, other: _Person) -> tuple[str, Assignments, _Person]:
    """Give all faces of `other` to `keep`, confirmed by the user."""
    if keep.person is not None and keep.person == other.person:
        return f"that is {keep.label} already", Assignments(), keep
    if other.name is not None:
        raise UsageError(
            f"{keep.label} and {other.label} both have a name",
            "If they are one person, make one of them",
            code="both-named",
            action=Action("merge", {"persons": (keep.number, other.number), "into": keep.number}),
        )
    before = f"{other.label} is {keep.label}"
    if keep.person is None:
        keep, persons = _founded(run, keep)
        faces: dict[str, Belongs | None]
        faces = dict.fromkeys((keep.face, other.face), Belongs(str(keep.person)))
        return before, Assignments(faces, persons, {pair(keep.face, other.face): None}), keep
    if other.person is None:
        state = given_to(run, [face_by(run, other.face)], keep.one)
    else:
        state = joined(run, keep.one, [other.one], keep.name)
    if keep.face and keep.source not in ("user", "folder"):
        state.faces[keep.face] = Belongs(keep.person)
    return before, state, keep


def _founded(run: Run, one: _Person) -> tuple[_Person, dict[str, Known | None]]:
    """The person, who is created if missing."""
    if one.person is not None:
        return one, {}
    id, number = new_person(run)
    return replace(one, person=id, number=number, source=None), {id: Known(number)}


def _different(a: str, b: str, run: Run) -> tuple[str, Assignments, _Person]:
    one, other = (_person(run, face) for face in (a, b))
    if one.person is not None and one.person == other.person:
        raise UsageError(
            f"both faces belong to {one.label} by now",
            "Make two persons of them",
            code="same-person",
            action=Action("split", {"person": one.number}),
        )
    state = Assignments(not_same={pair(a, b): "user"})
    return f"{other.label} is not {one.label}", state, one


def _name(faces: Sequence[str], name: str, run: Run) -> tuple[str, Assignments, _Person]:
    """Name the first unnamed person among `faces`, or merge them with whoever has that name."""
    people = [_person(run, face) for face in faces]
    one = next((person for person in people if person.name is None), people[0])
    if one.name is not None:
        raise UsageError(
            f"{one.label} has a name already",
            "Change it",
            code="person-named",
            action=Action("rename", {"person": one.number, "new": name}),
        )
    there = the_one_called(name, called(run, [name])[name_key(name)])
    if there is not None:
        return _joined(run, _of(run, there), one)
    before = one.label
    one, made = _founded(run, one)
    person = str(one.person)
    persons: dict[str, Known | None] = {person: Known(one.number or 0, name, one.hidden)}
    state = Assignments({one.face: Belongs(person)} if made else {}, persons)
    return f"{before} is {name}", state, replace(one, name=name)


def faces_text(count: int) -> str:
    """`1 face`, `2 faces`."""
    return "1 face" if count == 1 else f"{count} faces"
