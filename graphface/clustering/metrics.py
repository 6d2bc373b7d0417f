"""How well groups of faces agree with known people, and how to read who these are.

The truth comes from folders or from a file.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import NotFound, UsageError
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphface.db import Connection, Row

    Counts = NDArray[np.int64]

    Labels = Sequence[Any] | NDArray[Any]

    """[n]: the person or the group of each face; numbers or names."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Faces, with their true names and the graph's persons."""

    kind: str
    """Where the names come from, in words."""
    sources: frozenset[str]
    """Sources of identities that coincide with the truth."""
    names: dict[str, str]
    """Face -> true name, for the faces that have one."""
    faces: dict[str, tuple[str | None, str | None]]
    """Face -> person in the graph and the source of it, for all faces."""

    def set_aside(self) -> int:
        """The number of identities, of any face, that came from the source of the truth."""
        return sum(source in self.sources for _, source in self.faces.values())

    def persons(self) -> dict[str, int]:
        """Face -> number of its person in the graph; without one, a number of its own."""
        numbers: dict[str, int] = {}
        return {
            face: numbers.setdefault(person or f"face {face}", len(numbers))
            for face, (person, _) in self.faces.items()
        }


def read_truth(graph: Connection, folder: int | None, file: Path | None) -> Judged:
    """The truth from `file`, or from the folder `folder` levels up, or from folder identities.

    Raises NotFound when the truth names nobody, UsageError for a malformed file.
    """
    if folder is not None and file is not None:
        raise UsageError(
            "there can be one truth", "Give `truth_folder` or `truth_csv`", code="two-truths"
        )
    rows = list(graph.stream("judged-faces"))
    if file is not None:
        # The file may have been made from what the user or a folder said.
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
    """Take the most prominent face of each photo as the person the folder is named after."""
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
        if len(found) == 1:  # a picture in the folders of two people proves nothing
            names[face] = found.pop()
    return names


def _by_file(rows: list[Row], file: Path) -> dict[str, str]:
    """Read rows of face or path, and name; a path stands for its photo's most prominent face."""
    said = _read_csv(file)
    names = {row["face"]: said[row["face"]] for row in rows if row["face"] in said}
    for face, paths in _subjects(rows).items():
        for path in paths:
            if name := _said_of(path, said):
                names.setdefault(face, name)
    return names


def _said_of(path: str, said: dict[str, str]) -> str | None:
    """The name given for the path or for its end, since files may hold relative paths."""
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


@dataclass(frozen=True, slots=True)
class Score(Record):
    """Precision, recall, and their harmonic mean, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Metrics(Record):
    """The scores of a grouping of faces."""

    pairwise: Score
    """Over pairs of faces: the share of grouped pairs that belong together, and the reverse."""
    bcubed: Score
    """The same for each face and its group, averaged over faces (Bagga and Baldwin, 1998)."""
    nmi: float
    """Mutual information over the mean of the two entropies: scikit-learn's default."""
    purity: float
    """Share of faces whose group is mostly of their person."""
    people: int
    true_people: int
    faces: int
    merges: int
    """Groups to merge into another of the same person, once strangers are removed."""
    moves: int
    """Faces to move out of a group that is mostly of another person."""

    @property
    def clicks(self) -> int:
        """The merges and moves that would correct the rest."""
        return self.merges + self.moves

    def to_dict(self) -> dict[str, Any]:
        """As plain numbers, for JSON."""
        return {
            "pairwise": _plain(self.pairwise),
            "bcubed": _plain(self.bcubed),
            "nmi": self.nmi,
            "people": self.people,
            "true_people": self.true_people,
            "faces": self.faces,
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """The nonzero cells of the contingency table, and its sums."""

    true: Counts
    """[cells]: number of the person."""
    found: Counts
    """[cells]: number of the group."""
    size: Counts
    """[cells]: how many faces."""
    of_true: Counts
    """[people]"""
    of_found: Counts
    """[groups]"""
    faces: int


def measure(truth: Labels, found: Labels) -> Metrics:
    """Compare the groups `found` with the people of `truth`, both [n]; no faces score 1.

    Raises ValueError when their lengths differ.
    """
    table = _table(truth, found)
    moves, merges = _repairs(table)
    return Metrics(
        pairwise=_pairwise(table),
        bcubed=_bcubed(table),
        nmi=_nmi(table),
        purity=1 - moves / table.faces if table.faces else 1.0,
        people=len(table.of_found),
        true_people=len(table.of_true),
        faces=table.faces,
        merges=merges,
        moves=moves,
    )


def _table(truth: Labels, found: Labels) -> _Table:
    if len(truth) != len(found):
        raise ValueError(f"{len(truth)} true labels, {len(found)} found ones")
    true, found = _numbers(truth), _numbers(found)
    of_true, of_found = np.bincount(true), np.bincount(found)
    keys = true * max(len(of_found), 1) + found
    cells, size = np.unique(keys, return_counts=True)
    rows, columns = np.divmod(cells, max(len(of_found), 1))
    return _Table(rows, columns, size, of_true, of_found, len(true))


def _numbers(labels: Labels) -> Counts:
    """Labels as 0, 1, 2, ... without gaps."""
    values = np.asarray(labels)
    numbers: Counts = np.unique(values, return_inverse=True)[1].astype(np.int64).reshape(-1)
    return numbers


def _pairwise(table: _Table) -> Score:
    both, true, found = (_pairs(some) for some in (table.size, table.of_true, table.of_found))
    return _score(both / found if found else 1.0, both / true if true else 1.0)


def _pairs(sizes: Counts) -> int:
    return int((sizes * (sizes - 1)).sum()) // 2


def _bcubed(table: _Table) -> Score:
    if not table.faces:
        return _score(1.0, 1.0)
    squares = table.size.astype(float) ** 2
    precision = (squares / table.of_found[table.found]).sum() / table.faces
    recall = (squares / table.of_true[table.true]).sum() / table.faces
    return _score(float(precision), float(recall))


def _score(precision: float, recall: float) -> Score:
    both = precision + recall
    return Score(precision, recall, 2 * precision * recall / both if both else 0.0)


def _nmi(table: _Table) -> float:
    if len(table.of_true) <= 1 and len(table.of_found) <= 1:
        return 1.0
    total = table.faces
    expected = table.of_true[table.true].astype(float) * table.of_found[table.found]
    share = table.size / total
    mutual = float((share * np.log(table.size * float(total) / expected)).sum())
    mean = (_entropy(table.of_true) + _entropy(table.of_found)) / 2
    return min(max(mutual / mean, 0.0), 1.0)


def _entropy(sizes: Counts) -> float:
    share = sizes / sizes.sum()
    return float(-(share * np.log(share)).sum())


def _repairs(table: _Table) -> tuple[int, int]:
    """Count moves (strangers leave their groups), then merges (of one person's groups)."""
    # Sort the person with most faces of each group first; of equals, the lower number.
    order = np.lexsort((table.true, -table.size, table.found))
    _, first = np.unique(table.found[order], return_index=True)
    leading = order[first]
    moves = table.faces - int(table.size[leading].sum())
    merges = len(leading) - len(np.unique(table.true[leading]))
    return moves, merges


def _plain(score: Score) -> dict[str, float]:
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}
