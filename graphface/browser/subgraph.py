"""A part of the graph of people, ready to draw: persons, their best faces, and SAME."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from graphface.drawing.layout import positions
from graphface.people.selectors import label

if TYPE_CHECKING:
    from graphface.db import Connection, Row

PERSONS, FACES = 12, 10
"""Persons drawn, and faces of each, at most."""

PERSON, FACE = 34.0, 24.0
"""Radius of a person, and of a face of the highest quality."""

GAP = 12.0
"""Between the edges of two faces, and between a person's ring of faces and the next."""

NAME = 16.0
"""Room for a name below a ring."""

ROUNDS, DRAWN = 600, (0.992, 0.98)
"""Of bringing rings together, and what is left of their distance to the middle after each."""


def face_url(face: str) -> str:
    return f"/faces/{quote(face, safe='')}.jpg"


def size_by_quality(quality: float | None) -> float:
    """Share of the full size, from .35 to 1: the third power, since most qualities are near 1."""
    return 0.35 + 0.65 * (0.5 if quality is None else min(max(quality, 0.0), 1.0)) ** 3


def width_by_nearness(distance: float, threshold: float) -> float:
    """Thickness of a SAME: 1 at the threshold, 7 at no distance."""
    return 1.0 + 6.0 * min(max(1.0 - distance / threshold, 0.0), 1.0) if threshold > 0 else 1.0


def drawing(graph: Connection) -> dict[str, Any]:
    """Nodes with places and radii, and the lines between them by node indices."""
    space = graph.space()
    people = graph.run("drawn-people", persons=PERSONS, faces=FACES)
    nodes = [_person(row) for row in people]
    belongs: list[tuple[int, int]] = []
    for person, row in enumerate(people):
        for face in row["best"]:
            belongs.append((len(nodes), person))
            nodes.append(_face(face, nodes[person]["label"]))
    place = {node["face"]: k for k, node in enumerate(nodes) if node["kind"] == "face"}
    threshold = space.threshold if space else 0.0
    same = [
        (place[row["a"]], place[row["b"]], row["distance"])
        for row in graph.run("drawn-same", faces=list(place))
    ]
    if nodes:
        _lay_out(nodes, belongs, same, threshold)
    lines = [
        {"a": a, "b": b, "distance": distance, "width": width_by_nearness(distance, threshold)}
        for a, b, distance in same
    ]
    return {"nodes": nodes, "belongs": belongs, "same": lines, "threshold": threshold}


def _person(row: Row) -> dict[str, Any]:
    return {
        "kind": "person",
        "label": label(row["name"], row["number"]),
        "named": row["name"] is not None,
        "faces": row["faces"],
        "src": face_url(row["best"][0]["face"]),
        "r": PERSON,
    }


def _face(row: Row, person: str) -> dict[str, Any]:
    quality = row["quality"]
    return {
        "kind": "face",
        "face": row["face"],
        "label": f"a face of {person}",
        "quality": quality,
        "path": row["path"],
        "src": face_url(row["face"]),
        "r": round(FACE * size_by_quality(quality), 1),
    }


def _lay_out(
    nodes: list[dict[str, Any]],
    belongs: list[tuple[int, int]],
    same: list[tuple[int, int, float]],
    threshold: float,
) -> None:
    """Place each person in a ring of its faces, and rings joined by SAME near each other."""
    rings: dict[int, list[int]] = {}
    for face, person in belongs:
        rings.setdefault(person, []).append(face)
    owner = dict(belongs)
    joined: dict[tuple[int, int], float] = {}
    for a, b, distance in same:
        if owner[a] != owner[b]:
            pair = min(owner[a], owner[b]), max(owner[a], owner[b])
            joined[pair] = joined.get(pair, 0.0) + width_by_nearness(distance, threshold)
    radii = [_ring([nodes[face]["r"] for face in rings[person]]) for person in rings]
    links = [(a, b, weight) for (a, b), weight in joined.items()]
    at = _near([radius + FACE for radius in radii], links)
    for (person, faces), radius, (x, y) in zip(rings.items(), radii, at, strict=True):
        nodes[person].update(x=round(x, 1), y=round(y, 1), ring=round(radius + FACE, 1))
        _around(nodes, faces, x, y, radius)


def _near(radii: list[float], links: list[tuple[int, int, float]]) -> list[list[float]]:
    """Places of rings, as near as possible without touching, on a sheet wider than high."""
    import numpy as np

    at = positions(radii, links)
    size = np.array(radii)
    want = size[:, None] + size[None] + GAP + NAME
    np.fill_diagonal(want, 0.0)
    for step in range(ROUNDS):
        if step < ROUNDS // 2:  # drawn to the middle first, then only pushed apart
            at = at * DRAWN
        delta = at[:, None] - at[None]
        far = np.sqrt((delta**2).sum(axis=2)) + 1e-9
        at = at + (delta * (np.maximum(want - far, 0.0) / far * 0.5)[:, :, None]).sum(axis=1)
    near: list[list[float]] = at.tolist()
    return near


def _ring(faces: list[float]) -> float:
    """Radius of a ring around the person with room for these faces."""
    around = sum(2 * radius + GAP for radius in faces) / (2 * math.pi)
    return max(around, PERSON + max(faces) + GAP)


def _around(
    nodes: list[dict[str, Any]], faces: list[int], x: float, y: float, radius: float
) -> None:
    """Put the faces on the ring, spaced by their sizes."""
    whole = sum(2 * nodes[face]["r"] + GAP for face in faces)
    turn = -math.pi / 2
    for face in faces:
        half = math.pi * (2 * nodes[face]["r"] + GAP) / whole
        turn += half
        place = x + radius * math.cos(turn), y + radius * math.sin(turn)
        nodes[face].update(x=round(place[0], 1), y=round(place[1], 1))
        turn += half
