"""List the persons of the graph, name them, and hide them.

Every name that a person or a face gets is decided here, whether it comes from a command, a folder,
a file or an answer of a review. One rule says which names are equal (`graphface.names.name_key`)
and which are refused. Every naming is a change under the lock of all changes, so two processes
never create two persons of one name.

- To give a person the name of another is refused; `merge` makes one person of two.
- A folder, a table or a side-car that gives faces the name of a person means that person.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphface.errors import Action, UsageError
from graphface.ingest.photo_writer import FolderNames
from graphface.names import clean_name, name_key, same_name
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.changes import change, new_person
from graphface.people.marking import still_missing
from graphface.people.selectors import (
    Person,
    called,
    find_person,
    label,
    person_by,
    person_with_id,
    the_one_called,
)
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from graphface.db import Connection, Row, Run
    from graphface.people.changes import Change
    from graphface.people.marking import New

NAMED_AT_ONCE = 50_000
"""Faces that a folder or a file names, in one change: the state before is kept beside it."""


@dataclass(frozen=True, slots=True)
class Listed(Record):
    """A person in the list."""

    number: int
    name: str | None
    faces: int
    photos: int
    first: Any
    """When the first of their photos was taken, by the camera's clock."""
    last: Any
    hidden: bool = False

    @property
    def label(self) -> str:
        return label(self.name, self.number)


def people(graph: Connection, *, min_faces: int = 1, hidden: bool = False) -> list[Listed]:
    """List persons, the most photographed first. Named persons without a face are included.

    With `hidden`, persons that `hide` removed from the list are included.
    """
    found = [Listed(**row) for row in graph.run("list-people", minFaces=min_faces)]
    return [one for one in found if hidden or not one.hidden]


def name(graph: Connection, person: str, new: str) -> tuple[Person, str]:
    """Name `person` (a number or a name) `new`; returns the previous person, and the stored name.

    From then on no algorithm takes a face away from this person. Raises NotFound, and UsageError
    when another person has that name already.
    """
    found = find_person(graph, person)
    wanted = clean_name(new)
    change(graph, "name", partial(_name, found.id, wanted))
    return found, wanted


def rename(graph: Connection, person: str, new: str) -> tuple[Person, str]:
    """Change the name of a person who has one. Raises UsageError for a person without a name."""
    found = find_person(graph, person)
    if found.name is None:
        raise UsageError(
            f"person {found.number} has no name yet",
            "Name them",
            code="person-unnamed",
            action=Action("name", {"person": found.number, "new": new}),
        )
    return name(graph, person, new)


def hide(graph: Connection, person: str, *, dry_run: bool = False) -> Change | None:
    """Hide `person` from the list of people; None if they are hidden already. Raises NotFound."""
    return change(graph, "hide", partial(_hide, person, True), dry_run=dry_run)


def unhide(graph: Connection, person: str, *, dry_run: bool = False) -> Change | None:
    """Show a hidden person again; None when the person is not hidden. Raises NotFound."""
    return change(graph, "unhide", partial(_hide, person, False), dry_run=dry_run)


def known(run: Run, person: Person) -> Known:
    """The current properties of a person."""
    row = run("read-persons", persons=[person.id])[0]
    return Known(row["number"], row["name"], row["hidden"], row["created"])


def refuse_taken(run: Run, wanted: str, own: set[str]) -> None:
    """Raise UsageError when a person other than `own` is called `wanted`, however it is spelled."""
    others = [one for one in called(run, [wanted])[name_key(wanted)] if one.id not in own]
    if others:
        raise UsageError(
            f"person {others[0].number} is already called {others[0].name!r}",
            "Two persons of one name cannot be told apart: add something to the name, "
            "or make one of the two",
            code="name-taken",
            number=others[0].number,
            taken=others[0].name,
        )


def _name(id: str, wanted: str, run: Run) -> tuple[str, Assignments]:
    person = person_with_id(run, id)
    refuse_taken(run, wanted, {person.id})
    named = replace(known(run, person), name=wanted)
    return f"{person.label} is now {wanted}", Assignments(persons={person.id: named})


def _hide(text: str, hidden: bool, run: Run) -> tuple[str, Assignments]:
    person = person_by(run, text)
    state = Assignments(persons={person.id: replace(known(run, person), hidden=hidden)})
    return f"{label(person.name, person.number)} is {'' if hidden else 'no longer '}hidden", state


@dataclass(slots=True)
class Given:
    """The result of naming faces."""

    change: int | None = None
    """Number of the change in the history; None when there was nothing to do."""
    named: int = 0
    """Faces that have the name now and did not before."""
    added: int = 0
    """Those of them that the graph did not have."""
    already: int = 0
    kept: list[str] = field(default_factory=list)
    """Faces left as they are, because the user said that they are somebody else."""
    refused: list[str] = field(default_factory=list)
    """Names that nobody got, each with the reason."""


@dataclass(slots=True)
class Bearers:
    """Who bears each of some names, inside a running change: found by it, or made for it."""

    run: Run
    homes: dict[str, str]
    """Name key -> id of the person."""
    refused: dict[str, str]
    """Name key -> why it is not clear who is meant."""
    persons: dict[str, Known | None] = field(default_factory=dict)
    """Persons that get a name, for `Assignments`."""

    def home(self, name: str) -> str:
        """The id of whoever has the name; a new person, if nobody has."""
        key = name_key(name)
        if key not in self.homes:
            person_id, number = new_person(self.run)
            self.give(name, person_id, Known(number))
        return self.homes[key]

    def give(self, name: str, person_id: str, person: Known) -> None:
        """That person has the name from here on."""
        self.persons[person_id] = replace(person, name=name)
        self.homes[name_key(name)] = person_id


def bearers_of(run: Run, names: Iterable[str]) -> Bearers:
    """Look up who has these names; of several spellings of one the first counts."""
    spelled: dict[str, str] = {}
    for name in names:
        spelled.setdefault(name_key(name), name)
    found = Bearers(run, {}, {})
    for key, persons in called(run, spelled.values()).items():
        try:
            person = the_one_called(spelled[key], persons)
        except UsageError as error:
            found.refused[key] = error.told("")
        else:
            if person is not None:
                found.homes[key] = person.id
    return found


def name_by_folder(graph: Connection, photos: Mapping[str, str]) -> FolderNames:
    """Make the most prominent face of each photo (by id) the person of the name beside it.

    Faces that somebody placed before, and faces of named persons, stay. Photos are named
    `NAMED_AT_ONCE` at a time, each time as one change. Names that nobody can have are in the
    report, and their photos are left as they are.
    """
    fit, refused = _fit(photos)
    named = 0
    for some in _portions(fit):
        given = _name_free(graph, "ingest", "their folders", partial(_in_photos, some))
        named += given.named
        refused += given.refused
    return FolderNames(named, tuple(dict.fromkeys(refused)))


def name_by_file(graph: Connection, said: Mapping[str, str], text: str) -> Given:
    """Make each face (by id) the person of that name, as `name_by_folder` does; `text` says where
    the names are from. Raises NotFound for a face that is gone."""
    fit, refused = _fit(said)
    total = Given(refused=refused)
    with task("name faces", total=len(fit), unit="faces") as bar:
        for some in _portions(fit):
            given = _name_free(graph, "import", text, partial(_of_faces, some))
            total.named += given.named
            total.already += given.already
            total.refused += given.refused
            total.change = given.change or total.change
            bar.advance(len(some))
    total.refused = list(dict.fromkeys(total.refused))
    return total


def _of_faces(names: Mapping[str, str], _: Run) -> Mapping[str, str]:
    return names


def _in_photos(names: Mapping[str, str], run: Run) -> dict[str, str]:
    """The names of photos as those of their most prominent faces."""
    rows = run("prominent-faces", photos=list(names))
    faces = {row["photo"]: row["face"] for row in rows}
    said: dict[str, str] = {}
    for photo, name in names.items():  # in this order: of several spellings the first counts
        if photo in faces:
            said.setdefault(faces[photo], name)
    return said


def _fit(said: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The names as they are stored; those that nobody can have, each once, with the reason."""
    clean: dict[str, str | None] = {}
    refused = []
    for name in dict.fromkeys(said.values()):
        try:
            clean[name] = clean_name(name)
        except UsageError as error:
            clean[name] = None
            refused.append(error.told(""))
    fit = {what: stored for what, name in said.items() if (stored := clean[name]) is not None}
    return fit, refused


def _portions(said: dict[str, str]) -> Iterator[dict[str, str]]:
    entries = iter(said.items())
    while some := dict(itertools.islice(entries, NAMED_AT_ONCE)):
        yield some


def _name_free(
    graph: Connection, what: str, after: str, said: Callable[[Run], Mapping[str, str]]
) -> Given:
    """One change that names those faces that nobody has a say in yet."""
    given = Given()

    def work(run: Run) -> tuple[str, Assignments]:
        nonlocal given
        given, state = _plan_free(run, said(run))
        faces = f"{given.named:,} face{'' if given.named == 1 else 's'}"
        return f"{faces} named after {after}", state

    done = change(graph, what, work)
    given.change = done.number if done else None
    return given


def _plan_free(run: Run, said: Mapping[str, str]) -> tuple[Given, Assignments]:
    given = Given()
    rows = {row["face"]: row for row in run("read-belongs", faces=list(said))}
    persons = {row["person"]: row for row in _persons(run, rows)}
    free = {face: name for face, name in said.items() if _is_free(rows.get(face), persons)}
    bearers = bearers_of(run, free.values())
    given.already = sum(
        same_name(persons[row["person"]]["name"], said[face])
        for face, row in rows.items()
        if row["person"]
    )
    state = Assignments(persons=bearers.persons)
    for face, name in free.items():
        if reason := bearers.refused.get(name_key(name)):
            given.refused.append(reason)
        else:
            state.faces[face] = Belongs(bearers.home(name), "folder")
    given.named = len(state.faces)
    return given, state


def _is_free(row: Row | None, persons: Mapping[str, Row]) -> bool:
    """Whether a face belongs to nobody, or to somebody without a name by an algorithm alone."""
    if row is None:
        return False
    if row["person"] is None:
        return True
    return bool(row["source"] == "cluster" and persons[row["person"]]["name"] is None)


def name_faces(
    graph: Connection,
    said: Mapping[str, str],
    text: str,
    *,
    new: Mapping[str, New] | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> Given:
    """Name each face (by id) in one change; `text` says where the names come from.

    Faces in `new` are created, unless their name is refused.

    An unnamed person gets the name of its faces, and all its faces go with it. Of several names the
    most frequent counts, and the faces with other names move. Unless `force`, earlier statements of
    the user or of a folder stay, both about a face and about a person whose faces would all get one
    other name. Raises NotFound for a face that is gone.
    """
    given = Given()

    def work(run: Run) -> tuple[str, Assignments]:
        nonlocal given
        there = still_missing(run, new) if new else {}
        given, state = _plan(run, _without(said, new or {}, there), force)
        state.new.update((face, there[face]) for face in state.faces if face in there)
        state.standing.update(dict.fromkeys(state.new, "face"))
        given.added = len(state.new)
        added = f", {given.added} of them added" if given.added else ""
        return f"{given.named} faces named after {text}{added}", state

    done = change(graph, "import", work, dry_run=dry_run) if said else None
    given.change = done.number if done else None
    return given


def _without(
    said: Mapping[str, str], new: Mapping[str, New], there: Mapping[str, New]
) -> dict[str, str]:
    """What is said of all faces but those of `new` that somebody has added meanwhile."""
    return {face: name for face, name in said.items() if face not in new or face in there}


def _plan(run: Run, said: Mapping[str, str], force: bool) -> tuple[Given, Assignments]:
    given = Given()
    rows = {row["face"]: row for row in run("read-belongs", faces=list(said))}
    known = {row["person"]: row for row in _persons(run, rows)}
    renamed = set() if force else _renamed(run, said, rows, known)
    wanted: dict[str, str] = {}
    for face, name in said.items():
        row = rows.get(face)
        person = known.get(row["person"]) if row else None
        if person and row and (_settled(person, row, name, force) or person["person"] in renamed):
            same = same_name(person["name"], name)
            given.already += same
            if not same:
                theirs = label(person["name"], person["number"])
                given.kept.append(f"face {face} is {theirs}, not {name}")
        else:
            wanted[face] = name
    bearers = _bearers(run, wanted, rows, known)
    given.refused = list(bearers.refused.values())
    state = Assignments(persons=bearers.persons)
    for face, name in wanted.items():
        if name_key(name) not in bearers.refused:
            state.faces[face] = Belongs(bearers.home(name))
    given.named = len(state.faces)
    return given, state


def _settled(person: Row, row: Row, name: str, force: bool) -> bool:
    """Whether a face stays: it has the name already, or somebody gave it another name."""
    if person["name"] is None:
        return False
    if same_name(person["name"], name):
        return True
    return row["source"] != "cluster" and not force


def _renamed(
    run: Run, said: Mapping[str, str], rows: Mapping[str, Row], known: Mapping[str, Row]
) -> set[str]:
    """Named persons whose faces all get one other name: somebody has renamed them since."""
    names: dict[str, list[str]] = defaultdict(list)
    for face, row in rows.items():
        if row["person"] and known[row["person"]]["name"] is not None:
            names[row["person"]].append(name_key(said[face]))
    whole = run("persons-with-faces", persons=list(names))
    return {
        row["person"]
        for row in whole
        if row["faces"] == len(names[row["person"]]) and len(set(names[row["person"]])) == 1
    }


def _persons(run: Run, rows: Mapping[str, Row]) -> list[Row]:
    ids = sorted({row["person"] for row in rows.values() if row["person"]})
    return run("read-persons", persons=ids)


def _bearers(
    run: Run, wanted: Mapping[str, str], rows: Mapping[str, Row], known: Mapping[str, Row]
) -> Bearers:
    """Who has each name, or gets it: the unnamed person most of whose faces are said to."""
    bearers = bearers_of(run, wanted.values())
    votes: Counter[tuple[str, str]] = Counter()
    for face, name in wanted.items():
        person = known.get(rows[face]["person"]) if face in rows else None
        if person and person["name"] is None:
            votes[(person["person"], name)] += 1
    for (person_id, name), _ in sorted(votes.items(), key=lambda item: (-item[1], item[0])):
        key = name_key(name)
        if key not in {*bearers.homes, *bearers.refused} and person_id not in bearers.persons:
            row = known[person_id]
            bearers.give(name, person_id, Known(row["number"], None, row["hidden"]))
    return bearers
