"""Quality of a face: how far its embedding can be trusted, in [0, 1].

It is the product of five scores, each in [0, 1], so one bad property is enough to lower it:

- size: 1 for eyes 30 pixels apart or more, 0 for 6 or fewer;
- sharpness: edges (variance of the Laplacian) of the chip relative to its contrast;
- pose: how far the nose is from below the middle of the eyes, sideways or up and down;
- light: contrast, few black or white pixels, and similar halves of the face;
- confidence: the detector's score relative to what it gives clear faces (`DetectorSpec.usual`),
  cubed, since good detectors differ only near 1.

On `lfw-dev`, whose faces are all good, the lowest fifth lies farther from its own person than the
rest; `benchmarks/quality.py` prints by how much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.records import Pixels, Points

SIDE = 96
"""Side a chip is judged at, in pixels: models with unlike chips get like figures."""

NOSE_BELOW = 0.6
"""How far the nose tip of a level face lies below the eyes, in distances of the eyes."""


def quality(chip: Pixels, landmarks: Points, confidence: float) -> float:
    """The quality of one face: its chip [h, w, 3], landmarks in the picture, relative score."""
    import cv2

    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    grey = np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    sure = min(max(confidence, 0.0), 1.0) ** 3
    return size(landmarks) * sharpness(grey) * pose(landmarks) * light(grey) * sure


def size(landmarks: Points) -> float:
    """Score by the distance between the eyes, in pixels of the picture."""
    left, right = landmarks[:2]
    apart = float(((right - left) ** 2).sum()) ** 0.5
    return _root(_between(apart, 6.0, 30.0))


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Score by edges relative to contrast: blurred and enlarged faces have few."""
    import cv2

    edges = float(cv2.Laplacian(grey, cv2.CV_32F).var())
    contrast = max(float(grey.astype(np.float32).var()), 1.0)
    return _root(_between(float(np.log10(max(edges / contrast, 1e-6))), -2.4, -1.4))


def pose(landmarks: Points) -> float:
    """Score 1 for a frontal face, less the farther it is turned aside, up or down."""
    left, right, nose = landmarks[:3].astype(float)
    across, down = right - left, nose - (left + right) / 2
    square = float((across**2).sum())
    if square < 1e-6:
        return 0.0
    aside = abs(float((down * across).sum())) / square * 2
    below = abs(float(across[0] * down[1] - across[1] * down[0])) / square
    tilted = abs(below - NOSE_BELOW)
    return (1 - 0.8 * _between(aside, 0.1, 1.0)) * (1 - 0.6 * _between(tilted, 0.05, 0.35))


def light(grey: NDArray[np.uint8]) -> float:
    """Score by contrast, by over- and underexposed pixels, and by the difference of the halves."""
    values = grey.astype(np.float32)
    contrast = _root(_between(float(values.std()), 5.0, 30.0))
    lost = float(((grey < 4) | (grey > 251)).mean())
    half = grey.shape[1] // 2
    unlike = abs(float(values[:, :half].mean() - values[:, half:].mean()))
    fair = (1 - 0.7 * _between(lost, 0.1, 0.6)) * (1 - 0.5 * _between(unlike, 15.0, 120.0))
    return contrast * fair


def _between(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _root(value: float) -> float:
    """A square root, so that half of the range scores more than half."""
    return float(value**0.5)
