"""The SAME graph as arrays, the input of every clustering method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.errors import EmbeddingError
from graphface.progress import task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.db import Connection, Row
    from graphface.records import Space, Vectors

    Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class FaceGraph:
    """Faces and SAME as arrays: n faces, sorted by id, so no result depends on database order."""

    ids: tuple[str, ...]
    vectors: Vectors
    """[n, dimensions], as stored: raw, not normalised."""
    left: Indices
    """[m]: one end of each SAME, as an index into `ids`; left < right."""
    right: Indices
    distance: NDArray[np.float32]
    """[m], in the metric of `space`."""
    quality: NDArray[np.float32]
    """[n], in [0, 1]; 1 if unknown."""
    photo: Indices
    """[n]: number of the face's photo; -1 without one."""
    apart_left: Indices
    """[k]: pairs that the user said are NOT_SAME."""
    apart_right: Indices
    space: Space


AT_ONCE = 2_000
"""Faces whose numbers are Python objects at one time."""


def read_face_graph(graph: Connection, space: Space) -> FaceGraph:
    """All faces and SAME, sorted by id. Raises EmbeddingError for vectors that cannot be compared.

    If no face has an embedding, the vectors are [n, 0].
    """
    ids, vectors, quality, photos = _faces(graph, space.dimensions)
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    ids = [ids[k] for k in order]
    place = {id: k for k, id in enumerate(ids)}
    left, right, distance = _same(graph, place)
    apart = [
        (place[row["start"]], place[row["end"]])
        for row in graph.stream("not-same")
        if row["start"] in place and row["end"] in place
    ]
    ends = np.array(apart, dtype=np.int32).reshape(-1, 2)
    return FaceGraph(
        ids=tuple(ids),
        vectors=vectors[order],
        left=left,
        right=right,
        distance=distance,
        quality=quality[order],
        photo=_numbered([photos[k] for k in order]),
        apart_left=np.sort(ends, axis=1)[:, 0],
        apart_right=np.sort(ends, axis=1)[:, 1],
        space=space,
    )


def read_vectors(graph: Connection, space: Space) -> tuple[list[str], Vectors]:
    """Ids, sorted, and embeddings [n, dimensions]. Raises EmbeddingError."""
    ids, vectors, _, _ = _faces(graph, space.dimensions)
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)
    return [ids[k] for k in order], vectors[order]


def _faces(
    graph: Connection, dimensions: int
) -> tuple[list[str], Vectors, NDArray[np.float32], list[str | None]]:
    ids: list[str] = []
    quality: list[float] = []
    photos: list[str | None] = []
    parts: list[Vectors] = []
    rows: list[Row] = []
    with task("read faces", unit="faces") as bar:
        for row in graph.stream("cluster-faces"):
            ids.append(row["id"])
            quality.append(1.0 if row["quality"] is None else row["quality"])
            photos.append(row["photo"])
            rows.append(row)
            if len(rows) == AT_ONCE:
                parts.append(_vectors(rows, dimensions))
                bar.advance(len(rows))
                rows = []
        parts.append(_vectors(rows, dimensions))
    vectors = np.concatenate(parts)
    if not vectors.any():
        vectors = np.empty((len(ids), 0), np.float32)
    return ids, vectors, np.array(quality, np.float32), photos


def _vectors(rows: list[Row], dimensions: int) -> Vectors:
    """[rows, dimensions]; zeros for a face without an embedding."""
    zeros = [0.0] * dimensions
    found = [row["embedding"] or zeros for row in rows]
    for row, vector in zip(rows, found, strict=True):
        if len(vector) != dimensions:
            _refuse(row, f"has {len(vector)} numbers, not {dimensions}")
    vectors = np.array(found, dtype=np.float32).reshape(len(rows), dimensions)
    for k in np.flatnonzero(~np.isfinite(vectors).all(axis=1)):
        _refuse(rows[k], "holds NaN or infinity")
    return vectors


def _refuse(row: Row, why: str) -> None:
    raise EmbeddingError(
        f"the embedding of face {row['id']} {why}",
        "Delete this face, or ingest its photo again",
        code="embedding-invalid",
        why=why,
    )


def _same(graph: Connection, place: dict[str, int]) -> tuple[Indices, Indices, NDArray[np.float32]]:
    from array import array

    left, right, distance = array("i"), array("i"), array("f")
    with task("read SAME", unit="pairs") as bar:
        for row in graph.stream("read-same-by-face"):
            start = place.get(row["start"])
            for end, far in row["near"]:
                if start is None or end not in place:
                    continue  # a face registered after the faces were read
                left.append(start)
                right.append(place[end])
                distance.append(far)
            bar.advance(len(row["near"]))
    a, b = np.array(left, np.int32), np.array(right, np.int32)
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((high, low))
    return low[order], high[order], np.array(distance, np.float32)[order]


def _numbered(photos: list[str | None]) -> Indices:
    number = {photo: k for k, photo in enumerate(sorted({p for p in photos if p is not None}))}
    return np.array([-1 if p is None else number[p] for p in photos], dtype=np.int32)
