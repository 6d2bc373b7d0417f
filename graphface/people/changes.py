"""Changes made by the user: one transaction each, kept in the history, reverted by `undo`.

A change is the new state of some faces and persons. The graph keeps their previous state beside it,
so every change is undone the same way: by writing the previous state back. Each change first takes
one lock, the `:Space`. This serialises changes, clustering and everything else that numbers
persons.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphface.db.schema import upgrade
from graphface.errors import Action, NotFound, UsageError
from graphface.people.assignments import (
    Assignments,
    Belongs,
    Known,
    read_assignments,
    unpacked,
    write_assignments,
)
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.db import Connection, Row, Run


@dataclass(frozen=True, slots=True)
class Change(Record):
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
    """Faces that were added or ignored, or whose person, or the source of it, has changed."""


def change(
    graph: Connection,
    what: str,
    work: Callable[[Run], tuple[str, Assignments]],
    *,
    dry_run: bool = False,
) -> Change | None:
    """Write the state that `work` returns, remember the previous one, and return the new entry.

    `work` runs inside the transaction and after the lock, so what it reads stays true. It returns a
    line that describes the change, and the new state. It may run again when the driver retries.
    Unnamed persons that lose their last face are deleted. Returns None when there is nothing to do.
    With `dry_run` nothing is written, and the entry's number is 0. Raises NotFound for a face or a
    person that is gone, and any error of `work`; nothing is written then.
    """
    upgrade(graph)
    try:
        return graph.transact(partial(_once, what, work, dry_run))
    except _NotMeant as end:
        return end.planned


def new_person(run: Run) -> tuple[str, int]:
    """Id and number of a new person in the running change; the person is added to `persons`."""
    row = run("number-person")[0]
    return row["id"], row["number"]


def history(graph: Connection, *, last: int = 20) -> list[Change]:
    """The last changes, newest first."""
    return [_entry(row) for row in graph.run("list-changes", last=last)]


def undo(graph: Connection, count: int = 1) -> list[Change]:
    """Undo the last `count` changes that still stand, all or none; returns them, newest first.

    Raises UsageError when something else has changed the result of one of them since.
    """
    if count < 1:
        raise UsageError(
            f"{count} changes cannot be undone", "Give 1 or more", code="out-of-range", count=count
        )
    upgrade(graph)
    return graph.transact(partial(_undo, count))


class _NotMeant(Exception):
    """Raised to roll a transaction back."""

    def __init__(self, planned: Change) -> None:
        super().__init__(planned.text)
        self.planned = planned


def _lock(run: Run) -> None:
    if not run("lock-people"):
        raise NotFound(
            "this graph has no faces yet",
            "Bring photos in",
            code="graph-empty",
            action=Action("build", missing=("folders",)),
        )


def _once(
    what: str, work: Callable[[Run], tuple[str, Assignments]], dry_run: bool, run: Run
) -> Change | None:
    _lock(run)
    text, after = work(run)
    before = read_assignments(run, after)
    if before == after:
        return None
    moved = len(
        {face for face, to in after.faces.items() if before.faces[face] != to}
        | {face for face, one in after.standing.items() if before.standing[face] != one}
    )
    if dry_run:
        raise _NotMeant(Change(0, what, text, faces=moved))
    write_assignments(run, after)
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
        faces=sorted(after.all_faces),
        persons=sorted(left | {to.person for to in after.faces.values() if to}),
    )[0]
    return _entry(row)


def _drop_empty(run: Run, persons: set[str]) -> dict[str, Known | None]:
    """Delete those of `persons` that have neither name nor face; returns their previous state."""
    empty = [row["person"] for row in run("empty-people", persons=sorted(persons))]
    gone = read_assignments(run, Assignments(persons=dict.fromkeys(empty))).persons
    write_assignments(run, Assignments(persons=dict.fromkeys(empty)))
    return gone


def _undo(count: int, run: Run) -> list[Change]:
    _lock(run)
    rows = run("changes-to-undo", count=count)
    if not rows:
        raise NotFound(
            "there is nothing to undo",
            "See what was done",
            code="nothing-to-undo",
            action=Action("history"),
        )
    for row in rows:
        _take_back(run, row)
    run("mark-undone", numbers=[row["number"] for row in rows])
    return [replace(_entry(row), undone=True) for row in rows]


def _take_back(run: Run, row: Row) -> None:
    before, after = unpacked(row["before"]), unpacked(row["after"])
    now = read_assignments(run, after, strict=False)
    write_assignments(run, replace(before, persons=_with_missing(run, before)))
    kept = _still_needed(run, before)
    if not _stands(now, after) or any(one["decided"] for one in kept):
        raise UsageError(
            f"change {row['number']} ({row['text']}) cannot be undone: "
            "what it left was changed since",
            "Set it right by hand: move, merge or split",
            code="changed-since",
        )
    write_assignments(
        run, Assignments(persons={one["person"]: Known(one["number"]) for one in kept})
    )
    people = {to.person for to in (*now.faces.values(), *before.faces.values()) if to}
    _drop_empty(run, people | set(now.persons))


def _stands(now: Assignments, after: Assignments) -> bool:
    """Whether the result of a change still stands; what only an algorithm said may have changed."""
    if now.not_same != after.not_same or now.standing != after.standing:
        return False
    if now.faces.keys() != after.faces.keys():
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


def _with_missing(run: Run, before: Assignments) -> dict[str, Known | None]:
    """The persons to write back, including unnamed ones that clustering has emptied since."""
    asked = {to.person for to in before.faces.values() if to} - set(before.persons)
    there = read_assignments(run, Assignments(persons=dict.fromkeys(asked))).persons
    missing = {id: Known(int(id[1:])) for id, one in there.items() if one is None}
    return {**missing, **before.persons}


def _still_needed(run: Run, before: Assignments) -> list[Row]:
    """Persons created by the change that have gained faces since: they stay, without a name."""
    gone = [id for id, one in before.persons.items() if one is None]
    return run("persons-with-faces", persons=gone) if gone else []


def _entry(row: Row) -> Change:
    return Change(row["number"], row["what"], row["text"], row["at"], row["undone"], row["moved"])
