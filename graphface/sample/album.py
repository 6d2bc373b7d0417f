"""What an album's pictures show: who, on which day, how they stand, what light falls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from graphface.errors import UsageError
from graphface.progress import Pool, task
from graphface.records import Location, Record
from graphface.sample.backdrop import PLACES, Backdrop
from graphface.sample.head import Expression
from graphface.sample.identity import identities, random_identity
from graphface.sample.pose import Pose, Shot, face_box
from graphface.sample.render import draw
from graphface.sample.shade import Light
from graphface.sample.store import Drawing, write_drawing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.records import Box
    from graphface.sample.identity import Identity


Layout = Literal["flat", "events", "named"]

CLOTHS = (
    "#3f6ea8", "#8c3b3b", "#4d7358", "#c9a24b", "#6a5a8c", "#dcd6c8", "#2f3a4a",
    "#a86a4b", "#5d8f98", "#3a3a3a", "#b8748a", "#7f8f5a",
)  # fmt: skip
COLLARS = ("crew", "crew", "vee", "high")


@dataclass(frozen=True, slots=True)
class Event:
    """A day on which pictures were taken."""

    name: str
    place: str
    start: datetime
    location: Location | None


EVENTS = (
    Event("garden party", "garden", datetime(2023, 6, 17, 15, 2), Location(52.3906, 4.8812)),
    Event("city walk", "street", datetime(2023, 9, 3, 11, 20), Location(38.7139, -9.1334)),
    Event("winter cafe", "cafe", datetime(2023, 12, 9, 16, 45), None),
    Event("at home", "room", datetime(2024, 2, 25, 13, 10), None),
    Event("seaside", "beach", datetime(2024, 7, 21, 10, 5), Location(43.3209, -1.9845)),
    Event("long evening", "evening", datetime(2024, 8, 30, 20, 31), Location(59.3251, 18.0711)),
)


def album_plan(
    folder: Path, cast: Sequence[Identity], pictures: int, scenes: int, seed: int, layout: Layout
) -> list[Drawing]:
    """Every picture of an album, numbered in the order of the events."""
    rng = np.random.default_rng([seed, len(cast)])
    wanted: list[tuple[int, tuple[Identity, ...]]] = []
    for turn in range(pictures):
        wanted += [((turn + i) % len(EVENTS), (person,)) for i, person in enumerate(cast)]
    for turn in range(scenes if len(cast) > 1 else 0):
        size = min(2 + turn % 3, len(cast))
        chosen = rng.choice(len(cast), size=size, replace=False)
        wanted.append((turn % len(EVENTS), tuple(cast[int(i)] for i in chosen)))
    wanted.sort(key=lambda entry: entry[0])
    plans = []
    for number, (day, people) in enumerate(wanted):
        event = EVENTS[day]
        path = folder / _folder(event, people, layout) / f"IMG_{number + 1:04}.jpg"
        make = scene if len(people) > 1 else _single
        plans.append(make(path, people, [seed, number], event, number))
    return plans


def _folder(event: Event, people: Sequence[Identity], layout: Layout) -> str:
    if layout == "events":
        return f"{event.start:%Y-%m-%d} {event.name}"
    return people[0].name if layout == "named" and len(people) == 1 else ""


def _single(
    path: Path, people: Sequence[Identity], seed: list[int], event: Event | None, number: int = 0
) -> Drawing:
    return portrait(path, people[0], seed, event, number)


def portrait(
    path: Path, person: Identity, seed: list[int], event: Event | None = None, number: int = 0
) -> Drawing:
    rng = np.random.default_rng(seed)
    at = float(rng.normal(160, 9)), float(rng.normal(138, 6))
    pose = _pose(rng, at, float(rng.uniform(50, 62)))
    return _drawing(path, [(person, pose)], _shot(rng, 320, 320, event), event, number)


def scene(
    path: Path, people: Sequence[Identity], seed: list[int], event: Event | None, number: int = 0
) -> Drawing:
    """People side by side; the outer ones stand behind."""
    rng = np.random.default_rng(seed)
    width, height = 140 + 190 * len(people), 380
    placed = []
    for i, person in enumerate(people):
        at = 165 + 190 * i + float(rng.normal(0, 8)), float(rng.normal(165, 12))
        placed.append((person, _pose(rng, at, float(rng.uniform(49, 55)))))
    placed.sort(key=lambda entry: -abs(entry[1].x - width / 2))
    return _drawing(path, placed, _shot(rng, width, height, event), event, number)


def crowd(path: Path, people: Sequence[Identity], width: int, rng: np.random.Generator) -> Drawing:
    height = width * 2 // 3
    rows = max(1, round((len(people) / 1.9) ** 0.5))
    columns = -(-len(people) // rows)
    scale = min(width / columns / 4.6, height / rows / 5.6)
    placed = []
    for i, person in enumerate(people):
        row, column = divmod(i, columns)
        at = (column + 0.5) * width / columns, (row + 0.42) * height / rows
        placed.append((person, _pose(rng, at, scale)))
    shot = Shot(width, height, Light(float(rng.uniform(-25, 25))), Backdrop("garden"), oversample=1)
    return _drawing(path, placed, shot, None, 0)


def _pose(rng: np.random.Generator, at: tuple[float, float], scale: float) -> Pose:
    mood = Expression(
        smile=float(rng.uniform(0.15, 0.75)), brows=float(rng.uniform(-0.4, 0.6)),
        gaze=float(rng.uniform(-0.4, 0.4)), lids=float(rng.uniform(0, 0.25)),
    )  # fmt: skip
    yaw, pitch, roll = rng.uniform(-11, 11), rng.uniform(-4, 5), rng.normal(0, 3)
    cloth, collar = str(rng.choice(CLOTHS)), str(rng.choice(COLLARS))
    return Pose(
        *at, scale, float(yaw), float(pitch), float(np.clip(roll, -7, 7)), mood, cloth, collar
    )


def _shot(rng: np.random.Generator, width: int, height: int, event: Event | None) -> Shot:
    place = event.place if event else str(rng.choice(list(PLACES)))
    warm = {"cafe": 0.7, "evening": 0.6, "beach": 0.1}.get(place, 0.0)
    light = Light(
        azimuth=float(rng.uniform(-38, 38)), height=float(rng.uniform(22, 42)),
        warmth=warm + float(rng.uniform(-0.3, 0.3)), strength=float(rng.uniform(0.85, 1.1)),
    )  # fmt: skip
    return Shot(
        width, height, light, Backdrop(place, int(rng.integers(1 << 20))),
        exposure=float(rng.uniform(0.9, 1.15)), softness=float(rng.uniform(0.3, 0.7)),
        noise=float(rng.uniform(1.0, 2.5)), seed=int(rng.integers(1 << 30)),
    )  # fmt: skip


def _drawing(
    path: Path,
    people: Sequence[tuple[Identity, Pose]],
    shot: Shot,
    event: Event | None,
    number: int,
) -> Drawing:
    taken = event.start + timedelta(minutes=number * 3) if event else None
    return Drawing(path, tuple(people), shot, taken, event.location if event else None)


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
