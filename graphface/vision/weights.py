"""Weights of models: where they are, whether they are available, and how to fetch them."""

from __future__ import annotations

import bz2
import hashlib
import importlib.util
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from graphface.errors import ModelError, WeightsMissing
from graphface.files import atomic_write
from graphface.progress import task
from graphface.settings import settings

REACH_SECONDS = 3.0
"""The longest a look whether weights can be fetched takes."""

UNREACHABLE_SECONDS = 600.0
"""So long an address that did not answer is not asked again."""


class WeightsSource(Protocol):
    """The source of an entry's weights.

    The kinds: `Download` (a file with addresses), `DeepFaceFile` (the same, with DeepFace's
    addresses), `ClientFiles` (DeepFace's client fetches them itself) and, beside its encoder,
    `DlibNetwork` (made from a file that a package ships). A module may define a kind of its own.
    """

    @property
    def path(self) -> Path:
        """The path of the file, present or not."""
        ...

    @property
    def present(self) -> bool:
        """Whether they can be used offline."""
        ...

    @property
    def built_in(self) -> bool:
        """Whether pip installed them."""
        ...

    @property
    def out_of_reach(self) -> bool:
        """Whether they are known, without network access, to be unavailable."""
        ...

    @property
    def size(self) -> int | None:
        """Approximate size in bytes; None if unknown."""
        ...

    def obtain(self) -> Path:
        """The file, fetched or made if missing. Raises WeightsMissing or ModelError."""
        ...


@dataclass(frozen=True, slots=True)
class Download:
    """One file of weights: its path and its addresses."""

    owner: str
    """The model or detector it belongs to."""
    path: Path
    urls: tuple[str, ...]
    size: int | None = None
    sha256: str = ""
    """The expected hash of the file; empty if unknown."""

    @property
    def present(self) -> bool:
        """Is the file here?"""
        return self.path.is_file()

    @property
    def built_in(self) -> bool:
        """It is fetched."""
        return False

    @property
    def out_of_reach(self) -> bool:
        """Did no address answer a short while ago?"""
        note = self._note()
        return note.exists() and time.time() - note.stat().st_mtime < UNREACHABLE_SECONDS

    def obtain(self) -> Path:
        """The file, fetched if missing. Raises WeightsMissing within seconds."""
        if not self.present:
            if not self.reachable():
                raise self.missing("their address cannot be reached")
            self.fetch()
        return self.path

    def reachable(self) -> bool:
        """Whether an address answers within REACH_SECONDS; a "no" is remembered."""
        if self.out_of_reach:
            return False
        answers: list[bool] = []
        # A name lookup can hang beyond any timeout, so it runs in a thread of its own.
        asking = threading.Thread(target=lambda: answers.append(_answers(self.urls)), daemon=True)
        asking.start()
        asking.join(REACH_SECONDS)
        if any(answers):
            return True
        atomic_write(self._note(), b"")
        return False

    def fetch(self) -> Path:
        """Download the file, whole or not at all, with progress.

        Raises WeightsMissing if no address delivers it.
        """
        reason = "no address is known"
        for url in self.urls:
            try:
                data = _download(url, f"fetching {self.path.name}")
                data = self._checked(bz2.decompress(data) if url.endswith(".bz2") else data)
            except (OSError, ValueError) as error:
                reason = f"{url} failed: {str(error).splitlines()[0]}"
                continue
            atomic_write(self.path, data)
            self._note().unlink(missing_ok=True)
            return self.path
        raise self.missing(reason)

    def missing(self, reason: str) -> WeightsMissing:
        """The error that says which file to put where."""
        address = self.urls[0] if self.urls else "its authors"
        return WeightsMissing(
            f"the weights of {self.owner} are not here and {reason}",
            f"Get {address} on a machine that reaches it and put it at {self.path}"
            + (" (unpacked)" if address.endswith(".bz2") else ""),
            owner=self.owner,
            reason=reason,
        )

    def _checked(self, data: bytes) -> bytes:
        if self.sha256 and hashlib.sha256(data).hexdigest() != self.sha256:
            raise ValueError("another file came: its SHA-256 is not the one that is known")
        return data

    def _note(self) -> Path:
        """A file whose age tells when the addresses were last unreachable."""
        key = hashlib.sha256(" ".join(self.urls).encode()).hexdigest()[:16]
        return settings().cache / "models" / f"unreachable-{key}"


def _download(url: str, title: str) -> bytes:
    import httpx

    parts = []
    try:
        with (
            httpx.stream("GET", url, follow_redirects=True, timeout=30) as answer,
            task(title, unit="B") as bar,
        ):
            answer.raise_for_status()
            if size := int(answer.headers.get("content-length", 0)):
                bar.update(size)
            for part in answer.iter_bytes(1 << 18):
                parts.append(part)
                bar.advance(len(part))
    except httpx.HTTPError as error:
        raise OSError(str(error) or type(error).__name__) from error
    data = b"".join(parts)
    if data[:1] == b"<":
        raise ValueError("a web page came instead of the file")
    return data


def _answers(urls: tuple[str, ...]) -> bool:
    import httpx

    for url in urls:
        try:
            if httpx.head(url, follow_redirects=True, timeout=2).status_code < 400:
                return True
        except httpx.HTTPError:
            continue
    return False


def packaged(name: str) -> Path:
    """The file `name` that the package face_recognition_models ships.

    The package is not imported, since it needs setuptools, which new Pythons lack. Raises
    ModelError if the package or the file is missing.
    """
    spec = importlib.util.find_spec("face_recognition_models")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "models" / name
        if path.is_file():
            return path
    raise ModelError(
        f"{name} is not installed",
        "pip install face_recognition_models",
        code="package-missing",
        name=name,
    )
