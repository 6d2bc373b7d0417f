"""A small graph that has everything a graph of people can have, for every statement of cypher/.

Five kinds of people, by how their faces lie:

    Ada, Bob, cleo   tight groups; `lost` lies between Bob and cleo and belongs to nobody
    dan              two ends too far apart for a SAME, two faces between: a missing link
    eve              two triangles joined by one SAME: a bridge
    gus              hidden
    solo             far from all, belongs to nobody

Then Ada gets a face by the name of its folder (ida0) and one by a merge (ada3); a move is undone, a
face rejected (NOT_SAME), somebody forgotten; calibrations, APPEARS_WITH and thumbnails are written:
all of it by graphface's own functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graphface.db.schema import pin_space
from graphface.ingest.photo_writer import write_batch
from graphface.linking.link import link
from graphface.people.changes import undo
from graphface.people.curate import merge, move, reject
from graphface.people.forget import forget
from graphface.people.naming import hide, name_by_folder
from graphface.records import Box, Face, Location, Picture, Space
from tests.integration.gatherings import belong

if TYPE_CHECKING:
    from graphface.db import Connection

SPACE = Space("Dlib", "dlib", "dlib-5-150", 128, "euclidean_l2", 0.37)
BERLIN = Location(52.52, 13.405)

SHOWN = {
    "party": ["ada0", "bob0"],
    "dinner": ["ada1", "bob1", "cleo0"],
    "walk": ["cleo1", "eve0"],
    "empty": [],
}
"""Photos with several faces or none; each other face has a photo of its own. Ids begin with
photo-."""

TAKEN = {
    "party": datetime(2019, 5, 4, 20),
    "dinner": datetime(2020, 1, 2),
    "ada2": datetime(2019, 5, 9),
}


@dataclass(frozen=True)
class World:
    """What the cases speak of."""

    vectors: dict[str, list[float]]
    """The embedding of each face."""
    numbers: dict[str, int]
    """The number of each person, as written."""

    def person(self, name: str) -> str:
        return f"p{self.numbers[name]}"


def faces() -> dict[str, np.ndarray]:
    """Face -> unit vector; a face's first letters are whose it is."""
    axes = np.eye(128)
    tight = {
        f"{name}{k}": axes[at] + 0.1 * axes[20 + 8 * at + k]
        for at, (name, count) in enumerate(
            {"ada": 4, "bob": 4, "cleo": 3, "gus": 2, "hal": 2, "ida": 1, "solo": 1}.items()
        )
        for k in range(count)
    }
    dan, eve, side, up = axes[8], axes[9], axes[10], axes[11]
    rows = {
        # From Bob to cleo in steps of 19 degrees, a SAME each: `lost` is near to one face of both.
        "bob3": _turned(axes, 19),
        "lost": _turned(axes, 38),
        "cleo2": _turned(axes, 57),
        "cleo0": _turned(axes, 76) + 0.1 * axes[36],
        "cleo1": _turned(axes, 76) + 0.1 * axes[37],
        "dan0": dan + 0.19 * side,
        "dan1": dan + 0.05 * up,
        "dan2": dan - 0.05 * up,
        "dan3": dan - 0.19 * side,
        "eve0": eve + 0.30 * side + 0.05 * up,
        "eve1": eve + 0.30 * side - 0.05 * up,
        "eve2": eve + 0.17 * side,
        "eve3": eve - 0.17 * side,
        "eve4": eve - 0.30 * side + 0.05 * up,
        "eve5": eve - 0.30 * side - 0.05 * up,
    }
    found = {**tight, **rows}
    return {id: (v / np.linalg.norm(v)).astype(np.float32) for id, v in found.items()}


def _turned(axes: np.ndarray, degrees: float) -> np.ndarray:
    return np.cos(np.radians(degrees)) * axes[1] + np.sin(np.radians(degrees)) * axes[2]


def build(graph: Connection) -> World:
    """Fill an empty graph."""
    vectors = faces()
    pin_space(graph, SPACE)
    _photos(graph, vectors)
    link(graph, threshold=0.37, metric="euclidean_l2")
    faces_of = {face: _whose(face) for face in vectors if face != "ada3"}
    numbers = belong(graph, {**faces_of, "ada3": "jane"})
    _decide(graph, numbers)
    graph.run("save-calibration", middle=0.4, scale=0.05, quality=1.5, pairs=99)
    graph.run("save-identification", weights=[1.0] * 8)
    graph.run("update-appears-with")
    graph.run("write-thumbnails", rows=[{"face": "ada0", "thumbnail": "http://h/faces/ada0.jpg"}])
    graph.run("write-person-thumbnails")
    return World({id: vector.tolist() for id, vector in vectors.items()}, numbers)


def _whose(face: str) -> str:
    name = face.rstrip("0123456789")
    named = {"ada": "Ada", "bob": "Bob", "hal": "Hal", "lost": "nobody", "solo": "nobody"}
    return named.get(name, name)


def _photos(graph: Connection, vectors: dict[str, np.ndarray]) -> None:
    alone = {face: [face] for face in vectors if not any(face in some for some in SHOWN.values())}
    blank = np.zeros((100, 200, 3), np.uint8)
    shown = {**SHOWN, **alone}
    pictures = [
        Picture(
            Path(f"/photos/{id}.jpg"), f"photo-{id}", size, 1, blank, taken_at=TAKEN.get(id),
            location=BERLIN if id == "party" else None, phash=7 if id == "solo0" else size,
        )
        for size, id in enumerate(shown, start=1000)
    ]  # fmt: skip
    found = [
        [
            Face(
                id, Box(10 + 60 * k, 20, 40 + k, 40), 1.0, 0.5 if id == "lost" else 0.9, vectors[id]
            )
            for k, id in enumerate(some)
        ]
        for some in shown.values()
    ]
    places = [(one.id, str(one.path), one.modified) for one in pictures]
    places.append(("photo-party", "/copies/party.jpg", 2))
    write_batch(graph, pictures, found, places, [])


def _decide(graph: Connection, numbers: dict[str, int]) -> None:
    name_by_folder(graph, {"photo-ida0": "Ada"})
    merge(graph, ["Ada", str(numbers["jane"])])
    move(graph, ["gus1"], "Bob")
    undo(graph)
    reject(graph, "lost", "Bob")
    hide(graph, str(numbers["gus"]))
    forget(graph, "Hal", photos=True)
