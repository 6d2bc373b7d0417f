"""The file in which embeddings made for a search are kept: SQLite, for one way to make them.

Processes may share it. What is damaged is thrown away and made again: everything in it can be.
"""

from __future__ import annotations

import os
import zlib
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from graphface.errors import GraphfaceError
from graphface.files import path_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    T = TypeVar("T")

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
    """Use it as a context manager, from one thread. Raises GraphfaceError when the disk refuses."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __enter__(self) -> Store:
        self._connection = self._guarded(lambda: _connect(self.file), open_=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def unchanged(self, paths: Sequence[Path]) -> dict[Path, Packed]:
        """What is kept of the files that have the size and the time they had."""
        by_text = {path_text(path): path for path in paths}
        question = (
            "SELECT path, files.size, modified, photo, faces, digest "
            "FROM files JOIN photos USING (photo) WHERE path IN"
        )
        found = {}
        for text, size, modified, *entry in self._all(question, list(by_text)):
            if _size_and_time(by_text[text]) == (size, modified) and (packed := _whole(*entry)):
                found[by_text[text]] = packed
        return found

    def photos(self, photos: Sequence[str]) -> dict[str, Packed]:
        """What is kept of the pictures with these ids."""
        rows = self._all("SELECT photo, faces, digest FROM photos WHERE photo IN", list(photos))
        return {photo: packed for photo, *entry in rows if (packed := _whole(photo, *entry))}

    def held(self) -> dict[str, int]:
        """The size in bytes of every picture that is kept, by its id."""
        rows = self._guarded(
            lambda: self._connection.execute("SELECT photo, size FROM photos").fetchall()
        )
        return dict(rows)

    def keep(
        self,
        photos: Iterable[tuple[str, int, bytes]],
        files: Iterable[tuple[Path, int, int, str]],
    ) -> None:
        """Store pictures (id, size, faces) and files (path, size, time, id): all, or nothing."""
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
        """Do it; where the file is damaged, throw it away and do it on an empty one."""
        import sqlite3

        try:
            return work()
        except (
            sqlite3.OperationalError,
            OSError,
        ) as error:  # the disk, its rights, other processes
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
    """Delete these pictures from a store, overwritten; returns the ids that were there.

    A damaged store is deleted whole: nobody can say what is in it.
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
    """The store, made if it is not there, for nobody but this user to read."""
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


def _size_and_time(path: Path) -> tuple[int, int] | None:
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_size, now.st_mtime_ns


def _whole(photo: str, faces: Any, digest: Any) -> Packed | None:
    """An entry whose bytes are those that were written."""
    whole = isinstance(faces, bytes) and zlib.crc32(faces) == digest
    return Packed(photo, faces) if whole else None
