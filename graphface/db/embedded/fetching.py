"""Fetch the locked jars in parallel, all or none.

A jar is written under a temporary name, checked against its SHA-256 and only then renamed, so an
existing jar is complete. An interrupted fetch resumes where it stopped, even inside a jar.
"""

from __future__ import annotations

import errno
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.db.embedded.jars import Jar, jar_folder, missing, read_lock, sha256_of, size_of
from graphface.errors import ServerError
from graphface.progress import Pool, Task, task
from graphface.transfer import resume, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    import httpx


AT_ONCE = 16
SPARE = 50_000_000
"""Bytes that must stay free on the disk beside the jars."""

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NETWORK_HINT = (
    "The same command goes on where it stopped. Behind a proxy set HTTPS_PROXY; with a mirror of "
    "your own name it in ~/.m2/settings.xml (mirrorOf central)"
)


def fetch(
    cache: Path, jars: Sequence[Jar] | None = None, bases: Sequence[str] | None = None
) -> Path:
    """Make sure that all jars are in the cache, and return their folder.

    Two processes may call it at once: one fetches, the other waits and finds them. Raises
    ServerError if no repository (`bases`, else the user's) has a jar, if a download does not match
    the lock, or if the disk is full. Then only complete jars are kept.
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
    """A parallel fetch of many jars; the first failure stops them all."""

    def __init__(self, folder: Path, bases: Sequence[str], progress: Task) -> None:
        self.folder, self.bases, self.progress = folder, bases, progress
        self.stopped = threading.Event()
        self.counting = threading.Lock()

    def run(self, jars: list[Jar]) -> None:
        from concurrent.futures import as_completed

        import httpx

        limits = httpx.Limits(max_connections=AT_ONCE)
        with (
            httpx.Client(limits=limits, timeout=30, follow_redirects=True) as client,
            Pool(AT_ONCE) as pool,
        ):
            # Start with the large ones: a large one started last would run alone at the end.
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
        """Fetch a jar from the first repository that has it.

        A wrong answer may be due to the remains of an interrupted fetch, so each repository is
        asked twice.
        """
        reasons = []
        for base in [base for base in self.bases for _ in range(2)]:
            if self.stopped.is_set():
                return
            reason = self._try(client, jar, base)
            if not reason:
                return
            reasons.append(f"{without_secrets(base)}: {reason}")
        raise ServerError(
            f"cannot fetch {jar.name} from {reasons[-1]}",
            NETWORK_HINT,
            code="download-failed",
            name=jar.name,
        )

    def _try(self, client: httpx.Client, jar: Jar, base: str) -> str:
        """Fetch the jar from one repository; returns the reason for a failure, or None."""
        import httpx

        part = jar.path(self.folder).with_suffix(".part")
        try:
            address = f"{base.rstrip('/')}/{jar.address}"
            whole = resume(
                client, address, part, self._count, checked=True, stopped=self.stopped.is_set
            )
        except httpx.HTTPStatusError as error:
            part.unlink(missing_ok=True)  # the existing part may be the reason for the refusal
            return f"{error.response.status_code} {error.response.reason_phrase}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return str(error) or type(error).__name__
        if not whole:
            return ""
        if sha256_of(part) != jar.sha256:
            self._count(-size_of(part))
            part.unlink()
            return "what it sends is not what was locked (SHA-256 differs)"
        part.replace(jar.path(self.folder))
        return ""

    def _count(self, amount: int) -> None:
        with self.counting:
            self.progress.advance(amount)


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise _no_room(folder, f"{needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free")


@contextmanager
def _room_errors(folder: Path) -> Iterator[None]:
    """Report a full disk in one line, and delete half-written files, which hold the last space."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        for part in folder.glob("*/*.part"):
            part.unlink(missing_ok=True)
        raise _no_room(folder, error.strerror or "no room") from error


def _no_room(folder: Path, reason: str) -> ServerError:
    return ServerError(
        f"no room for the Neo4j jars in {folder}: {reason}",
        "Free some room, or set GRAPHFACE_CACHE to a folder on another disk",
        code="disk-full",
        folder=folder,
        reason=reason,
    )


CENTRAL = "central"


def repositories() -> tuple[str, ...]:
    """Addresses of repositories in the order to ask them.

    Read from `~/.m2/settings.xml` (a mirror of `central` or of everything) and from jgo's own
    configuration (`~/.config/jgo.conf` or `~/.jgorc`, section `repositories`); without either it is
    jgo's default.
    """
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL

    known = {CENTRAL: MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    mirror = central_mirror(Path.home() / ".m2" / "settings.xml")
    if mirror:
        known[CENTRAL] = mirror
    return tuple(known.values())


def central_mirror(settings_xml: Path) -> str | None:
    """The address of the mirror of Maven Central, chosen as Maven does.

    A mirror that names `central` comes first, else the first whose pattern matches it.
    """
    mirrors = list(_mirrors(settings_xml))
    for of, url in mirrors:
        if of == CENTRAL:
            return url
    return next((url for of, url in mirrors if _takes_in_central(of)), None)


def _takes_in_central(pattern: str) -> bool:
    parts = {part.strip() for part in pattern.split(",")}
    return f"!{CENTRAL}" not in parts and bool(parts & {CENTRAL, "*", "external:*"})


def _mirrors(settings_xml: Path) -> Iterator[tuple[str, str]]:
    if settings_xml.is_file():
        for mirror in _root(settings_xml).iterfind("{*}mirrors/{*}mirror"):
            of, url = mirror.findtext("{*}mirrorOf"), mirror.findtext("{*}url")
            if of and url:
                yield of.strip(), url.strip()


def _root(settings_xml: Path) -> Element:
    from xml.etree import ElementTree

    try:
        return ElementTree.parse(settings_xml).getroot()
    except ElementTree.ParseError as error:
        raise ServerError(
            f"{settings_xml} is no XML: {error}",
            "Mend it or move it away",
            code="settings-invalid",
            settings_xml=settings_xml,
            reason=str(error),
        ) from None
