"""Who the faces of a graph really show: from folders, or from a file that somebody wrote."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graphface.db import Connection, Row


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Faces, who they are, and who the graph says they are."""

    kind: str
    """Where the names come from, in words."""
    sources: frozenset[str]
    """Sources of identities that are as good as the truth itself."""
    names: dict[str, str]
    """Face -> true name, for the faces that the truth speaks of."""
    faces: dict[str, tuple[str | None, str | None]]
    """Face -> person in the graph and who said so, for all faces."""

    def set_aside(self) -> int:
        """How many identities, of any face, came from the truth's own source."""
        return sum(source in self.sources for _, source in self.faces.values())

    def persons(self) -> dict[str, int]:
        """Face -> number of its person in the graph; a face of nobody is one by itself."""
        numbers: dict[str, int] = {}
        return {
            face: numbers.setdefault(person or f"face {face}", len(numbers))
            for face, (person, _) in self.faces.items()
        }


def read_truth(graph: Connection, folder: int | None, file: Path | None) -> Judged:
    """The truth from `file`, or from the folder `folder` levels up, or from folder identities.

    Raises NotFound when it names nobody, UsageError for a file that cannot be understood.
    """
    if folder is not None and file is not None:
        raise UsageError(
            "there can be one truth", "Give `truth_folder` or `truth_csv`", code="two-truths"
        )
    rows = list(graph.stream("judged-faces"))
    if file is not None:
        # What a person or a folder said may be where the file was made from.
        kind, sources, names = f"rows of {file}", {"user", "folder"}, _by_file(rows, file)
    elif folder is not None:
        kind, sources, names = "folders of the photos", {"folder"}, _by_folder(rows, folder)
    else:
        kind, sources = "identities that came from folders", {"folder"}
        names = {r["face"]: r["name"] or r["person"] for r in rows if r["source"] == "folder"}
    if not names:
        raise NotFound(
            f"{kind}: there are none, so nobody knows who these faces are",
            "Say who they are: `truth_folder` 1 (each photo lies in a folder named after its "
            "person) or `truth_csv`, a file",
            code="truth-missing",
            kind=kind,
        )
    return Judged(
        kind=kind,
        sources=frozenset(sources),
        names=names,
        faces={row["face"]: (row["person"], row["source"]) for row in rows},
    )


def _by_folder(rows: Iterable[Row], depth: int) -> dict[str, str]:
    """The most prominent face of each photo is whom the folder is named after."""
    from pathlib import PurePath

    if depth < 1:
        raise UsageError(
            f"`truth_folder` is {depth}",
            "1 is the folder that a photo lies in",
            code="out-of-range",
            depth=depth,
        )
    names = {}
    for face, paths in _subjects(rows).items():
        folders = [PurePath(path).parts[:-1] for path in paths]
        found = {parts[-depth] for parts in folders if len(parts) >= depth}
        if len(found) == 1:  # the same picture in two people's folders says nothing
            names[face] = found.pop()
    return names


def _by_file(rows: list[Row], file: Path) -> dict[str, str]:
    """Rows of face or path, and name; a path stands for the most prominent face of its photo."""
    said = _read_csv(file)
    names = {row["face"]: said[row["face"]] for row in rows if row["face"] in said}
    for face, paths in _subjects(rows).items():
        for path in paths:
            if name := _said_of(path, said):
                names.setdefault(face, name)
    return names


def _said_of(path: str, said: dict[str, str]) -> str | None:
    """The name under the path, or under the end of it: files are written relative to a folder."""
    parts = path.replace("\\", "/").split("/")
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((said[end] for end in ends if end in said), None)


def _read_csv(file: Path) -> dict[str, str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [row for row in csv.reader(lines) if row]
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is no text in UTF-8", "Save it as CSV, UTF-8", code="table-invalid", file=file
        ) from error
    if rows and [cell.strip().lower() for cell in rows[0]] in (["face", "name"], ["path", "name"]):
        del rows[0]
    if wrong := next((row for row in rows if len(row) != 2), None):
        raise UsageError(
            f"{file}: {','.join(wrong)!r} has {len(wrong)} columns, not 2",
            "Each row is a face's id or a photo's path, and the person's name",
            code="table-invalid",
            file=file,
        )
    return {key.strip().replace("\\", "/"): name.strip() for key, name in rows}


def _subjects(rows: Iterable[Row]) -> dict[str, list[str]]:
    """The most prominent face of each photo, with the paths of the photo."""
    best: dict[str, Row] = {}
    for row in rows:
        if row["photo"] is None:
            continue
        other = best.get(row["photo"])
        if other is None or row["prominence"] > other["prominence"]:
            best[row["photo"]] = row
    return {row["face"]: [path for path in row["paths"] if path] for row in best.values()}
