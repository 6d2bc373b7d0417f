"""Faces at chosen places, for tests that need a graph and no pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphface.db.schema import pin_space
from graphface.ingest.photo_writer import write_batch
from graphface.records import Box, Face, Picture, Space

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.records import Vectors

Places = dict[str, float]

PLACES: Places = {"a0": 0.0, "a1": 1.0, "a2": 2.0, "b0": 4.8, "b1": 5.8, "c0": 9.0}
SPACE = Space("Dlib", "dlib", "dlib-5-150", 128, "euclidean", 1.5)


def add_faces(graph: Connection, places: Places) -> None:
    """One photo and one face a name; its embedding is its place on a line, in 128 dimensions."""
    vectors = np.ones((len(places), 128), np.float32)
    vectors[:, 0] = [1.0 + place for place in places.values()]
    add_embeddings(graph, list(places), vectors)


def add_embeddings(graph: Connection, names: list[str], vectors: Vectors) -> None:
    from pathlib import Path

    pin_space(graph, SPACE)
    blank = np.zeros((100, 100, 3), np.uint8)
    pictures = [Picture(Path(f"/photos/{n}.jpg"), f"photo-{n}", 1, 1, blank) for n in names]
    faces = [
        [Face(n, Box(20, 20, 60, 60), 1.0, 0.9, vector)]
        for n, vector in zip(names, vectors, strict=True)
    ]
    places = [(p.id, str(p.path), p.modified) for p in pictures]
    for start in range(0, len(names), 500):
        part = slice(start, start + 500)
        write_batch(graph, pictures[part], faces[part], places[part], [])


def belongs(graph: Connection) -> dict[str, str]:
    return {row["face"]: row["person"] for row in graph.run("face-people")}
