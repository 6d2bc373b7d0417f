"""Paths as text, files that are whole or not there at all, names that every system takes."""

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

# What Windows and network disks refuse in names, and what they take for devices.
_REFUSED = re.compile(r'[/\\:*?"<>|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")
_TO_ESCAPE = re.compile(r"\\(?=x[0-9a-f]{2})|[\udc80-\udcff]")


def shown(path: Path) -> str:
    """A path as one line of printable UTF-8, for messages."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return printable(text)


def path_text(path: Path) -> str:
    r"""A path as valid UTF-8 text that a database can hold; `path_from_text` gives it back.

    Nearly every path is its own text. Bytes that are no UTF-8 become \xNN, and so does the
    backslash of a name that really holds such a sequence: no two paths share a text.
    """
    text = os.fsencode(path).decode("utf-8", "surrogateescape")
    return _TO_ESCAPE.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", text)


def path_from_text(text: str) -> Path:
    """The path that `path_text` wrote down, exactly."""
    parts = _ESCAPED.split(text)
    pieces = (
        bytes.fromhex(part) if index % 2 else part.encode() for index, part in enumerate(parts)
    )
    return Path(os.fsdecode(b"".join(pieces)))


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def atomic_write(target: Path, data: bytes) -> None:
    """Write `target` so that other processes see all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=target.name + ".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def whole_file(path: Path, *, overwrite: bool = False, mode: int = 0o666) -> Iterator[IO[bytes]]:
    """A file that appears under its name, on the disk for good, when the block ends well.

    Until then it is `NAME.part`; after an error nothing is left. `mode` is what the umask allows
    of it. Raises UsageError when `path` is there already and is not to be overwritten.
    """
    if not overwrite and os.path.lexists(path):
        raise UsageError(
            f"{shown(path)} is there already",
            "Choose another name, or move it away",
            code="file-exists",
            path=path,
        )
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)  # what a killed run left, with whatever rights
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
    """`text` as the name of one file or folder on any system; it cannot lead elsewhere."""
    clean = unicodedata.normalize("NFC", text)
    clean = _REFUSED.sub("_", visible(clean, "_"))
    clean = _shortened(clean.strip().rstrip(". "))
    if clean.startswith("."):
        clean = "_" + clean[1:]
    return f"_{clean}" if not clean or _DEVICES.fullmatch(clean) else clean


def numbered(name: str, number: int) -> str:
    """The name that a second, third ... file of that name gets: IMG (2).jpg."""
    stem, dot, suffix = name.rpartition(".")
    if number == 1:
        return name
    return f"{stem} ({number}){dot}{suffix}" if stem else f"{name} ({number})"


def _shortened(text: str) -> str:
    return text.encode()[:LONGEST].decode("utf-8", "ignore").rstrip(". ")


def _sync_folder(folder: Path) -> None:
    """The new name outlives a power cut too, where systems let a folder be synced."""
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
