"""Find the photos and faces of the graph for files and paths."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphface.files import path_from_text, path_text
from graphface.people.marking import photos_with_boxes
from graphface.people.selectors import label
from graphface.records import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from graphface.db import Connection, Row
    from graphface.people.marking import MarkedPhoto


PHOTOS_PER_QUERY = 2_000


@dataclass(slots=True)
class Photos:
    """The photos that files with certain names may belong to."""

    by_path: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    """Name of a file -> (parts of its path, photo) for each that has it."""
    files: dict[str, list[str]] = field(default_factory=dict)
    """Photo -> the paths of its files, as text."""

    def of(self, path: Path) -> str | None:
        """The photo at this path, or else the one with the longest matching end of the path.

        So side-cars below another folder find their photos by the folders that they share.
        """
        text = path_text(path)
        if text in self.by_path:
            return self.by_path[text]
        wanted = _parts(text)
        places = self.by_name.get(wanted[-1], [])
        if not places:
            return None
        best = max(_common(wanted, parts) for parts, _ in places)
        found = {photo for parts, photo in places if _common(wanted, parts) == best}
        return found.pop() if len(found) == 1 else None


def photos_called(graph: Connection, paths: Iterable[Path]) -> Photos:
    """The graph's photos that have a file with the name of one of `paths`."""
    names = {_parts(path_text(path))[-1] for path in paths}
    found = Photos()
    for row in graph.stream("known-files"):
        parts = _parts(row["path"])
        if parts[-1] in names:
            found.by_path[row["path"]] = row["photo"]
            found.files.setdefault(row["photo"], []).append(row["path"])
            found.by_name.setdefault(parts[-1], []).append((parts, row["photo"]))
    return found


def faces_of_photos(graph: Connection, photos: Sequence[str]) -> dict[str, MarkedPhoto]:
    """These photos with their faces."""
    found: dict[str, MarkedPhoto] = {}
    for start in range(0, len(photos), PHOTOS_PER_QUERY):
        found |= photos_with_boxes(graph.run, photos[start : start + PHOTOS_PER_QUERY])
    return found


def _parts(path: str) -> tuple[str, ...]:
    return tuple(re.split(r"[/\\](?!x[0-9a-f]{2})", path))


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """The number of parts that two paths share at their ends."""
    count = 0
    for one, other in zip(reversed(a), reversed(b), strict=False):
        if one != other:
            break
        count += 1
    return count


PHOTOS_AHEAD = 500
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
    """The paths of all copies ever seen; some may be gone."""
    size: int | None
    """Bytes; None if only embeddings were imported, and the id is no hash of the file."""
    width: int | None
    height: int | None
    """Pixels, upright."""
    faces: tuple[Shown, ...]


def photos(graph: Connection) -> Iterator[Photo]:
    """Every photo, by its id."""
    for row in graph.stream("export-photos", fetch_size=PHOTOS_AHEAD):
        yield Photo(
            id=row["photo"],
            files=tuple(path_from_text(path) for path in row["paths"] or []),
            size=row["size"],
            width=row["width"],
            height=row["height"],
            faces=tuple(_shown(face) for face in row["faces"]),
        )


def box_of(row: Row) -> Box | None:
    """The box of a face; None if an import had none."""
    sides: list[Any] = [row["x"], row["y"], row["width"], row["height"]]
    return None if None in sides else Box(*(int(side) for side in sides))


def _shown(row: Row) -> Shown:
    return Shown(row["face"], box_of(row), row["number"], row["name"], bool(row["hidden"]))
