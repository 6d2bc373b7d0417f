"""Folder -> faces -> graph: nothing twice, nothing half, goes on where it stopped.

Worker threads read and detect, this thread embeds and writes: detection releases the interpreter
lock, and so does the encoder. Photos are written in batches, each one transaction; what an
interrupted run had not written, the next run does.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from graphface.db.schema import pin_space
from graphface.files import path_text
from graphface.ingest import photo_writer
from graphface.ingest.library import Problem, scan
from graphface.ingest.pipeline import batches, embed, in_order
from graphface.progress import say, task
from graphface.vision.pictures import picture_id, read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.db import Connection
    from graphface.ingest.photo_writer import KnownFiles
    from graphface.records import Picture
    from graphface.vision.extractor import Extractor, FoundFace

BATCH = 64
"""Photos in one transaction: what a killed run loses at most."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run of `ingest` found and did."""

    photos: int
    """Picture files looked at."""
    new: int
    """Photos that were not in the graph before."""
    faces: int
    """Faces written."""
    skipped: int
    """Files known from before, unchanged."""
    copies: int
    """Known pictures found at a further path."""
    without_face: int
    """New photos in which no face was found."""
    named: int
    """Faces that belong to the person their folder is named after."""
    failed: tuple[Problem, ...]
    seconds: float
    model: str
    detector: str


@dataclass(slots=True)
class _Tally:
    new: int = 0
    faces: int = 0
    copies: int = 0
    without_face: int = 0
    named: int = 0
    failed: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a worker made of one file: a picture with its faces, or a picture known already."""

    path: Path
    photo: str
    modified: int
    picture: Picture | None
    found: list[FoundFace]


def ingest(
    graph: Connection,
    folders: Sequence[Path],
    *,
    extractor: Extractor,
    workers: int | None = None,
    people_from_folders: bool = False,
    again: bool = False,
) -> IngestReport:
    """Bring every picture below `folders` and every face in it into the graph.

    `again` detects anew in photos that are known, for other detector settings; faces found before
    stay, and photos in which `forget` forgot somebody are left as they are. Raises SpaceMismatch
    when the graph was made with another model, UsageError when a folder does not exist; pictures
    that cannot be read are named in the report.
    """
    started = time.monotonic()
    pin_space(graph, extractor.space())
    found = scan(folders)
    if not found.files:
        say(f"no picture files below {', '.join(map(str, folders))}")
    known = photo_writer.known_files(graph)
    todo = list(found.files) if again else [p for p in found.files if not known.unchanged(p)]
    tally = _Tally(failed=list(found.problems))
    look = partial(_look_at, extractor, known, again)
    with task("reading photos", total=len(todo), unit="photos") as bar:
        for batch in batches(in_order(todo, look, workers, tally.failed, bar.advance), BATCH):
            _keep(graph, batch, extractor, known, tally)
    if people_from_folders:
        named = photo_writer.folder_names(folders, found.files, known)
        tally.named = photo_writer.name_by_folder(graph, named)
    return IngestReport(
        photos=len(found.files),
        new=tally.new,
        faces=tally.faces,
        skipped=len(found.files) - len(todo),
        copies=tally.copies,
        without_face=tally.without_face,
        named=tally.named,
        failed=tuple(tally.failed),
        seconds=time.monotonic() - started,
        model=extractor.space().model,
        detector=extractor.space().detector,
    )


def _look_at(extractor: Extractor, known: KnownFiles, again: bool, path: Path) -> _Seen:
    if (known.forgotten or not again) and known.may_hold(path):  # a hash saves decoding a copy
        photo, modified = picture_id(path)
        if photo in known.forgotten or (known.holds(photo) and not again):
            return _Seen(path, photo, modified, None, [])
    picture = read_picture(path)
    return _Seen(path, picture.id, picture.modified, picture, extractor.detect(picture))


def _keep(
    graph: Connection, batch: list[_Seen], extractor: Extractor, known: KnownFiles, tally: _Tally
) -> None:
    """Embed the faces of a batch and write it as one transaction."""
    pictures = {s.photo: s for s in batch if s.picture is not None}
    seen = list(pictures.values())
    faces = embed(seen, extractor, tally.failed)
    places = [(s.photo, path_text(s.path), s.modified) for s in batch]
    photo_writer.write_batch(
        graph, [s.picture for s in seen if s.picture], faces, places, known.moved(places)
    )
    added = sum(not known.holds(photo) for photo in pictures)
    known.add(places, {s.photo: s.picture.size for s in seen if s.picture})
    tally.new += added
    tally.copies += len(batch) - len(pictures)
    tally.faces += sum(map(len, faces))
    tally.without_face += sum(not some for some in faces)
