"""The statements of `cypher/`, loaded by name. graphface runs no other Cypher.

A statement is one file, `cypher/<group>/<name>.cypher`, that starts with comments:

    // <name>: what it answers, in one line
    // mode: read | write | auto
    // param <name> <TYPE>: meaning            (one line a parameter)
    // note: what one should know              (none, or any number of lines)
    // example: graphface query <name> --param k=v

`read` and `write` run inside a transaction that the driver retries. `auto` runs outside of one,
which `CALL { } IN TRANSACTIONS` and some schema commands require. If a statement only makes sense
as a step of a command, its example is that command.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from graphface.errors import Action, NotFound
from graphface.records import Record

Mode = Literal["read", "write", "auto"]

GROUPS = {
    "schema": "what must be there before a first face: constraints, indexes, the space",
    "ingest": "photos, faces and embeddings, written as they are found or imported",
    "link": "SAME between faces that are near enough",
    "cluster": "from SAME to persons, and how sure that is",
    "lookup": "questions: who, where, how near, with whom, why",
    "people": "what a person decides: name, merge, move, forget, undo, review",
    "audit": "what may be wrong",
    "exchange": "what goes out and comes back: tables, folders, backups",
    "teaching": "graph data science on faces, to read and to look at in Neo4j Browser",
}
"""The folders of `cypher/` in the order in which a graph comes to be, and what lies in each."""

_HEADER = re.compile(r"^// (?P<key>[a-z-]+(?: \w+ [A-Z<>| ]+)?): (?P<text>.*)$")
_PARAMETER = re.compile(r"^param (?P<name>\w+) (?P<type>[A-Z<>| ]+)$")


@dataclass(frozen=True, slots=True)
class Parameter(Record):
    """A parameter of a statement with its Cypher type."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Statement(Record):
    """One file of `cypher/`."""

    name: str
    group: str
    purpose: str
    mode: Mode
    parameters: tuple[Parameter, ...]
    example: str
    text: str
    note: str = ""

    @property
    def step_of(self) -> str | None:
        """The command it is a step of; None for a statement that users run by name."""
        return None if self.example.startswith(f"graphface query {self.name}") else self.example


def cypher_folder() -> Path:
    """The folder of the statements: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "cypher"
    return inside if inside.is_dir() else package.parent / "cypher"


@lru_cache(maxsize=1)
def statements() -> dict[str, Statement]:
    """All statements by name, in the order of their groups and names."""
    files = [file for group in GROUPS for file in sorted(cypher_folder().glob(f"{group}/*.cypher"))]
    return {
        file.stem: parse(file.stem, file.parent.name, file.read_text("utf-8")) for file in files
    }


def statement(name: str) -> Statement:
    """The statement `name`. Raises NotFound, which lists the nearest names."""
    known = statements()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    raise NotFound(
        f"no statement is called {name!r}",
        f"Did you mean {' or '.join(near)}?" if near else "See them all",
        code="statement-unknown",
        action=None if near else Action("statements"),
        asked=name,
        near=near,
    )


def parse(name: str, group: str, text: str) -> Statement:
    """Parse a statement file. Raises ValueError if its comments do not follow the form."""
    header: dict[str, str] = {}
    parameters: list[Parameter] = []
    notes: list[str] = []
    lines = text.splitlines()
    while lines and (match := _HEADER.match(lines[0])):
        lines.pop(0)
        if parameter := _PARAMETER.match(match["key"]):
            parameters.append(Parameter(parameter["name"], parameter["type"], match["text"]))
        elif match["key"] == "note":
            notes.append(match["text"])
        elif match["key"] in (name, "mode", "example"):
            header[match["key"]] = match["text"]
        else:
            raise ValueError(f"{group}/{name}.cypher has a header line '// {match['key']}: ...'")
    mode = header.get("mode", "")
    if name not in header or mode not in get_args(Mode):
        raise ValueError(f"{group}/{name}.cypher needs '// {name}: purpose' and '// mode: ...'")
    return Statement(
        name=name,
        group=group,
        purpose=header[name],
        mode=mode,  # type: ignore[arg-type]
        parameters=tuple(parameters),
        example=header.get("example", ""),
        text="\n".join(lines).strip(),
        note=" ".join(notes),
    )
