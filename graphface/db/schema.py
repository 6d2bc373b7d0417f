"""Constraints and indexes, and the space of a graph's embeddings."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from graphface.errors import SpaceMismatch
from graphface.names import name_key
from graphface.records import VERSION

if TYPE_CHECKING:
    from graphface.db.connection import Connection, Run
    from graphface.records import Metric, Space

_ALWAYS = (
    "vocabulary",
    "constraint-photo",
    "constraint-face",
    "constraint-ignored-face",
    "constraint-person",
    "constraint-space",
    "constraint-change",
    "index-person-name",
    "index-person-name-key",
    "index-person-number",
    "index-photo-path",
    "index-photo-taken-at",
)


def pin_space(graph: Connection, space: Space) -> Space:
    """Prepare the graph for embeddings of `space`, and return the space it is pinned to.

    The first call pins the space. Later calls keep the graph's own metric and threshold, which
    belong to linking. Raises SpaceMismatch when the graph was made with another model, alignment or
    length.
    """
    pinned = graph.space()
    if pinned is not None:
        check_space(pinned, space)
    if pinned is None or pinned.version < space.version:
        for name in _ALWAYS:
            graph.run(name)
        graph.transact(_key_names)
        pinned = replace(pinned or space, version=space.version)
        save_space(graph, pinned)
    else:
        _vector_index(graph, pinned.dimensions, pinned.metric)  # a killed import may have left none
    return pinned


def upgrade(graph: Connection) -> None:
    """Bring a graph that an older graphface made up to date; nothing on a graph without faces."""
    pinned = graph.space()
    if pinned is not None and pinned.version < VERSION:
        pin_space(graph, replace(pinned, version=VERSION))


def _key_names(run: Run) -> None:
    """Version 3: the key of each name beside it, for the index."""
    run("lock-people")
    rows = run("names-to-check")
    if rows:
        run(
            "write-name-keys",
            rows=[{"id": row["id"], "key": name_key(row["name"])} for row in rows],
        )


def check_space(pinned: Space, space: Space) -> None:
    """Raise SpaceMismatch unless embeddings of `space` can be compared with those of `pinned`."""
    for what in ("model", "alignment", "dimensions"):
        if getattr(pinned, what) != getattr(space, what):
            raise SpaceMismatch(
                f"this graph holds faces of {_called(pinned, what)}, not of "
                f"{_called(space, what)}, and the two cannot be compared",
                f"Use `model` {pinned.file or pinned.model}, or another graph "
                "(`home`, NEO4J_DATABASE)",
            )


def _called(space: Space, what: str) -> str:
    """The model of a space, and the other differences."""
    return space.model if what == "model" else f"{space.model} ({what} {getattr(space, what)})"


def save_space(graph: Connection, space: Space) -> None:
    """Store `space`, with the vector index for its metric."""
    _vector_index(graph, space.dimensions, space.metric)
    graph.run("save-space", space=asdict(space))


def similarity(metric: Metric) -> str:
    """The vector index's name for the similarity of a metric."""
    return "euclidean" if metric == "euclidean" else "cosine"


def _vector_index(graph: Connection, dimensions: int, metric: Metric) -> None:
    wanted = similarity(metric)
    found = graph.run("list-vector-indexes")
    if found and (found[0]["dimensions"], found[0]["similarity"]) != (dimensions, wanted):
        graph.run("drop-index-face-embedding")
    graph.run("index-face-embedding", dimensions=dimensions, similarity=wanted)
    graph.run("await-indexes", seconds=300)
