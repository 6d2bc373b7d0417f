"""Who is in the graph, what they are called, and who is not shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphface.errors import UsageError
from graphface.people.changes import change
from graphface.people.find import Person, clean_name, find_person, label, person_by, person_with_id
from graphface.people.states import Known, State

if TYPE_CHECKING:
    from graphface.graph import Connection, Run
    from graphface.people.changes import Change


@dataclass(frozen=True, slots=True)
class Listed:
    """A person in the list of persons."""

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
    """Persons, the most photographed first. Named ones without a face are listed too.

    With `hidden`, those that `hide` took from the list are in it as well.
    """
    found = [Listed(**row) for row in graph.run("list-people", minFaces=min_faces)]
    return [one for one in found if hidden or not one.hidden]


def name(graph: Connection, person: str, new: str) -> tuple[Person, str]:
    """Call `person` (a number or a name) `new`; returns the person as it was, and the name stored.

    From then on no algorithm takes a face away from this person. Raises NotFound, and UsageError
    when another person has that name already.
    """
    found = find_person(graph, person)
    wanted = clean_name(new)
    change(graph, "name", partial(_name, found.id, wanted))
    return found, wanted


def rename(graph: Connection, person: str, new: str) -> tuple[Person, str]:
    """As `name`, for a person who has a name already. Raises UsageError for one without."""
    found = find_person(graph, person)
    if found.name is None:
        raise UsageError(
            f"person {found.number} has no name yet", f'graphface name {found.number} "{new[:40]}"'
        )
    return name(graph, person, new)


def hide(graph: Connection, person: str, *, dry_run: bool = False) -> Change | None:
    """Leave `person` out of the list of people; None when that is so already. Raises NotFound."""
    return change(graph, "hide", partial(_hide, person, True), dry_run=dry_run)


def unhide(graph: Connection, person: str, *, dry_run: bool = False) -> Change | None:
    """Take back `hide`; None when the person is not hidden. Raises NotFound."""
    return change(graph, "unhide", partial(_hide, person, False), dry_run=dry_run)


def known(run: Run, person: Person) -> Known:
    """What is written on a person now."""
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
            "or make one of the two (graphface merge)",
        )


def _name(id: str, wanted: str, run: Run) -> tuple[str, State]:
    person = person_with_id(run, id)
    refuse_taken(run, wanted, {person.id})
    named = replace(known(run, person), name=wanted)
    return f"{person.label} is now {wanted}", State(persons={person.id: named})


def _hide(text: str, hidden: bool, run: Run) -> tuple[str, State]:
    person = person_by(run, text)
    state = State(persons={person.id: replace(known(run, person), hidden=hidden)})
    return f"{label(person.name, person.number)} is {'' if hidden else 'no longer '}hidden", state
