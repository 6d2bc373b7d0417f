"""Cache of the embeddings of pictures outside a graph, so that a second search decodes nothing.

The cache has one SQLite file for each way to make embeddings (model, alignment, detector), in its
folder `search/`. It identifies pictures by the SHA-256 of their bytes, and files by path, size and
time, as ingest does, so an unchanged file is not even opened. Faces are biometric data, so only
their owner may read the files, and deleted data are overwritten. Processes may share a file. A
damaged file is deleted and rebuilt.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from contextlib import closing
from dataclasses import astuple, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from graphface.errors import GraphfaceError
from graphface.files import path_text, size_and_time
from graphface.ingest.library import Problem
from graphface.ingest.pipeline import NO_HINT, Hint, Pipeline, executor_of
from graphface.progress import task
from graphface.records import Box, Face
from graphface.settings import settings
from graphface.vision.extractor import Extractor, face_id

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import TypeAlias

    from graphface.ingest.pipeline import Executor, Failed, Photo

    T = TypeVar("T")
    Faces: TypeAlias = tuple[Face, ...]

LAYOUT = 2
"""Counted up when what is stored changes."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A picture file and the faces in it, of every size, left to right."""

    path: Path
    photo: str
    """SHA-256 of the file's bytes, hexadecimal."""
    faces: tuple[Face, ...]


def embedded(
    paths: Sequence[Path], extractor: Extractor, *, workers: int | Executor | None = None
) -> tuple[list[Embedded], list[Problem]]:
    """The faces of each picture, from the cache or computed now, and why others have none.

    They include faces smaller than the extractor's `min_face`, since the cache serves every size.
    `workers` is a number of threads, or an executor. Raises GraphfaceError when the cache cannot be
    written.
    """
    every = every_size(extractor)
    with Store(_store_of(every)) as store:
        known = {
            path: Embedded(path, packed.photo, faces)
            for path, packed in store.unchanged(paths).items()
            if (faces := _unpacked(packed, every)) is not None
        }
        todo = [path for path in dict.fromkeys(paths) if path not in known]
        cache = _Cache(store, every, known)
        if todo:
            cache.read_held()
        pipeline = Pipeline(every, cache, executor_of(workers))
        with task("looking at pictures", total=len(todo), unit="pictures") as bar:
            pipeline.run(todo, cache, bar.advance)
    return [one for path in paths if (one := cache.found.get(path))], cache.problems


def every_size(extractor: Extractor) -> Extractor:
    """The same extractor, but for faces of every size."""
    if extractor.min_face == 1:
        return extractor
    kept = (extractor.model, extractor.spec, extractor.detector)
    return Extractor(*kept, 1, (), extractor.upright)


@dataclass(slots=True)
class _Cache:
    """The pipeline's view of the cache: what it knows, and the sink for new results."""

    store: Store
    extractor: Extractor
    found: dict[Path, Embedded]
    problems: list[Problem] = field(default_factory=list)
    _by_size: dict[int, list[str]] = field(default_factory=dict)

    def read_held(self) -> None:
        """Read which pictures are cached, so that copies of them are not decoded."""
        for photo, size in self.store.held().items():
            self._by_size.setdefault(size, []).append(photo)

    def hint(self, path: Path) -> Hint:
        now = size_and_time(path)
        if now is None:
            return NO_HINT  # the attempt to read it will report the problem
        return Hint(self._by_size.get(now[0], ()), now[0])

    def recall(self, photos: Sequence[str]) -> dict[str, Faces]:
        kept = self.store.photos(photos).items()
        return {
            photo: faces
            for photo, packed in kept
            if (faces := _unpacked(packed, self.extractor)) is not None
        }

    def write(self, photos: Sequence[Photo[Faces]]) -> None:
        new = [photo for photo in photos if photo.picture]
        self.store.keep(
            [(photo.id, photo.size, _packed(photo.faces, self.extractor)) for photo in new],
            [(photo.path, photo.size, photo.modified, photo.id) for photo in photos],
        )
        for photo in photos:
            faces = photo.faces if photo.known is None else photo.known
            self.found[photo.path] = Embedded(photo.path, photo.id, faces)
            self.problems += [Problem(photo.path, reason) for reason in photo.dropped]

    def fail(self, failed: Failed) -> None:
        self.problems.append(Problem(failed.path, str(failed.error)))


def forget_cached(photos: Iterable[str]) -> int:
    """Delete the pictures with these ids (SHA-256) from the cache; returns how many there were."""
    wanted, gone = sorted(set(photos)), set()
    for file in sorted(_folder().glob("*.sqlite")):
        gone |= forget_in(file, wanted)
    return len(gone)


def _folder() -> Path:
    return settings().cache / "search"


def _store_of(extractor: Extractor) -> Path:
    """The store of an extractor; each model, crop, detector and lowest score has its own file."""
    space = extractor.space()
    score = getattr(extractor.detector, "min_confidence", None)
    made = (
        LAYOUT, space.model, space.alignment, space.dimensions, space.detector, score,
        extractor.upright,
    )  # fmt: skip
    digest = hashlib.sha256(repr((*made, _options(space.file))).encode()).hexdigest()
    safe = "".join(c if c.isalnum() else "-" for c in f"{space.model}-{space.detector}")
    return _folder() / f"{safe}-{digest[:16]}.sqlite"


def _options(model: str | None) -> bytes:
    """The options beside a user's own model, which change its pixels but not its name."""
    options = Path(model).with_suffix(".json") if model else None
    return options.read_bytes() if options and options.is_file() else b""


def _layout(extractor: Extractor) -> np.dtype[np.void]:
    vector = ("embedding", "<f4", (extractor.spec.dimensions,))
    return np.dtype([("box", "<i4", (5,)), ("confidence", "<f4"), ("quality", "<f4"), vector])


def _packed(faces: Sequence[Face], extractor: Extractor) -> bytes:
    rows = [(astuple(f.box), f.confidence, f.quality, f.embedding) for f in faces]
    return np.array(rows, _layout(extractor)).tobytes()


def _unpacked(packed: Packed, extractor: Extractor) -> Faces | None:
    """The faces of an entry; None for one of the wrong length."""
    layout = _layout(extractor)
    if len(packed.faces) % layout.itemsize:
        return None
    faces = []
    for row in np.frombuffer(packed.faces, layout):
        box = Box(*map(int, row["box"]))
        faces.append(
            Face(face_id(packed.photo, box), box, float(row["confidence"]), float(row["quality"]),
                 row["embedding"])
        )  # fmt: skip
    return tuple(faces)


WAIT = 30.0
"""Seconds to wait for another process that writes."""

AT_ONCE = 500
"""Names in one question; SQLite takes 999 at least."""

# secure_delete: what is deleted is overwritten, not only unlinked from its table.
_SETUP = """
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS photos
  (photo TEXT PRIMARY KEY, size INTEGER, faces BLOB, digest INTEGER);
CREATE TABLE IF NOT EXISTS files
  (path TEXT PRIMARY KEY, size INTEGER, modified INTEGER, photo TEXT);
CREATE INDEX IF NOT EXISTS files_of_photo ON files (photo);
"""


class Packed(NamedTuple):
    """A picture's faces as bytes."""

    photo: str
    faces: bytes


class Store:
    """One SQLite file. Use it as a context manager, from one thread.

    Raises GraphfaceError when the disk refuses.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def __enter__(self) -> Store:
        self._connection = self._guarded(lambda: _connect(self.file), open_=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def unchanged(self, paths: Sequence[Path]) -> dict[Path, Packed]:
        """The cached faces of files whose size and time have not changed."""
        by_text = {path_text(path): path for path in paths}
        question = (
            "SELECT path, files.size, modified, photo, faces, digest "
            "FROM files JOIN photos USING (photo) WHERE path IN"
        )
        found = {}
        for text, size, modified, *entry in self._all(question, list(by_text)):
            if size_and_time(by_text[text]) == (size, modified) and (packed := _whole(*entry)):
                found[by_text[text]] = packed
        return found

    def photos(self, photos: Sequence[str]) -> dict[str, Packed]:
        """The cached faces of the pictures with these ids."""
        rows = self._all("SELECT photo, faces, digest FROM photos WHERE photo IN", list(photos))
        return {photo: packed for photo, *entry in rows if (packed := _whole(photo, *entry))}

    def held(self) -> dict[str, int]:
        """The size in bytes of every cached picture, by its id."""
        rows = self._guarded(
            lambda: self._connection.execute("SELECT photo, size FROM photos").fetchall()
        )
        return dict(rows)

    def keep(
        self,
        photos: Iterable[tuple[str, int, bytes]],
        files: Iterable[tuple[Path, int, int, str]],
    ) -> None:
        """Store pictures (id, size, faces) and files (path, size, time, id), all or none."""
        entries = [(photo, size, faces, zlib.crc32(faces)) for photo, size, faces in photos]
        places = [(path_text(path), *facts) for path, *facts in files]

        def work() -> None:
            with self._connection as transaction:
                transaction.executemany("REPLACE INTO photos VALUES (?, ?, ?, ?)", entries)
                transaction.executemany("REPLACE INTO files VALUES (?, ?, ?, ?)", places)

        self._guarded(work)

    def _all(self, question: str, names: list[str]) -> Iterator[Any]:
        for start in range(0, len(names), AT_ONCE):
            yield from self._guarded(partial(self._ask, question, names[start : start + AT_ONCE]))

    def _ask(self, question: str, names: list[str]) -> list[Any]:
        places = ", ".join("?" * len(names))
        return self._connection.execute(f"{question} ({places})", names).fetchall()

    def _guarded(self, work: Callable[[], T], *, open_: bool = True) -> T:
        """Run the call; if the file is damaged, delete it and run the call on an empty one."""
        import sqlite3

        try:
            return work()
        except (
            sqlite3.OperationalError,
            OSError,
        ) as error:  # a full disk, missing rights, another process
            raise _refused(self.file, error) from error
        except sqlite3.DatabaseError:
            if open_:
                self._connection.close()
            _throw_away(self.file)
            if open_:
                self._connection = _connect(self.file)
            return work()


def _refused(file: Path, error: Exception) -> GraphfaceError:
    reason = getattr(error, "strerror", None) or error
    return GraphfaceError(
        f"{file}: embeddings cannot be kept there ({reason})",
        "Make room or set GRAPHFACE_CACHE to a folder you may write to",
        code="cache-unwritable",
        file=file,
        reason=reason,
    )


def forget_in(file: Path, photos: Sequence[str]) -> set[str]:
    """Delete these pictures from a store and overwrite them; returns the ids found.

    A damaged store is deleted completely, since its contents are unknown.
    """
    import sqlite3

    gone: set[str] = set()
    try:
        with closing(_connect(file)) as connection, connection as transaction:
            for photo in photos:
                if transaction.execute("DELETE FROM photos WHERE photo = ?", [photo]).rowcount:
                    gone.add(photo)
                transaction.execute("DELETE FROM files WHERE photo = ?", [photo])
    except sqlite3.OperationalError as error:
        raise _refused(file, error) from error
    except sqlite3.DatabaseError:
        _throw_away(file)
    return gone


def _throw_away(file: Path) -> None:
    for part in (file, file.with_name(f"{file.name}-journal")):
        part.unlink(missing_ok=True)


def _connect(file: Path) -> sqlite3.Connection:
    """Open the store, and create it if missing; only this user can read it."""
    import sqlite3

    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(file, timeout=WAIT)
    try:
        connection.executescript(_SETUP)
    except BaseException:
        connection.close()
        raise
    return connection


def _whole(photo: str, faces: Any, digest: Any) -> Packed | None:
    """Whether the bytes of an entry are those that were written."""
    whole = isinstance(faces, bytes) and zlib.crc32(faces) == digest
    return Packed(photo, faces) if whole else None
