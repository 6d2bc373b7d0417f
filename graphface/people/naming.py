"""List the persons of the graph, name them, and hide them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphface.errors import Action, UsageError
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.changes import change, new_person
from graphface.people.selectors import (
    Person,
    clean_name,
    find_person,
    label,
    person_by,
    person_with_id,
)
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphface.db import Connection, Row, Run
    from graphface.people.changes import Change


@dataclass(frozen=True, slots=True)
class Listed(Record):
    """A person in the list."""

    number: int
    name: str | None
    faces: int
    photos: int
    first: Any
    """When the first of their photos was taken, by the camera's clock."""
    last: Any
    hidden: bool = False

    @property
    def label(self) -> str:
        return label(self.name, self.number)


def people(graph: Connection, *, min_faces: int = 1, hidden: bool = False) -> list[Listed]:
    """List persons, the most photographed first. Named persons without a face are included.

    With `hidden`, persons that `hide` removed from the list are included.
    """
    found = [Listed(**row) for row in graph.run("list-people", minFaces=min_faces)]
    return [one for one in found if hidden or not one.hidden]


def name(graph: Connection, person: str, new: str) -> tuple[Person, str]:
    """Name `person` (a number or a name) `new`; returns the previous person, and the stored name.

    From then on no algorithm takes a face away from this person. Raises NotFound, and UsageError
    when another person has that name already.
    """
    found = find_person(graph, person)
    wanted = clean_name(new)
    change(graph, "name", partial(_name, found.id, wanted))
    return found, wanted


def rename(graph: Connection, person: str, new: str) -> tuple[Person, str]:
    """Change the name of a person who has one. Raises UsageError for a person without a name."""
    found = find_person(graph, person)
    if found.name is None:
        raise UsageError(
            f"person {found.number} has no name yet",
            "Name them",
            code="person-unnamed",
            action=Action("name", {"person": found.number, "new": new}),
        )
    return name(graph, person, new)


def hide(graph: Connection, person: str, *, dry_run: bool = False) -> Change | None:
    """Hide `person` from the list of people; None if they are hidden already. Raises NotFound."""
    return change(graph, "hide", partial(_hide, person, True), dry_run=dry_run)


def unhide(graph: Connection, person: str, *, dry_run: bool = False) -> Change | None:
    """Show a hidden person again; None when the person is not hidden. Raises NotFound."""
    return change(graph, "unhide", partial(_hide, person, False), dry_run=dry_run)


def known(run: Run, person: Person) -> Known:
    """The current properties of a person."""
    row = run("read-persons", persons=[person.id])[0]
    return Known(row["number"], row["name"], row["hidden"], row["created"])


def refuse_taken(run: Run, wanted: str, own: set[str]) -> None:
    """Raise UsageError when a person other than `own` is called `wanted`."""
    others = [
        row
        for row in run("find-person", text=wanted)
        if row["id"] not in own and (row["name"] or "").casefold() == wanted.casefold()
    ]
    if others:
        number, taken = others[0]["number"], others[0]["name"]
        raise UsageError(
            f"person {number} is already called {taken!r}",
            "Two persons of one name cannot be told apart: add something to the name, "
            "or make one of the two",
            code="name-taken",
            number=number,
            taken=taken,
        )


def _name(id: str, wanted: str, run: Run) -> tuple[str, Assignments]:
    person = person_with_id(run, id)
    refuse_taken(run, wanted, {person.id})
    named = replace(known(run, person), name=wanted)
    return f"{person.label} is now {wanted}", Assignments(persons={person.id: named})


def _hide(text: str, hidden: bool, run: Run) -> tuple[str, Assignments]:
    person = person_by(run, text)
    state = Assignments(persons={person.id: replace(known(run, person), hidden=hidden)})
    return f"{label(person.name, person.number)} is {'' if hidden else 'no longer '}hidden", state


@dataclass(slots=True)
class Given:
    """The result of naming faces."""

    change: int | None = None
    """Number of the change in the history; None when there was nothing to do."""
    named: int = 0
    """Faces that have the name now and did not before."""
    already: int = 0
    kept: list[str] = field(default_factory=list)
    """Faces left as they are, because the user said that they are somebody else."""


def name_faces(
    graph: Connection,
    said: Mapping[str, str],
    text: str,
    *,
    force: bool = False,
    dry_run: bool = False,
) -> Given:
    """Name each face (by id) in one change; `text` says where the names come from.

    An unnamed person gets the name of its faces, and all its faces go with it. Of several names the
    most frequent counts, and the faces with other names move. If two persons share a name, the
    older one is meant. Unless `force`, earlier statements of the user or of a folder stay, both
    about a face and about a person whose faces would all get one other name. Raises NotFound for a
    face that is gone.
    """
    given = Given()

    def work(run: Run) -> tuple[str, Assignments]:
        nonlocal given
        given, state = _plan(run, said, force)
        return f"{given.named} faces named after {text}", state

    done = change(graph, "import", work, dry_run=dry_run) if said else None
    given.change = done.number if done else None
    return given


def _plan(run: Run, said: Mapping[str, str], force: bool) -> tuple[Given, Assignments]:
    given = Given()
    rows = {row["face"]: row for row in run("read-belongs", faces=list(said))}
    known = {row["person"]: row for row in _persons(run, rows)}
    renamed = set() if force else _renamed(run, said, rows, known)
    wanted: dict[str, str] = {}
    for face, name in said.items():
        row = rows.get(face)
        person = known.get(row["person"]) if row else None
        if person and row and (_settled(person, row, name, force) or person["person"] in renamed):
            same = (person["name"] or "").casefold() == name.casefold()
            given.already += same
            if not same:
                called = label(person["name"], person["number"])
                given.kept.append(f"face {face} is {called}, not {name}")
        else:
            wanted[face] = name
    state = Assignments()
    homes = _homes(run, wanted, rows, known, state)
    for face, name in wanted.items():
        state.faces[face] = Belongs(homes[name.casefold()])
    given.named = len(wanted)
    return given, state


def _settled(person: Row, row: Row, name: str, force: bool) -> bool:
    """Whether a face stays: it has the name already, or somebody gave it another name."""
    if person["name"] is None:
        return False
    if person["name"].casefold() == name.casefold():
        return True
    return row["source"] != "cluster" and not force


def _renamed(
    run: Run, said: Mapping[str, str], rows: Mapping[str, Row], known: Mapping[str, Row]
) -> set[str]:
    """Named persons whose faces all get one other name: somebody has renamed them since."""
    names: dict[str, list[str]] = defaultdict(list)
    for face, row in rows.items():
        if row["person"] and known[row["person"]]["name"] is not None:
            names[row["person"]].append(said[face].casefold())
    whole = run("persons-with-faces", persons=list(names))
    return {
        row["person"]
        for row in whole
        if row["faces"] == len(names[row["person"]]) and len(set(names[row["person"]])) == 1
    }


def _persons(run: Run, rows: Mapping[str, Row]) -> list[Row]:
    ids = sorted({row["person"] for row in rows.values() if row["person"]})
    return run("read-persons", persons=ids)


def _homes(
    run: Run,
    wanted: Mapping[str, str],
    rows: Mapping[str, Row],
    known: Mapping[str, Row],
    state: Assignments,
) -> dict[str, str]:
    """For each name (case folded), the person that has it, gets it, or is created for it."""
    homes: dict[str, str] = {}
    for row in run("import-named-persons"):  # the older of two persons with one name
        homes.setdefault(row["name"].casefold(), row["person"])
    votes: Counter[tuple[str, str]] = Counter()
    for face, name in wanted.items():
        person = known.get(rows[face]["person"]) if face in rows else None
        if person and person["name"] is None:
            votes[(person["person"], name)] += 1
    given: set[str] = set()
    for (person_id, name), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        if name.casefold() not in homes and person_id not in given:
            row = known[person_id]
            state.persons[person_id] = Known(row["number"], name, row["hidden"])
            homes[name.casefold()] = person_id
            given.add(person_id)
    for name in sorted(set(wanted.values())):
        if name.casefold() not in homes:
            person_id, number = new_person(run)
            state.persons[person_id] = Known(number, name)
            homes[name.casefold()] = person_id
    return homes
