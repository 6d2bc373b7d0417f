"""The jars of the embedded Neo4j: which they are (`jars.lock`), and fetching them, all or none.

A jar is written under a temporary name, checked against its SHA-256 and only then renamed, so a
jar that is there is whole; a fetch that was stopped goes on where it ended, inside a jar too.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graphface.errors import ServerError
from graphface.progress import Task, task
from graphface.server.repositories import repositories, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import httpx

LOCK = Path(__file__).with_name("jars.lock")
AT_ONCE = 16
CHUNK = 1 << 16
SPARE = 50_000_000
"""Bytes that must stay free on the disk beside the jars."""

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NETWORK_HINT = (
    "The same command goes on where it stopped. Behind a proxy set HTTPS_PROXY; with a mirror of "
    "your own name it in ~/.m2/settings.xml (mirrorOf central)"
)

Folder = Literal["lib", "plugins"]


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar. `folder` is `lib` (the server) or `plugins` (Graph Data Science)."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    size: int
    folder: Folder

    @property
    def name(self) -> str:
        ending = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{ending}.jar"

    @property
    def address(self) -> str:
        """Where it lies below a repository's address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"

    def path(self, folder: Path) -> Path:
        return folder / self.folder / self.name

    def line(self) -> str:
        """As it stands in the lock file; `parse` reads it back."""
        coordinate = ":".join(filter(None, (self.group, self.artifact, self.version,
                                            self.classifier)))
        return f"{coordinate} {self.sha256} {self.size} {self.folder}"

    @classmethod
    def parse(cls, line: str) -> Jar:
        """`group:artifact:version[:classifier] sha256 size folder`; ValueError if it is not."""
        coordinate, sha256, size, folder = line.split()
        group, artifact, version, *classifier = coordinate.split(":")
        if len(classifier) > 1 or len(sha256) != 64 or int(sha256, 16) < 0 or int(size) <= 0:
            raise ValueError(line)
        if folder != "lib" and folder != "plugins":
            raise ValueError(line)
        return cls(group, artifact, version, "".join(classifier), sha256, int(size), folder)


def read_lock(path: Path = LOCK) -> tuple[Jar, ...]:
    """The locked jars, in the order of the class path."""
    jars = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                jars.append(Jar.parse(line))
            except ValueError:
                raise ServerError(f"{path}, line {number}: not a locked jar",
                                  "Install graphface again") from None
    return tuple(jars)


def version_of(jars: Iterable[Jar], group: str, artifact: str) -> str:
    return next(jar.version for jar in jars if (jar.group, jar.artifact) == (group, artifact))


def neo4j_version(jars: Iterable[Jar]) -> str:
    return version_of(jars, "org.neo4j", "neo4j")


def jar_folder(cache: Path, jars: Sequence[Jar]) -> Path:
    """Where these jars lie. Both versions are in the name: the server loads every plugin it finds
    in a folder, so two versions of GDS must never share one."""
    gds = version_of(jars, "org.neo4j.gds", "proc")
    return cache / f"neo4j-{neo4j_version(jars)}-gds-{gds}"


def missing(folder: Path, jars: Iterable[Jar]) -> list[Jar]:
    """The jars that are not there or not of their size: quick (some 5 ms), done at every start."""
    return [jar for jar in jars if _size(jar.path(folder)) != jar.size]


def corrupted(folder: Path, jars: Iterable[Jar]) -> list[Jar]:
    """The jars whose contents are not what was locked: reads all of them (about a second)."""
    return [jar for jar in jars if _sha256(jar.path(folder)) != jar.sha256]


def remove_corrupted(folder: Path, jars: Iterable[Jar]) -> int:
    """Delete what `corrupted` finds, so that the next `fetch` gets it again; how many."""
    bad = corrupted(folder, jars)
    for jar in bad:
        jar.path(folder).unlink(missing_ok=True)
    return len(bad)


def fetch(cache: Path, jars: Sequence[Jar] | None = None,
          bases: Sequence[str] | None = None) -> Path:
    """See that all jars are in the cache and return their folder.

    Two processes may call it at once: one fetches, the other waits and finds them.
    Errors: `ServerError` when no repository (`bases`, else the user's) has a jar, when what they
    send is not what was locked, or when the disk is full; whole jars are kept, nothing else is.
    """
    jars = read_lock() if jars is None else jars
    folder = jar_folder(cache, jars)
    if missing(folder, jars):
        from filelock import FileLock

        with _room_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with FileLock(folder / ".lock"):
                _fetch_missing(folder, missing(folder, jars), bases)
    return folder


def _fetch_missing(folder: Path, wanted: list[Jar], bases: Sequence[str] | None) -> None:
    if not wanted:
        return
    total = sum(jar.size for jar in wanted)
    _check_room(folder, total)
    for name in {jar.folder for jar in wanted}:
        (folder / name).mkdir(exist_ok=True)
    with task(f"Fetching Neo4j ({len(wanted)} jars)", total, "B") as progress:
        _Fetcher(folder, bases or repositories(), progress).run(wanted)


class _Fetcher:
    """One fetch of many jars, side by side; the first failure stops them all."""

    def __init__(self, folder: Path, bases: Sequence[str], progress: Task) -> None:
        self.folder, self.bases, self.progress = folder, bases, progress
        self.stopped = threading.Event()
        self.counting = threading.Lock()

    def run(self, jars: list[Jar]) -> None:
        from concurrent.futures import ThreadPoolExecutor, as_completed

        import httpx

        limits = httpx.Limits(max_connections=AT_ONCE)
        with (httpx.Client(limits=limits, timeout=30, follow_redirects=True) as client,
              ThreadPoolExecutor(AT_ONCE) as pool):
            # Large ones first: a large one begun last would run alone at the end.
            largest_first = sorted(jars, key=lambda jar: -jar.size)
            running = [pool.submit(self.jar, client, jar) for jar in largest_first]
            try:
                for future in as_completed(running):
                    future.result()
            except BaseException:
                self.stopped.set()
                pool.shutdown(cancel_futures=True)
                raise

    def jar(self, client: httpx.Client, jar: Jar) -> None:
        """Try each repository; one wrong answer may be what was left of a stopped fetch, so each
        is asked twice."""
        reasons = []
        for base in [base for base in self.bases for _ in range(2)]:
            if self.stopped.is_set():
                return
            reason = self._try(client, jar, base)
            if not reason:
                return
            reasons.append(f"{without_secrets(base)}: {reason}")
        raise ServerError(f"cannot fetch {jar.name} from {reasons[-1]}", NETWORK_HINT)

    def _try(self, client: httpx.Client, jar: Jar, base: str) -> str:
        """Fetch the jar from one repository; the reason why not, or nothing."""
        import httpx

        part = jar.path(self.folder).with_suffix(".part")
        try:
            whole = self._download(client, f"{base.rstrip('/')}/{jar.address}", part, jar)
        except httpx.HTTPStatusError as error:
            return f"{error.response.status_code} {error.response.reason_phrase}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return str(error) or type(error).__name__
        if not whole:
            return ""
        if _sha256(part) != jar.sha256:
            self._count(-_size(part))
            part.unlink()
            return "what it sends is not what was locked (SHA-256 differs)"
        part.replace(jar.path(self.folder))
        return ""

    def _download(self, client: httpx.Client, url: str, part: Path, jar: Jar) -> bool:
        """Write the file, going on from what is there; False when told to stop half way."""
        there = _size(part) if 0 < _size(part) < jar.size else 0
        headers = {"Range": f"bytes={there}-"} if there else {}
        with client.stream("GET", url, headers=headers) as response:
            response.raise_for_status()
            going_on = response.status_code == 206
            with part.open("ab" if going_on else "wb") as file:
                self._count(there if going_on else 0)
                for chunk in response.iter_raw(CHUNK):
                    if self.stopped.is_set():
                        return False
                    file.write(chunk)
                    self._count(len(chunk))
        return True

    def _count(self, amount: int) -> None:
        with self.counting:
            self.progress.advance(amount)


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise _no_room(folder, f"{needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free")


@contextmanager
def _room_errors(folder: Path) -> Iterator[None]:
    """A full disk becomes one line, and the half-written files go: they hold the last room."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        for part in folder.glob("*/*.part"):
            part.unlink(missing_ok=True)
        raise _no_room(folder, error.strerror or "no room") from error


def _no_room(folder: Path, reason: str) -> ServerError:
    return ServerError(f"no room for the Neo4j jars in {folder}: {reason}",
                       "Free some room, or set GRAPHFACE_CACHE to a folder on another disk")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()
