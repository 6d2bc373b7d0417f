"""Ways to see persons in the SAME graph: each gives every face the number of its person."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from graphface.clustering.relative import relative
from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from graphface.clustering.facegraph import FaceGraph
    from graphface.graph import Connection

DEFAULT = "relative"


class Method(Protocol):
    """A clustering method: faces -> person numbers [n], in no order; -1 for nobody."""

    def __call__(self, graph: Connection, faces: FaceGraph, /) -> NDArray[np.int32]: ...


def components(graph: Connection, faces: FaceGraph) -> NDArray[np.int32]:
    """Connected components of SAME (GDS `wcc`): faces that a chain of SAME holds together.

    The recipe's way. One wrong SAME joins two people, so it wants a strict threshold.
    """
    import numpy as np

    alone = np.arange(len(faces.ids))
    if not len(faces.left):
        return alone.astype(np.int32)
    if graph.run("count-same")[0]["pairs"] == len(faces.left):  # the very pairs of the graph
        place = {id: k for k, id in enumerate(faces.ids)}
        with projection(graph) as name:
            rows = graph.stream("components", graph=name)
            found = [(place[row["face"]], row["component"]) for row in rows]
    else:
        with projection(graph, faces) as name:
            rows = graph.stream("pair-components", graph=name)
            found = [(row["face"], row["component"]) for row in rows]
    face, component = np.array(found).T
    labels = alone + int(component.max()) + 1  # a face that no pair reaches is alone
    labels[face] = component
    numbered: NDArray[np.int32] = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    return numbered


METHODS: dict[str, Method] = {DEFAULT: relative, "components": components}
"""Those of graphface itself; `graphface.clustering.peers` has more to compare them with."""


def method(name: str) -> Method:
    """The method called `name`. Raises UsageError with the names there are."""
    if name in METHODS:
        return METHODS[name]
    from graphface.clustering.peers import PEERS

    if name not in PEERS:
        known = ", ".join([*METHODS, *PEERS])
        raise UsageError(f"no clustering method is called {name!r}", f"There is {known}")
    return PEERS[name]


@contextmanager
def projection(graph: Connection, faces: FaceGraph | None = None) -> Iterator[str]:
    """Faces and SAME, or the pairs of `faces`, inside GDS for the length of the block."""
    name = f"graphface-{uuid.uuid4().hex[:12]}"  # two runs at once must not meet
    try:
        if faces is None:
            graph.run("project-same", graph=name)
        else:
            pairs = {"left": faces.left.tolist(), "right": faces.right.tolist()}
            weights = [1.0] * len(faces.left)
            graph.run("gds-project-pairs", graph=name, weights=weights, **pairs)
        yield name
    finally:
        graph.run("drop-projection", graph=name)
