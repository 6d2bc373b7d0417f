"""A whole graph as one file, over Bolt: whatever Neo4j it lives in."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from graphface.errors import Action, DatabaseError, UsageError
from graphface.exchange.backup_file import VERSION, Tally, Writer, plain
from graphface.files import whole_file
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphface.db import Connection, Row
    from graphface.progress import Task

NODES_AT_ONCE = 1_000
"""Rows that the driver holds at a time: some megabytes of embeddings."""

STARTS_AT_ONCE = 500
"""Nodes whose relationships the driver holds at a time: a face may have thousands."""


@dataclass(frozen=True, slots=True)
class BackupReport(Record):
    """What a backup holds."""

    file: str
    bytes: int
    nodes: int
    relationships: int
    digest: str
    """Of all nodes and relationships; the graph that `restore` leaves has the same."""

    def summary(self) -> str:
        size = f"{self.bytes / 1e6:,.1f} MB" if self.bytes >= 1e6 else f"{self.bytes / 1e3:,.1f} kB"
        return f"{self.nodes:,} nodes and {self.relationships:,} relationships, {size}"


def backup(graph: Connection, file: Path, *, overwrite: bool = False) -> BackupReport:
    """Write all nodes, relationships and properties to `file`, readable by its owner alone.

    Rows are written as they arrive: memory does not grow with the graph. Raises UsageError when
    the file is there and is not to be overwritten, DatabaseError when the graph changes meanwhile.
    """
    before = _facts(graph)
    if before["unfinished"]:
        raise UsageError(
            "this graph is half restored",
            "Restore it again, which begins anew",
            code="restore-unfinished",
            action=Action("restore", missing=("file",)),
        )
    with whole_file(file, overwrite=overwrite, mode=0o600) as out:
        tally = _write(graph, Writer(out), before)
        if _facts(graph) != before or (tally.nodes, tally.relationships) != (
            before["nodes"],
            before["relationships"],
        ):
            raise DatabaseError(
                "the graph changed while it was read",
                "Run it again when nothing else writes",
                code="graph-changed",
            )
    held = tally.as_json()
    return BackupReport(str(file), file.stat().st_size, **held)


def count(graph: Connection, bar: Task, emit: Callable[[Any], None] | None = None) -> Tally:
    """Read the whole graph: its tally; each line of a backup goes to `emit`."""
    tally = Tally()
    for row in graph.stream("backup-nodes", fetch_size=NODES_AT_ONCE):
        properties = plain(row["properties"])
        tally.node(row["labels"], properties)
        if emit:
            emit(["n", short(row["id"]), sorted(row["labels"]), properties])
        bar.advance()
    for row in graph.stream("backup-relationships", fetch_size=STARTS_AT_ONCE):
        out = [_out(row, one, tally) for one in row["out"]]
        if emit:
            emit(["r", short(row["id"]), out])
        bar.advance(len(row["out"]))
    return tally


def short(element_id: str) -> int | str:
    """What tells a node from the others of its graph: "4:uuid:17" is 17."""
    number = element_id.rpartition(":")[2]
    return int(number) if number.isdecimal() else element_id


def _facts(graph: Connection) -> dict[str, Any]:
    """What is another as soon as somebody writes: counts, and the space's own notes."""
    space = graph.space()
    return {**graph.run("backup-counts")[0], "space": asdict(space) if space else None}


def _write(graph: Connection, writer: Writer, facts: dict[str, Any]) -> Tally:
    writer.line({"graphfaceBackup": VERSION, **facts})
    total = facts["nodes"] + facts["relationships"]
    with task("backup", total=total, unit="nodes and relationships") as bar:
        tally = count(graph, bar, writer.line)
    writer.line(["end", tally.as_json()])
    writer.seal()
    return tally


def _out(row: Row, one: list[Any], tally: Tally) -> list[Any]:
    type, end, properties, labels, key = one
    kept = plain(properties)
    tally.relationship(type, [sorted(row["labels"]), row["key"]], [sorted(labels), key], kept)
    return [type, short(end), kept]
