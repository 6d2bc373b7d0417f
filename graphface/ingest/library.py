"""Turn folders into a list of picture files in a stable order."""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import UsageError
from graphface.files import shown
from graphface.progress import say, task
from graphface.records import Record
from graphface.vision.pictures import SUFFIXES, kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.progress import Task

SKIPPED = frozenset(
    ("@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "__MACOSX", "lost+found")
)
"""Folders that systems make for themselves: thumbnails, bins. Hidden names (.x) are skipped too."""

_NOWHERE = "a link that leads nowhere. Mend or remove it"


@dataclass(frozen=True, slots=True)
class Problem(Record):
    """A file or folder that is left out."""

    path: Path
    reason: str
    """One line: the file, what is wrong with it, what to do."""


def left_out(path: Path, reason: str) -> Problem:
    """Warn that a file, or something in it, is left out; the report lists it too."""
    say(f"left out: {reason}", "warning")
    return Problem(path, reason)


@dataclass(frozen=True, slots=True)
class Scan:
    """The picture files below some folders."""

    files: tuple[Path, ...]
    """Absolute paths of picture files, sorted by their bytes, each once."""
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Walk:
    files: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)
    folders: deque[str] = field(default_factory=deque)
    linked: deque[str] = field(default_factory=deque)

    def leave_out(self, path: str | Path, reason: str) -> None:
        self.problems.append(Problem(Path(path), f"{shown(Path(path))}: {reason}"))


def scan(folders: Sequence[Path]) -> Scan:
    """List picture files (by suffix) below `folders`; files given directly are taken as they are.

    Links are followed. Each folder is visited once, under its own path rather than a link's. Hidden
    names and SKIPPED are skipped. Folders that cannot be read, and broken links, are in `problems`.
    Raises UsageError when one of `folders` does not exist.
    """
    walk = _Walk()
    for root in folders:
        _start(Path(root), walk)
    with task("looking for pictures", unit="folders") as bar:
        _visit_all(walk, bar)
    return Scan(
        files=tuple(sorted(walk.files, key=_order)),
        problems=tuple(sorted(walk.problems, key=lambda problem: _order(problem.path))),
    )


def _start(root: Path, walk: _Walk) -> None:
    try:
        facts = os.stat(root)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        missing = "no such file or folder" if isinstance(error, FileNotFoundError) else reason
        raise UsageError(
            f"{shown(root)}: {missing}",
            "Check the path",
            code="file-not-found",
            root=root,
            missing=missing,
        ) from error
    path = _absolute(root)
    if stat.S_ISDIR(facts.st_mode):
        walk.folders.append(str(path))
    elif stat.S_ISREG(facts.st_mode):
        walk.files.add(path)
    else:
        raise UsageError(
            f"{shown(root)}: this is {kind_of(facts.st_mode)}, neither a file nor a folder",
            "Name pictures, or folders that hold them",
            code="not-a-picture",
            root=root,
        )


def _absolute(path: Path) -> Path:
    # Only the file system can resolve `..` behind a link.
    return path.resolve() if ".." in path.parts else Path(os.path.abspath(path))


def _visit_all(walk: _Walk, bar: Task) -> None:
    while walk.folders or walk.linked:
        # The target of a link may lie below, too: its own path takes precedence.
        folder = walk.folders.popleft() if walk.folders else walk.linked.popleft()
        try:
            _visit(folder, walk)
        except OSError as error:
            reason = f"the folder cannot be read ({error.strerror}). Check its rights"
            walk.leave_out(folder, reason)
        bar.advance()


def _visit(folder: str, walk: _Walk) -> None:
    facts = os.stat(folder)
    if (facts.st_dev, facts.st_ino) in walk.seen:
        return
    walk.seen.add((facts.st_dev, facts.st_ino))
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: os.fsencode(entry.name)):
            if not entry.name.startswith(".") and entry.name not in SKIPPED:
                _sort_out(entry, walk)


def _sort_out(entry: os.DirEntry[str], walk: _Walk) -> None:
    suffix = os.path.splitext(entry.name)[1].lower()
    try:
        # The folder's listing already has the type of plain entries: a stat is slow on a network
        # disk.
        if entry.is_dir():
            (walk.linked if entry.is_symlink() else walk.folders).append(entry.path)
        elif suffix in SUFFIXES and entry.is_file():
            walk.files.add(Path(entry.path))
        elif suffix in SUFFIXES or (not suffix and entry.is_symlink()):
            _explain(entry, walk)
    except OSError as error:
        nowhere = error.errno == errno.ELOOP
        reason = f"cannot be read ({error.strerror}). Check the disk"
        walk.leave_out(entry.path, _NOWHERE if nowhere else reason)


def _explain(entry: os.DirEntry[str], walk: _Walk) -> None:
    try:
        kind = kind_of(entry.stat().st_mode)
    except FileNotFoundError:
        walk.leave_out(entry.path, _NOWHERE)
    else:
        if kind != "a file":
            walk.leave_out(entry.path, f"this is {kind}, not a picture file. Remove it")


def _order(path: Path) -> bytes:
    # Keep a folder's files together: no character of a name may sort before the separator.
    return os.fsencode(path).replace(os.fsencode(os.sep), b"\0")
