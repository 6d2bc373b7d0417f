"""The file format of a backup: gzipped lines of JSON, then the SHA-256 of everything before.

Line 1 is the header. Then follow nodes `["n", key, labels, properties]` and relationships `["r",
key of start, [[type, key of end, properties], ...]]`, and the last line has counts and a digest of
the content. The SHA-256 is a gzip member of its own, so that `zcat` reads the whole file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import struct
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from graphface.db.values import to_json
from graphface.errors import Action, UsageError
from graphface.files import shown
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

VERSION = 1
LEVEL = 4
"""Of compression: embeddings hardly shrink at any, and names do at each."""

_BLOCK = 1 << 20
_SEAL = re.compile(rb"sha256 ([0-9a-f]{64})\n")
_SEAL_BYTES = 10 + 5 + 72 + 8
"""A gzip member of 72 bytes that are stored as they are."""

_COPY_AGAIN = "Copy it again from where it came from; nothing was written"


@dataclass(slots=True)
class Tally:
    """Counts of a graph's contents, and a digest that does not depend on their order."""

    nodes: int = 0
    relationships: int = 0
    total: int = 0

    def node(self, labels: list[str], properties: dict[str, Any]) -> None:
        self.nodes += 1
        self._add(["n", sorted(labels), properties])

    def relationship(self, type: str, start: Any, end: Any, properties: dict[str, Any]) -> None:
        """Add a relationship; `start` and `end` identify its nodes by labels, and id or number."""
        self.relationships += 1
        self._add(["r", type, start, end, properties])

    def as_json(self) -> dict[str, Any]:
        return {
            "nodes": self.nodes,
            "relationships": self.relationships,
            "digest": f"{self.total:064x}",
        }

    def _add(self, one: Any) -> None:
        # Add the hashes, since a sum does not depend on the order in which things are read.
        text = json.dumps(one, sort_keys=True, separators=(",", ":"))
        self.total += int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
        self.total %= 1 << 256


def plain(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: to_json(value) for name, value in properties.items()}


class Writer:
    """Writes lines to an open file, and seals it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._gzip = zlib.compressobj(LEVEL, wbits=31)

    def line(self, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._put(self._gzip.compress(text.encode()))

    def seal(self) -> None:
        self._put(self._gzip.flush())
        self._file.write(_sealed(self._hash.hexdigest()))

    def _put(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)


def check(path: Path) -> dict[str, Any]:
    """Read the whole file and return its header. Raises UsageError if it is damaged."""
    if not path.is_file():
        what = "this is no file" if path.exists() else "no such file"
        raise UsageError(
            f"{shown(path)}: {what}", "Check the path", code="backup-invalid", path=path, what=what
        )
    size = path.stat().st_size - _SEAL_BYTES
    digest = hashlib.sha256()
    with path.open("rb") as file, task("checking", total=max(size, 0), unit="B") as bar:
        _check_kind(path, file.read(2))
        file.seek(0)
        left = size
        while left > 0 and (block := file.read(min(_BLOCK, left))):
            digest.update(block)
            left -= len(block)
            bar.advance(len(block))
        if file.read() != _sealed(digest.hexdigest()):
            raise UsageError(
                f"{shown(path)}: this backup is cut off or was changed",
                _COPY_AGAIN,
                code="backup-invalid",
                path=path,
            )
    return _header(path)


def lines(path: Path, reading: Callable[[int], None] | None = None) -> Iterator[Any]:
    """Yield every line after the header, as JSON; `reading` receives the number of bytes read."""
    with path.open("rb") as raw, gzip.open(raw) as file:
        file.readline()
        at = 0
        for text in file:
            if reading and raw.tell() != at:
                reading(raw.tell() - at)
                at = raw.tell()
            if not _SEAL.fullmatch(text):
                yield json.loads(text)


def _check_kind(path: Path, start: bytes) -> None:
    if start != b"\x1f\x8b":
        raise UsageError(
            f"{shown(path)}: this is no backup",
            "Make one",
            code="backup-invalid",
            action=Action("backup", missing=("file",)),
        )


def _header(path: Path) -> dict[str, Any]:
    with gzip.open(path) as file:
        try:
            header = json.loads(file.readline())
        except ValueError:
            header = None
    if not isinstance(header, dict) or "graphfaceBackup" not in header:
        raise UsageError(
            f"{shown(path)}: this is no backup",
            "Make one",
            code="backup-invalid",
            action=Action("backup", missing=("file",)),
        )
    if header["graphfaceBackup"] != VERSION:
        raise UsageError(
            f"{shown(path)}: a backup of form {header['graphfaceBackup']}, and this graphface "
            f"reads form {VERSION}",
            "Use the graphface that wrote it, or a newer one",
            code="backup-unknown-form",
            path=path,
            version=VERSION,
        )
    return header


def _sealed(digest: str) -> bytes:
    """A gzip member (RFC 1952) with one stored block: the same bytes on every system."""
    text = f"sha256 {digest}\n".encode()
    head = b"\x1f\x8b\x08\x00\0\0\0\0\x00\xff" + b"\x01"
    sizes = struct.pack("<HH", len(text), len(text) ^ 0xFFFF)
    return head + sizes + text + struct.pack("<II", zlib.crc32(text), len(text))
