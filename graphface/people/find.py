"""From what a user types to a person."""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.errors import NotFound, UsageError

if TYPE_CHECKING:
    from graphface.graph import Connection, Run

NAME_LENGTH = 200
"""Longest name, in characters: longer ones are pasted by mistake."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the graph."""

    id: str
    number: int
    name: str | None
    faces: int

    @property
    def label(self) -> str:
        return label(self.name, self.number)


def label(name: str | None, number: int) -> str:
    """How a person is called: by name, else by number."""
    return name if name is not None else f"person {number}"


def find_person(graph: Connection, text: str) -> Person:
    """The person with this number (`17`, `p17`, `person 17`) or name, upper and lower case alike.

    Raises NotFound with the nearest names, UsageError when several persons have the name.
    """
    return person_by(graph.run, text)


def person_by(run: Run, text: str) -> Person:
    """`find_person` inside a transaction."""
    wanted = unicodedata.normalize("NFC", text.strip()).removeprefix("person ").strip()
    rows = run("find-person", text=wanted)
    rows = [row for row in rows if row.pop("exact")] or [*rows]
    for row in rows:
        row.pop("exact", None)
    found = [Person(**row) for row in rows]
    if len(found) > 1:
        numbers = ", ".join(str(person.number) for person in found)
        raise UsageError(
            f"several persons are called {_short(text)!r}", f"Give a number instead: {numbers}"
        )
    if found:
        return found[0]
    names = [row["name"] for row in run("person-names")]
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    hint = f"Did you mean {', '.join(near)}?" if near else "graphface people lists everybody"
    raise NotFound(f"no person is called {_short(text)!r}", hint)


def person_with_id(run: Run, id: str) -> Person:
    """The person with this id, whatever others are called. Raises NotFound."""
    for row in run("find-person", text=id):
        if row["id"] == id:
            return Person(row["id"], row["number"], row["name"], row["faces"])
    raise NotFound(f"person {id.lstrip('p')} was taken away", "graphface people lists everybody")


def _short(text: str) -> str:
    """What was typed, cut where it is a page that was pasted by mistake."""
    return text if len(text) <= NAME_LENGTH else f"{text[:40]}..."


def clean_name(name: str) -> str:
    """A name fit to be stored: NFC, one line, no control characters. Raises UsageError."""
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    if not clean:
        raise UsageError("a name cannot be empty")
    if len(clean) > NAME_LENGTH:
        raise UsageError(f"a name of {len(clean)} characters is too long", f"At most {NAME_LENGTH}")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in clean):
        raise UsageError(f"the name {clean!r} has control characters in it")
    return clean
