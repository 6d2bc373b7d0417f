"""Back up a whole graph to one file over Bolt, and restore it with a full check.

It works with any Neo4j.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.db.schema import pin_space
from graphface.db.values import from_json
from graphface.errors import Action, DatabaseError, UsageError
from graphface.exchange.backup_file import VERSION, Tally, Writer, check, lines, plain
from graphface.exchange.bulk_load import REBUILD, vector_index
from graphface.files import shown, whole_file
from graphface.progress import say, task
from graphface.records import Record, Space

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
    """Digest of all nodes and relationships; a restored graph has the same."""

    def summary(self) -> str:
        size = f"{self.bytes / 1e6:,.1f} MB" if self.bytes >= 1e6 else f"{self.bytes / 1e3:,.1f} kB"
        return f"{self.nodes:,} nodes and {self.relationships:,} relationships, {size}"


def backup(graph: Connection, file: Path, *, overwrite: bool = False) -> BackupReport:
    """Write all nodes, relationships and properties to `file`, which only its owner can read.

    Rows are written as they arrive, so memory does not grow with the graph. Raises UsageError if
    the file exists and `force` is not set, DatabaseError if the graph changes meanwhile.
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
        tally = _write_backup(graph, Writer(out), before)
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
    """Read the whole graph, pass each line of a backup to `emit`, and return the tally."""
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
    """The part of an id that distinguishes nodes of one graph: 17 of "4:uuid:17"."""
    number = element_id.rpartition(":")[2]
    return int(number) if number.isdecimal() else element_id


def _facts(graph: Connection) -> dict[str, Any]:
    """Facts that change with every write: counts, and the properties of the space."""
    space = graph.space()
    return {**graph.run("backup-counts")[0], "space": asdict(space) if space else None}


def _write_backup(graph: Connection, writer: Writer, facts: dict[str, Any]) -> Tally:
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


RELATIONSHIPS_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class RestoreReport(Record):
    """What the graph holds now, which is what the backup held."""

    file: str
    nodes: int
    relationships: int
    digest: str

    def summary(self) -> str:
        return f"{self.nodes:,} nodes and {self.relationships:,} relationships, as in the backup"


def restore(graph: Connection, file: Path, *, replace: bool = False) -> RestoreReport:
    """Write the backup `file` into an empty graph, and check that everything is there.

    The whole file is read and checked before anything is written. With `replace` the contents of
    the graph are deleted first. The next restore starts an interrupted one over.

    Raises UsageError for a file that is no backup, truncated or changed, and for a graph that is
    not empty; DatabaseError if the restored graph differs from the backup.
    """
    header = check(file)
    found = graph.run("backup-counts")[0]
    if found["nodes"] and not (replace or found["unfinished"]):
        raise UsageError(
            f"this graph is not empty: {found['nodes']:,} nodes, {found['faces']:,} of them faces",
            "`replace` deletes them first; `home` and NEO4J_DATABASE lead to another graph",
            code="graph-not-empty",
        )
    if found["unfinished"]:
        say("the last restore was cut off: it is begun anew")
    if found["nodes"] or found["unfinished"]:
        graph.run("forget-everything")
    end = _write_restore(graph, file, header)
    with task("checking", total=header["nodes"] + header["relationships"]) as bar:
        tally = count(graph, bar).as_json()
    if tally != end:
        raise DatabaseError(
            f"what the graph holds now is not what {shown(file)} holds",
            "Is something else writing to it? Restore it again when nothing is",
            code="restore-differs",
            file=file,
        )
    graph.run("restore-end")
    return RestoreReport(str(file), **end)


def _write_restore(graph: Connection, file: Path, header: dict[str, Any]) -> dict[str, Any]:
    """Write everything, from the mark of a restore to the index; returns the last line."""
    graph.run("restore-begin")
    if header["space"] is None:
        return _load(graph, file, header)
    space = Space(**header["space"])
    pin_space(graph, space)  # for the constraints; the backup contains the node itself
    graph.run("forget-everything")
    graph.run("restore-begin")
    if header["faces"] >= REBUILD:
        graph.run("drop-index-face-embedding")
    with vector_index(graph, space, []):
        return _load(graph, file, header)


def _load(graph: Connection, file: Path, header: dict[str, Any]) -> dict[str, Any]:
    total = header["nodes"] + header["relationships"]
    with task("restore", total=total, unit="nodes and relationships") as bar:
        batch = _Batch(graph, bar)
        for line in lines(file):
            if line[0] == "end":
                batch.flush()
                return dict(line[1])
            batch.add(line)
    raise UsageError(
        f"{shown(file)}: this backup has no end", "Make a new one", code="backup-invalid", file=file
    )


@dataclass(slots=True)
class _Batch:
    """Lines to write together."""

    graph: Connection
    bar: Task
    nodes: list[tuple[int | str, dict[str, Any]]] = field(default_factory=list)
    starts: list[dict[str, Any]] = field(default_factory=list)
    waiting: int = 0
    ids: dict[int | str, int | str] = field(default_factory=dict)
    """Key of a node in the backup -> the short form of its new id, a number, to save memory."""
    prefix: str = ""

    def add(self, line: list[Any]) -> None:
        if line[0] == "n":
            row = {"labels": line[2], "properties": from_json(line[3])}
            self.nodes.append((line[1], row))
            if len(self.nodes) >= NODES_AT_ONCE:
                self.flush()
            return
        if self.nodes:
            self.flush()
        self._add_relationships(line[1], line[2])

    def flush(self) -> None:
        self._write_nodes()
        if self.starts:
            self.graph.run("restore-relationships", rows=self.starts)
            self.bar.advance(self.waiting)
            self.starts, self.waiting = [], 0

    def _add_relationships(self, start: int | str, out: list[list[Any]]) -> None:
        for at in range(0, len(out), RELATIONSHIPS_AT_ONCE):
            some = [
                [type, self._id(end), from_json(kept)]
                for type, end, kept in out[at : at + RELATIONSHIPS_AT_ONCE]
            ]
            self.starts.append({"from": self._id(start), "out": some})
            self.waiting += len(some)
            if self.waiting >= RELATIONSHIPS_AT_ONCE:
                self.flush()

    def _write_nodes(self) -> None:
        with_vector = [one for one in self.nodes if _is_face(one[1])]
        others = [one for one in self.nodes if not _is_face(one[1])]
        if with_vector:
            self._write_faces(with_vector)
        if others:
            rows = [row for _, row in others]
            self._note(others, self.graph.run("restore-nodes", rows=rows))
        self.nodes = []

    def _write_faces(self, faces: list[tuple[int | str, dict[str, Any]]]) -> None:
        by_length: dict[int, list[tuple[int | str, dict[str, Any]]]] = {}
        for one in faces:
            by_length.setdefault(len(one[1]["properties"]["embedding"]), []).append(one)
        for some in by_length.values():
            # The driver sends one array faster than lists in maps.
            vectors = np.array([row["properties"].pop("embedding") for _, row in some], np.float32)
            rows = [row for _, row in some]
            self._note(some, self.graph.run("restore-faces", rows=rows, embeddings=vectors))

    def _note(self, some: list[tuple[int | str, Any]], written: list[dict[str, Any]]) -> None:
        for row in written:
            new = short(row["id"])
            self.ids[some[row["i"]][0]] = new
            if isinstance(new, int):
                self.prefix = row["id"].removesuffix(str(new))
        self.bar.advance(len(some))

    def _id(self, key: int | str) -> str:
        found = self.ids[key]
        return f"{self.prefix}{found}" if isinstance(found, int) else found


def _is_face(row: dict[str, Any]) -> bool:
    """Whether a node has an embedding, to be stored as 32-bit floats."""
    has = {"Face", "IgnoredFace"}.intersection(row["labels"])
    return bool(has) and isinstance(row["properties"].get("embedding"), list)
