"""Write persons in portions, each one transaction that respects changes made meanwhile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphface.clustering.assignment import Assignment, Standing
    from graphface.db import Connection, Row, Run

ROWS_AT_ONCE = 50_000
"""Faces moved in one transaction."""


def changes(run: Run) -> Row:
    """A mark of the changes made by users so far; take it before reading the graph."""
    return run("change-count")[0]


def write_persons(
    graph: Connection,
    plan: Assignment,
    standing: Mapping[str, Standing],
    sure: Mapping[str, float],
    read_at: Row,
) -> int:
    """Write `plan` as BELONGS_TO, with confidence `sure`; returns the number of faces moved.

    `read_at` is the result of `changes` from when the graph of the plan was read. Clustering may
    take minutes. A face that somebody has separated from a person or another face since stays where
    it is.
    """
    moves = [_row(f, p, sure) for f, p in sorted(plan.joins.items()) if p != standing[f].person]
    total = len(moves) + sum(map(len, plan.founded))
    moved = 0
    with task("writing persons", total=total, unit="faces") as bar:
        for start in range(0, len(moves), ROWS_AT_ONCE):
            some = moves[start : start + ROWS_AT_ONCE]
            moved += graph.transact(partial(_move, some, read_at))
            bar.advance(len(some))
        for groups in _portions(plan.founded):
            moved += graph.transact(partial(_found, groups, sure, read_at))
            bar.advance(sum(map(len, groups)))
    graph.transact(_drop_empty)
    return moved


def _row(face: str, person: str, sure: Mapping[str, float]) -> dict[str, Any]:
    return {"face": face, "person": person, "confidence": sure[face]}


def _move(rows: list[dict[str, Any]], read_at: Row, run: Run) -> int:
    run("lock-people")  # block merges and moves meanwhile, so that no face ends up with two persons
    if changes(run) != read_at:
        refused = {(row["face"], row["person"]) for row in run("said-not-to-be", rows=rows)}
        rows = [row for row in rows if (row["face"], row["person"]) not in refused]
    moved = int(run("write-belongs-to", rows=rows)[0]["moved"])
    # In the same transaction, so that nobody sees a person without name and faces.
    run("drop-empty-people")
    return moved


def _found(
    groups: Sequence[Sequence[str]], sure: Mapping[str, float], read_at: Row, run: Run
) -> int:
    """Write new persons with their faces in one transaction, so that none is ever seen empty."""
    people = [one["person"] for one in run("write-new-people", count=len(groups))]
    if changes(run) != read_at:
        groups = [_together(group, run) for group in groups]
    rows = [_row(f, p, sure) for p, group in zip(people, groups, strict=True) for f in group]
    moved = int(run("write-belongs-to", rows=rows)[0]["moved"])
    run("drop-empty-people")
    return moved


def _together(group: Sequence[str], run: Run) -> list[str]:
    """The faces of a group that can stay together: no two of them are NOT_SAME."""
    pairs = run("not-same-among", faces=list(group))
    apart = {row[end] for row in pairs for end in ("a", "b")}
    return [face for face in group if face not in apart]


def _drop_empty(run: Run) -> None:
    run("lock-people")
    run("drop-empty-people")


def _portions(groups: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    portion: list[Sequence[str]] = []
    count = 0
    for group in groups:
        portion.append(group)
        count += len(group)
        if count >= ROWS_AT_ONCE:
            yield portion
            portion, count = [], 0
    if portion:
        yield portion
