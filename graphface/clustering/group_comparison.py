"""Tell whether two groups of faces are one person, relative to the people around them.

This does for two groups what clustering does for all faces (`graphface.clustering.relative`). It
compares their mean distance on unit vectors with a share of the distance to the nearest other
persons. It reads only the persons around the two, so a large graph takes no longer than a small
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.impostors import FEW, LARGE, LARGE_LEAST, LEAST, nearest
from graphface.clustering.relative import PERSON
from graphface.errors import NotFound
from graphface.numbers import unit_vectors
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.records import Space, Vectors

LOOKED_AT = 300
"""Faces that the index is asked for, beside those of the two groups."""

PER_PERSON = 100
"""Embeddings of a rival that are read."""

UNSURE = 0.05
"""So far beyond the limit (as a share of it) nothing is decided."""


@dataclass(frozen=True, slots=True)
class Comparison(Record):
    """Two groups of faces and what their distance means. Distances are between unit vectors."""

    left: str
    right: str
    left_faces: int
    right_faces: int
    mean: float
    """Mean distance (root of the mean square) between faces of the one and faces of the other."""
    others: float
    """Distance from the two to the nearest other persons."""
    limit: float
    """Groups nearer than this are one person: a share of `others`, smaller for few faces."""

    @property
    def near(self) -> bool:
        return self.mean < self.limit

    @property
    def unsure(self) -> bool:
        return self.limit <= self.mean < self.limit * (1 + UNSURE)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some faces and their label."""

    label: str
    vectors: Vectors
    """[n, d], as stored."""
    person: str | None
    """Id of the person they belong to."""


def compare(graph: Connection, space: Space, left: Group, right: Group) -> Comparison:
    """Compare the distance of two groups with the distances of the persons around them."""
    sizes = [len(left.vectors), len(right.vectors)]
    but = [id for id in (left.person, right.person) if id]
    people = graph.run("count-people")[0]["people"]
    others = float(
        np.mean([_others(graph, space, one, but, people, sum(sizes)) for one in (left, right)])
    )
    few = (sizes[0] ** -0.5 + sizes[1] ** -0.5) / 2
    limit = (PERSON.share - PERSON.single * few) * others
    mean = mean_distance(left.vectors, right.vectors)
    return Comparison(left.label, right.label, sizes[0], sizes[1], mean, others, float(limit))


def mean_distance(left: Vectors, right: Vectors) -> float:
    """Root of the mean square of all distances between unit vectors of [n, d] and [m, d]."""
    return float(np.sqrt(max(2 - 2 * float(_middle(left) @ _middle(right)), 0.0)))


def _middle(vectors: Vectors) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = unit_vectors(vectors).astype(np.float64).mean(axis=0)
    return middle


def _others(
    graph: Connection, space: Space, group: Group, but: Sequence[str], people: int, faces: int
) -> float:
    """The impostor distance: the mean distance to the nearest other persons.

    If there are few, the model's expected impostor distance counts too.
    """
    wanted = nearest(people)
    middle = group.vectors.astype(np.float64).mean(axis=0)
    rows = graph.run(
        "explain-people-near", embedding=middle.tolist(), count=faces + LOOKED_AT,
        but=list(but), people=wanted * 2, most=PER_PERSON,
    )  # fmt: skip
    expected = expected_others(space, group.vectors)
    rivals = [np.array(row["embeddings"], np.float32) for row in rows]
    near = sorted(mean_distance(group.vectors, rival) for rival in rivals)[: max(wanted - 1, 1)]
    if not near:
        return expected
    weight = people / (people + FEW)
    own = weight * float(np.mean(near)) + (1 - weight) * expected
    return max(own, (LARGE_LEAST if len(group.vectors) >= LARGE else LEAST) * expected)


def expected_others(space: Space, vectors: Vectors) -> float:
    """The expected impostor distance of the model."""
    from graphface.clustering.face_graph import FaceGraph
    from graphface.clustering.impostors import expected_impostor_distance

    none = np.empty(0, np.int32)
    blank = np.empty(0, np.float32)
    return expected_impostor_distance(
        FaceGraph((), vectors, none, none, blank, blank, none, none, none, space)
    )


def read_embeddings(graph: Connection, faces: Sequence[str]) -> Vectors:
    """Embeddings of faces, [n, d]. Raises NotFound for one that has none."""
    rows = {row["face"]: row for row in graph.run("face-embeddings", faces=list(faces))}
    for face in faces:
        if face not in rows:
            raise NotFound(
                f"face {face} has no embedding",
                "Ingest its photo again",
                code="embedding-missing",
                face=face,
            )
    return np.array([rows[face]["embedding"] for face in faces], dtype=np.float32)
