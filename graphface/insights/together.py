"""Who is in a photo with whom.

APPEARS_WITH is counted anew by one statement, `update-appears-with`, each time somebody asks: faces
change hands by many ways, and a count that is kept up by each of them is a count that is wrong one
day. Nothing here is ever shown from an older count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphface.errors import UsageError
from graphface.people.selectors import find_person, label
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db import Connection, Run
    from graphface.people.selectors import Person


@dataclass(frozen=True, slots=True)
class Pair(Record):
    """Two persons, and how many photos show both."""

    a: int
    a_name: str | None
    b: int
    b_name: str | None
    photos: int

    @property
    def labels(self) -> tuple[str, str]:
        return label(self.a_name, self.a), label(self.b_name, self.b)


@dataclass(frozen=True, slots=True)
class SharedPhoto(Record):
    """A photo of several persons."""

    path: str | None
    taken_at: Any
    faces: int
    """How many faces are in it, strangers included."""


def photos_of(graph: Connection, texts: Sequence[str]) -> tuple[list[Person], list[SharedPhoto]]:
    """The persons that `texts` name, and the photos that show all of them, the oldest first.

    Raises NotFound, and UsageError when one person is named twice.
    """
    persons = [find_person(graph, text) for text in texts]
    if len({person.id for person in persons}) < len(persons):
        raise UsageError("one person is named twice", "Name different persons", code="same-person")
    rows = graph.run("together-photos", persons=[person.id for person in persons])
    return persons, [SharedPhoto(row["path"], row["takenAt"], row["faces"]) for row in rows]


def company(graph: Connection, text: str, *, min_photos: int = 1) -> tuple[Person, list[Pair]]:
    """With whom a person appears, the most often first; `a` is always the person."""
    person = find_person(graph, text)
    found = pairs(graph, [person.number], min_photos=min_photos)
    return person, [one if one.a == person.number else _turned(one) for one in found]


def pairs(graph: Connection, numbers: Sequence[int], *, min_photos: int = 1) -> list[Pair]:
    """Count APPEARS_WITH anew, and list the pairs in which one of these persons is."""

    def work(run: Run) -> list[Pair]:
        run("lock-people")
        run("update-appears-with")
        rows = run("together-pairs", numbers=list(numbers), minPhotos=min_photos)
        return [Pair(r["a"], r["aName"], r["b"], r["bName"], r["photos"]) for r in rows]

    return graph.transact(work)


def _turned(one: Pair) -> Pair:
    return Pair(one.b, one.b_name, one.a, one.a_name, one.photos)
