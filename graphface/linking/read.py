"""Read what is to be linked: ids, embeddings, and how far each face is linked already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.errors import EmbeddingError
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from graphface.graph import Graph, Row
    from graphface.records import Vectors

AT_ONCE = 2_000
"""Faces whose numbers are Python objects at one time."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """All faces of a graph; those whose SAME are complete come first."""

    ids: list[str]
    vectors: Vectors
    """[faces, dimensions]"""
    under: NDArray[np.float64]
    """[faces]: SAME between two faces are complete under the smaller of their two."""
    done: int
    """So many faces at the front are complete under the threshold that was asked for."""
    rank: NDArray[np.int32]
    """[faces]: place of each face when all are sorted by id."""

    def __len__(self) -> int:
        return len(self.ids)

    def all_new(self) -> Faces:
        """The same faces as if none were linked yet."""
        from dataclasses import replace

        return replace(self, under=self.under * 0, done=0)


def read_faces(graph: Graph, dimensions: int, threshold: float) -> Faces:
    """Read all faces. Raises EmbeddingError for vectors that no distance is defined for."""
    import numpy as np

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
    graph: Graph, dimensions: int, threshold: float
) -> Iterator[tuple[list[str], Vectors, NDArray[np.float64]]]:
    total = graph.run("count-faces", threshold=threshold)[0]["faces"]
    rows: list[Row] = []
    with task("read faces", total=total, unit="faces") as bar:
        for row in graph.stream("read-faces"):
            rows.append(row)
            if len(rows) == AT_ONCE:
                yield _arrays(rows, dimensions)
                bar.advance(len(rows))
                rows = []
        if rows:
            yield _arrays(rows, dimensions)
            bar.advance(len(rows))


def _arrays(rows: list[Row], dimensions: int) -> tuple[list[str], Vectors, NDArray[np.float64]]:
    import numpy as np

    wrong = [row for row in rows if len(row["embedding"] or ()) != dimensions]
    if wrong:
        length = len(wrong[0]["embedding"] or ())
        _refuse([row["id"] for row in wrong], f"has {length} numbers, not {dimensions}")
    vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
    ids = [row["id"] for row in rows]
    bad = ~np.isfinite(vectors).all(axis=1)
    if bad.any():
        _refuse([ids[i] for i in np.flatnonzero(bad)], "holds NaN or infinity")
    under = np.array([0.0 if row["under"] is None else row["under"] for row in rows])
    return ids, vectors, under


def _refuse(ids: list[str], why: str) -> None:
    more = f" (and {len(ids) - 1} more near it)" if len(ids) > 1 else ""
    raise EmbeddingError(
        f"the embedding of face {ids[0]}{more} {why}",
        "Delete these faces, or ingest their photos again",
    )


def _rank(ids: list[str]) -> NDArray[np.int32]:
    import numpy as np

    rank = np.empty(len(ids), dtype=np.int32)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids), dtype=np.int32)
    return rank
