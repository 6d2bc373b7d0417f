"""What a run of register did, picture by picture and person by person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.people.claims import Outcome


@dataclass(frozen=True, slots=True)
class RegisteredPicture:
    """What became of one picture."""

    path: Path
    person: str | None
    """None where nobody is named for it."""
    outcome: Outcome
    face: str | None = None
    """Id of the face."""
    reason: str | None = None
    """Why it was left out: which file, what is wrong, what to do."""
    warning: str | None = None
    """Whose face is very near as well."""


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """What became of the pictures of one person."""

    name: str
    number: int | None
    """None where nobody was made: in a dry run, or because all was left out."""
    new: bool
    registered: int
    known: int
    left_out: int


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What a run of `register` did, or would do."""

    people: tuple[RegisteredPerson, ...]
    pictures: tuple[RegisteredPicture, ...]
    linked: int
    """SAME relationships written."""
    seconds: float
    model: str
    detector: str
    dry_run: bool
