"""Persons that may be two: held together by one SAME, or too spread out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.bipartition import LEAST_HALF, from_the_ends, two_means
from graphface.errors import Action
from graphface.insights.audit_data import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.clustering.agglomerative import Ints
    from graphface.insights.audit_data import Material

LEAST_SIDE = 3
"""A group that a bridge joins has so many faces, and as many SAME among them."""

LEAST = 2
"""Smaller halves are no reason to look."""

MARGIN = 0.05
"""Small halves have to be so far beyond the limit of one person, as a share of it: halving finds
the worst cut there is, so a little beyond is nothing."""


def bridges(material: Material) -> Iterator[Finding]:
    """SAME whose removal would split a person into two dense groups (GDS bridges)."""
    found = _bridges(material)
    near = _inside(material, {int(material.label[a]) for a, _ in found})
    best: dict[int, Finding] = {}
    for a, b in found:
        person = int(material.label[a])
        if min(len(near[a]), len(near[b])) < LEAST_SIDE:  # the other end, and two more of the group
            continue
        sides = [_side(near, a, b), _side(near, b, a)]
        if not all(_dense(near, side) for side in sides):
            continue
        faces = min(map(len, sides))
        if person not in best or faces > best[person].faces:
            best[person] = Finding(
                "bridge",
                faces,
                f"{material.called(person)}: {len(sides[0])} and {len(sides[1])} faces that one "
                "single SAME holds together",
                Action("split", {"person": material.number(person)}),
                persons=(material.number(person),),
                examples=(material.faces.ids[a], material.faces.ids[b]),
                look=material.look(a, b),
            )
    yield from best.values()


def over_merged(material: Material) -> Iterator[Finding]:
    """Persons whose faces form two halves as far apart as two people."""
    for person in range(len(material.persons)):
        members = material.members[person]
        if len(members) < 2 * LEAST:
            continue
        left, right, apart = _halves(material, members)
        smaller = left if len(left) < len(right) else right
        if len(smaller) < LEAST or material.said[smaller].all():
            continue
        limit = _limit(material, person, left, right)
        if apart > limit:
            yield Finding(
                "over-merged",
                len(smaller),
                f"{material.called(person)} looks like two: {len(left)} and {len(right)} faces, "
                f"{apart:.3f} apart on the mean where one person stays under {limit:.3f}",
                Action("split", {"person": material.number(person)}),
                persons=(material.number(person),),
                examples=(material.faces.ids[left[0]], material.faces.ids[right[0]]),
                look=material.look(int(left[0]), int(right[0])),
            )


def _limit(material: Material, person: int, left: Ints, right: Ints) -> float:
    """The mean distance beyond which two halves of a person are two people."""
    halves = material.part(person, left), material.part(person, right)
    if min(len(left), len(right)) >= LEAST_HALF:
        return float(material.measured[1].halves(*halves))
    return material.limit(*halves) * (1 + MARGIN)


def _bridges(material: Material) -> list[tuple[int, int]]:
    name = f"graphface-{uuid.uuid4().hex[:12]}"
    try:
        if not material.graph.run("audit-project-within", graph=name)[0]["relationshipCount"]:
            return []
        rows = material.graph.run("audit-bridges", graph=name)
        index = material.index
        return [(index[r["a"]], index[r["b"]]) for r in rows if r["a"] in index and r["b"] in index]
    finally:
        material.graph.run("drop-projection", graph=name)


def _inside(material: Material, persons: set[int]) -> dict[int, set[int]]:
    """For each face of some persons, the faces of the same person that are SAME to it."""
    faces, label = material.faces, material.label
    within = label[faces.left] == label[faces.right]
    within &= np.isin(label[faces.left], list(persons))
    near: dict[int, set[int]] = {
        k: set() for one in persons for k in material.members[one].tolist()
    }
    for a, b in zip(faces.left[within].tolist(), faces.right[within].tolist(), strict=True):
        near[a].add(b)
        near[b].add(a)
    return near


def _side(near: dict[int, set[int]], start: int, without: int) -> set[int]:
    """The faces reachable from `start` without the SAME to `without`."""
    seen, todo = {start}, [start]
    while todo:
        face = todo.pop()
        for other in near[face] - seen:
            if (face, other) != (start, without):
                seen.add(other)
                todo.append(other)
    return seen


def _dense(near: dict[int, set[int]], side: set[int]) -> bool:
    if len(side) < LEAST_SIDE:
        return False
    return sum(len(near[face] & side) for face in side) // 2 >= len(side)


def _halves(material: Material, members: Ints) -> tuple[Ints, Ints, float]:
    """Two halves of the faces (2-means from the two outermost faces), and their distance."""
    units = material.units[members].astype(np.float64)
    side = two_means(units, from_the_ends(units))
    if side.all() or not side.any():
        return members, members[:0], 0.0
    apart = float(units[side].mean(axis=0) @ units[~side].mean(axis=0))
    return members[~side], members[side], float(np.sqrt(max(2 - 2 * apart, 0.0)))
