"""The chain of SAME that holds two faces together."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.people.find import label
from graphface.records import Box

if TYPE_CHECKING:
    from graphface.graph import Connection, Row

SLACK = 0.03
"""Of the chains whose largest step is at most this much larger than it has to be, the shortest is
shown: the one with the very smallest step wanders through many faces that explain nothing."""


@dataclass(frozen=True, slots=True)
class ChainStep:
    """A face of the chain."""

    face: str
    path: str | None
    box: Box | None
    person: str | None
    distance: float | None
    """From the face before; None for the first."""


def chain(graph: Connection, start: str, end: str) -> tuple[ChainStep, ...]:
    """The chain of SAME from face to face that avoids large steps; empty where there is none.

    A minimum spanning tree (GDS) holds the chain with the smallest largest step. Of the chains
    with no step more than `SLACK` above that one, Dijkstra's algorithm (GDS) finds the shortest.
    """
    name = f"graphface-{uuid.uuid4().hex[:12]}"
    narrow = f"{name}-narrow"
    try:
        graph.run("project-same", graph=name)
        if not graph.run("explain-tree", graph=name, face=start):
            return ()
        rows = graph.run("explain-widest", graph=name, start=start, end=end)
        if not rows:
            return ()
        longest = rows[0]["widest"] * (1 + SLACK)
        graph.run("explain-narrow", graph=name, narrowed=narrow, longest=longest)
        return tuple(map(_step, graph.run("explain-chain", graph=narrow, start=start, end=end)))
    finally:
        for used in (name, narrow):
            graph.run("drop-projection", graph=used)


def _step(row: Row) -> ChainStep:
    box = None if None in row["box"] else Box(*row["box"])
    return ChainStep(row["face"], row["path"], box, called(row), row["distance"])


def called(row: Row) -> str | None:
    """The person of a row with `number` and `name`."""
    return None if row["number"] is None else label(row["name"], row["number"])
