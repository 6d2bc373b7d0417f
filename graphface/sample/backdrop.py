"""What stands behind people: a wall or a garden out of focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.sample.paint import linear
from graphface.sample.shade import blur, mix, noise, single, step

if TYPE_CHECKING:
    from graphface.sample.shade import Map

PLACES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    # top, bottom, and the colours of the soft shapes between
    "garden": ("#a9c4a0", "#5e7d4f", ("#d9e2b0", "#3f5d36", "#f2d9a0", "#87a66b")),
    "room": ("#d8cbb8", "#a58f78", ("#f3e6c8", "#7c6a5a", "#b9a58c", "#5f7480")),
    "street": ("#b8c6d4", "#7d7f86", ("#dfe6ec", "#5b6470", "#c7a27e", "#949aa3")),
    "beach": ("#9cc7e0", "#e3cfa4", ("#d6ecf5", "#c9b07c", "#f5efe0", "#79b0cc")),
    "cafe": ("#6e5242", "#3d2c25", ("#f2b765", "#e08e45", "#8a5f48", "#ffd79a")),
    "studio": ("#8fa3b0", "#5d6f7c", ("#a9bac4", "#73858f")),
    "evening": ("#4c5a82", "#2f3350", ("#f0b36a", "#7a86b8", "#e58f6f", "#394069")),
}


@dataclass(frozen=True, slots=True)
class Backdrop:
    place: str = "studio"
    seed: int = 0


def draw_backdrop(backdrop: Backdrop, size: tuple[int, int], warmth: float) -> Map:
    """[height, width, 3], linear light, for a picture of (width, height)."""
    import cv2

    shrink = min(1.0, 400 / size[1])  # nothing in it is sharp: a small one, enlarged
    width, height = round(size[0] * shrink), round(size[1] * shrink)
    top, bottom, spots = PLACES[backdrop.place]
    rng = np.random.default_rng(backdrop.seed)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    low = np.broadcast_to(step(down - 0.62, 0.25), (height, width))
    picture = np.broadcast_to(np.array(linear(top), np.float32), (height, width, 3))
    picture = mix(picture, linear(bottom), low)
    for index in range(int(14 * width / height)):
        colour = linear(str(rng.choice(spots)))
        picture = mix(picture, colour, _spot(rng, (width, height), index))
    picture = blur(np.ascontiguousarray(picture), height / 90)
    tone = 1 + 0.05 * noise((height, width), (height / 3, height / 3), backdrop.seed + 5)
    tint = np.array([1 + 0.05 * warmth, 1, 1 - 0.07 * warmth], np.float32)
    whole = cv2.resize(picture * tone[..., None] * tint * 0.8, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, np.float32)


def _spot(rng: np.random.Generator, size: tuple[int, int], index: int) -> Map:
    """One soft shape, large ones first: a disc of a lens out of focus, or an upright panel."""
    width, height = size
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    radius = height * rng.uniform(0.05, 0.16) * (2.2 if index < 4 else 1)
    at = rng.uniform(0, width), rng.uniform(0, height * 0.85)
    if index < 4:
        shape = np.maximum(np.abs(x - at[0]) / radius, np.abs(y - at[1]) / (radius * 1.8))
        return single(step(1 - shape, 0.25) * np.float32(rng.uniform(0.3, 0.7)))
    shape = np.sqrt((x - at[0]) ** 2 + (y - at[1]) ** 2) / radius
    return single(step(1 - shape, 0.12) * np.float32(rng.uniform(0.15, 0.5)))
