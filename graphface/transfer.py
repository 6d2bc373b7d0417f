"""Downloads that go on where they stopped, and land whole or not at all.

    with whole_download(client, url, part, "fetching x.onnx") as file:
        with file.open("rb") as opened:
            keep(opened, target, sha256=known)

The bytes go to a part file. If the connection breaks, the part stays, and the next call asks the
server for the rest (RFC 9110, section 14: range requests).
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from graphface.files import atomic_file
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import httpx


def resume(
    client: httpx.Client,
    url: str,
    part: Path,
    counted: Callable[[int], None],
    *,
    checked: bool,
    expected: Callable[[int], None] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> bool:
    """Bring `part` to the whole file at `url`, going on from the bytes that it holds.

    `checked` says that the caller compares the whole with a known hash. Otherwise the part is
    continued only if the server confirms that its file is still the same (If-Range). `counted`
    gets the number of bytes as they arrive, those of the part first, and minus their sum if the
    connection breaks; `expected` gets the length of the whole, if the server tells it. Returns
    False when told to stop. Raises httpx.HTTPError.
    """
    there, tag = _size(part), part.with_name(part.name + ".tag")
    headers = {"Accept-Encoding": "identity"}
    if there and (checked or tag.is_file()):
        headers["Range"] = f"bytes={there}-"
    if there and tag.is_file():
        headers["If-Range"] = tag.read_text("utf-8")
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code != 416:
            answer.raise_for_status()
            if answer.status_code != 206:
                discard(part)
                if not checked:
                    _remember(answer, tag)
            return _receive(answer, part, there, counted, expected, stopped)
    discard(part)  # the server has no such range: the part is not from this file
    return resume(client, url, part, counted, checked=checked, expected=expected, stopped=stopped)


@contextmanager
def whole_download(
    client: httpx.Client, url: str, part: Path, title: str, *, checked: bool
) -> Iterator[Path]:
    """Download `url` to `part` with progress, and delete the part after the block.

    A connection that breaks is taken up again as long as each try gets further. The part of a
    download that breaks off for good stays. `checked` is that of `resume`. Raises OSError.
    """
    import httpx

    part.parent.mkdir(parents=True, exist_ok=True)
    with task(title, unit="B") as bar:
        while True:
            before = _size(part)
            try:
                resume(client, url, part, bar.advance, checked=checked, expected=bar.update)
                break
            except httpx.HTTPStatusError as error:
                answer = error.response
                raise OSError(f"{answer.status_code} {answer.reason_phrase}") from error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                if _size(part) <= before:
                    raise OSError(str(error) or type(error).__name__) from error
    try:
        yield part
    finally:
        discard(part)


def keep(source: IO[bytes], target: Path, *, sha256: str = "", size: int | None = None) -> None:
    """Copy `source` to `target`, whole or not at all.

    Raises ValueError if it has another SHA-256 or more bytes than `size`.
    """
    digest, length = hashlib.sha256(), 0
    with atomic_file(target) as file:
        while block := source.read(1 << 20):
            length += len(block)
            if size is not None and length > size:
                raise ValueError(f"another file came: it is longer than {size} bytes")
            digest.update(block)
            file.write(block)
        if sha256 and digest.hexdigest() != sha256:
            raise ValueError("another file came: its SHA-256 is not the one that is known")


def discard(part: Path) -> None:
    """Delete a part file and what was noted about it."""
    part.unlink(missing_ok=True)
    part.with_name(part.name + ".tag").unlink(missing_ok=True)


def without_secrets(url: str) -> str:
    """The address without any user name and password."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _receive(
    answer: httpx.Response,
    part: Path,
    there: int,
    counted: Callable[[int], None],
    expected: Callable[[int], None] | None,
    stopped: Callable[[], bool],
) -> bool:
    import httpx

    going_on, start = answer.status_code == 206, f"bytes {there}-"
    if going_on and not answer.headers.get("content-range", start).startswith(start):
        discard(part)
        raise httpx.RemoteProtocolError("the server sent another range than it was asked for")
    with part.open("ab" if going_on else "wb") as file:
        counted(file.tell())
        if expected and (length := answer.headers.get("content-length", "")).isdecimal():
            expected(file.tell() + int(length))
        try:
            for chunk in answer.iter_raw():
                if stopped():
                    return False
                file.write(chunk)
                counted(len(chunk))
        except httpx.HTTPError:
            counted(-file.tell())  # the next try counts the existing part again
            raise
    return True


def _remember(answer: httpx.Response, tag: Path) -> None:
    """Note what tells this file from a later one at the same address (RFC 9110, section 13.1.5)."""
    validator = answer.headers.get("etag", "")
    if not validator or validator.startswith("W/"):
        validator = answer.headers.get("last-modified", "")
    if validator:
        tag.write_text(validator, "utf-8")


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
