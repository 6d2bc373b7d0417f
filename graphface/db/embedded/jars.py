"""The jars of the embedded Neo4j: those locked (`jars.lock`), and those present."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graphface.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LOCK = Path(__file__).with_name("jars.lock")

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
        """Its path below a repository's address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.name}"

    def path(self, folder: Path) -> Path:
        return folder / self.folder / self.name

    def line(self) -> str:
        """Its line in the lock file; `parse` reads it back."""
        coordinate = ":".join(
            filter(None, (self.group, self.artifact, self.version, self.classifier))
        )
        return f"{coordinate} {self.sha256} {self.size} {self.folder}"

    @classmethod
    def parse(cls, line: str) -> Jar:
        """Parse `group:artifact:version[:classifier] sha256 size folder`. Raises ValueError."""
        coordinate, sha256, size, folder = line.split()
        group, artifact, version, *classifier = coordinate.split(":")
        if len(classifier) > 1 or len(sha256) != 64 or int(sha256, 16) < 0 or int(size) <= 0:
            raise ValueError(line)
        return cls(
            group, artifact, version, "".join(classifier), sha256, int(size), _folder(folder)
        )


def _folder(name: str) -> Folder:
    if name == "lib":
        return "lib"
    if name == "plugins":
        return "plugins"
    raise ValueError(name)


def read_lock(path: Path = LOCK) -> tuple[Jar, ...]:
    """The locked jars, in the order of the class path."""
    jars = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                jars.append(Jar.parse(line))
            except ValueError:
                raise ServerError(
                    f"{path}, line {number}: not a locked jar",
                    "Install graphface again",
                    code="installation-damaged",
                    path=path,
                    number=number,
                ) from None
    return tuple(jars)


def version_of(jars: Iterable[Jar], group: str, artifact: str) -> str:
    return next(jar.version for jar in jars if (jar.group, jar.artifact) == (group, artifact))


def neo4j_version(jars: Iterable[Jar]) -> str:
    return version_of(jars, "org.neo4j", "neo4j")


def jar_folder(cache: Path, jars: Sequence[Jar]) -> Path:
    """The folder of these jars, named after both versions.

    The server loads every plugin it finds in a folder, so two versions of GDS must never share one.
    """
    gds = version_of(jars, "org.neo4j.gds", "proc")
    return cache / f"neo4j-{neo4j_version(jars)}-gds-{gds}"


def missing(folder: Path, jars: Iterable[Jar]) -> list[Jar]:
    """Jars that are missing or of the wrong size: quick (about 5 ms), checked at every start."""
    return [jar for jar in jars if size_of(jar.path(folder)) != jar.size]


def corrupted(folder: Path, jars: Iterable[Jar]) -> list[Jar]:
    """Jars whose contents differ from the lock: reads all of them (about a second)."""
    return [jar for jar in jars if sha256_of(jar.path(folder)) != jar.sha256]


def remove_corrupted(folder: Path, jars: Iterable[Jar]) -> int:
    """Delete what `corrupted` finds, so that the next `fetch` gets it again; returns how many."""
    bad = corrupted(folder, jars)
    for jar in bad:
        jar.path(folder).unlink(missing_ok=True)
    return len(bad)


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()
