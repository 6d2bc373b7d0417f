"""The pipeline for pictures: source -> known? -> decode -> detect -> embed -> sink.

`ingest`, `search` in folders, `register` and `who` are this pipeline with different ends:

    source     files, or pictures in memory: an upload, the frames of a video or a camera
    known?     `Known` says which files need not be decoded, or not even opened
    decode,    `Detect`, the part that an `Executor` spreads over threads, processes or machines
    detect
    embed      in the calling thread, the faces of BATCH pictures together
    sink       `Sink` takes each batch: a transaction, rows of a cache, a list of answers

A picture that cannot be read never stops a run: the sink is told, and the run continues.
"""

from __future__ import annotations

import os
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np

from graphface.errors import PictureError
from graphface.files import shown
from graphface.progress import Pool, say
from graphface.vision.pictures import picture_id, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor as FuturesExecutor
    from concurrent.futures import Future
    from typing import TypeAlias

    from graphface.records import Face, Picture, Vectors
    from graphface.vision.extractor import Extractor, FoundFace

    Item: TypeAlias = Path | Picture
    """What a source yields: a file, or a picture that is in memory already."""

T = TypeVar("T")
R = TypeVar("R")
K = TypeVar("K")
K_co = TypeVar("K_co", covariant=True)

BATCH = 64
"""Pictures that go through the network and into the sink together: what a killed run loses at
most."""

AHEAD = 4
"""Pictures that wait for their turn, for each worker."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known about a file before it is opened."""

    photos: Sequence[str] = ()
    """Known photos of the same size in bytes: the file may be a copy of one of them. The tuple is
    shared, not copied, since thousands may have one size.
    """
    size: int = 0
    modified: int | None = None
    """The file's time if path, size and time are those of `photos[0]`; then it is not opened."""


NO_HINT = Hint()


class Known(Protocol[K_co]):
    """The photos of earlier runs. The calling thread asks it."""

    def hint(self, path: Path) -> Hint: ...

    def recall(self, photos: Sequence[str]) -> Mapping[str, K_co]:
        """The known data of these photos; a photo that is missing here is looked at again."""
        ...


class NothingKnown:
    """Every picture is looked at."""

    def hint(self, path: Path) -> Hint:  # noqa: ARG002 - as the protocol has it
        return NO_HINT

    def recall(self, photos: Sequence[str]) -> Mapping[str, None]:  # noqa: ARG002
        return {}


@dataclass(frozen=True, slots=True, eq=False)
class Photo(Generic[K]):
    """A picture after the pipeline: what was known about it, or the faces found now."""

    number: int
    """Its place in the source, counted from 0."""
    path: Path
    id: str
    size: int
    modified: int
    picture: Picture | None
    """None if the photo was known. Without pixels unless requested."""
    faces: tuple[Face, ...] = ()
    mirrored: tuple[Vectors, ...] = ()
    """The embedding of each face's mirror image, if requested."""
    dropped: tuple[str, ...] = ()
    """Why faces were left out."""
    known: K | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """A picture that cannot be read."""

    number: int
    """Its place in the source, counted from 0."""
    path: Path
    error: PictureError


class Sink(Protocol[K]):
    """The destination of photos, in the order of the source. The calling thread calls it."""

    def write(self, photos: Sequence[Photo[K]]) -> None:
        """Take the next photos, at most BATCH."""
        ...

    def fail(self, failed: Failed) -> None:
        """Record a picture that cannot be read, maybe before the photos that precede it."""
        ...


class Executor(Protocol):
    """Runs the work of a pipeline.

    Functions and items can be pickled, and the other side loads its own extractor
    (`Extractor.__reduce__`). So an executor may use threads, processes, or other machines that read
    the same files.
    """

    def map_ordered(
        self, function: Callable[[T], R], items: Iterable[T]
    ) -> Generator[R, None, None]:
        """Yield results in the order of `items`; only a few items are taken ahead of the results.

        Closing the generator ends the work. Any error that the function raises ends the run.
        """
        ...


@dataclass(frozen=True, slots=True)
class Serial:
    """Runs items one by one in the calling thread: for a single picture, and for debugging."""

    def map_ordered(
        self, function: Callable[[T], R], items: Iterable[T]
    ) -> Generator[R, None, None]:
        for item in items:
            yield function(item)


@dataclass(frozen=True, slots=True)
class Threads:
    """Threads of this process, one per core by default; decoders and detectors release the GIL."""

    workers: int | None = None

    def map_ordered(
        self, function: Callable[[T], R], items: Iterable[T]
    ) -> Generator[R, None, None]:
        count = self.workers or os.cpu_count() or 1
        pool = Pool(count, thread_name_prefix="photos")
        return map_in_pool(pool, function, items, AHEAD * count)


def map_in_pool(
    pool: FuturesExecutor, function: Callable[[T], R], items: Iterable[T], ahead: int
) -> Generator[R, None, None]:
    """`Executor.map_ordered` for a pool of `concurrent.futures`, shut down at the end."""
    waiting: deque[Future[R]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def executor_of(workers: int | Executor | None) -> Executor:
    """An executor: this number of threads (one per core if None), or the caller's own."""
    return Threads(workers) if workers is None or isinstance(workers, int) else workers


@dataclass(frozen=True, slots=True)
class Work:
    """One item on its way to a worker."""

    number: int
    item: Item
    hint: Hint = NO_HINT

    @property
    def path(self) -> Path:
        return self.item if isinstance(self.item, Path) else self.item.path


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """A worker's result for one item: a picture and its faces, or a known photo."""

    number: int
    path: Path
    photo: str
    size: int
    modified: int
    picture: Picture | None = None
    found: tuple[FoundFace, ...] = ()


@dataclass(frozen=True, slots=True)
class Detect:
    """The stages that run in a worker: recognise a copy, else decode and detect."""

    extractor: Extractor
    keep_pixels: bool = False

    def __call__(self, work: Work) -> Detected | Failed:
        try:
            return _known(work) or self._new(work)
        except PictureError as error:
            return Failed(work.number, work.path, error)
        except MemoryError:
            full = PictureError(
                f"{shown(work.path)}: too large for this machine's memory",
                code="memory-full",
                path=work.path,
            )
            return Failed(work.number, work.path, full)

    def _new(self, work: Work) -> Detected:
        picture = read_picture(work.item) if isinstance(work.item, Path) else work.item
        found = tuple(self.extractor.detect(picture))
        if not self.keep_pixels:
            # Drop the pixels: they would fill memory while a batch waits, and are costly to send to
            # another process. An array without channels keeps width and height, and takes no
            # memory.
            blank = np.empty((picture.height, picture.width, 0), np.uint8)
            picture = replace(picture, pixels=blank)
        return Detected(
            work.number, work.path, picture.id, picture.size, picture.modified, picture, found
        )


def _known(work: Work) -> Detected | None:
    """The known photo that a file holds, found by its hash if the size matches."""
    hint, known = work.hint, partial(Detected, work.number, work.path)
    if not hint.photos:
        return None
    if hint.modified is not None:
        return known(hint.photos[0], hint.size, hint.modified)
    photo, modified = picture_id(work.path)  # hashing is cheap compared to decoding
    return known(photo, hint.size, modified) if photo in hint.photos else None


@dataclass(frozen=True, slots=True)
class Pipeline(Generic[K]):
    """A configured pipeline; `run` starts it."""

    extractor: Extractor
    known: Known[K]
    executor: Executor = field(default_factory=Threads)
    mirrored: bool = False
    """Whether the mirror image of each face is embedded, too."""
    keep_pixels: bool = False
    """Whether photos keep their pixels. They are large, so use it for a few pictures only."""

    def run(
        self, source: Iterable[Item], sink: Sink[K], advance: Callable[[], object] | None = None
    ) -> None:
        """Run every item of `source` through all stages into `sink`; `advance` counts them.

        Batches that the sink has taken stay if a later one raises.
        """
        work = (Work(number, item, self._hint(item)) for number, item in enumerate(source))
        with closing(self._detect(work)) as results:
            for batch in _batches(_read(results, sink, advance or _nothing)):
                sink.write(self._photos(batch, sink))

    def _hint(self, item: Item) -> Hint:
        return self.known.hint(item) if isinstance(item, Path) else NO_HINT

    def _detect(self, work: Iterable[Work]) -> Generator[Detected | Failed, None, None]:
        return self.executor.map_ordered(Detect(self.extractor, self.keep_pixels), work)

    def _photos(self, batch: list[Detected], sink: Sink[K]) -> list[Photo[K]]:
        """Recall known photos, and embed the faces of new ones."""
        copies = [one.photo for one in batch if one.picture is None]
        known = self.known.recall(copies) if copies else {}
        lost = [one for one in batch if one.picture is None and one.photo not in known]
        if lost:
            batch = self._again(batch, lost, sink)
        new = iter(self._embed([one for one in batch if one.picture]))
        return [next(new) if one.picture else _recalled(one, known) for one in batch]

    def _again(self, batch: list[Detected], lost: list[Detected], sink: Sink[K]) -> list[Detected]:
        """The batch, with pictures in place of known photos whose data are gone."""
        with closing(self._detect(Work(one.number, one.path) for one in lost)) as results:
            anew = {one.number: one for one in results}
        return list(_read([anew.get(one.number, one) for one in batch], sink, _nothing))

    def _embed(self, batch: Sequence[Detected]) -> Iterator[Photo[K]]:
        """Embed all faces of a batch together."""
        chips = [face.chip for one in batch for face in one.found]
        if self.mirrored:
            chips += [np.ascontiguousarray(chip[:, ::-1]) for chip in chips]
        vectors = self.extractor.embed(chips)
        start, half = 0, len(chips) // 2 if self.mirrored else 0
        for one in batch:
            end = start + len(one.found)
            other = vectors[half + start : half + end] if self.mirrored else None
            yield self._photo(one, vectors[start:end], other)
            start = end

    def _photo(self, one: Detected, vectors: Vectors, other: Vectors | None) -> Photo[K]:
        assert one.picture is not None
        faces, dropped = self.extractor.faces(one.picture, one.found, vectors)
        mirrored: tuple[Vectors, ...] = ()
        if other is not None:
            by_box = {face.box: vector for face, vector in zip(one.found, other, strict=True)}
            mirrored = tuple(by_box[face.box] for face in faces)
        return Photo(
            one.number, one.path, one.photo, one.size, one.modified, one.picture, tuple(faces),
            mirrored, tuple(dropped),
        )  # fmt: skip


def _recalled(one: Detected, known: Mapping[str, K]) -> Photo[K]:
    return Photo(
        one.number, one.path, one.photo, one.size, one.modified, None, known=known[one.photo]
    )


def look_at(item: Item, extractor: Extractor, *, mirrored: bool = False) -> Photo[None]:
    """Run one picture through the pipeline in this thread. Raises PictureError."""
    photos: list[Photo[None]] = []
    pipeline = Pipeline(extractor, NothingKnown(), Serial(), mirrored)
    pipeline.run([item], _Single(photos))
    for reason in photos[0].dropped:
        say(reason)
    return photos[0]


@dataclass(frozen=True, slots=True)
class _Single:
    photos: list[Photo[None]]

    def write(self, photos: Sequence[Photo[None]]) -> None:
        self.photos.extend(photos)

    def fail(self, failed: Failed) -> None:
        raise failed.error


def _nothing() -> None:
    pass


def _read(
    results: Iterable[Detected | Failed], sink: Sink[K], advance: Callable[[], object]
) -> Iterator[Detected]:
    """Yield what could be read; the sink is told about the rest."""
    for one in results:
        if isinstance(one, Failed):
            sink.fail(one)
        else:
            yield one
        advance()


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    batch: list[T] = []
    for one in items:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
