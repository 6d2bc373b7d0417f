"""Ingest folders: no photo twice, none half-written, and runs that resume where they stopped.

The sink of this pipeline is the graph, and each batch is one transaction. The next run writes what
an interrupted run did not.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphface.db.schema import check_space, pin_space, save_space
from graphface.files import path_text, shown
from graphface.ingest import photo_writer
from graphface.ingest.library import Problem, left_out, scan
from graphface.ingest.photo_writer import FolderNames
from graphface.ingest.pipeline import NO_HINT, Pipeline, executor_of
from graphface.progress import say, task, wanted
from graphface.records import Record
from graphface.vision import detectors
from graphface.vision.extractor import Extractor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.db import Connection
    from graphface.ingest.photo_writer import KnownFiles, NameFaces
    from graphface.ingest.pipeline import Executor, Failed, Hint, Photo
    from graphface.records import Space, Upright


@dataclass(frozen=True, slots=True)
class IngestReport(Record):
    """The result of a run of `ingest`."""

    photos: int
    """Picture files looked at."""
    new: int
    """Photos that were not in the graph before."""
    faces: int
    """Faces written."""
    known_faces: int
    """Of them, faces that were in the graph before, found again: they keep their person."""
    skipped: int
    """Files known from before, unchanged."""
    copies: int
    """Known pictures found at an additional path."""
    without_face: int
    """New photos in which no face was found."""
    named: int
    """Faces that belong to the person their folder is named after, and did not before."""
    not_named: tuple[str, ...]
    """Folders whose name nobody can have, each with the reason."""
    failed: tuple[Problem, ...]
    seconds: float
    model: str
    detector: str


@dataclass(frozen=True, slots=True)
class _Known:
    """Photos that ingest does not touch: those of the graph, or with `again` the forgotten ones."""

    files: KnownFiles
    again: bool

    def hint(self, path: Path) -> Hint:
        hint = self.files.hint(path)
        if not self.again:
            return hint
        forgotten = tuple(photo for photo in hint.photos if photo in self.files.forgotten)
        return replace(hint, photos=forgotten) if forgotten else NO_HINT

    def recall(self, photos: Sequence[str]) -> dict[str, None]:
        return dict.fromkeys(photos)  # their faces are already in the graph


@dataclass(slots=True)
class _GraphSink:
    """Writes each batch as one transaction, and counts."""

    graph: Connection
    files: KnownFiles
    failed: list[Problem]
    new: int = 0
    faces: int = 0
    known_faces: int = 0
    copies: int = 0
    without_face: int = 0

    def write(self, photos: Sequence[Photo[None]]) -> None:
        new = {photo.id: photo for photo in photos if photo.picture}
        pictures = [photo.picture for photo in new.values() if photo.picture]
        faces = [photo.faces for photo in new.values()]
        places = [(photo.id, path_text(photo.path), photo.modified) for photo in photos]
        moved = self.files.moved(places)
        written = photo_writer.write_batch(self.graph, pictures, faces, places, moved)
        self.faces += written.faces
        self.known_faces += written.known
        self.new += sum(not self.files.holds(photo) for photo in new)
        self.files.add(places, {photo.id: photo.size for photo in new.values()})
        self.copies += len(photos) - len(new)
        self.without_face += sum(not some for some in faces)
        self.failed += [left_out(p.path, reason) for p in photos for reason in p.dropped]

    def fail(self, failed: Failed) -> None:
        self.failed.append(left_out(failed.path, str(failed.error)))


def extractor_for(
    space: Space | None,
    model: str | None = None,
    detector: str | None = None,
    min_face: int = 20,
    min_confidence: float | None = None,
    upright: Upright = "auto",
) -> Extractor:
    """An extractor for a graph: the requested one, else the graph's own, else the best.

    `space` is the graph's; None for an empty graph. Then messages give the reasons for the choice.
    Raises SpaceMismatch when the graph was made with another model.
    """
    if space is None:
        extractor = Extractor.create(model, detector, min_face, min_confidence, upright)
        for reason in extractor.reasons:
            say(reason)
        return extractor
    extractor = Extractor.create(
        model or space.file or space.model,
        detector or space.detector,
        min_face,
        min_confidence,
        upright,
    )
    ours = extractor.space()
    check_space(space, ours)
    say(f"the graph was made with {ours.model}; faces are found by {ours.detector}", "detail")
    return extractor


def ingest(
    graph: Connection,
    folders: Sequence[Path],
    *,
    extractor: Extractor,
    workers: int | Executor | None = None,
    name_by_folder: NameFaces | None = None,
    again: bool = False,
) -> IngestReport:
    """Write every picture below `folders` and every face in it to the graph.

    `again` repeats detection in known photos, for another detector or other settings. Faces that
    are found again keep their person and get the new box and embedding, those that are not stay,
    and photos in which `forget` forgot somebody are not touched. The detector becomes the graph's.
    The report lists pictures that cannot be read. `workers` is a number of threads, or an executor.
    `name_by_folder` names faces after the sub-folders of `folders`; it is passed in because people
    are a room above. Raises SpaceMismatch when the graph was made with another model, UsageError
    when a folder does not exist.
    """
    started = time.monotonic()
    before, ours = graph.space(), extractor.space()
    pinned = pin_space(graph, ours)
    if before is not None:
        _tell_better(before.detector, ours.detector)
    found = scan(folders)
    if not found.files:
        say(f"no picture files below {', '.join(map(str, folders))}", "warning")
    known = photo_writer.known_files(graph)
    todo = list(found.files) if again else [p for p in found.files if not known.unchanged(p)]
    _tell_skipped(found.files, todo)
    sink = _GraphSink(graph, known, [left_out(one.path, one.reason) for one in found.problems])
    pipeline = Pipeline(extractor, _Known(known, again), executor_of(workers))
    with task("reading photos", total=len(todo), unit="photos") as bar:
        pipeline.run(todo, sink, bar.advance)
    if again and pinned.detector != ours.detector:
        save_space(graph, replace(pinned, detector=ours.detector))
    names = FolderNames()
    if name_by_folder is not None:
        names = name_by_folder(photo_writer.folder_names(folders, found.files, known))
    for reason in names.refused:
        say(f"a folder names nobody: {reason}", "warning")
    return IngestReport(
        photos=len(found.files),
        new=sink.new,
        faces=sink.faces,
        known_faces=sink.known_faces,
        skipped=len(found.files) - len(todo),
        copies=sink.copies,
        without_face=sink.without_face,
        named=names.named,
        not_named=names.refused,
        failed=tuple(sink.failed),
        seconds=time.monotonic() - started,
        model=ours.model,
        detector=ours.detector,
    )


def _tell_better(pinned: str, used: str) -> None:
    """Say that a graph made with the detector of last resort can have a better one."""
    described = detectors.REGISTRY.find(pinned)
    if pinned == used and described and (better := detectors.better_than(described)):
        say(
            f"{better.title} finds more faces than {described.title}, with which this graph was "
            f"made. To go over to it, ingest with `again` and `detector` {better.name}: faces keep "
            "their person"
        )


def _tell_skipped(files: Sequence[Path], todo: Sequence[Path]) -> None:
    if wanted("detail"):
        looked_at = set(todo)
        for file in files:
            if file not in looked_at:
                say(f"skipped: {shown(file)} has not changed", "detail")
