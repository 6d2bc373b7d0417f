"""Many picture files: read side by side, handed out in order, embedded by the batch."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING, Protocol, TypeVar

from graphface.errors import PictureError
from graphface.ingest.library import Problem
from graphface.progress import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from graphface.records import Face, Picture
    from graphface.vision.extractor import Extractor, FoundFace

T = TypeVar("T")


class Detected(Protocol):
    """A file whose faces were found."""

    @property
    def path(self) -> Path: ...
    @property
    def picture(self) -> Picture | None: ...
    @property
    def found(self) -> list[FoundFace]: ...


def in_order(
    paths: Iterable[Path],
    look: Callable[[Path], T],
    workers: int | None,
    problems: list[Problem],
    advance: Callable[[], None],
) -> Iterator[T]:
    """`look` at each file in `workers` threads (one a core by default), in the order of `paths`.

    A file of which `look` raises PictureError, or that is too large for the memory, is left out
    and named in `problems`. `advance` is called once a file.
    """
    count = workers or os.cpu_count() or 1
    waiting: deque[tuple[Path, Future[T]]] = deque()
    pool = Pool(count, thread_name_prefix="photos")
    try:
        for path in paths:
            waiting.append((path, pool.submit(look, path)))
            # Decoded pictures are large: only a few wait for their turn.
            if len(waiting) >= 4 * count:
                yield from _result(*waiting.popleft(), problems, advance)
        while waiting:
            yield from _result(*waiting.popleft(), problems, advance)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _result(
    path: Path, future: Future[T], problems: list[Problem], advance: Callable[[], None]
) -> Iterator[T]:
    try:
        yield future.result()
    except PictureError as error:
        problems.append(Problem(path, str(error)))
    except MemoryError:
        problems.append(Problem(path, f"{path}: too large for this machine's memory"))
    advance()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` items each, the last one of what is left."""
    batch: list[T] = []
    for one in items:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def embed(
    seen: Sequence[Detected], extractor: Extractor, problems: list[Problem]
) -> list[list[Face]]:
    """The faces of each picture; all of them go through the network together.

    Faces whose embedding cannot be used are left out and named in `problems`.
    """
    vectors = extractor.embed([found.chip for one in seen for found in one.found])
    faces, start = [], 0
    for one in seen:
        assert one.picture is not None
        end = start + len(one.found)
        kept, dropped = extractor.faces(one.picture, one.found, vectors[start:end])
        problems += [Problem(one.path, reason) for reason in dropped]
        faces.append(kept)
        start = end
    return faces
