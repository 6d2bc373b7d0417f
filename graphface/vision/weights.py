"""Weights of models: where they are, whether they are available, and how to fetch them."""

from __future__ import annotations

import bz2
import hashlib
import importlib.util
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from graphface.errors import ModelError, WeightsMissing
from graphface.files import atomic_write
from graphface.settings import settings
from graphface.transfer import keep, whole_download

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

REACH_SECONDS = 3.0
"""The longest a look whether weights can be fetched takes."""

UNREACHABLE_SECONDS = 600.0
"""So long an address that did not answer is not asked again."""


class WeightsSource(Protocol):
    """The source of an entry's weights.

    The kinds: `Download` (a file with addresses), `DeepFaceFile` (the same, with DeepFace's
    addresses), `PackageFile` (a file inside a package of the Python index), `ClientFiles`
    (DeepFace's client fetches them itself) and, beside its encoder, `DlibNetwork` (made from a file
    that a package ships). A module may define a kind of its own.
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
        return unreachable(self._key)

    def obtain(self) -> Path:
        """The file, fetched if missing. Raises WeightsMissing within seconds."""
        if not self.present:
            if not self.reachable():
                raise self.missing("their address cannot be reached")
            self.fetch()
        return self.path

    def reachable(self) -> bool:
        """Whether an address answers within REACH_SECONDS; a "no" is remembered."""
        return within_reach(self._key, lambda: _answers(self.urls)) or False

    def fetch(self) -> Path:
        """Download the file, whole or not at all, with progress.

        Raises WeightsMissing if no address delivers it.
        """
        reason = "no address is known"
        with one_at_a_time(self.path) as part:
            for url in () if self.present else self.urls:
                try:
                    self._fetch(url, part)
                except (OSError, ValueError) as error:
                    reason = f"{url} failed: {str(error).splitlines()[0]}"
                else:
                    forget_unreachable(self._key)
                    break
        if not self.present:
            raise self.missing(reason)
        return self.path

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

    def _fetch(self, url: str, part: Path) -> None:
        """Fetch from one address. Raises OSError or ValueError."""
        import httpx

        # A part belongs to one address, since another may have another file.
        part = part.with_name(f"{part.name}-{digest_of(url)}")
        packed = url.endswith(".bz2")
        with (
            httpx.Client(follow_redirects=True, timeout=30) as client,
            whole_download(
                client, url, part, f"fetching {self.path.name}",
                checked=bool(self.sha256) and not packed,
            ) as file,
        ):  # fmt: skip
            with file.open("rb") as opened:
                if opened.read(1) == b"<":
                    raise ValueError("a web page came instead of the file")
            with bz2.open(file) if packed else file.open("rb") as opened:
                keep(opened, self.path, sha256=self.sha256)

    @property
    def _key(self) -> str:
        """What is remembered about these addresses is remembered under this name."""
        return digest_of(*self.urls)


@contextmanager
def one_at_a_time(target: Path) -> Iterator[Path]:
    """Let one process at a time fetch or make `target`; gives a path for what is half done."""
    from filelock import FileLock

    part = models_cache() / f"{target.name}-{digest_of(str(target))}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(part.with_suffix(".lock")):
        yield part


def models_cache() -> Path:
    """The folder of what is fetched or made for models and is kept by graphface."""
    return settings().cache / "models"


def digest_of(*texts: str) -> str:
    """A short name for these texts."""
    return hashlib.sha256(" ".join(texts).encode()).hexdigest()[:16]


def unreachable(key: str) -> bool:
    """Whether what `key` names did not answer a short while ago."""
    note = _note(key)
    return note.exists() and time.time() - note.stat().st_mtime < UNREACHABLE_SECONDS


def note_unreachable(key: str) -> None:
    """Remember that what `key` names did not answer."""
    atomic_write(_note(key), b"")


def forget_unreachable(key: str) -> None:
    """Ask again: what `key` names has answered."""
    _note(key).unlink(missing_ok=True)


def within_reach(key: str, ask: Callable[[], T | None]) -> T | None:
    """What `ask` returns within REACH_SECONDS, else None; a None is remembered under `key`."""
    if unreachable(key):
        return None
    answers: list[T | None] = []
    # A name lookup can hang beyond any timeout, so it runs in a thread of its own.
    asking = threading.Thread(target=lambda: answers.append(ask()), daemon=True)
    asking.start()
    asking.join(REACH_SECONDS)
    answer = answers[0] if answers else None
    if not answer:
        note_unreachable(key)
        return None
    return answer


def _note(key: str) -> Path:
    """A file whose age tells when something was last unreachable."""
    return models_cache() / f"unreachable-{key}"


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
