"""Paths as text, files written whole or not at all, and names that are valid on every system."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from graphface.errors import UsageError
from graphface.text import printable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 150
"""Bytes of a folder's name: file systems take 255, and a number may follow."""

# Characters that Windows and network disks refuse in names, and names they take for devices.
_REFUSED = re.compile(r'[/\\:*?"<>|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")
_TO_ESCAPE = re.compile(r"\\(?=x[0-9a-f]{2})|[\udc80-\udcff]")


def shown(path: Path) -> str:
    """A path as one line of printable UTF-8, for messages."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return printable(text)


def path_text(path: Path) -> str:
    r"""A path as valid UTF-8 text for a database; `path_from_text` restores it.

    Nearly every path is its own text. Bytes that are not UTF-8 become \xNN, and so does the
    backslash of a name that really contains such a sequence, so no two paths share a text.
    """
    text = os.fsencode(path).decode("utf-8", "surrogateescape")
    return _TO_ESCAPE.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", text)


def path_from_text(text: str) -> Path:
    """Restore exactly the path that `path_text` converted."""
    parts = _ESCAPED.split(text)
    pieces = (
        bytes.fromhex(part) if index % 2 else part.encode() for index, part in enumerate(parts)
    )
    return Path(os.fsdecode(b"".join(pieces)))


def size_and_time(path: Path) -> tuple[int, int] | None:
    """Size in bytes and time of modification in nanoseconds; None for a file that is not there."""
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_size, now.st_mtime_ns


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def atomic_write(target: Path, data: bytes) -> None:
    """Write `target` so that other processes see either all of it or nothing."""
    with atomic_file(target) as file:
        file.write(data)


@contextmanager
def atomic_file(target: Path) -> Iterator[IO[bytes]]:
    """A file that appears as `target`, in the place of an older one, when the block succeeds."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name + ".")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def whole_file(path: Path, *, overwrite: bool = False, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A file that appears under its name, safely on disk, when the block succeeds.

    Until then it is `NAME.part`; after an error nothing is left. `mode` is limited by the umask.
    Raises UsageError if `path` exists and may not be overwritten.
    """
    if not overwrite and os.path.lexists(path):
        raise UsageError(
            f"{shown(path)} is there already",
            "Choose another name, or move it away",
            code="file-exists",
            path=path,
        )
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)  # left by a killed run, with any permissions
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def safe_name(text: str) -> str:
    """`text` as the name of a file or folder on any system, which cannot lead elsewhere."""
    clean = unicodedata.normalize("NFC", text)
    clean = _REFUSED.sub("_", visible(clean, "_"))
    clean = _shortened(clean.strip().rstrip(". "))
    if clean.startswith("."):
        clean = "_" + clean[1:]
    return f"_{clean}" if not clean or _DEVICES.fullmatch(clean) else clean


def numbered(name: str, number: int) -> str:
    """The name of a second, third ... file of the same name: IMG (2).jpg."""
    stem, dot, suffix = name.rpartition(".")
    if number == 1:
        return name
    return f"{stem} ({number}){dot}{suffix}" if stem else f"{name} ({number})"


def _shortened(text: str) -> str:
    return text.encode()[:LONGEST].decode("utf-8", "ignore").rstrip(". ")


def _sync_folder(folder: Path) -> None:
    """Sync a folder where the system allows it, so that the new name survives a power cut."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        pass
    finally:
        os.close(handle)
