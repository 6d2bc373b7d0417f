"""The graph of people as GraphML, which networkx, Gephi and yEd read.

Source: http://graphml.graphdrawing.org/specification.html (keys are declared before the graph).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from graphface.files import whole_file
from graphface.people.selectors import label
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection, Row
    from graphface.progress import Task

NODE_KEYS = {
    "kind": "string", "label": "string", "number": "long", "name": "string",
    "hidden": "boolean", "faces": "long", "path": "string", "taken_at": "string",
    "width": "long", "height": "long", "x": "long", "y": "long", "quality": "double",
}  # fmt: skip
EDGE_KEYS = {
    "type": "string", "weight": "double", "distance": "double", "source": "string",
    "confidence": "double", "photos": "long",
}  # fmt: skip

# Characters that XML 1.0 cannot contain, not even as a reference.
_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class GraphmlReport(Record):
    """What was written."""

    file: str
    nodes: int
    edges: int

    def summary(self) -> str:
        return f"{self.nodes:,} nodes and {self.edges:,} edges in {self.file}"


def export_graphml(graph: Connection, out: Path, *, overwrite: bool = False) -> GraphmlReport:
    """Write persons, photos, faces and their relationships, without embeddings.

    The `weight` of an edge is 1 / (1 + distance) for SAME, the confidence for BELONGS_TO, and the
    number of photos for APPEARS_WITH. Raises UsageError if `out` exists.
    """
    with whole_file(out, overwrite=overwrite) as file, task("export") as bar:
        writer = _Writer(file, bar)
        writer.begin()
        for row in graph.stream("export-persons"):
            writer.node("Person", row["person"], _person(row))
        for row in graph.stream("export-photos", fetch_size=500):
            writer.node("Photo", row["photo"], _photo(row))
        for row in graph.stream("export-faces", embeddings=False):
            writer.node("Face", row["face"], _face(row))
        for row in graph.stream("export-relationships"):
            writer.edge(row)
        file.write(b" </graph>\n</graphml>\n")
    return GraphmlReport(str(out), writer.nodes, writer.edges)


class _Writer:
    def __init__(self, file: IO[bytes], bar: Task) -> None:
        self.file, self.bar = file, bar
        self.nodes = self.edges = 0

    def begin(self) -> None:
        self._put('<?xml version="1.0" encoding="UTF-8"?>\n')
        self._put('<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        for what, keys in (("node", NODE_KEYS), ("edge", EDGE_KEYS)):
            for name, kind in keys.items():
                id = f"{what[0]}_{name}"
                self._put(f' <key id="{id}" for="{what}" attr.name="{name}" attr.type="{kind}"/>\n')
        self._put(' <graph id="people" edgedefault="directed">\n')

    def node(self, kind: str, id: str, facts: dict[str, Any]) -> None:
        self.nodes += 1
        self._put(f"  <node id={_attribute(f'{kind}:{id}')}>")
        self._facts("n", {"kind": kind, **facts})
        self._put("</node>\n")

    def edge(self, row: Row) -> None:
        start, end = f"{row['fromLabel']}:{row['from']}", f"{row['toLabel']}:{row['to']}"
        id = f'id="e{self.edges}" source={_attribute(start)} target={_attribute(end)}'
        self.edges += 1
        self._put(f"  <edge {id}>")
        self._facts("e", {**{key: row.get(key) for key in EDGE_KEYS}, "weight": _weight(row)})
        self._put("</edge>\n")

    def _facts(self, prefix: str, facts: dict[str, Any]) -> None:
        for name, value in facts.items():
            if value is not None:
                text = str(value).lower() if isinstance(value, bool) else str(value)
                clean = escape(_clean(text), {"\r": "&#13;"})
                self._put(f'<data key="{prefix}_{name}">{clean}</data>')
        self.bar.advance()

    def _put(self, text: str) -> None:
        self.file.write(text.encode())


def _person(row: Row) -> dict[str, Any]:
    return {
        "label": label(row["name"], row["number"]), "number": row["number"],
        "name": row["name"], "hidden": row["hidden"], "faces": row["faces"],
    }  # fmt: skip


def _photo(row: Row) -> dict[str, Any]:
    path = row["path"]
    return {
        "label": re.split(r"[/\\]", path)[-1] if path else row["photo"], "path": path,
        "width": row["width"], "height": row["height"], "faces": len(row["faces"]),
        "taken_at": row["takenAt"].iso_format() if row["takenAt"] else None,
    }  # fmt: skip


def _face(row: Row) -> dict[str, Any]:
    called = label(row["name"], row["person"]) if row["person"] is not None else "nobody"
    box = {name: row[name] for name in ("x", "y", "width", "height")}
    return {"label": called, **box, "quality": row["quality"]}


def _weight(row: Row) -> float | None:
    if row["type"] == "SAME" and row["distance"] is not None:
        return float(1 / (1 + row["distance"]))
    found = row["confidence"] if row["type"] == "BELONGS_TO" else row["photos"]
    return None if found is None else float(found)


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _REFUSED.sub("\ufffd", text)
