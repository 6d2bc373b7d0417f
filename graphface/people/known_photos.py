"""What pictures show: their faces as the graph holds them, or as they are found now.

As in ingest: a file that has not changed is not opened, a copy is not decoded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from graphface.errors import PictureError
from graphface.files import path_text, shown
from graphface.ingest.pipeline import embed
from graphface.records import Box
from graphface.vision.pictures import picture_id, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from graphface.db import Connection, Row
    from graphface.ingest.photo_writer import KnownFiles
    from graphface.records import Face, Picture, Source
    from graphface.vision.extractor import Extractor, FoundFace


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """A face of a picture, and to whom it belongs in the graph, if to anybody."""

    id: str
    box: Box
    embedding: list[float]
    person: str | None = None
    name: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A picture file and its faces."""

    path: Path
    photo: str
    modified: int
    faces: tuple[SeenFace, ...]
    picture: Picture | None = None
    """To be written; None when the graph holds it with these faces."""
    found: tuple[Face, ...] = ()
    """The faces that go with `picture`."""


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    path: Path
    photo: str
    modified: int
    picture: Picture | None
    found: list[FoundFace]


Looked = Seen | PictureError


def look(
    graph: Connection,
    paths: Sequence[Path],
    extractor: Extractor,
    known: KnownFiles,
    pool: Executor,
    advance: Callable[[], None],
) -> list[Looked]:
    """For each file what it shows, or why it cannot be read. Pixels are not kept.

    A known photo without a face is looked at again: this time the detector may be another.
    """
    files = []
    for file in pool.map(partial(_read, extractor, known), paths):
        files.append(file)
        advance()
    there = _in_graph(graph, files)
    files = [_again(extractor, file, there) for file in files]
    return _with_faces(extractor, files, there)


def _read(extractor: Extractor, known: KnownFiles, path: Path) -> _File | PictureError:
    try:
        if photo := _known_photo(known, path):
            return _File(path, *photo, None, [])
        return _detected(extractor, path)
    except PictureError as error:
        return error


def _known_photo(known: KnownFiles, path: Path) -> tuple[str, int] | None:
    if known.unchanged(path):
        photo, _, modified = known.files[path_text(path)]
        return photo, modified
    if known.may_hold(path):  # a cheap hash saves decoding a copy
        photo, modified = picture_id(path)
        return (photo, modified) if known.holds(photo) else None
    return None


def _detected(extractor: Extractor, path: Path) -> _File:
    try:
        picture = read_picture(path)
        found = extractor.detect(picture)
    except MemoryError as error:
        raise PictureError(
            f"{shown(path)}: too large for this machine's memory", code="memory-full", path=path
        ) from error
    # Three bytes that look like all the pixels: a batch of large pictures would fill the memory.
    blank = np.broadcast_to(np.zeros(3, np.uint8), picture.pixels.shape)
    return _File(path, picture.id, picture.modified, replace(picture, pixels=blank), found)


def _in_graph(
    graph: Connection, files: Sequence[_File | PictureError]
) -> dict[str, list[SeenFace]]:
    photos = {file.photo for file in files if isinstance(file, _File) and file.picture is None}
    there: dict[str, list[SeenFace]] = defaultdict(list)
    for row in graph.run("faces-of-photos", photos=sorted(photos)) if photos else ():
        there[row["photo"]].append(_from_graph(row))
    return there


def _from_graph(row: Row) -> SeenFace:
    box = Box(row["x"], row["y"], row["width"], row["height"])
    return SeenFace(row["face"], box, row["embedding"], row["person"], row["name"], row["source"])


def _again(
    extractor: Extractor, file: _File | PictureError, there: dict[str, list[SeenFace]]
) -> _File | PictureError:
    if isinstance(file, PictureError) or file.picture is not None or file.photo in there:
        return file
    try:
        return _detected(extractor, file.path)
    except PictureError as error:
        return error


def _with_faces(
    extractor: Extractor,
    files: Sequence[_File | PictureError],
    there: dict[str, list[SeenFace]],
) -> list[Looked]:
    """Embed all faces that were found now together."""
    new = [file for file in files if isinstance(file, _File) and file.picture is not None]
    made = iter(embed(new, extractor, []))
    looked: list[Looked] = []
    for file in files:
        if isinstance(file, PictureError):
            looked.append(file)
        elif file.picture is None:
            looked.append(Seen(file.path, file.photo, file.modified, tuple(there[file.photo])))
        else:
            faces = next(made)
            seen = tuple(SeenFace(f.id, f.box, f.embedding.tolist()) for f in faces)
            looked.append(
                Seen(file.path, file.photo, file.modified, seen, file.picture, tuple(faces))
            )
    return looked
