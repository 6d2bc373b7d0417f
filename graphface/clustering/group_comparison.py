"""Tell whether two groups of faces are one person, relative to the people around them.

This does for two groups what clustering does for all faces (`graphface.clustering.relative`). It
compares their mean distance on unit vectors with what their scatter and the distance to the nearest
other persons allow. It reads only the persons around the two, so a large graph takes no longer than
a small one; what clustering measures on all persons is measured on these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.agglomerative import Clusters
from graphface.clustering.impostors import FEW, LEAST, ranks
from graphface.clustering.scatter import Limit, scatter_within, typical_scatter
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

PER_PERSON = 50
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
    """Groups nearer than this are one person: what their scatter and `others` allow, less for few
    faces."""

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
    but = [id for id in (left.person, right.person) if id]
    people = graph.run("count-people")[0]["people"]
    faces = len(left.vectors) + len(right.vectors)
    around = [_around(graph, space, one, but, people, faces) for one in (left, right)]
    others = float(np.mean([one.others for one in around]))
    groups = [left.vectors, right.vectors]
    known = _clusters([*groups, *around[0].rivals, *around[1].rivals], others)
    limit = Limit(typical_scatter(known)).distance(known[0], known[1])
    mean = mean_distance(left.vectors, right.vectors)
    return Comparison(
        left.label, right.label, len(groups[0]), len(groups[1]), mean, others, float(limit)
    )


def _clusters(groups: Sequence[Vectors], others: float) -> Clusters:
    """What is known of some groups of faces, [n, d] each."""
    sums = np.stack([unit_vectors(group).astype(np.float64).sum(axis=0) for group in groups])
    sizes = np.array([len(group) for group in groups], dtype=np.float64)
    return Clusters(sizes, scatter_within(sums, sizes), np.full(len(groups), others))


def mean_distance(left: Vectors, right: Vectors) -> float:
    """Root of the mean square of all distances between unit vectors of [n, d] and [m, d]."""
    return float(np.sqrt(max(2 - 2 * float(_middle(left) @ _middle(right)), 0.0)))


def _middle(vectors: Vectors) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = unit_vectors(vectors).astype(np.float64).mean(axis=0)
    return middle


@dataclass(frozen=True, slots=True, eq=False)
class _Around:
    """The persons around a group."""

    others: float
    """The impostor distance of the group."""
    rivals: tuple[Vectors, ...]
    """Faces of each person, [n, d]."""


def _around(
    graph: Connection, space: Space, group: Group, but: Sequence[str], people: int, faces: int
) -> _Around:
    """The impostor distance: the mean distance to the nearest other persons, but the very nearest.

    If there are few, the model's expected impostor distance counts too.
    """
    passed, taken = ranks(len(group.vectors), people)
    middle = group.vectors.astype(np.float64).mean(axis=0)
    rows = graph.run(
        "explain-people-near", embedding=middle.tolist(), count=faces + LOOKED_AT,
        but=list(but), people=2 * (passed + taken), most=PER_PERSON,
    )  # fmt: skip
    expected = expected_others(space, group.vectors)
    rivals = tuple(np.array(row["embeddings"], np.float32) for row in rows)
    distances = sorted(mean_distance(group.vectors, rival) for rival in rivals)
    near = distances[passed : passed + taken] or distances[-taken:]
    if not near:
        return _Around(expected, rivals)
    weight = people / (people + FEW)
    own = weight * float(np.mean(near)) + (1 - weight) * expected
    return _Around(max(own, LEAST * expected), rivals)


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
