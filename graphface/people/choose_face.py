"""Which face of a picture is meant: the only one, the N-th from the left, or the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from graphface.errors import NoFace, UsageError
from graphface.faces.pictures import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.records import Box


class Boxed(Protocol):
    """Anything that lies in a box: a detection, a face."""

    @property
    def box(self) -> Box: ...


F = TypeVar("F", bound=Boxed)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for. Neither: a picture must show one face only."""

    number: int | None = None
    """Counted from the left, the first is 1."""
    largest: bool = False
    option: str = "--face"
    """The option that gives `number`, for messages."""

    def __post_init__(self) -> None:
        if self.number is not None and self.largest:
            raise UsageError(f"{self.option} and --largest both choose a face", "Give one of them")
        if self.number is not None and self.number < 1:
            raise UsageError(f"{self.option} is {self.number}", "Count from the left: 1, 2, ...")


def choose_face(path: Path, faces: Sequence[F], choice: Choice) -> F:
    """The face of the picture at `path` that `choice` means.

    Raises NoFace when there is none, UsageError when there are several and nothing was chosen, or
    fewer than the number.
    """
    ordered = left_to_right(faces)
    if not ordered:
        raise NoFace(
            f"{shown(path)}: no face in this picture",
            "Is it sharp, upright and large enough? (--min-face, --detector)",
        )
    if choice.largest:
        return max(ordered, key=lambda face: face.box.width * face.box.height)
    if choice.number is None and len(ordered) > 1:
        raise UsageError(
            f"{shown(path)}: {len(ordered)} faces are in this picture",
            f"Choose one: {choice.option} 1 to {len(ordered)}, from the left, or --largest",
        )
    if choice.number is not None and choice.number > len(ordered):
        raise UsageError(
            f"{shown(path)}: {choice.option} {choice.number}, but {_faces(len(ordered))} in this "
            "picture",
            "Count from the left",
        )
    return ordered[(choice.number or 1) - 1]


def left_to_right(faces: Sequence[F]) -> list[F]:
    """Faces in the order in which they are numbered."""
    return sorted(faces, key=lambda face: (face.box.x, face.box.y, face.box.width))


def _faces(count: int) -> str:
    return "one face is" if count == 1 else f"{count} faces are"
