"""How well groups of faces agree with people who are known.

Everything is counted from one table: how many faces group f has of person t. It is kept sparse, so
a million faces take a second or two and little memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Labels = Sequence[Any] | NDArray[Any]
    """[n]: the person or the group of each face; numbers or names."""


@dataclass(frozen=True, slots=True)
class Score(Record):
    """Precision, recall, and their harmonic mean, each in [0, 1]."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Metrics(Record):
    """What a grouping of faces is worth."""

    pairwise: Score
    """Over pairs of faces: of those put together, how many belong together; and the reverse."""
    bcubed: Score
    """The same for each face and its own group, averaged over faces (Bagga and Baldwin, 1998)."""
    nmi: float
    """Mutual information over the mean of the two entropies: scikit-learn's default."""
    purity: float
    """Share of faces whose group is mostly of their person."""
    people: int
    true_people: int
    faces: int
    merges: int
    """Groups to be merged into another of the same person, once the strangers are out of them."""
    moves: int
    """Faces to be moved out of a group that is mostly of another person."""

    @property
    def clicks(self) -> int:
        """What a person would have to do to put the rest right: merges and moves."""
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
    """The filled cells of the table, and its sums."""

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
    """Hold the groups `found` against the people of `truth`, both [n]; no faces score 1.

    Raises ValueError when the two are not of one length.
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
    """Moves and merges: strangers leave their groups, then the groups of one person become one."""
    # The person with most faces of each group comes first; of equals, the lower number.
    order = np.lexsort((table.true, -table.size, table.found))
    _, first = np.unique(table.found[order], return_index=True)
    leading = order[first]
    moves = table.faces - int(table.size[leading].sum())
    merges = len(leading) - len(np.unique(table.true[leading]))
    return moves, merges


def _plain(score: Score) -> dict[str, float]:
    return {"precision": score.precision, "recall": score.recall, "f1": score.f1}
