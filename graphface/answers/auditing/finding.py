"""One thing that may be wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "bridge", "two-in-one", "alike", "missing-same", "twice-in-photo", "not-same", "copies",
    "empty-person", "orphan",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What may be wrong, how much a fix would change, and the command that fixes it."""

    kind: Kind
    faces: int
    """Faces that belong to somebody else after the fix, or are gone."""
    text: str
    command: str
    safe: bool = False
    """Whether `graphface audit --apply` may do it: nothing that anybody could miss."""
    persons: tuple[int, ...] = ()
    """Numbers of the persons it is about."""
    examples: tuple[str, ...] = ()
    """Ids of faces to look at: the two ends, or one of each side."""
    look: str | None = None
    """A command that shows more."""
