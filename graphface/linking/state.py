"""The state of linking in the graph, so that a run does only what is left to do.

Each face stores the threshold under which its SAME are complete (`linkedUnder`). Two faces nearer
than the smaller of their two thresholds are always linked. The `:Space` stores the metric, whether
all pairs were kept, and the run in progress. A run that finds another run's name there takes over
from an interrupted run, and first removes what that run may have left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import EmbeddingError
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.db import Connection, Row
    from graphface.records import Metric, Vectors


@dataclass(frozen=True, slots=True)
class State:
    """How the SAME of a graph have been found so far."""

    metric: Metric | None
    neighbors: int | None
    exactly: bool
    run: str | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do."""

    method: str
    metric: Metric
    threshold: float
    neighbors: int | None
    """The least number of nearest neighbours that each face keeps; None for all."""
    recall: float
    run: str
    insist: bool = False
    """Whether the user asked for a method that misses no pair. Then the results of an approximate
    method are not enough.
    """

    @property
    def exactly(self) -> bool:
        return self.method in ("exact", "cypher")


def read_state(graph: Connection) -> State:
    return State(**graph.run("link-state")[0])


def prepare(graph: Connection, plan: Plan, state: State) -> int:
    """Prepare the graph for `plan`; returns the number of SAME removed.

    Marks are removed before relationships, so an interrupted run leaves too few marks, never too
    many.
    """
    graph.run("begin-link", run=plan.run)
    again = from_scratch(plan, state)
    if again:
        graph.run("forget-linked")
    lowered = _count(graph, "lower-linked", threshold=plan.threshold)
    pin(graph, plan, exactly=again or state.exactly)
    stray = again or lowered or state.run is not None
    return _count(graph, "drop-stray-same" if stray else "drop-new-same")


def pin(graph: Connection, plan: Plan, *, exactly: bool) -> None:
    """Store how the SAME of this graph are found from now on."""
    graph.run("pin-link", metric=plan.metric, neighbors=plan.neighbors, exactly=exactly)


def finish(graph: Connection, plan: Plan) -> None:
    """Record a successful run; its metric and threshold become the graph's own."""
    from dataclasses import replace

    from graphface.db.schema import save_space

    space = graph.space()
    if space and (space.metric, space.threshold) != (plan.metric, plan.threshold):
        save_space(graph, replace(space, metric=plan.metric, threshold=plan.threshold))
    graph.run("end-link", run=plan.run)


def from_scratch(plan: Plan, state: State) -> bool:
    """Whether no existing SAME can be reused."""
    if plan.method == "cypher" or state.metric not in (None, plan.metric):
        return True
    if plan.insist and not state.exactly:
        return True
    fewer = state.neighbors is not None
    return fewer and (plan.neighbors is None or plan.neighbors > state.neighbors)  # type: ignore[operator]


def _count(graph: Connection, name: str, **parameters: Any) -> int:
    rows = graph.run(name, **parameters)
    return int(next(iter(rows[0].values()))) if rows else 0


IN_A_ROW, ROWS_AT_ONCE = 100, 20
"""Faces in a row of the answer, and rows whose numbers are Python objects at one time."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """All faces of a graph; those whose SAME are complete come first."""

    ids: list[str]
    vectors: Vectors
    """[faces, dimensions]"""
    under: NDArray[np.float64]
    """[faces]: SAME between two faces are complete under the smaller of their two."""
    done: int
    """The number of faces at the front that are complete under the requested threshold."""
    rank: NDArray[np.int32]
    """[faces]: the place of each face in the order of ids."""

    def __len__(self) -> int:
        return len(self.ids)

    def all_new(self) -> Faces:
        """The same faces, all marked as new."""
        from dataclasses import replace

        return replace(self, under=self.under * 0, done=0)


def read_faces(graph: Connection, dimensions: int, threshold: float) -> Faces:
    """Read all faces. Raises EmbeddingError for vectors without a defined distance."""
    chunks = list(_chunks(graph, dimensions, threshold))
    if not chunks:
        chunks = [([], np.empty((0, dimensions), np.float32), np.empty(0))]
    under = np.concatenate([part[2] for part in chunks])
    vectors = np.concatenate([part[1] for part in chunks])
    ids = [id for part in chunks for id in part[0]]
    del chunks
    done = under >= threshold
    order = np.concatenate([np.flatnonzero(done), np.flatnonzero(~done)])
    if not np.array_equal(order, np.arange(len(order))):
        ids, vectors, under = [ids[i] for i in order], vectors[order], under[order]
    return Faces(ids, vectors, under, int(done.sum()), _rank(ids))


def _chunks(
    graph: Connection, dimensions: int, threshold: float
) -> Iterator[tuple[list[str], Vectors, NDArray[np.float64]]]:
    total = graph.run("count-faces", threshold=threshold)[0]["faces"]
    rows = graph.stream("read-faces", fetch_size=ROWS_AT_ONCE, at_once=IN_A_ROW)
    with task("read faces", total=total, unit="faces") as bar:
        for row in rows:
            yield _arrays(row, dimensions)
            bar.advance(len(row["ids"]))


def _arrays(row: Row, dimensions: int) -> tuple[list[str], Vectors, NDArray[np.float64]]:
    ids, embeddings = row["ids"], row["embeddings"]
    lengths = [len(embedding or ()) for embedding in embeddings]
    wrong = [k for k, length in enumerate(lengths) if length != dimensions]
    if wrong:
        _refuse([ids[k] for k in wrong], f"has {lengths[wrong[0]]} numbers, not {dimensions}")
    vectors = np.array(embeddings, dtype=np.float32)
    bad = ~np.isfinite(vectors).all(axis=1)
    if bad.any():
        _refuse([ids[k] for k in np.flatnonzero(bad)], "holds NaN or infinity")
    return ids, vectors, np.array(row["under"], dtype=np.float64)


def _refuse(ids: list[str], why: str) -> None:
    more = f" (and {len(ids) - 1} more near it)" if len(ids) > 1 else ""
    raise EmbeddingError(
        f"the embedding of face {ids[0]}{more} {why}",
        "Delete these faces, or ingest their photos again",
        code="embedding-invalid",
        more=more,
        why=why,
    )


def _rank(ids: list[str]) -> NDArray[np.int32]:
    rank = np.empty(len(ids), dtype=np.int32)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids), dtype=np.int32)
    return rank
