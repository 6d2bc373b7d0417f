"""A finding of the audit, and the data that findings are made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from graphface.clustering.agglomerative import Clusters, sums_of
from graphface.clustering.cannot_link import apart_pairs
from graphface.clustering.face_graph import read_face_graph
from graphface.clustering.impostors import common_impostor_distance, expected_impostor_distance
from graphface.clustering.scatter import measured, scatter_within
from graphface.errors import Action
from graphface.numbers import unit_vectors
from graphface.people.selectors import label
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Floats, Ints
    from graphface.clustering.face_graph import FaceGraph
    from graphface.clustering.scatter import Limit
    from graphface.db import Connection, Row
    from graphface.records import Space, Vectors


Kind = Literal[
    "bridge", "over-merged", "duplicate", "missing-same", "twice-in-photo", "not-same", "copies",
    "empty-person", "orphan",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding(Record):
    """Something that may be wrong, how much a fix would change, and the call that fixes it."""

    kind: Kind
    faces: int
    """Faces that the fix deletes or gives to another person."""
    text: str
    action: Action
    safe: bool = False
    """Whether `audit(apply=True)` may fix it, because nobody could miss what it deletes."""
    persons: tuple[int, ...] = ()
    """Numbers of the persons it is about."""
    examples: tuple[str, ...] = ()
    """Ids of faces to look at: the two ends, or one of each side."""
    look: Action | None = None
    """The call that shows more."""


@dataclass(frozen=True, eq=False)
class Material:
    """Faces and persons as arrays.

    There are n faces, p persons with a face, and c clusters: each person, and each face without a
    person as a cluster of its own.
    """

    graph: Connection
    faces: FaceGraph
    persons: tuple[Row, ...]
    """[p]: id, number, name."""
    label: Ints
    """[n]: index into `persons`, or p and more for a face without a person."""
    source: tuple[str | None, ...]
    """[n]: who said which person it belongs to."""
    path: tuple[str | None, ...]
    place: tuple[tuple[float, float, float, float] | None, ...]
    """[n]: x, y, width and height as shares of the photo."""

    @cached_property
    def index(self) -> Mapping[str, int]:
        """A face's place by its id."""
        return {id: k for k, id in enumerate(self.faces.ids)}

    @cached_property
    def units(self) -> Vectors:
        return unit_vectors(self.faces.vectors)

    @cached_property
    def clusters(self) -> tuple[Floats, Floats]:
        """Sums of the unit vectors of each cluster, [c, d], and how many faces it has, [c]."""
        return sums_of(self.units, self.label)

    @cached_property
    def means(self) -> Floats:
        sums, sizes = self.clusters
        return sums / sizes[:, None]

    @cached_property
    def expected(self) -> float:
        """The expected impostor distance of the model."""
        return expected_impostor_distance(self.faces)

    @cached_property
    def measured(self) -> tuple[Clusters, Limit]:
        """What is known of each cluster, [c], and the limit of one person among them."""
        return measured(*self.clusters, common_impostor_distance(self.units, self.expected))

    @cached_property
    def apart(self) -> Ints:
        """[k, 2]: pairs of faces of two people: in one photo, or NOT_SAME."""
        return apart_pairs(self.faces)

    @cached_property
    def enemies(self) -> Mapping[int, set[int]]:
        """For each face, the clusters it cannot belong to: those of the faces it is apart from."""
        found: dict[int, set[int]] = {}
        for a, b in self.apart.tolist():
            found.setdefault(a, set()).add(int(self.label[b]))
            found.setdefault(b, set()).add(int(self.label[a]))
        return found

    @cached_property
    def members(self) -> tuple[Ints, ...]:
        """[c]: the faces of each cluster."""
        order = np.argsort(self.label, kind="stable")
        starts = np.flatnonzero(np.diff(self.label[order], prepend=-1))
        return tuple(np.split(order, starts[1:]))

    @cached_property
    def said(self) -> NDArray[np.bool_]:
        """[n]: whether the user said which person the face belongs to."""
        return np.array([source == "user" for source in self.source], dtype=np.bool_)

    @cached_property
    def short(self) -> tuple[str, ...]:
        """[n]: the shortest prefix of each id that commands accept."""
        starts = [id[:12] for id in self.faces.ids]
        from collections import Counter

        count = Counter(starts)
        return tuple(
            start if count[start] == 1 and len(start) == 12 else id
            for start, id in zip(starts, self.faces.ids, strict=True)
        )

    def limit(self, a: Clusters, b: Clusters) -> float:
        """The mean distance below which clustering takes two clusters for one person."""
        return float(self.measured[1].distance(a, b))

    def part(self, cluster: int, faces: Ints) -> Clusters:
        """Some faces of a cluster, as a cluster among the same others."""
        sums = self.units[faces].astype(np.float64).sum(axis=0, keepdims=True)
        sizes = np.array([len(faces)], dtype=np.float64)
        around = self.measured[0].impostor[[cluster]]
        return Clusters(sizes, scatter_within(sums, sizes), around)[0]

    def called(self, person: int) -> str:
        row = self.persons[person]
        faces = int(self.clusters[1][person])
        return f"{label(row['name'], row['number'])} ({faces} face{'' if faces == 1 else 's'})"

    def number(self, person: int) -> int:
        return int(self.persons[person]["number"])

    def somebody(self, face: int) -> bool:
        return bool(self.label[face] < len(self.persons))

    def whose(self, face: int) -> str:
        if not self.somebody(face):
            return f"face {self.short[face]} of nobody"
        row = self.persons[int(self.label[face])]
        return f"face {self.short[face]} of {label(row['name'], row['number'])}"

    def look(self, a: int, b: int) -> Action:
        return Action("explain", {"a": self.short[a], "b": self.short[b]})


def read_material(graph: Connection, space: Space) -> Material:
    """Read faces, SAME and persons. Raises EmbeddingError."""
    faces = read_face_graph(graph, space)
    rows = {row["face"]: row for row in graph.stream("audit-faces")}
    found = [rows.get(id, _NOTHING) for id in faces.ids]
    people = {row["id"]: row for row in graph.run("audit-people")}
    used = sorted({row["person"] for row in found if row["person"] in people},
                  key=lambda id: int(people[id]["number"]))  # fmt: skip
    number = {id: k for k, id in enumerate(used)}
    nobody = iter(range(len(used), len(used) + len(found)))
    labels = [number[r["person"]] if r["person"] in number else next(nobody) for r in found]
    return Material(
        graph=graph,
        faces=faces,
        persons=tuple(people[id] for id in used),
        label=np.array(labels, dtype=np.int64),
        source=tuple(row["source"] for row in found),
        path=tuple(row["path"] for row in found),
        place=tuple(_place(row["place"]) for row in found),
    )


_NOTHING: Row = {"person": None, "source": None, "path": None, "place": [None] * 4}


def _place(numbers: Iterable[float | None]) -> tuple[float, float, float, float] | None:
    x, y, width, height = numbers
    if x is None or y is None or width is None or height is None:
        return None
    return x, y, width, height
