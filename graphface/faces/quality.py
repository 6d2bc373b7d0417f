"""How far an embedding can be trusted, judged by its face: one figure in [0, 1].

It is the product of five figures, each in [0, 1], so that one bad property is enough:

- size: eyes 40 pixels apart or more are full marks, 6 or fewer none;
- sharpness: the variance of the Laplacian of the chip, relative to the chip's own contrast;
- pose: how far the nose stands from the middle between the eyes (a profile scores low);
- light: contrast, and not too many black or white pixels;
- confidence: the detector's own score.

On `lfw-dev` the lowest tenth by this figure lies further from the centroid of its own person than
the highest tenth; `benchmarks/quality.py` prints by how much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.records import Pixels, Points

SIDE = 96
"""Side a chip is judged at, in pixels: models with unlike chips get like figures."""


def quality(chip: Pixels, landmarks: Points, confidence: float) -> float:
    """The figure for one face: its chip [h, w, 3], its landmarks in the picture, its score."""
    import cv2
    import numpy as np

    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    grey = np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    parts = (size(landmarks), sharpness(grey), pose(landmarks), light(grey), confidence)
    return float(np.clip(np.prod(parts), 0.0, 1.0))


def size(landmarks: Points) -> float:
    """By the distance between the eyes, in pixels of the picture."""
    left, right = landmarks[:2]
    apart = float(((right - left) ** 2).sum()) ** 0.5
    return _root(_between(apart, 6.0, 40.0))


def sharpness(grey: NDArray[np.uint8]) -> float:
    """By edges relative to contrast: blurred and enlarged faces have few."""
    import cv2
    import numpy as np

    edges = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    contrast = max(float(grey.astype(np.float32).var()), 1.0)
    return _root(_between(float(np.log10(max(edges / contrast, 1e-6))), -2.2, -0.6))


def pose(landmarks: Points) -> float:
    """By how far the nose stands aside, in half distances of the eyes: 0 in front, 1 in profile."""
    left, right, nose = landmarks[:3]
    across = right - left
    length = float((across**2).sum())
    if length < 1e-6:
        return 0.0
    aside = abs(float(((nose - (left + right) / 2) * across).sum()) / length) * 2
    return 1.0 - 0.8 * _between(aside, 0.15, 1.1)


def light(grey: NDArray[np.uint8]) -> float:
    """By contrast, and by how many pixels are burnt out or drowned."""
    import numpy as np

    contrast = _root(_between(float(grey.astype(np.float32).std()), 5.0, 35.0))
    lost = float(((grey < 4) | (grey > 251)).mean())
    return contrast * (1.0 - 0.7 * _between(lost, 0.1, 0.6))


def _between(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _root(value: float) -> float:
    """Half way there is more than half as good."""
    return float(value**0.5)
