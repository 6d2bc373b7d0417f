"""Graphs of people for tests: persons far from each other, their faces near, in photos as asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graphface.db.schema import pin_space
from graphface.ingest.photo_writer import write_batch
from graphface.linking.link import link
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.changes import change, new_person
from graphface.records import Box, Face, Picture, Space

if TYPE_CHECKING:
    from graphface.db import Connection, Run

SPACE = Space("Dlib", "dlib", "dlib-5-150", 128, "euclidean_l2", 0.37)
BOX = Box(20, 20, 60, 60)


@dataclass
class Gathering:
    """Faces by id with their vectors, persons and photos, to be written in one go."""

    seed: int = 1
    vectors: dict[str, np.ndarray] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)
    photo: dict[str, str] = field(default_factory=dict)
    phash: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)

    def centre(self) -> np.ndarray:
        """Somebody new: unit vectors in 128 dimensions are far from each other."""
        drawn = self.rng.standard_normal(128)
        return drawn / np.linalg.norm(drawn)

    def add(
        self, person: str, count: int, at: np.ndarray | None = None, *,
        prefix: str | None = None, apart: float = 0.2,
    ) -> np.ndarray:  # fmt: skip
        """`count` faces of `person` around `at`, some `apart` from each other."""
        middle = self.centre() if at is None else at
        for k in range(count):
            scatter = self.rng.standard_normal(128) * apart / np.sqrt(2 * 128)
            self.face(f"{prefix or person}-{k:02}", person, middle + scatter)
        return middle

    def face(self, id: str, person: str, vector: np.ndarray, photo: str | None = None) -> None:
        self.vectors[id] = vector.astype(np.float32)
        self.person[id] = person
        self.photo[id] = photo or f"photo-{id}"

    def bridge(self) -> None:
        """Ada, whose 5 and 6 faces only the SAME of `end1` and `end2` holds together."""
        here, aside = self.centre(), self.centre()
        aside -= here * (here @ aside)
        way = aside / np.linalg.norm(aside) * 0.6
        self.add("Ada", 4, here, apart=0.05)
        self.add("Ada", 5, here + way, prefix="joined", apart=0.05)
        self.face("end1", "Ada", here + 0.25 * way)
        self.face("end2", "Ada", here + 0.75 * way)

    def write(self, graph: Connection) -> dict[str, int]:
        """Photos, faces, SAME and persons; returns the number of each person. A person called
        `nobody` is none; one with a capital has that name."""
        pin_space(graph, SPACE)
        blank = np.zeros((100, 100, 3), np.uint8)
        photos: dict[str, list[Face]] = {}
        for id, photo in self.photo.items():
            side = len(photos.setdefault(photo, []))
            box = BOX if not side else Box(20 + side, 20, 60, 60)
            photos[photo].append(Face(id, box, 1.0, 0.9, self.vectors[id]))
        pictures = [
            Picture(Path(f"/photos/{p}.jpg"), p, 1, 1, blank, phash=self.phash.get(p, 0))
            for p in photos
        ]
        places = [(p.id, str(p.path), p.modified) for p in pictures]
        write_batch(graph, pictures, list(photos.values()), places, [])
        link(graph, threshold=0.37, metric="euclidean_l2")
        return belong(graph, self.person)


def belong(graph: Connection, persons: dict[str, str]) -> dict[str, int]:
    """Give faces to new persons, as clustering would; returns their numbers by `persons`."""
    numbers: dict[str, int] = {}

    def work(run: Run) -> tuple[str, Assignments]:
        ids: dict[str, str] = {}
        known: dict[str, Known | None] = {}
        for name in dict.fromkeys(persons.values()):
            if name != "nobody":
                ids[name], numbers[name] = new_person(run)
                known[ids[name]] = Known(numbers[name], name if name[0].isupper() else None)
        faces = {f: Belongs(ids[p], "cluster", 0.9) for f, p in persons.items() if p in ids}
        return "test", Assignments(faces=dict(faces), persons=known)

    change(graph, "test", work)
    return numbers


def set_state(graph: Connection, state: Assignments) -> None:
    change(graph, "test", lambda run: ("test", state))
