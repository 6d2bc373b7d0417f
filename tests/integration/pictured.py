"""Two people in three real files, told apart by colour: for tests that cut faces out of photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from graphface.db.schema import pin_space
from graphface.ingest.photo_writer import write_batch
from graphface.linking.link import link
from graphface.records import Box, Face
from graphface.vision.pictures import read_picture
from tests.integration.gatherings import SPACE, belong

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection

RED, GREEN = (220, 30, 30), (30, 180, 60)
LEFT, RIGHT = Box(40, 60, 50, 50), Box(200, 60, 60, 60)


def add_two(graph: Connection, folder: Path) -> None:
    """Ada is red and Bob is green; both are in `both.jpg`, and each alone in a picture."""
    pin_space(graph, SPACE)
    photo(graph, folder / "both.jpg", {"ada0": (LEFT, RED, 0.9), "bob0": (RIGHT, GREEN, 0.4)})
    photo(graph, folder / "ada.jpg", {"ada1": (LEFT, RED, 0.6)})
    photo(graph, folder / "bob.jpg", {"bob1": (RIGHT, GREEN, 0.8)})
    link(graph, threshold=0.37, metric="euclidean_l2")
    belong(graph, {"ada0": "Ada", "ada1": "Ada", "bob0": "Bob", "bob1": "Bob"})


def photo(
    graph: Connection, path: Path, faces: dict[str, tuple[Box, tuple[int, int, int], float]]
) -> None:
    pixels = np.full((200, 320, 3), 200, np.uint8)
    for box, colour, _ in faces.values():
        pixels[box.y : box.y + box.height, box.x : box.x + box.width] = colour
    Image.fromarray(pixels).save(path, quality=95)
    picture = read_picture(path)
    found = [
        Face(name, box, 1.0, quality, vector(name)) for name, (box, _, quality) in faces.items()
    ]
    write_batch(graph, [picture], [found], [(picture.id, str(path), picture.modified)], [])


def vector(name: str) -> Any:
    """Ada's are one way, Bob's another."""
    drawn = np.zeros(128, np.float32)
    drawn[0 if name.startswith("ada") else 1] = 1.0
    drawn[2] = 0.1 * int(name[-1])
    return drawn
