"""Reads and writes of ingest in the graph, as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphface.files import path_text, size_and_time
from graphface.ingest.matching import HeldFace, as_known
from graphface.ingest.pipeline import NO_HINT, Hint
from graphface.records import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphface.db import Connection, Run
    from graphface.records import Face, Picture

Place = tuple[str, str, int]
"""A photo's id, the path of a file that holds it, and that file's time in nanoseconds."""


@dataclass(frozen=True, slots=True)
class FolderNames:
    """What became of names that folders give."""

    named: int = 0
    """Faces that belong to the person their folder is named after, and did not before."""
    refused: tuple[str, ...] = ()
    """Names that nobody can have, each with the reason."""


NameFaces = Callable[[Mapping[str, str]], FolderNames]
"""Names faces after folders: photo -> name of the folder that it lies in."""


@dataclass(slots=True)
class KnownFiles:
    """The files in the graph: path -> photo, size in bytes, time of modification."""

    files: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    """Photo -> size in bytes."""
    forgotten: set[str] = field(default_factory=set)
    """Photos in which somebody was forgotten; they are never looked at again."""
    _by_size: dict[int, list[str]] = field(default_factory=dict)

    def add(self, places: Iterable[Place], sizes: dict[str, int]) -> None:
        for photo, size in sizes.items():
            if photo not in self.sizes:
                self.sizes[photo] = size
                self._by_size.setdefault(size, []).append(photo)
        for photo, path, modified in places:
            self.files[path] = (photo, self.sizes.get(photo, -1), modified)

    def hint(self, path: Path) -> Hint:
        """What the graph knows about a file by path, size and time, without reading it."""
        now = size_and_time(path)
        if now is None:
            return NO_HINT  # the attempt to read it will report the problem
        known = self.files.get(path_text(path))
        if known and known[1:] == now:
            return Hint((known[0],), *now)
        return Hint(self._by_size.get(now[0], ()), now[0])

    def unchanged(self, path: Path) -> bool:
        """Whether path, size and time are the same; then the file is not read."""
        return path_text(path) in self.files and self.hint(path).modified is not None

    def holds(self, photo: str) -> bool:
        return photo in self.sizes

    def photo_of(self, path: Path) -> str | None:
        known = self.files.get(path_text(path))
        return known[0] if known else None

    def moved(self, places: Iterable[Place]) -> list[tuple[str, str]]:
        """(old photo, path) for files whose picture has changed."""
        before = ((self.files.get(path), photo, path) for photo, path, _ in places)
        return [(old[0], path) for old, photo, path in before if old and old[0] != photo]


def known_files(graph: Connection) -> KnownFiles:
    """Read the files of the graph."""
    known = KnownFiles()
    for row in graph.stream("known-files"):
        known.add([(row["photo"], row["path"], row["modified"])], {row["photo"]: row["size"]})
    for row in graph.stream("forgotten-photos"):
        known.add([], {row["photo"]: row["size"]})
        known.forgotten.add(row["photo"])
    return known


class Written(NamedTuple):
    """Faces that a batch wrote."""

    faces: int
    known: int
    """How many of them were in the graph before."""


def write_batch(
    graph: Connection,
    pictures: Sequence[Picture],
    faces: Sequence[Sequence[Face]],
    places: Sequence[Place],
    moved: Sequence[tuple[str, str]],
) -> Written:
    """Write photos, their faces and their paths in one transaction.

    A face that is known is written under its id and keeps its person (`as_known`). One that a
    person marked or ignored stays as it is.
    """

    def work(run: Run) -> Written:
        run("write-photos", photos=[_photo(picture) for picture in pictures])
        run("drop-paths", photos=_by_photo([(old, path, 0) for old, path in moved]))
        run("write-paths", photos=_by_photo(places))
        held = _held(run, [picture.id for picture in pictures])
        rows = [
            (picture.id, face)
            for picture, some in zip(pictures, faces, strict=True)
            for face in as_known(some, held[picture.id])
        ]
        if rows:
            run("write-faces", **face_columns(rows))
        known = {one.id for some in held.values() for one in some}
        return Written(len(rows), sum(face.id in known for _, face in rows))

    return graph.transact(work)


def _held(run: Run, photos: Sequence[str]) -> dict[str, list[HeldFace]]:
    """Photo -> its faces in the graph."""
    held: dict[str, list[HeldFace]] = defaultdict(list)
    for row in run("faces-in-photos", photos=photos):
        held[row["photo"]].append(HeldFace(row["face"], Box(*row["box"]), row["kept"]))
    return held


def folder_names(
    folders: Sequence[Path], files: Iterable[Path], known: KnownFiles
) -> dict[str, str]:
    """Photo -> the name of the sub-folder of `folders` that it lies in."""
    roots = [folder.absolute() for folder in folders]
    names: dict[str, str] = {}
    for path in files:
        photo, name = known.photo_of(path), _folder_name(roots, path)
        if photo and name and photo not in known.forgotten:
            names.setdefault(photo, name)
    return names


def _folder_name(folders: Sequence[Path], path: Path) -> str | None:
    for folder in folders:
        if path.is_relative_to(folder):
            parts = path.relative_to(folder).parts
            return path_text(Path(parts[0])) if len(parts) > 1 else None
    return None


def _by_photo(places: Sequence[Place]) -> list[dict[str, Any]]:
    """One row per photo: with several, Cypher would handle each as if the others were not there."""
    rows: dict[str, dict[str, Any]] = {}
    for photo, path, modified in places:
        row = rows.setdefault(photo, {"photo": photo, "paths": [], "modified": []})
        row["paths"].append(path)
        row["modified"].append(modified)
    return list(rows.values())


def _photo(picture: Picture) -> dict[str, Any]:
    place = picture.location
    return {
        "id": picture.id,
        "path": path_text(picture.path),
        "size": picture.size,
        "width": picture.width,
        "height": picture.height,
        # The camera's own clock, which is what people mean by "in the summer of 2019".
        "takenAt": picture.taken_at.replace(tzinfo=None) if picture.taken_at else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "phash": picture.phash,
    }


def face_columns(rows: Sequence[tuple[str, Face]]) -> dict[str, Any]:
    """Faces, each with the id of its photo, as columns for `write-faces`.

    All embeddings are in one array: the driver sends it faster than lists in maps.
    """
    return {
        "ids": [face.id for _, face in rows],
        "photos": [photo for photo, _ in rows],
        "properties": [_properties(face) for _, face in rows],
        "embeddings": np.stack([face.embedding for _, face in rows]) if rows else [],
    }


def _properties(face: Face) -> dict[str, Any]:
    return {
        "x": face.box.x,
        "y": face.box.y,
        "width": face.box.width,
        "height": face.box.height,
        "rotation": face.box.rotation or None,
        "confidence": face.confidence,
        "source": "user" if face.confidence is None else None,
        "quality": face.quality,
        "landmarks": face.landmarks.ravel().tolist() if face.landmarks is not None else None,
    }
