"""Crop faces for each network in the form of its training faces.

A network performs badly on any crop but its own: on LFW's pairs dlib's network scores 92 % on a
generic crop and 99 % on dlib's own. So a chip is cut from the picture at full resolution, by the
landmarks and in the geometry of the model's training, whatever detector found the face.
`docs/models.md` gives the source of each geometry.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import ModelError
from graphface.vision.weights import packaged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.records import Box, Detection, Pixels, Points

    Matrix = NDArray[np.float64]
    """[2, 3]: from pixels of the picture to pixels of the chip."""

PREDICTOR = "shape_predictor_5_face_landmarks.dat"

DLIB_PADDING = 0.25
"""Of dlib's own chip, as its network was trained with."""

ARCFACE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655),
           (70.7299, 92.2041))  # fmt: skip
"""The five landmarks in a 112 x 112 chip: InsightFace's template."""

FACENET = ((51.9, 64.9), (108.1, 64.9), (80.0, 90.4), (56.0, 110.2), (104.0, 110.2))
"""The five landmarks in a 160 x 160 chip: their mean over LFW in FaceNet's training crop, the MTCNN
box with 16 pixels of margin on each side, drawn out to a square."""

FACENET_STRETCH = 1.25
"""That drawing out: the mean crop was 0.80 times as wide as it was high."""

NOSE_DOWN, MOUTH_DOWN, MOUTH_ACROSS = 0.76, 1.33, 0.45
"""From dlib's points to the usual ones, fitted on 845 faces of `lfw-dev` against YuNet's landmarks:
nose tip and mouth lie so many times (nose base - middle of the eyes) below the eyes, the mouth's
corners so many times the distance of the eyes to either side."""

ALIGNMENTS = ("dlib-5-150", "five-point-112", "facenet-160", "square-224")


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A face in the form that its network needs."""

    chip: Pixels
    """uint8 [height, width, 3] RGB; black outside the picture."""
    landmarks: Points


def align(alignment: str, size: tuple[int, int], pixels: Pixels, face: Detection) -> Aligned:
    """The chip of one face, and its landmarks: the detector's, or else dlib's.

    `alignment` is one of ALIGNMENTS (its number is the size it is defined at), `size` the height
    and width of the chip. `pixels` must be C-contiguous.
    """
    if alignment == "dlib-5-150":
        shape = _shape(pixels, face.box)
        points = _usual(shape) if face.landmarks is None else face.landmarks
        return Aligned(_dlib_chip(pixels, shape, size[0]), points)
    points = five_points(pixels, face.box) if face.landmarks is None else face.landmarks
    if alignment == "square-224":
        return Aligned(warp(pixels, _upright_square(points, face.box, size), size), points)
    if alignment not in ALIGNMENTS:
        raise ModelError(
            f"no alignment is called {alignment}",
            f"Use one of {ALIGNMENTS}",
            code="alignment-unknown",
            alignment=alignment,
        )
    return Aligned(warp(pixels, _five_point(alignment, size, points), size), points)


def five_points(pixels: Pixels, box: Box) -> Points:
    """The usual five landmarks, from dlib's five points: eyes measured, nose and mouth inferred."""
    return _usual(_shape(pixels, box))


def _usual(shape: Any) -> Points:
    points = np.array([(shape.part(i).x, shape.part(i).y) for i in range(5)], np.float64)
    left, right = points[2:4].mean(0), points[0:2].mean(0)
    middle, across = (left + right) / 2, right - left
    down = points[4] - middle
    nose, mouth = middle + NOSE_DOWN * down, middle + MOUTH_DOWN * down
    corners = (mouth - MOUTH_ACROSS * across, mouth + MOUTH_ACROSS * across)
    return np.array([left, right, nose, *corners], np.float32)


def similarity(source: Any, target: Any) -> Matrix:
    """The similarity (rotation, one scale, shift) that maps `source` nearest to `target`.

    It is the least-squares solution, as Umeyama's; in the plane it is one complex factor. Points
    are [n, 2].
    """
    a, b = (np.asarray(points, np.float64) @ (1, 1j) for points in (source, target))
    spread = a - a.mean()
    factor = np.vdot(spread, b - b.mean()) / max(np.vdot(spread, spread).real, 1e-9)
    shift = b.mean() - factor * a.mean()
    return np.array(
        [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]]
    )


def warp(pixels: Pixels, matrix: Matrix, size: tuple[int, int]) -> Pixels:
    """The part of the picture that `matrix` maps into a chip of `size` (height, width).

    A face much larger than its chip is first reduced by area averaging, against aliasing.
    """
    import cv2

    x0, y0, x1, y1 = _source_rectangle(pixels, matrix, size)
    if x1 <= x0 or y1 <= y0:
        return np.zeros((*size, 3), np.uint8)
    part = pixels[y0:y1, x0:x1]
    onto = matrix @ np.array([[1, 0, x0], [0, 1, y0], [0, 0, 1]], np.float64)
    scale = float(np.sqrt(abs(np.linalg.det(onto[:, :2]))))
    if scale < 0.5:
        small = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        fx, fy = part.shape[1] / small.shape[1], part.shape[0] / small.shape[0]
        # whole numbers are the centres of pixels, not their corners
        onto = onto @ np.array([[fx, 0, fx / 2 - 0.5], [0, fy, fy / 2 - 0.5], [0, 0, 1]])
        part = small
    chip = cv2.warpAffine(np.ascontiguousarray(part), onto, (size[1], size[0]))
    return np.asarray(chip, np.uint8)


def _source_rectangle(
    pixels: Pixels, matrix: Matrix, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    back = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
    height, width = size
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ back.T
    low, high = np.floor(corners.min(0)) - 2, np.ceil(corners.max(0)) + 3
    x0, y0 = max(int(low[0]), 0), max(int(low[1]), 0)
    return x0, y0, min(int(high[0]), pixels.shape[1]), min(int(high[1]), pixels.shape[0])


def _five_point(alignment: str, size: tuple[int, int], points: Points) -> Matrix:
    if alignment == "facenet-160":
        template, across, side = np.array(FACENET), FACENET_STRETCH, 160
    else:
        template, across, side = np.array(ARCFACE), 1.0, 112
    matrix = similarity(points, template / (across, 1.0))
    grow = np.array([[across * size[1] / side], [size[0] / side]])
    return np.asarray(matrix * grow, np.float64)


def _upright_square(points: Points, box: Box, size: tuple[int, int]) -> Matrix:
    """A square 1.3 times the box, rotated so that the eyes are level: a loose, generic crop."""
    turn = np.angle(complex(*(points[1] - points[0]).astype(np.float64)))
    scale = size[0] / (1.3 * max(box.width, box.height))
    cos, sin = scale * np.cos(-turn), scale * np.sin(-turn)
    linear = np.array([[cos, -sin], [sin, cos]])
    centre = (box.x + box.width / 2, box.y + box.height / 2)
    return np.column_stack([linear, np.array([size[1], size[0]]) / 2 - linear @ centre])


def _dlib_chip(pixels: Pixels, shape: Any, size: int) -> Pixels:
    import dlib

    chip: Pixels = dlib.get_face_chip(pixels, shape, size, DLIB_PADDING)
    return chip


def _shape(pixels: Pixels, box: Box) -> Any:
    """dlib's five points in a box, made a square around the same middle.

    The predictor learned from the squares of dlib's own detector. In the taller boxes of others its
    points are less exact: on 400 pairs of `lfw-dev`, d' is 4.78 with CenterFace's boxes and 4.89
    with squares, as with dlib's own.
    """
    import dlib

    side = (box.width * box.height) ** 0.5
    left, top = box.x + (box.width - side) / 2, box.y + (box.height - side) / 2
    x0, y0, x1, y1 = (round(edge) for edge in (left, top, left + side, top + side))
    return _predictor()(pixels, dlib.rectangle(x0, y0, x1 - 1, y1 - 1))


@lru_cache(maxsize=1)
def _predictor() -> Any:
    """dlib's 5-point predictor; it is stateless, so all threads share one."""
    import dlib

    return dlib.shape_predictor(str(packaged(PREDICTOR)))
