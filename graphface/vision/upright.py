"""Pictures that lie on their side or upside down, and whose EXIF does not say so: scans, mostly.

A detector is a poor judge of what is up. CenterFace finds nearly all faces that lie on their side,
YuNet most of those that stand on their head, with landmarks that are wrong. So a face counts as
standing only if its landmarks do and its score is one that others seldom get
(`DetectorSpec.standing`). Where no face stands, the other three ways up are tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.records import Box
from graphface.vision.detectors.boxes import overlaps, resized

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from graphface.records import Detection, Pixels, Points, Upright
    from graphface.vision.detectors import Detector

WAYS = (0, 90, 270, 180)
"""Degrees clockwise by which a picture is turned, the usual first."""

ENOUGH = 2_000
"""Longer side in pixels at which a way up is chosen. Faces are then found in the full picture."""

OTHER_FACE = 0.2
"""Boxes of two ways up that share less of their union are of two faces. A box that is found in a
wrong way up fits badly."""

LEANING = 45.0
"""A face whose landmarks lean further than this many degrees does not stand."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A face that was found in a picture, maybe after turning it."""

    face: Detection
    """In pixels of the turned picture."""
    pixels: Pixels
    """The turned picture."""
    rotation: int
    """By how many degrees clockwise it was turned."""

    @property
    def box(self) -> Box:
        """The box in the picture as it is shown."""
        box = self.face.box
        corners = np.array([[box.x, box.y], [box.x + box.width, box.y + box.height]])
        (x0, x1), (y0, y1) = (sorted(map(int, ends)) for ends in self.shown(corners).T)
        return Box(x0, y0, x1 - x0, y1 - y0, self.rotation)

    def shown(self, points: NDArray[np.generic]) -> NDArray[np.generic]:
        """Points [n, 2] (x, y) of the turned picture, in the picture as it is shown."""
        height, width = self.pixels.shape[:2]
        x, y = points.T
        turned = {0: (x, y), 90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}
        return np.stack(turned[self.rotation], axis=1)


def faces_upright(
    detector: Detector, pixels: Pixels, upright: Upright, *, told: bool, standing: float
) -> list[Found]:
    """The faces of a picture [height, width, 3], left to right, turned where that is needed.

    `upright` is "never", "always" (all four ways, each face in the one in which it is surest) or
    "auto": the other ways where no face stands, unless EXIF `told` the way up. `standing` is the
    detector's own (`DetectorSpec`).
    """
    first = list(_look(detector, pixels, 0))
    if upright == "always":
        more = (one for way in WAYS[1:] for one in _look(detector, pixels, way))
        return _in_order(_once([*first, *(f for f in more if stands(f.face, standing))], standing))
    if upright == "never" or told or any(stands(one.face, standing) for one in first):
        return first
    small = resized(pixels, min(1.0, ENOUGH / max(pixels.shape[:2])))
    ways = {way: _weight(_look(detector, small, way), standing) for way in WAYS[1:]}
    best = max(ways, key=lambda way: ways[way])
    return _in_order(_look(detector, pixels, best)) if ways[best] else first


def stands(face: Detection, lowest: float) -> bool:
    """Whether a face stands upright, as far as its landmarks and score tell."""
    return face.confidence >= lowest and (face.landmarks is None or leans(face.landmarks) < LEANING)


def leans(points: Points) -> float:
    """Degrees between the face's own up, from mouth to eyes, and the picture's."""
    across, up = points[:2].mean(axis=0) - points[3:].mean(axis=0)
    return float(np.degrees(abs(np.arctan2(across, -up))))


def _look(detector: Detector, pixels: Pixels, rotation: int) -> Iterable[Found]:
    turned = np.ascontiguousarray(np.rot90(pixels, -rotation // 90))
    return (Found(face, turned, rotation) for face in detector.detect(turned))


def _weight(found: Iterable[Found], standing: float) -> float:
    """How much speaks for a way up; 0 if no face stands."""
    return sum(one.face.confidence**2 for one in found if stands(one.face, standing))


def _once(found: Sequence[Found], standing: float) -> list[Found]:
    """Each face once: standing if it does in some way, then the surest."""
    order = sorted(found, key=lambda f: (not stands(f.face, standing), -f.face.confidence))
    boxes = [one.box for one in order]
    edges = np.array([(b.x, b.y, b.x + b.width, b.y + b.height) for b in boxes], float)
    kept, left = [], np.arange(len(order))
    while len(left):
        kept.append(order[left[0]])
        left = left[1:][overlaps(edges[left[0]], edges[left[1:]]) < OTHER_FACE]
    return kept


def _in_order(found: Iterable[Found]) -> list[Found]:
    return sorted(found, key=lambda one: (one.box.x, one.box.y, one.box.width))
