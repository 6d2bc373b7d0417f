"""Photos of the graph with their faces, for whatever goes out a photo at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphface.ingest.scan import path_from_text
from graphface.people.find import label
from graphface.records import Box

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.graph import Connection, Row

AT_ONCE = 500
"""Photos that the driver holds at a time."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A face of a photo, and who it is."""

    id: str
    box: Box | None
    number: int | None
    name: str | None
    hidden: bool

    @property
    def label(self) -> str:
        return label(self.name, self.number or 0)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of the graph."""

    id: str
    files: tuple[Path, ...]
    """All copies that were seen; some may be gone."""
    size: int | None
    """Bytes; None where only embeddings were imported, and the id is no hash of the file."""
    width: int | None
    height: int | None
    """Pixels, upright."""
    faces: tuple[Shown, ...]


def photos(graph: Connection) -> Iterator[Photo]:
    """Every photo, by its id."""
    for row in graph.stream("export-photos", fetch_size=AT_ONCE):
        yield Photo(
            id=row["photo"],
            files=tuple(path_from_text(path) for path in row["paths"] or []),
            size=row["size"],
            width=row["width"],
            height=row["height"],
            faces=tuple(_shown(face) for face in row["faces"]),
        )


def box_of(row: Row) -> Box | None:
    """The box of a face; None where an import brought none."""
    sides: list[Any] = [row["x"], row["y"], row["width"], row["height"]]
    return None if None in sides else Box(*(int(side) for side in sides))


def _shown(row: Row) -> Shown:
    return Shown(row["face"], box_of(row), row["number"], row["name"], bool(row["hidden"]))
