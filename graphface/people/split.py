"""Split a person who is really two: propose two halves, then separate them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.bipartition import bipartition, nearest_across
from graphface.errors import UsageError
from graphface.people.assignments import Assignments, Belongs, Known, pair
from graphface.people.changes import change, new_person
from graphface.people.naming import known
from graphface.people.selectors import Person, faces_by, faces_of, find_person, person_with_id
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.clustering.agglomerative import Ints
    from graphface.db import Connection, Run
    from graphface.people.changes import Change
    from graphface.people.selectors import FaceNode

KEPT_APART = 10
"""Pairs of faces of the two halves, the nearest, that are said to be NOT_SAME."""


@dataclass(frozen=True, slots=True)
class Split(Record):
    """The two halves of a person, as proposed."""

    person: Person
    stay: tuple[FaceNode, ...]
    """Faces that keep the person and the name: the half with more confirmed faces, or the larger.
    """
    leave: tuple[FaceNode, ...]
    """Faces of the new person."""
    mean_distance: float
    """Distance between the middles of the halves (unit vectors), 0 to 2."""
    nearest: float
    """Distance between the two nearest faces of the two halves."""
    apart: tuple[tuple[str, str], ...]
    """The nearest pairs across the halves."""
    confirmed_leave: int
    """Confirmed faces in the half that would leave: a reason to check it."""


def propose_split(graph: Connection, person: str) -> Split:
    """Propose two halves of `person`; nothing is written.

    Two faces in one photo, or NOT_SAME, count as known to be two people. Faces without an embedding
    stay. Raises NotFound, UsageError when the person has fewer than two faces with embeddings.
    """
    found = find_person(graph, person)
    faces = faces_of(graph, found.id)
    rows = graph.run("face-embeddings", faces=[face.id for face in faces])
    vectors = {row["face"]: row["embedding"] for row in rows}
    seen = [face for face in faces if face.id in vectors]
    if len(seen) < 2:
        raise UsageError(
            f"{found.label} has {len(seen)} faces: nothing to split",
            code="too-few-faces",
            label=found.label,
        )
    array = np.array([vectors[face.id] for face in seen], np.float32)
    side = bipartition(array, _apart(graph, seen))
    if _rank(seen, side.tolist(), True) > _rank(seen, side.tolist(), False):
        side = ~side
    mean, nearest, pairs = nearest_across(array, side, KEPT_APART)
    leave = tuple(face for face, other in zip(seen, side.tolist(), strict=True) if other)
    gone = {face.id for face in leave}
    return Split(
        person=found,
        stay=tuple(face for face in faces if face.id not in gone),
        leave=leave,
        mean_distance=mean,
        nearest=nearest,
        apart=tuple(pair(seen[a].id, seen[b].id) for a, b in pairs),
        confirmed_leave=sum(face.source != "cluster" for face in leave),
    )


def split(graph: Connection, proposal: Split, *, dry_run: bool = False) -> Change | None:
    """Carry out `proposal`: one half stays, the other becomes a new person without a name.

    NOT_SAME between their nearest faces keep clustering from joining them again. Raises UsageError
    when the person's faces are no longer those of the proposal.
    """
    return change(graph, "split", partial(_split, proposal), dry_run=dry_run)


def _split(proposal: Split, run: Run) -> tuple[str, Assignments]:
    person = person_with_id(run, proposal.person.id)
    now = {face.id for face in faces_by(run, person.id)}
    if not now.issuperset(face.id for face in (*proposal.stay, *proposal.leave)):
        raise UsageError(
            f"{person.label} was changed meanwhile",
            "Look at the halves again",
            code="changed-since",
            label=person.label,
        )
    id, number = new_person(run)
    faces: dict[str, Belongs | None] = {face.id: Belongs(id) for face in proposal.leave}
    if person.name is None:  # only confirmation keeps the faces of an unnamed person in place
        faces |= {face.id: Belongs(person.id) for face in proposal.stay}
    text = f"{person.label} split: {len(proposal.leave)} faces are the new person {number}"
    persons: dict[str, Known | None] = {id: Known(number), person.id: known(run, person)}
    return text, Assignments(faces, persons, dict.fromkeys(proposal.apart, "user"))


def _rank(faces: Sequence[FaceNode], side: list[bool], which: bool) -> tuple[int, int]:
    """Sort key for the half that stays: more confirmed faces first, then more faces."""
    some = [face for face, other in zip(faces, side, strict=True) if other is which]
    return sum(face.source != "cluster" for face in some), len(some)


def _apart(graph: Connection, faces: Sequence[FaceNode]) -> Ints:
    """Pairs [k, 2] of `faces` known to be two people: of one photo, or said to be."""
    place = {face.id: k for k, face in enumerate(faces)}
    photos: dict[str, list[int]] = defaultdict(list)
    for face in faces:
        if face.photo is not None:
            photos[face.photo].append(place[face.id])
    said = [(place[row["a"]], place[row["b"]])
            for row in graph.run("not-same-among", faces=list(place))]  # fmt: skip
    together = [two for some in photos.values() for two in combinations(some, 2)]
    return np.array([*said, *together], dtype=np.int64).reshape(-1, 2)
