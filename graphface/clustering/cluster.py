"""SAME graph -> persons, written as BELONGS_TO."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from graphface.clustering.assign import Assignment, Pair, Standing, assign
from graphface.clustering.confidence import curve
from graphface.clustering.methods import method
from graphface.errors import NotFound
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from graphface.graph import Graph, Run

ROWS_AT_ONCE = 50_000
"""Faces moved in one transaction."""


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """What a run of `cluster` left behind."""

    method: str
    faces: int
    people: int
    founded: int
    """Persons that are new."""
    moved: int
    """Faces whose person is another than before, new faces included."""
    kept: int
    """Faces that no algorithm moves: named, or said by a person or a folder."""
    seconds: float


def cluster(graph: Graph, *, method_name: str = "components") -> ClusterReport:
    """Group the faces of the graph into persons by the SAME relationships.

    Named persons and persons from folders keep their faces; new faces join them. Raises NotFound
    when the graph has no faces, UsageError for an unknown method, GdsMissing.
    """
    started = time.monotonic()
    space = graph.space()
    if space is None:
        raise NotFound("this graph has no faces yet", "graphface ingest FOLDER brings them in")
    with task("grouping faces"):
        clusters = method(method_name)(graph)
        standing, nearest = _standing(graph)
        clusters = [known for c in clusters if (known := [f for f in c if f in standing])]
        plan = assign(clusters, standing, partial(_pairs, graph))
    moved = _write(graph, plan, standing, curve(space), nearest)
    people = graph.run("count-people")[0]["people"]
    return ClusterReport(
        method=method_name,
        faces=len(standing),
        people=people,
        founded=len(plan.founded),
        moved=moved,
        kept=sum(one.fixed for one in standing.values()),
        seconds=time.monotonic() - started,
    )


def _standing(graph: Graph) -> tuple[dict[str, Standing], dict[str, float | None]]:
    standing: dict[str, Standing] = {}
    nearest: dict[str, float | None] = {}
    for row in graph.stream("face-people"):
        fixed = row["named"] or row["source"] in ("user", "folder")
        standing[row["face"]] = Standing(row["person"], fixed)
        nearest[row["face"]] = row["nearest"]
    return standing, nearest


def _pairs(graph: Graph, faces: Sequence[str]) -> Iterator[Pair]:
    for row in graph.stream("same-pairs", faces=list(faces)):
        yield row["source"], row["target"], row["distance"]


def _write(
    graph: Graph,
    plan: Assignment,
    standing: dict[str, Standing],
    probability: Callable[[float], float],
    nearest: dict[str, float | None],
) -> int:
    def row(face: str, person: str) -> dict[str, Any]:
        distance = nearest[face]
        sure = 1.0 if distance is None else probability(distance)
        return {"face": face, "person": person, "confidence": sure}

    moves = [row(f, p) for f, p in sorted(plan.joins.items()) if p != standing[f].person]
    total = len(moves) + sum(map(len, plan.founded))
    moved = 0
    with task("writing persons", total=total, unit="faces") as bar:
        for start in range(0, len(moves), ROWS_AT_ONCE):
            moved += graph.run("write-belongs-to", rows=moves[start : start + ROWS_AT_ONCE])[0][
                "moved"
            ]
            bar.advance(len(moves[start : start + ROWS_AT_ONCE]))
        for groups in _portions(plan.founded):
            moved += graph.transact(partial(_found, groups, row))
            bar.advance(sum(map(len, groups)))
    graph.run("drop-empty-people")
    return moved


def _found(
    groups: Sequence[Sequence[str]], row: Callable[[str, str], dict[str, Any]], run: Run
) -> int:
    """New persons and their faces in one transaction: no person is ever seen empty."""
    people = [one["person"] for one in run("write-new-people", count=len(groups))]
    rows = [row(f, p) for p, group in zip(people, groups, strict=True) for f in group]
    return int(run("write-belongs-to", rows=rows)[0]["moved"])


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
