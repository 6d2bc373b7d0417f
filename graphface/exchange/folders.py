"""Export a folder per person, with copies of their photos or links to them."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from graphface.errors import UsageError
from graphface.exchange.photo_lookup import photos
from graphface.files import numbered, safe_name, shown
from graphface.names import name_key
from graphface.people.selectors import label
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.db import Connection
    from graphface.exchange.photo_lookup import Photo

How = Literal["copy", "symbolic", "hard"]

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FoldersReport(Record):
    """What an export wrote into the folders."""

    folder: str
    persons: int
    written: int
    """Copies or links made."""
    there: int
    """Already there, from an earlier run."""
    problems: tuple[str, ...]
    """Photos that could not be exported, each with the reason."""

    def summary(self) -> str:
        already = f", {self.there:,} were there already" if self.there else ""
        return f"{self.written:,} photos of {self.persons:,} persons in {self.folder}{already}"


@dataclass(slots=True)
class _Tally:
    written: int = 0
    there: int = 0
    problems: list[str] = field(default_factory=list)


def export_folders(
    graph: Connection, out: Path, *, how: How = "copy", unnamed: bool = False
) -> FoldersReport:
    """Put each person's photos into `out/NAME/`; existing files are never overwritten.

    Hidden persons are left out, and so are unnamed ones unless `unnamed` ("person 17"). A photo
    whose content has changed since ingest is reported as a problem and not exported. It is safe to
    run again: no photo is exported twice. Raises UsageError if `out` is a file, or if the file
    system has no such links.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{shown(out)} is a file", "Name a folder", code="not-a-folder", out=out)
    names = _folder_names(graph, unnamed)
    tally = _Tally()
    used: set[int] = set()
    with task("export", total=graph.run("stats")[0]["photos"], unit="photos") as bar:
        for photo in photos(graph):
            wanted = {face.number for face in photo.faces if face.number in names}
            for number in sorted(number for number in wanted if number is not None):
                used.add(number)
                _bring(photo, out / names[number], how, tally)
            bar.advance()
    return FoldersReport(str(out), len(used), tally.written, tally.there, tuple(tally.problems))


def _folder_names(graph: Connection, unnamed: bool) -> dict[int, str]:
    """A folder name for each person, unique even on file systems that ignore case."""
    names: dict[int, str] = {}
    taken: set[str] = set()
    rows = graph.run("export-persons")
    for row in sorted(rows, key=lambda row: (row["name"] is None, row["number"])):
        if row["hidden"] or (row["name"] is None and not unnamed):
            continue
        name = safe_name(label(row["name"], row["number"]))
        if name_key(name) in taken:
            name = f"{name} ({row['number']})"
        taken.add(name_key(name))
        names[row["number"]] = name
    return names


def _bring(photo: Photo, folder: Path, how: How, tally: _Tally) -> None:
    problem = "no file of it is known"
    for source in photo.files:
        try:
            source.stat()
            folder.mkdir(parents=True, exist_ok=True)
            new = _copy(photo, source, folder) if how == "copy" else _link(source, folder, how)
        except FileNotFoundError:
            problem = f"{shown(source)}: no such file any more"
        except _Changed:
            problem = f"{shown(source)}: was changed since it was ingested"
        except OSError as error:
            problem = f"{shown(source)}: {error.strerror or error}"
        else:
            tally.written += new
            tally.there += not new
            return
    tally.problems.append(problem if photo.files else f"photo {photo.id}: {problem}")


class _Changed(Exception):
    """The picture of a file is not the one in the graph."""


def _copy(photo: Photo, source: Path, folder: Path) -> bool:
    """Copy through a hidden file, so that an interrupted copy never has a picture's name."""
    # The id of a photo is its hash, except after an import of embeddings: nothing to check then.
    wanted = photo.id if photo.size is not None else _hash(source)
    part = folder / f".{wanted[:16]}.part"
    try:
        for target in _targets(source, folder):
            if os.path.lexists(target):
                if target.is_file() and _hash(target) == wanted:
                    return False
                continue
            if _copy_bytes(source, part) != wanted:
                raise _Changed
            shutil.copystat(source, part)
            if _placed(part, target):
                return True
    finally:
        part.unlink(missing_ok=True)
    raise AssertionError("names never end")


def _link(source: Path, folder: Path, how: How) -> bool:
    for target in _targets(source, folder):
        if os.path.lexists(target):
            if target.exists() and os.path.samefile(target, source):
                return False
            continue
        if how == "symbolic":
            target.symlink_to(source)
        else:
            os.link(source, target)
        return True
    raise AssertionError("names never end")


def _targets(source: Path, folder: Path) -> Iterator[Path]:
    """IMG.jpg, IMG (2).jpg, ...: two photos of one name are two files."""
    name = safe_name(source.stem) + source.suffix
    number = 1
    while True:
        yield folder / numbered(name, number)
        number += 1


def _placed(part: Path, target: Path) -> bool:
    """Give the finished copy its name unless it is taken: a link fails then, a move would not."""
    try:
        os.link(part, target)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if os.path.lexists(target):
            return False
        part.rename(target)
    return True


def _copy_bytes(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file, target.open("wb") as out:
        while block := file.read(_BLOCK):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
