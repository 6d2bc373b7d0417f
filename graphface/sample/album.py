"""Albums of people who do not exist: pictures, scenes, and the truth about who is where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import UsageError
from graphface.progress import Pool, task
from graphface.records import Record
from graphface.sample.identity import identities, random_identity
from graphface.sample.plan import Layout, album_plan, crowd, portrait, scene
from graphface.sample.pose import face_box
from graphface.sample.render import draw
from graphface.sample.store import write_drawing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from graphface.records import Box, Location
    from graphface.sample.identity import Identity
    from graphface.sample.store import Drawing


@dataclass(frozen=True, slots=True)
class Shown(Record):
    """One person in one picture."""

    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class Drawn(Record):
    """One picture and what is true about it; people from left to right."""

    path: Path
    people: tuple[Shown, ...]
    taken_at: datetime | None = None
    location: Location | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "path": str(self.path),
            "people": [
                {"name": s.name, "box": [s.box.x, s.box.y, s.box.width, s.box.height]}
                for s in self.people
            ],
            "takenAt": self.taken_at.isoformat() if self.taken_at else None,
            "location": [self.location.latitude, self.location.longitude]
            if self.location
            else None,
        }


@dataclass(frozen=True, slots=True)
class Album(Record):
    """What `make_album` drew."""

    folder: Path
    people: tuple[str, ...]
    pictures: tuple[Drawn, ...]
    ask: tuple[Drawn, ...]
    """Pictures that are not in the folder: one of each person, in the order of `people`."""
    stranger: Drawn | None
    """A picture of somebody who is not in the album."""
    drawn: int
    """How many files were drawn now; the others were there already."""

    def summary(self) -> list[dict[str, Any]]:
        """One row a person: in how many pictures, and which one asks about them."""
        asks = {shown.name: str(entry.path) for entry in self.ask for shown in entry.people}
        shown = [entry.name for picture in self.pictures for entry in picture.people]
        return [
            {"person": name, "pictures": shown.count(name), "ask": asks.get(name)}
            for name in self.people
        ]

    def to_dict(self) -> dict[str, Any]:
        """The truth, paths as text, boxes as [x, y, width, height]."""
        return {
            "folder": str(self.folder), "people": list(self.people), "drawn": self.drawn,
            "pictures": [picture.to_dict() for picture in self.pictures],
            "ask": [picture.to_dict() for picture in self.ask],
            "stranger": self.stranger.to_dict() if self.stranger else None,
        }  # fmt: skip


def make_album(
    folder: Path, *, people: int = 8, pictures: int = 5, scenes: int = 4, seed: int = 7,
    ask: Path | None = None, layout: Layout = "flat", workers: int = 2,
) -> Album:  # fmt: skip
    """Draw `pictures` portraits of each of `people` and `scenes` with 2-4 of them into `folder`.

    With `ask`, a portrait more of each, and one of a stranger, go into that folder. `layout`:
    "flat", "events" (a sub-folder a day), or "named" (a sub-folder a person, scenes beside them).
    Files that an earlier run drew from the same parameters stay as they are. UsageError for
    fewer than 1 or more people than there are, and where a file of that name is not a drawn one.
    """
    known = identities()
    if not 1 <= people <= len(known):
        raise UsageError(
            f"{people} people cannot be drawn",
            f"Choose 1 to {len(known)}",
            code="out-of-range",
            people=people,
        )
    if pictures < 0 or scenes < 0:
        raise UsageError("a number of pictures cannot be negative", code="out-of-range")
    cast = known[:people]
    plans = album_plan(folder, cast, pictures, scenes, seed, layout)
    asked = [] if ask is None else _questions(ask, known, people, seed)
    drawn = _draw_all([*plans, *asked], workers)
    held_out = [_truth(plan) for plan in asked]
    return Album(
        folder, tuple(p.name for p in cast), tuple(map(_truth, plans)), tuple(held_out[:people]),
        held_out[people] if len(held_out) > people else None, drawn,
    )  # fmt: skip


def make_portrait(path: Path, person: Identity, *, seed: int = 0) -> Drawn:
    """One picture of one person."""
    return _one(portrait(path, person, [seed]))


def make_scene(path: Path, people: Sequence[Identity], *, seed: int = 0) -> Drawn:
    """One picture of several people side by side (1 to 6)."""
    return _one(scene(path, tuple(people), [seed], None))


def make_crowd(path: Path, count: int = 50, *, width: int = 2400, seed: int = 0) -> Drawn:
    """One picture of `count` people in rows, as for a school's yearbook; height is 2/3 of width.

    The first are those of `identities()`, the others anybody.
    """
    rng = np.random.default_rng([seed, count])
    extra = (random_identity(rng, f"guest {i}") for i in range(count))
    people = [*identities(), *extra][:count]
    return _one(crowd(path, people, width, rng))


def _questions(ask: Path, known: Sequence[Identity], people: int, seed: int) -> list[Drawing]:
    """A portrait of each person that the album does not hold, and one of the next, a stranger."""
    names = [person.name.lower().replace(" ", "-") for person in known[:people]] + ["stranger"]
    return [
        portrait(ask / f"{name}.jpg", person, [seed, 9000, i])
        for i, (name, person) in enumerate(zip(names, known, strict=False))
    ]


def _one(plan: Drawing) -> Drawn:
    write_drawing(plan, lambda: draw(plan.people, plan.shot))
    return _truth(plan)


def _draw_all(plans: Sequence[Drawing], workers: int) -> int:
    """How many were drawn. Threads suffice: numpy and OpenCV release the interpreter's lock."""
    with (
        Pool(max(1, workers)) as pool,
        task("drawing", len(plans), "pictures") as bar,
    ):
        drawn = 0
        try:
            for new in pool.map(lambda p: write_drawing(p, lambda: draw(p.people, p.shot)), plans):
                drawn += new
                bar.advance()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return drawn


def _truth(plan: Drawing) -> Drawn:
    shown = [Shown(person.name, face_box(person, pose)) for person, pose in plan.people]
    shown.sort(key=lambda entry: entry.box.x)
    return Drawn(plan.path, tuple(shown), plan.taken_at, plan.location)
