"""Assign clusters of faces to persons who keep their identity.

An algorithm's clusters have no names and no memory. This module matches them with the existing
persons: what the user said stays, named persons keep their faces, and an unnamed person continues
in the cluster that holds most of its faces.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.agglomerative import Clusters, sums_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Floats, Ints, Score
    from graphface.records import Vectors


Pair = tuple[str, str, float]
"""Two faces and their distance."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the graph says about a face before clustering."""

    person: str | None
    fixed: bool
    """The user or a folder said so, or the person has a name: no algorithm moves the face."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where faces go: to existing persons, or in groups that each become a new person."""

    joins: dict[str, str]
    """Face -> person, for every face that is not fixed and whose person exists."""
    founded: tuple[tuple[str, ...], ...]
    """Faces of each new person, largest group first."""


def assign(
    clusters: Iterable[Sequence[str]],
    standing: Mapping[str, Standing],
    pairs_of: Callable[[Sequence[str]], Iterable[Pair]],
) -> Assignment:
    """Match `clusters` (face ids) with the existing persons.

    A cluster with fixed faces of one person joins that person. A cluster with fixed faces of
    several persons is divided: each face goes to the person whose fixed face is nearest along SAME
    (`pairs_of` gives the pairs among some faces). Other clusters continue as the unnamed person
    that most of their faces had, or become a new one. The result does not depend on any order of
    the input.
    """
    joins: dict[str, str] = {}
    free: list[tuple[str, ...]] = []
    for cluster in clusters:
        loose = tuple(sorted(face for face in cluster if not standing[face].fixed))
        anchors = {f: p for f in cluster if standing[f].fixed and (p := standing[f].person)}
        people = set(anchors.values())
        if len(people) == 1:
            joins.update(dict.fromkeys(loose, people.pop()))
        elif people and loose:
            shared = nearest_anchor(pairs_of(sorted(cluster)), anchors)
            joins.update((face, shared[face]) for face in loose if face in shared)
            free.append(tuple(face for face in loose if face not in shared))
        else:
            free.append(loose)
    return _go_on([group for group in free if group], standing, joins)


def nearest_anchor(pairs: Iterable[Pair], anchors: Mapping[str, str]) -> dict[str, str]:
    """Face -> person of the anchor that is nearest along `pairs` (Dijkstra from all anchors)."""
    near: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for a, b, distance in pairs:
        near[a].append((b, distance))
        near[b].append((a, distance))
    reached: dict[str, str] = {}
    queue = [(0.0, person, face) for face, person in anchors.items()]
    heapq.heapify(queue)
    while queue:
        gone, person, face = heapq.heappop(queue)
        if face in reached:
            continue
        reached[face] = person
        for other, distance in near[face]:
            if other not in reached and other not in anchors:
                heapq.heappush(queue, (gone + distance, person, other))
    return reached


def _go_on(
    groups: list[tuple[str, ...]], standing: Mapping[str, Standing], joins: dict[str, str]
) -> Assignment:
    """Each unnamed person continues in the group with most of its faces; other groups are new."""
    overlap: Counter[tuple[int, str]] = Counter()
    for index, group in enumerate(groups):
        for face in group:
            if person := standing[face].person:
                overlap[index, person] += 1
    person_of: dict[int, str] = {}
    taken: set[str] = set()
    ranked = sorted(overlap.items(), key=lambda item: (-item[1], item[0][1], groups[item[0][0]]))
    for (index, person), _ in ranked:
        if index not in person_of and person not in taken:
            person_of[index] = person
            taken.add(person)
    founded = []
    for index, group in enumerate(groups):
        if index in person_of:
            joins.update(dict.fromkeys(group, person_of[index]))
        else:
            founded.append(group)
    return Assignment(joins, tuple(sorted(founded, key=lambda group: (-len(group), group))))


def attach_poor_faces(
    labels: Ints, clusters: Clusters, units: Vectors, pairs: Ints, apart: Ints, score: Score
) -> NDArray[np.int32]:
    """Give each face without a label (-1) to the person with the best claim; returns labels [n].

    A person claims a face that is SAME to one of its good faces. The `score` of a claim is the one
    that joins clusters. A face that nobody claims keeps -1. The surest claims are settled first.
    """
    out = labels.astype(np.int32)
    face, person = _asked(labels, pairs)
    if not len(face):
        return out
    means = _means(units, labels)
    dots = np.einsum("ij,ij->i", units[face], means[person])
    distance = np.sqrt(np.maximum(2 - 2 * dots, 0))
    claims = clusters[person]
    ones = np.ones(len(face))
    sure = score(Clusters(ones, 0 * ones, claims.impostor), claims, distance)
    enemies = _enemies(apart, face)
    for k in np.lexsort((person, face, -sure)).tolist():
        one, whose = int(face[k]), int(person[k])
        if sure[k] <= 0:
            break
        if out[one] == -1 and all(out[other] != whose for other in enemies.get(one, ())):
            out[one] = whose
    return out


def _asked(labels: Ints, pairs: Ints) -> tuple[Ints, Ints]:
    """Faces without a person, each paired once with every person that a SAME leads to."""
    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[(labels[both[:, 0]] < 0) & (labels[both[:, 1]] >= 0)]
    combinations = np.unique(np.stack([both[:, 0], labels[both[:, 1]]], axis=1), axis=0)
    return combinations[:, 0], combinations[:, 1]


def _means(units: Vectors, labels: Ints) -> Floats:

    sums, sizes = sums_of(units[labels >= 0], labels[labels >= 0])
    return sums / sizes[:, None]


def _enemies(apart: Ints, faces: Ints) -> dict[int, list[int]]:
    enemies: dict[int, list[int]] = {}
    some = apart[np.isin(apart, faces).any(axis=1)]
    for a, b in some.tolist():
        enemies.setdefault(a, []).append(b)
        enemies.setdefault(b, []).append(a)
    return enemies
