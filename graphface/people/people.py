"""Who is in the graph, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphface.errors import UsageError
from graphface.people.find import Person, clean_name, find_person

if TYPE_CHECKING:
    from graphface.graph import Graph


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


def people(graph: Graph, *, min_faces: int = 1) -> list[Listed]:
    """Persons, the most photographed first. Named ones without a face are listed too."""
    return [Listed(**row) for row in graph.run("list-people", minFaces=min_faces)]


def name(graph: Graph, person: str, new: str) -> tuple[Person, str]:
    """Call `person` (a number or a name) `new`; returns the person as it was, and the name stored.

    From then on no algorithm takes a face away from this person. Raises NotFound, and UsageError
    when another person has that name already.
    """
    wanted = clean_name(new)
    found = find_person(graph, person)
    others = [
        row
        for row in graph.run("find-person", text=wanted)
        if row["id"] != found.id and (row["name"] or "").casefold() == wanted.casefold()
    ]
    if others:
        raise UsageError(
            f"person {others[0]['number']} is already called {others[0]['name']!r}",
            "Two persons of one name cannot be told apart: add something to the name",
        )
    graph.run("name-person", person=found.id, name=wanted)
    return found, wanted
