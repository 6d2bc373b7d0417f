"""Shared parts of detectors: a face before clipping, and the search of a large picture.

A large picture is searched at a bounded size first and, unless it is a portrait, once more at a
finer one. So small faces are found at a bounded cost. Boxes and landmarks are in pixels of the full
picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.records import Box, Detection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from graphface.records import Pixels

PORTRAIT = 0.25
"""A face that fills so much of the picture's shorter side makes it a portrait."""

SAME_FACE = 0.4
"""Two boxes that share so much of their union are one face."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A face before clipping: edges in pixels, score, landmarks [5, 2] or none."""

    edges: NDArray[np.float64]
    score: float
    points: NDArray[np.float64] | None = None

    @property
    def width(self) -> float:
        return float(self.edges[2] - self.edges[0])

    def moved(self, scale: float, x: float = 0, y: float = 0) -> Candidate:
        """The same face in a picture that is `scale` times as large, shifted."""
        points = None if self.points is None else self.points * scale + (x, y)
        return Candidate(self.edges * scale + np.array([x, y, x, y]), self.score, points)


def search(
    pixels: Pixels, first: float, second: float, run: Callable[[Pixels], Iterable[Candidate]]
) -> list[Candidate]:
    """Search with `run` at the size `first` and, unless that is a portrait, at `second`, too."""
    found = [face.moved(1 / first) for face in run(resized(pixels, first))]
    portrait = any(face.width > PORTRAIT * min(pixels.shape[:2]) for face in found)
    if portrait or second <= first:
        return found
    return found + [face.moved(1 / second) for face in run(resized(pixels, second))]


def resized(pixels: Pixels, scale: float) -> Pixels:
    """The picture `scale` times as large, C-contiguous."""
    import cv2

    if scale == 1:
        return np.ascontiguousarray(pixels)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)


def overlaps(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of the edges [4] with each of [n, 4]."""
    shared = np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2])
    inner = np.maximum(shared, 0).prod(axis=1)
    areas = (others[:, 2:] - others[:, :2]).prod(axis=1) + (one[2:] - one[:2]).prod() - inner
    return np.asarray(inner / np.maximum(areas, 1e-9))


def finish(pixels: Pixels, found: list[Candidate], min_confidence: float) -> list[Detection]:
    """Keep each face once (the surest), clip it to the picture, and sort from left to right."""
    sure = [face for face in found if face.score >= min_confidence]
    sure.sort(key=lambda f: (-f.score, *f.edges))
    edges = np.array([face.edges for face in sure]).reshape(-1, 4)
    kept, left = [], np.arange(len(sure))
    while len(left):
        kept.append(sure[left[0]])
        left = left[1:][overlaps(edges[left[0]], edges[left[1:]]) < SAME_FACE]
    clipped = (_clipped(pixels, face) for face in kept)
    return sorted((c for c in clipped if c), key=lambda d: (d.box.x, d.box.y, d.box.width))


def _clipped(pixels: Pixels, face: Candidate) -> Detection | None:
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = (round(float(edge)) for edge in face.edges)
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    points = None if face.points is None else face.points.astype(np.float32)
    return Detection(Box(x0, y0, x1 - x0, y1 - y0), face.score, points)
