"""Add a face that the detector missed, as one change: `undo` takes it out of the graph again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.errors import UsageError
from graphface.people.assignments import Assignments
from graphface.people.changes import change, new_person
from graphface.people.claims import Claim, Decision, decide
from graphface.people.folder_targets import target_of
from graphface.people.marking import embedded_marks, photo_at, still_missing
from graphface.people.selectors import any_face_by, find_face, refuse_ignored
from graphface.records import Box, Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphface.db import Connection, Run
    from graphface.people.changes import Change
    from graphface.people.claims import Target
    from graphface.people.marking import New
    from graphface.vision.extractor import Extractor


@dataclass(frozen=True, slots=True)
class AddedFace(Record):
    """What became of a box: a new face, or one that was there already."""

    face: str
    """Id of the face."""
    path: str
    """The file that was read."""
    box: Box
    """In pixels of the upright picture."""
    quality: float | None
    """Of a new face, in [0, 1]."""
    new: bool
    """False if the box is of a face that the graph had."""
    person: str | None
    """The name or number of the person it belongs to now."""
    change: Change | None
    """None when there was nothing to do."""
    dry_run: bool


def add_face(
    graph: Connection,
    photo: str,
    box: Box,
    *,
    extractor: Callable[[], Extractor],
    person: str | None = None,
    force: bool = False,
    dry_run: bool = False,
) -> AddedFace:
    """Add the face in `box` of a photo of the graph, and give it to `person`.

    `photo` is a file, or a path of the photo in the graph; `box` is in pixels of the upright
    picture. A box of a face that the graph has adds nothing, and `person` then gets that face.
    `person` is the number or the name of a person, or any other name for a new one. A face of
    another named person is refused unless `force`. The face gets its SAME with the next link.
    `extractor` is called when there is something to embed.

    Raises NotFound, PictureError for a picture that was changed, and UsageError.
    """
    graph.require_space()
    target = None if person is None else target_of(graph, person)
    known, file = photo_at(graph, photo)
    there = known.face_at(box)
    if there is not None and there.ignored:
        raise refuse_ignored(any_face_by(graph.run, there.id))
    new = {} if there else embedded_marks(extractor(), known, file, [box])
    face = there.id if there else next(iter(new))
    place = new[face][1].box if new else (there and there.box) or box
    job = _Job(file, face, place, new, target, force)
    done = change(graph, "add-face", job.work, dry_run=dry_run)
    if target is not None:
        label: str | None = target.name
    else:
        label = _owner(graph, face) if there else None
    return AddedFace(
        face=face,
        path=str(file),
        box=job.box,
        quality=new[face][1].quality if new else None,
        new=bool(new),
        person=label,
        change=done,
        dry_run=dry_run,
    )


def box_from(text: str) -> Box:
    """A box written as X,Y,WIDTH,HEIGHT. Raises UsageError."""
    if not re.fullmatch(r"\s*-?\d{1,7}(\s*,\s*-?\d{1,7}){3}\s*", text):
        raise UsageError(
            f"`box` is {text[:80]!r}",
            "Give x, y, width and height in pixels: 120,80,60,70",
            code="box-invalid",
            box=text[:80],
        )
    return Box(*map(int, text.split(",")))


@dataclass(frozen=True, slots=True)
class _Job:
    file: Path
    face: str
    box: Box
    new: dict[str, New]
    """The face, if it is new."""
    target: Target | None
    force: bool

    def work(self, run: Run) -> tuple[str, Assignments]:
        if self.new and not still_missing(run, self.new):
            raise UsageError(
                f"somebody has just added a face at {self._where()}",
                "Do it again to see which",
                code="changed-since",
            )
        given = self._given(run)
        state = Assignments(
            faces={**dict.fromkeys(self.new), **given.state.faces},
            persons=given.state.persons,
            standing=dict.fromkeys(self.new, "face"),
            new=self.new,
        )
        who = "" if self.target is None else f" {'as' if self.new else 'is'} {self.target.name}"
        return f"face at {self._where()}{' added' if self.new else ''}{who}", state

    def _given(self, run: Run) -> Decision:
        """To whom the face goes."""
        if self.target is None:
            return Decision()
        claim = Claim(self.file, self.target, self.face)
        given = decide(run, [claim], force=self.force, number=lambda: new_person(run))
        if error := given.rulings[0].error:
            raise error
        return given

    def _where(self) -> str:
        return f"{self.box.x},{self.box.y} of {self.file.name}"


def _owner(graph: Connection, face: str) -> str | None:
    found = find_face(graph, face)
    return None if found.person is None else found.label
