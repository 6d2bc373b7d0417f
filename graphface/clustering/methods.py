"""Ways to see persons in the SAME graph. Each takes the graph and returns clusters of faces."""

from __future__ import annotations

import uuid
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.graph import Graph

Clusters = list[list[str]]
"""Face ids, cluster by cluster; every face is in exactly one, alone if nothing holds it."""


class Method(Protocol):
    """A clustering method."""

    def __call__(self, graph: Graph) -> Clusters: ...


def components(graph: Graph) -> Clusters:
    """Connected components of SAME (GDS `wcc`): faces that a chain of SAME holds together.

    The recipe's way. One wrong SAME joins two people, so it wants a strict threshold.
    """
    with projection(graph) as name:
        return _grouped(graph.stream("components", graph=name), "component")


METHODS: dict[str, Method] = {"components": components}


def method(name: str) -> Method:
    """The method called `name`. Raises UsageError with the names there are."""
    if name not in METHODS:
        raise UsageError(
            f"no clustering method is called {name!r}", f"There is {', '.join(METHODS)}"
        )
    return METHODS[name]


@contextmanager
def projection(graph: Graph) -> Iterator[str]:
    """Faces and SAME inside GDS for the length of the block; yields the projection's name."""
    name = f"graphface-{uuid.uuid4().hex[:12]}"  # two runs at once must not meet
    graph.run("project-same", graph=name)
    try:
        yield name
    finally:
        graph.run("drop-projection", graph=name)


def _grouped(rows: Iterator[dict[str, object]], key: str) -> Clusters:
    groups: dict[object, list[str]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(str(row["face"]))
    return list(groups.values())
