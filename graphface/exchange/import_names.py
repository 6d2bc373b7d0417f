"""Import a CSV of names, which names faces or renames persons."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import NotFound, UsageError
from graphface.exchange.photo_lookup import faces_of_photos, photos_called
from graphface.files import path_from_text, shown
from graphface.names import clean_name, name_key, same_name
from graphface.people.assignments import Assignments, Known
from graphface.people.changes import change
from graphface.people.naming import name_faces
from graphface.people.selectors import called, find_person
from graphface.records import LEAST_OVERLAP, Box, Record

if TYPE_CHECKING:
    from graphface.db import Connection, Run
    from graphface.people.marking import MarkedPhoto
    from graphface.people.selectors import Person

IDS_AT_ONCE = 20_000

_COLUMNS = (
    "It takes face,name or path,name (with box or x,y,width,height where a photo shows several "
    "faces) or old_name,name"
)


@dataclass(frozen=True, slots=True)
class ImportedNames(Record):
    """The result of a file of names."""

    rows: int
    named: int
    """Faces or persons that have a new name."""
    already: int
    change: int | None
    """Number of the change, for `undo`."""
    kept: tuple[str, ...]
    unmatched: tuple[str, ...]
    """Rows without a matching face or person, each with its line."""

    def summary(self) -> str:
        return (
            f"{self.rows:,} rows: {self.named:,} named, {self.already:,} had the name already, "
            f"{len(self.kept):,} keep another name, {len(self.unmatched):,} not matched"
        )


@dataclass(slots=True)
class _Tally:
    named: int = 0
    already: int = 0
    change: int | None = None
    kept: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)

    def report(self, rows: int) -> ImportedNames:
        return ImportedNames(
            rows, self.named, self.already, self.change, tuple(self.kept), tuple(self.unmatched)
        )


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]
    name: str


def import_names(
    graph: Connection, file: Path, *, force: bool = False, dry_run: bool = False
) -> ImportedNames:
    """Name the faces or rename the persons of a CSV, in one change.

    Rows without a name are skipped. The file of `export(to="csv")` is accepted as it is. Raises
    UsageError before anything is written if a name or the file is invalid.
    """
    columns, rows = _read(file)
    tally = _Tally()
    if "old_name" in columns:
        _rename(graph, rows, file, dry_run, tally)
        return tally.report(len(rows))
    said = _faces(graph, rows, tally)
    given = name_faces(graph, said, shown(Path(file.name)), force=force, dry_run=dry_run)
    tally.named, tally.already = given.named, given.already
    tally.kept, tally.change = given.kept, given.change
    tally.unmatched += given.refused
    return tally.report(len(rows))


def _read(file: Path) -> tuple[set[str], list[_Row]]:
    try:
        text = file.read_text("utf-8-sig")
        start = text.split("\n", 1)[0]
        comma = max(",;\t", key=start.count)
        reader = csv.DictReader(text.splitlines(), delimiter=comma, strict=True)
        columns = {(name or "").strip().lower() for name in reader.fieldnames or []}
        rows = [
            _row(file, reader.line_num, {(k or "").strip().lower(): v for k, v in row.items()})
            for row in reader
        ]
    except FileNotFoundError as error:
        raise UsageError(
            f"{shown(file)}: no such file", "Check the path", code="file-not-found", file=file
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"{shown(file)}: this is no CSV in UTF-8 ({error})",
            _COLUMNS,
            code="table-unreadable",
            file=file,
            reason=str(error),
        ) from error
    if "name" not in columns or not columns & {"face", "path", "old_name"}:
        raise UsageError(
            f"{shown(file)}: its columns are not what is needed",
            _COLUMNS,
            code="table-invalid",
            file=file,
        )
    return columns, [row for row in rows if row.name]


def _row(file: Path, line: int, cells: dict[str, str | list[str] | None]) -> _Row:
    texts = {key: value.strip() for key, value in cells.items() if isinstance(value, str)}
    name = texts.get("name", "")
    try:
        return _Row(line, texts, clean_name(name) if name else "")
    except UsageError as error:
        raise error.restated(f"{shown(file)}, line {line}: {error.message}") from error


def _faces(graph: Connection, rows: list[_Row], tally: _Tally) -> dict[str, str]:
    """The face of each row, by its id or its place."""
    ids = sorted({row.cells["face"] for row in rows if row.cells.get("face")})
    known = {
        found["face"]
        for start in range(0, len(ids), IDS_AT_ONCE)
        for found in graph.run("read-belongs", faces=ids[start : start + IDS_AT_ONCE])
    }
    said: dict[str, str] = {}
    by_path: list[_Row] = []
    for row in rows:
        if row.cells.get("face") in known:
            said[row.cells["face"]] = row.name
        elif row.cells.get("path"):
            by_path.append(row)
        else:
            tally.unmatched.append(f"line {row.line}: no face {row.cells.get('face')!r}")
    _faces_by_path(graph, by_path, said, tally)
    return said


def _faces_by_path(
    graph: Connection, rows: list[_Row], said: dict[str, str], tally: _Tally
) -> None:
    paths = [Path(os.path.abspath(path_from_text(row.cells["path"]))) for row in rows]
    if not paths:
        return
    found = photos_called(graph, paths)
    photos = [found.of(path) for path in paths]
    seen = faces_of_photos(graph, sorted({photo for photo in photos if photo}))
    for row, photo in zip(rows, photos, strict=True):
        try:
            face = _face_of(seen.get(photo or ""), row)
        except UsageError as error:
            tally.unmatched.append(f"line {row.line}: {row.cells['path']}: {error}")
        else:
            said[face] = row.name


def _face_of(seen: MarkedPhoto | None, row: _Row) -> str:
    faces = seen.taking_part if seen else ()
    if not faces:
        raise UsageError(
            "no such photo in the graph" if seen is None else "it shows no face",
            code="face-not-found",
        )
    box = _box(row.cells)
    if box is None:
        if len(faces) > 1:
            raise UsageError(f"it shows {len(faces)} faces", "Give the box", code="several-faces")
        return faces[0].id
    scored = [(one.box.overlap(box), one.id) for one in faces if one.box]
    best = max(scored, default=(0.0, ""))
    if best[0] < LEAST_OVERLAP:
        raise UsageError("no face is there", code="face-not-found")
    return best[1]


def _box(cells: dict[str, str]) -> Box | None:
    text = cells.get("box") or " ".join(cells.get(k, "") for k in ("x", "y", "width", "height"))
    numbers = re.findall(r"-?\d+(?:\.\d+)?", text)
    return Box(*(round(float(number)) for number in numbers)) if len(numbers) == 4 else None


def _rename(graph: Connection, rows: list[_Row], file: Path, dry_run: bool, tally: _Tally) -> None:
    wanted: dict[str, tuple[Person, str]] = {}
    for row in rows:
        try:
            person = find_person(graph, row.cells.get("old_name", ""))
        except (NotFound, UsageError) as error:
            tally.unmatched.append(f"line {row.line}: {error.told('')}")
            continue
        if person.id in wanted and not same_name(wanted[person.id][1], row.name):
            raise UsageError(
                f"{shown(file)}, line {row.line}: {person.label} gets two names",
                code="two-names",
                file=file,
                line=row.line,
                label=person.label,
            )
        wanted[person.id] = (person, row.name)
    done = change(graph, "import", partial(_renamed, wanted, file, tally), dry_run=dry_run)
    tally.change = done.number if done else None


def _renamed(
    wanted: dict[str, tuple[Person, str]], file: Path, tally: _Tally, run: Run
) -> tuple[str, Assignments]:
    """The new state of the persons. Raises UsageError if two would have the same name."""
    persons = {row["person"]: row for row in run("read-persons", persons=list(wanted))}
    wanted = {id: one for id, one in wanted.items() if id in persons}
    taken = called(run, [name for _, name in wanted.values()])
    owners: dict[str, str] = {}
    for id, (_, name) in wanted.items():
        others = {one.id for one in taken[name_key(name)]} - set(wanted)
        if others or owners.setdefault(name_key(name), id) != id:
            raise UsageError(
                f"two persons would be called {name!r}",
                "Merge makes one person of two",
                code="name-taken",
                name=name,
            )
    changed = {id: name for id, (_, name) in wanted.items() if persons[id]["name"] != name}
    tally.named, tally.already = len(changed), len(wanted) - len(changed)
    state = Assignments(
        persons={
            id: Known(persons[id]["number"], name, persons[id]["hidden"])
            for id, name in changed.items()
        }
    )
    return f"{len(changed)} persons named after {shown(Path(file.name))}", state
