"""Claims of faces for persons: which are granted, which already held, and which are refused."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from graphface.errors import GraphfaceError, NotFound, UsageError
from graphface.files import shown
from graphface.names import name_key
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.selectors import Person, called, the_one_called

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from graphface.db import Run
    from graphface.records import Source

Outcome = Literal["registered", "known", "left out"]


@dataclass(frozen=True, slots=True)
class Target:
    """The person claimed for: one in the graph (`id`), or the one who has or will get the name."""

    name: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """This face, of this picture, shows this person."""

    path: Path
    target: Target
    face: str


@dataclass(frozen=True, slots=True)
class Owner:
    """The current person of a face."""

    person: str
    name: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class Ruling:
    """The outcome of a claim."""

    outcome: Outcome
    error: GraphfaceError | None = None


@dataclass(slots=True)
class Decision:
    """The outcomes of some claims, and the new state of the graph."""

    state: Assignments = field(default_factory=Assignments)
    rulings: list[Ruling] = field(default_factory=list)
    """One ruling per claim."""
    people: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Id and number of each claimed name's person."""
    new: set[str] = field(default_factory=set)
    """Names of new persons."""

    @property
    def text(self) -> str:
        """One line for the history."""
        given: dict[str, int] = defaultdict(int)
        names = {id: name for name, (id, _) in self.people.items()}
        for to in self.state.faces.values():
            given[names[to.person] if to else ""] += 1
        if len(given) > 3:
            return f"registered {len(self.state.faces)} faces of {len(given)} persons"
        parts = [f"{count} face{'s' * (count > 1)} of {name}" for name, count in given.items()]
        return f"registered {', '.join(parts)}"


def decide(
    run: Run, claims: Sequence[Claim], *, force: bool, number: Callable[[], tuple[str, int]]
) -> Decision:
    """Rule on `claims` in their order; `number` gives a new person an id and a number.

    A claim on a face of another named person is refused unless `force`. A claim on a face that an
    algorithm gave to an unnamed person is granted. Raises NotFound when a person is gone.
    """
    people, owners = _people(run, claims), _owners(run, claims)
    decision = Decision()
    for claim in claims:
        try:
            person = the_one_called(claim.target.name, people[claim.target])
        except UsageError as error:
            refused = error.restated(f"{shown(claim.path)}: {error.message}")
            decision.rulings.append(Ruling("left out", refused))
            continue
        ruling = _rule(claim, person, owners.get(claim.face), force)
        if ruling.outcome != "left out":
            ruling = _given(decision, claim, person, number, ruling)
        decision.rulings.append(ruling)
    return decision


def _people(run: Run, claims: Sequence[Claim]) -> dict[Target, list[Person]]:
    """Each target with the persons it may mean: one, nobody yet, or several of one name."""
    targets = {claim.target for claim in claims}
    ids = {target.id: target for target in targets if target.id}
    found = {
        ids[row["person"]]: [Person(row["person"], row["number"], row["name"], 0)]
        for row in run("read-persons", persons=sorted(ids))
    }
    if gone := set(ids.values()) - set(found):
        raise NotFound(
            f"{gone.pop().name} is not in this graph any more",
            "Somebody else changed it",
            code="person-gone",
        )
    by_name = targets - set(ids.values())
    persons = called(run, [target.name for target in by_name]) if by_name else {}
    return {**found, **{target: persons[name_key(target.name)] for target in by_name}}


def _owners(run: Run, claims: Sequence[Claim]) -> dict[str, Owner]:
    rows = run("read-belongs", faces=sorted({claim.face for claim in claims}))
    owned = [row for row in rows if row["person"]]
    ids = sorted({row["person"] for row in owned})
    names = {row["person"]: row["name"] for row in run("read-persons", persons=ids)}
    return {row["face"]: Owner(row["person"], names[row["person"]], row["source"]) for row in owned}


def _rule(claim: Claim, person: Person | None, owner: Owner | None, force: bool) -> Ruling:
    if owner is None:
        return Ruling("registered")
    if person is not None and owner.person == person.id:
        # What an algorithm said, the user now confirms.
        return Ruling("registered" if owner.source == "cluster" else "known")
    if owner.name is None or force:
        return Ruling("registered")
    return Ruling("left out", _belongs_to(claim, owner.name))


def _belongs_to(claim: Claim, name: str) -> UsageError:
    return UsageError(
        f"{shown(claim.path)}: this face belongs to {name}, not to {claim.target.name}",
        f"`force` gives it to {claim.target.name}",
        code="face-taken",
        path=claim.path,
        name=name,
    )


def _given(
    decision: Decision,
    claim: Claim,
    person: Person | None,
    number: Callable[[], tuple[str, int]],
    ruling: Ruling,
) -> Ruling:
    """Record who gets the face; of two claims on one face the first counts."""
    before = decision.state.faces.get(claim.face)
    id, _ = _home(decision, claim.target.name, person, number, before)
    if before is not None:
        names = {id: name for name, (id, _) in decision.people.items()}
        same = before.person == id
        return (
            Ruling("known")
            if same
            else Ruling("left out", _belongs_to(claim, names[before.person]))
        )
    if ruling.outcome == "registered":
        decision.state.faces[claim.face] = Belongs(id)
    return ruling


def _home(
    decision: Decision,
    name: str,
    found: Person | None,
    number: Callable[[], tuple[str, int]],
    before: Belongs | None,
) -> tuple[str, int]:
    """Id and number of the person of that name, who is created if missing."""
    if found is not None:
        decision.people[name] = found.id, found.number
        return found.id, found.number
    known = {name_key(k): v for k, v in decision.people.items()}
    if name_key(name) in known:
        decision.people[name] = known[name_key(name)]
        return decision.people[name]
    if before is not None:  # the claim is refused anyway, so it creates no person
        return "", 0
    made = number()
    decision.people[name] = made
    decision.new.add(name)
    decision.state.persons[made[0]] = Known(made[1], name)
    return made
