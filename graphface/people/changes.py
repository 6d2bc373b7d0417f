"""What a person decides: one transaction each, remembered, and taken back by `undo`.

A change is the state some faces and persons are to have afterwards. The state they had before is
kept beside it in the graph, so every change is undone the same way: by writing that back. One
lock, the `:Space`, is taken first: changes, clustering and whatever numbers persons come one after
another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphface.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.graph import Connection, Row, Run
    from graphface.records import Source


@dataclass(frozen=True, slots=True)
class Belongs:
    """To whom a face belongs, who said so, and how sure that is."""

    person: str
    source: Source = "user"
    confidence: float | None = 1.0


@dataclass(frozen=True, slots=True)
class Known:
    """What is written on a person."""

    number: int
    name: str | None = None
    hidden: bool = False
    created: str | None = field(default=None, compare=False)
    """ISO 8601; filled by what is read, so that who comes back is as old as before."""


@dataclass(frozen=True, slots=True)
class State:
    """Some faces, persons and pairs of faces, as they are or are to be. None: nobody, nothing."""

    faces: dict[str, Belongs | None] = field(default_factory=dict)
    """By the id of the face."""
    persons: dict[str, Known | None] = field(default_factory=dict)
    """By the id of the person."""
    not_same: dict[tuple[str, str], Source | None] = field(default_factory=dict)
    """Who said that two faces (ids, the smaller first) are two people."""

    def packed(self) -> str:
        """As JSON text, to be kept in the graph."""
        faces = {
            face: to and [to.person, to.source, to.confidence] for face, to in self.faces.items()
        }
        persons = {
            id: one and [one.number, one.name, one.hidden, one.created]
            for id, one in self.persons.items()
        }
        not_same = [[*pair, source] for pair, source in self.not_same.items()]
        state = {"faces": faces, "persons": persons, "notSame": not_same}
        return json.dumps(state, ensure_ascii=False)  # names can be looked for in it


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history."""

    number: int
    what: str
    """The command: merge, move, ..."""
    text: str
    """What it did, in one line."""
    at: Any = None
    """When, by the server's clock."""
    undone: bool = False
    faces: int = 0
    """Whose person, or whose word for it, is another than before."""


def pair(a: str, b: str) -> tuple[str, str]:
    """Two faces as NOT_SAME names them: the smaller id first."""
    return (a, b) if a < b else (b, a)


def change(
    graph: Connection, what: str, work: Callable[[Run], tuple[str, State]], *, dry_run: bool = False
) -> Change | None:
    """Leave in the graph what `work` says, remember what was there, and return the new entry.

    `work` is called inside the transaction, after the lock: what it reads stays true. It returns
    one line that says what is done, and the state to leave; it may be called again when the driver
    retries. Unnamed persons that lose their last face go. None when nothing was to be done.
    With `dry_run` nothing is written, and the entry's number is 0. Raises NotFound for a face or a
    person that is gone, and whatever `work` raises: then nothing was written.
    """
    try:
        return graph.transact(partial(_once, what, work, dry_run))
    except _NotMeant as end:
        return end.planned


def new_person(run: Run) -> tuple[str, int]:
    """Id and number for a person that the running change makes; write it into `State.persons`."""
    row = run("number-person")[0]
    return row["id"], row["number"]


def history(graph: Connection, *, last: int = 20) -> list[Change]:
    """The last changes, newest first."""
    return [_entry(row) for row in graph.run("list-changes", last=last)]


def undo(graph: Connection, count: int = 1) -> list[Change]:
    """Take back the last `count` changes that still stand, all or none; returns them, newest first.

    Raises UsageError when what one of them left was changed since by something else.
    """
    if count < 1:
        raise UsageError(f"{count} changes cannot be undone", "Give 1 or more")
    return graph.transact(partial(_undo, count))


class _NotMeant(Exception):
    """Ends a transaction of which nothing is to stay."""

    def __init__(self, planned: Change) -> None:
        super().__init__(planned.text)
        self.planned = planned


def _lock(run: Run) -> None:
    if not run("lock-people"):
        raise NotFound("this graph has no faces yet", "graphface build FOLDER brings them in")


def _once(
    what: str, work: Callable[[Run], tuple[str, State]], dry_run: bool, run: Run
) -> Change | None:
    _lock(run)
    text, after = work(run)
    before = _read(run, after)
    if before == after:
        return None
    moved = sum(before.faces[face] != after.faces[face] for face in after.faces)
    if dry_run:
        raise _NotMeant(Change(0, what, text, faces=moved))
    _write(run, after)
    left = {old.person for old in before.faces.values() if old} | set(after.persons)
    gone = _drop_empty(run, left)
    before = replace(before, persons={**gone, **before.persons})
    after = replace(after, persons={**after.persons, **dict.fromkeys(gone)})
    row = run(
        "write-change",
        what=what,
        text=text,
        moved=moved,
        before=before.packed(),
        after=after.packed(),
        faces=sorted(_faces(after)),
        persons=sorted(left | {to.person for to in after.faces.values() if to}),
    )[0]
    return _entry(row)


def _drop_empty(run: Run, persons: set[str]) -> dict[str, Known | None]:
    """Take those of `persons` away that have neither name nor face; returns what they were."""
    empty = [row["person"] for row in run("empty-people", persons=sorted(persons))]
    gone = _read(run, State(persons=dict.fromkeys(empty))).persons
    _write(run, State(persons=dict.fromkeys(empty)))
    return gone


def _undo(count: int, run: Run) -> list[Change]:
    _lock(run)
    rows = run("changes-to-undo", count=count)
    if not rows:
        raise NotFound("there is nothing to undo", "graphface history lists what was done")
    for row in rows:
        _take_back(run, row)
    run("mark-undone", numbers=[row["number"] for row in rows])
    return [replace(_entry(row), undone=True) for row in rows]


def _take_back(run: Run, row: Row) -> None:
    before, after = _unpacked(row["before"]), _unpacked(row["after"])
    now = _read(run, after, strict=False)
    _write(run, replace(before, persons=_with_missing(run, before)))
    kept = _still_needed(run, before)
    if not _stands(now, after) or any(one["decided"] for one in kept):
        raise UsageError(
            f"change {row['number']} ({row['text']}) cannot be undone: "
            "what it left was changed since",
            "Set it right by hand: graphface move, merge or split",
        )
    _write(run, State(persons={one["person"]: Known(one["number"]) for one in kept}))
    people = {to.person for to in (*now.faces.values(), *before.faces.values()) if to}
    _drop_empty(run, people | set(now.persons))


def _stands(now: State, after: State) -> bool:
    """Whether what a change left is still so. What only an algorithm said may have moved on."""
    if now.not_same != after.not_same or now.faces.keys() != after.faces.keys():
        return False
    if any(
        now.faces[face] != to and not (_loose(to) and _loose(now.faces[face]))
        for face, to in after.faces.items()
    ):
        return False
    return all(
        now.persons[id] == one
        or (one is not None and now.persons[id] is None and one == Known(one.number))
        for id, one in after.persons.items()
    )


def _loose(to: Belongs | None) -> bool:
    return to is None or to.source == "cluster"


def _with_missing(run: Run, before: State) -> dict[str, Known | None]:
    """The persons to write back. Unnamed ones that clustering emptied since come back as well."""
    asked = {to.person for to in before.faces.values() if to} - set(before.persons)
    there = _read(run, State(persons=dict.fromkeys(asked))).persons
    missing = {id: Known(int(id[1:])) for id, one in there.items() if one is None}
    return {**missing, **before.persons}


def _still_needed(run: Run, before: State) -> list[Row]:
    """Persons that the change made and that others gave faces since: they stay, without a name."""
    gone = [id for id, one in before.persons.items() if one is None]
    return run("persons-with-faces", persons=gone) if gone else []


def _faces(state: State) -> set[str]:
    return {*state.faces, *(face for two in state.not_same for face in two)}


def _read(run: Run, like: State, *, strict: bool = True) -> State:
    """What is in the graph of everything that `like` speaks of."""
    asked = sorted(_faces(like))
    faces = {row["face"]: row for row in run("read-belongs", faces=asked)} if asked else {}
    gone = [face for face in asked if face not in faces]
    if gone and strict:
        raise NotFound(f"face {gone[0]} is not in this graph", "graphface faces PERSON lists them")
    persons = {row["person"]: row for row in run("read-persons", persons=list(like.persons))}
    pairs = [list(two) for two in like.not_same]
    said = {(row["a"], row["b"]): row["source"] for row in run("read-not-same", pairs=pairs)}
    return State(
        {face: _belongs(faces[face]) for face in like.faces if face in faces},
        {id: _known(persons.get(id)) for id in like.persons},
        {two: said.get(two) for two in like.not_same},
    )


def _belongs(row: Row) -> Belongs | None:
    if row["person"] is None:
        return None
    return Belongs(row["person"], row["source"], row["confidence"])


def _known(row: Row | None) -> Known | None:
    return Known(row["number"], row["name"], row["hidden"], row["created"]) if row else None


def _write(run: Run, state: State) -> None:
    persons = [
        {"id": id, "number": one.number, "name": one.name, "hidden": one.hidden or None,
         "created": one.created}
        for id, one in state.persons.items()
        if one
    ]  # fmt: skip
    faces = [
        {"face": face, "person": to and to.person, "source": to and to.source,
         "confidence": to and to.confidence}
        for face, to in state.faces.items()
    ]  # fmt: skip
    pairs = [{"a": a, "b": b, "source": said} for (a, b), said in state.not_same.items()]
    if persons:
        run("write-persons", persons=persons)
    if faces:
        given = run("write-belongs", rows=faces)[0]["faces"]
        if given != sum(to is not None for to in state.faces.values()):
            raise NotFound(
                "a person was taken away meanwhile", "graphface people lists who is there"
            )
    if pairs:
        run("write-not-same", rows=pairs)
    gone = [id for id, one in state.persons.items() if one is None]
    if gone:
        run("drop-persons", persons=gone)


def _unpacked(text: str) -> State:
    read = json.loads(text)
    return State(
        {face: Belongs(*to) if to else None for face, to in read["faces"].items()},
        {id: Known(*one) if one else None for id, one in read["persons"].items()},
        {(a, b): source for a, b, source in read["notSame"]},
    )


def _entry(row: Row) -> Change:
    return Change(row["number"], row["what"], row["text"], row["at"], row["undone"], row["moved"])
