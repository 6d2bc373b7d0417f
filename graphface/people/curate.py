"""Correct what clustering got wrong: merge, move, confirm, reject.

Each is one change (`graphface.people.changes`): one transaction, with an entry in the history,
which `undo` reverts. No algorithm overrides what the user says here.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from graphface.errors import Action, NotFound, UsageError
from graphface.names import NEW, NOBODY, clean_name, name_key, number_meant, same_name
from graphface.people.assignments import Assignments, Belongs, Known, pair
from graphface.people.changes import change, new_person
from graphface.people.naming import known, refuse_taken
from graphface.people.selectors import Person, face_by, faces_by, label, person_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphface.db import Connection, Run
    from graphface.people.changes import Change
    from graphface.people.selectors import FaceNode
    from graphface.records import Source

KEPT_APART = 5
"""Faces of a person that a rejected face is kept apart from: so many of the nearest, and as many of
the nearest that somebody confirmed."""


def merge(
    graph: Connection, persons: Sequence[str], *, into: str | None = None, dry_run: bool = False
) -> Change | None:
    """Merge `persons` (numbers or names) into the named one, else the one with most faces.

    The faces that move are confirmed, so clustering does not separate them again. NOT_SAME between
    them is removed. `into` is the number of the one who remains, or the name of the result; it is
    required when several of them have different names. Raises NotFound, UsageError.
    """
    return change(graph, "merge", partial(_merge, list(persons), into), dry_run=dry_run)


def move(
    graph: Connection, faces: Sequence[str], person: str, *, dry_run: bool = False
) -> Change | None:
    """Move `faces` to `person`: a number, a name, "new" (a new person) or "nobody".

    Returns None when they are already there and confirmed. Raises NotFound, UsageError.
    """
    return change(graph, "move", partial(_move, list(faces), person), dry_run=dry_run)


def confirm(graph: Connection, what: Sequence[str], *, dry_run: bool = False) -> Change | None:
    """Confirm that each of `what`, a face or all faces of a person, belongs where it is.

    Returns None when all are confirmed already. Raises NotFound, and UsageError for a face without
    a person.
    """
    return change(graph, "confirm", partial(_confirm, list(what)), dry_run=dry_run)


def reject(graph: Connection, face: str, person: str, *, dry_run: bool = False) -> Change | None:
    """Say that `face` is not `person`: it leaves, and NOT_SAME keeps it from coming back.

    Raises NotFound, UsageError.
    """
    return change(graph, "reject", partial(_reject, face, person), dry_run=dry_run)


def _merge(texts: list[str], into: str | None, run: Run) -> tuple[str, Assignments]:
    people = list({one.id: one for one in (person_by(run, text) for text in texts)}.values())
    if len(people) < 2:
        raise UsageError(
            "merging takes two persons that are not the same",
            "Name another one",
            code="same-person",
        )
    target, name = _target(run, people, into)
    others = [one for one in people if one.id != target.id]
    groups = {one.id: faces_by(run, one.id) for one in people}
    coming = sum(len(groups[one.id]) for one in others)
    state = joined(run, target, others, name)
    labels = ", ".join(one.label for one in others)
    text = f"{labels} merged into {label(name, target.number)} ({_count(coming, 'face')})"
    return text + _seen_twice(groups.values()), state


def joined(run: Run, target: Person, others: Sequence[Person], name: str | None) -> Assignments:
    """All faces of `others` belong to `target`, who is called `name`, and the others are gone.

    What comes is confirmed, and where nothing else holds the target's own faces (it has no name),
    they are too. NOT_SAME between faces of different persons are taken away.
    """
    people = [target, *others]
    groups = [faces_by(run, one.id) for one in people]
    confirmed = groups if target.name is None else groups[1:]
    hidden = all(known(run, one).hidden for one in people)
    return Assignments(
        {face.id: Belongs(target.id) for some in confirmed for face in some},
        {target.id: Known(target.number, name, hidden), **dict.fromkeys(one.id for one in others)},
        _no_longer_apart(run, groups),
    )


def given_to(run: Run, faces: Sequence[FaceNode], target: Person) -> Assignments:
    """These faces belong to `target`, whatever was said against it before."""
    ids = list(dict.fromkeys(face.id for face in faces))
    there = [face for face in faces_by(run, target.id) if face.id not in ids]
    return Assignments(
        dict.fromkeys(ids, Belongs(target.id)), {}, _no_longer_apart(run, (faces, there))
    )


def _target(run: Run, people: list[Person], into: str | None) -> tuple[Person, str | None]:
    """The person who remains, and their name."""
    named = [one for one in people if one.name is not None]
    names = {name_key(one.name): one.name for one in named if one.name is not None}
    target = max(named or people, key=lambda one: one.faces)
    if into is not None and not number_meant(into):
        return _called(run, people, clean_name(into), target)
    if into is not None:
        target = _numbered(people, into)
    if target.name is None and len(names) == 1:
        return target, named[0].name
    if len(names) > 1 and (into is None or target.name is None):
        raise UsageError(
            f"{' and '.join(one.label for one in named)} have names already",
            "Say what the one person is called",
            code="both-named",
            action=Action(
                "merge",
                {"persons": tuple(one.number for one in people), "into": named[0].number},
            ),
        )
    return target, target.name


def _numbered(people: list[Person], into: str) -> Person:
    for one in people:
        if str(one.number) == number_meant(into):
            return one
    raise UsageError(
        f"`into` is {into}, the number of none of {', '.join(one.label for one in people)}",
        "Give the number of one of them, or a name",
        code="person-not-found",
        into=into,
    )


def _called(run: Run, people: list[Person], name: str, target: Person) -> tuple[Person, str]:
    """Whoever of `people` has the name; else `target` gets it."""
    for one in people:
        if one.name is not None and same_name(one.name, name):
            return one, one.name
    refuse_taken(run, name, {one.id for one in people})
    return target, name


def _move(texts: list[str], person: str, run: Run) -> tuple[str, Assignments]:
    faces = [face_by(run, text) for text in texts]
    ids = list(dict.fromkeys(face.id for face in faces))
    moved = faces[0].shown if len(ids) == 1 else _count(len(ids), "face")
    if name_key(person) == NOBODY:
        return f"{moved} belongs to nobody now", Assignments(dict.fromkeys(ids))
    if name_key(person) == NEW:
        id, number = new_person(run)
        state = Assignments(dict.fromkeys(ids, Belongs(id)), {id: Known(number)})
        return f"{moved} moved to the new person {number}", state
    target = person_by(run, person)
    return f"{moved} moved to {target.label}", given_to(run, faces, target)


def _confirm(texts: list[str], run: Run) -> tuple[str, Assignments]:
    faces = list({face.id: face for text in texts for face in meant(run, text)}.values())
    for face in faces:
        if face.person is None:
            raise UsageError(
                f"{face.shown} belongs to nobody",
                "Say to whom",
                code="face-of-nobody",
                action=Action("move", {"faces": [face.id]}, ("person",)),
            )
    people = ", ".join(dict.fromkeys(face.label for face in faces))
    one = faces[0].shown if len(faces) == 1 else _count(len(faces), "face")
    return f"{one} confirmed as {people}", Assignments(
        {face.id: Belongs(face.person) for face in faces if face.person}
    )


def meant(run: Run, text: str) -> list[FaceNode]:
    """The selected faces: all of a person, or one."""
    try:
        person = person_by(run, text)
    except NotFound as nobody:
        try:
            return [face_by(run, text)]
        except NotFound:
            raise nobody.restated(f"{nobody.message}, and no face") from None
    found = faces_by(run, person.id)
    if not found:
        raise UsageError(
            f"{person.label} has no faces",
            code="person-without-faces",
            label=person.label,
        )
    return found


def _reject(text: str, whom: str, run: Run) -> tuple[str, Assignments]:
    face, person = face_by(run, text), person_by(run, whom)
    metric = run("read-space")[0]["space"]["metric"]
    rows = run("faces-to-keep-apart", face=face.id, person=person.id, metric=metric)
    decided = [row for row in rows if row["decided"]]
    apart = {row["face"] for row in (*rows[:KEPT_APART], *decided[:KEPT_APART])}
    said: Source = "user"
    state = Assignments(
        {face.id: None} if face.person == person.id else {},
        {},
        {pair(face.id, other): said for other in apart},
    )
    return f"{face.shown} is not {person.label}", state


def _no_longer_apart(
    run: Run, groups: Iterable[Sequence[FaceNode]]
) -> dict[tuple[str, str], Source | None]:
    """The NOT_SAME between faces of different groups, which are to be removed."""
    group = {face.id: k for k, some in enumerate(groups) for face in some}
    rows = run("not-same-among", faces=list(group))
    return {(row["a"], row["b"]): None for row in rows if group[row["a"]] != group[row["b"]]}


def _seen_twice(groups: Iterable[Sequence[FaceNode]]) -> str:
    """A warning if a photo shows several of the persons that are now one."""
    people: dict[str, set[str | None]] = defaultdict(set)
    for some in groups:
        for face in some:
            if face.photo is not None:
                people[face.photo].add(face.person)
    twice = sum(len(who) > 1 for who in people.values())
    return f"; {_count(twice, 'photo')} showed them side by side" if twice else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
