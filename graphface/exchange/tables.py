"""Export one row per face: CSV for spreadsheets, JSON Lines for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal

from graphface.files import whole_file
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from graphface.db import Connection, Row

COLUMNS = (
    "face", "photo", "path", "x", "y", "width", "height", "person", "name", "source",
    "confidence", "taken_at", "quality",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TableReport(Record):
    """What an export wrote."""

    file: str
    rows: int

    def summary(self) -> str:
        return f"{self.rows:,} faces in {self.file}"


def export_table(
    graph: Connection,
    out: Path | None,
    form: Literal["csv", "jsonl"],
    *,
    embeddings: bool = False,
    overwrite: bool = False,
) -> TableReport:
    """Write one row per face, sorted by id, to `out`, or without it to standard output.

    `person` is the person's number. Raises UsageError if `out` exists.
    """
    rows = 0
    with _opened(out, overwrite) as file, task("export", unit="faces") as bar:
        write = _csv(file, embeddings) if form == "csv" else _jsonl(file, embeddings)
        for row in graph.stream("export-faces", fetch_size=2_000, embeddings=embeddings):
            write(row)
            rows += 1
            bar.advance()
    return TableReport(str(out or "standard output"), rows)


@contextmanager
def _opened(out: Path | None, overwrite: bool) -> Iterator[IO[str]]:
    if out is None:
        yield sys.stdout
        return
    with whole_file(out, overwrite=overwrite) as raw:
        file = io.TextIOWrapper(raw, "utf-8", newline="")
        yield file
        file.flush()
        file.detach()


def _csv(file: IO[str], embeddings: bool) -> Callable[[Row], None]:
    writer = csv.writer(file, lineterminator="\n")
    columns = [*COLUMNS, "embedding"] if embeddings else list(COLUMNS)
    writer.writerow(columns)

    def write(row: Row) -> None:
        facts = _facts(row, embeddings)
        if embeddings:
            facts["embedding"] = json.dumps(facts["embedding"])
        writer.writerow([facts[column] for column in columns])

    return write


def _jsonl(file: IO[str], embeddings: bool) -> Callable[[Row], None]:
    def write(row: Row) -> None:
        file.write(json.dumps(_facts(row, embeddings), ensure_ascii=False) + "\n")

    return write


def _facts(row: Row, embeddings: bool) -> dict[str, Any]:
    facts = {column: row.get(column) for column in COLUMNS}
    facts["taken_at"] = row["takenAt"].iso_format() if row["takenAt"] else None
    if embeddings:
        facts["embedding"] = row["embedding"]
    return facts
