"""Faces that a person marked with a box, because the detector missed them.

The network needs landmarks. The detector often finds the face after all when it looks at the
surroundings of the box alone, enlarged or reduced to a size that suits it, or turned on their side.
If not, dlib's predictor guesses them inside the box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.errors import EmbeddingError
from graphface.records import Box, Detection
from graphface.vision.alignment import align
from graphface.vision.detectors.boxes import resized
from graphface.vision.extractor import FoundFace
from graphface.vision.quality import quality

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphface.records import Face, Picture, Pixels, Points
    from graphface.vision.extractor import Extractor

AROUND = 1.0
"""What is looked at around a box, in lengths of its longer side on each side."""

SIDE = 112
"""Pixels that the longer side of a box gets: every detector finds faces of that size."""

UNSEEN = 0.5
"""Confidence that the quality of a face counts with when the detector does not find it at all: what
the predictor guesses in a box much larger than the face is somewhere else, and looks as good."""

LARGEST = 8.0
"""Beyond so many times, enlarging adds nothing."""


def marked_faces(
    extractor: Extractor, picture: Picture, boxes: Sequence[Box], *, look: bool = True
) -> list[Face]:
    """The face in each of `boxes`, embedded; its confidence is None, and its box is as marked.

    Without `look` the detector does not look at the surroundings. `benchmarks/marking.py` measures
    both. Raises EmbeddingError for a face of which the network makes no vector.
    """
    pixels = np.ascontiguousarray(picture.pixels)
    found = [_found(extractor, pixels, box, look) for box in boxes]
    vectors = extractor.embed([face.chip for face in found])
    faces, dropped = extractor.faces(picture, found, vectors)
    if dropped:
        raise EmbeddingError(dropped[0], code="embedding-invalid")
    return faces


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The surroundings of a box, turned a quarter `turns` times against the clock."""

    pixels: Pixels
    box: Box
    turns: int
    corner: tuple[int, int]
    """Where the surroundings begin in the picture."""
    size: tuple[int, int]
    """Height and width of the surroundings before they were turned."""

    def in_picture(self, points: Points) -> Points:
        """Points [n, 2] of the view in the picture."""
        height, width = self.size
        x, y = points[:, 0], points[:, 1]
        for turn in range(self.turns, 0, -1):
            # np.rot90 took (x, y) of a picture w wide to (y, w - 1 - x).
            wide = width if turn % 2 else height
            x, y = wide - 1 - y, x
        return np.stack([x, y], axis=1).astype(np.float32) + np.array(self.corner, np.float32)


def _found(extractor: Extractor, pixels: Pixels, box: Box, look: bool) -> FoundFace:
    spec = extractor.spec
    for view in _views(pixels, box) if look else ():
        face = _detected(extractor, view)
        if face is not None:
            cut = align(spec.alignment, spec.size, view.pixels, face)
            grade = extractor.grade(cut, face.confidence)
            return FoundFace(box, None, grade, view.in_picture(cut.landmarks), cut.chip)
    cut = align(spec.alignment, spec.size, pixels, Detection(box, 0.0, None))
    return FoundFace(box, None, quality(cut.chip, cut.landmarks, UNSEEN), cut.landmarks, cut.chip)


def _views(pixels: Pixels, box: Box) -> Iterator[_View]:
    """The surroundings of the box, first as they are, then turned."""
    reach = round(AROUND * max(box.width, box.height))
    left, top = max(box.x - reach, 0), max(box.y - reach, 0)
    part = pixels[top : box.y + box.height + reach, left : box.x + box.width + reach]
    at = Box(box.x - left, box.y - top, box.width, box.height)
    height, width = part.shape[:2]
    for turns in (0, 1, 3, 2):
        turned = np.ascontiguousarray(np.rot90(part, turns))
        yield _View(turned, _turned(at, turns, height, width), turns, (left, top), (height, width))


def _turned(box: Box, turns: int, height: int, width: int) -> Box:
    """The box after `np.rot90` of a picture of this size."""
    for _ in range(turns):
        box = Box(box.y, width - box.x - box.width, box.height, box.width)
        height, width = width, height
    return box


def _detected(extractor: Extractor, view: _View) -> Detection | None:
    """What the detector finds at the box, in pixels of the view."""
    scale = min(SIDE / max(view.box.width, view.box.height), LARGEST)
    found = []
    for face in extractor.detector.detect(resized(view.pixels, scale)):
        x, y, width, height = (
            round(side / scale)
            for side in (face.box.x, face.box.y, face.box.width, face.box.height)
        )
        points = None if face.landmarks is None else face.landmarks / np.float32(scale)
        one = Detection(Box(x, y, width, height), face.confidence, points)
        if one.box.same_face(view.box):
            found.append(one)
    return max(found, key=lambda one: one.box.overlap(view.box), default=None)
