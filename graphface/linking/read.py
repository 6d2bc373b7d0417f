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

    from graphface.graph import Connection, Row
    from graphface.records import Vectors

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
    """So many faces at the front are complete under the threshold that was asked for."""
    rank: NDArray[np.int32]
    """[faces]: place of each face when all are sorted by id."""

    def __len__(self) -> int:
        return len(self.ids)

    def all_new(self) -> Faces:
        """The same faces as if none were linked yet."""
        from dataclasses import replace

        return replace(self, under=self.under * 0, done=0)


def read_faces(graph: Connection, dimensions: int, threshold: float) -> Faces:
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
    graph: Connection, dimensions: int, threshold: float
) -> Iterator[tuple[list[str], Vectors, NDArray[np.float64]]]:
    total = graph.run("count-faces", threshold=threshold)[0]["faces"]
    rows = graph.stream("read-faces", fetch_size=ROWS_AT_ONCE, at_once=IN_A_ROW)
    with task("read faces", total=total, unit="faces") as bar:
        for row in rows:
            yield _arrays(row, dimensions)
            bar.advance(len(row["ids"]))


def _arrays(row: Row, dimensions: int) -> tuple[list[str], Vectors, NDArray[np.float64]]:
    import numpy as np

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
    )


def _rank(ids: list[str]) -> NDArray[np.int32]:
    import numpy as np

    rank = np.empty(len(ids), dtype=np.int32)
    rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids), dtype=np.int32)
    return rank
