"""What an album's pictures show: who, on which day, how they stand, what light falls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from graphface.records import Location
from graphface.sample.backdrop import PLACES, Backdrop
from graphface.sample.head import Expression
from graphface.sample.pose import Pose, Shot
from graphface.sample.shade import Light
from graphface.sample.store import Drawing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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
