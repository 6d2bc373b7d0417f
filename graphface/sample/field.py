"""The grid all people are drawn on, and the brushes: masks, bumps and noise over it.

Unit: half the width of a face. Origin between the eyes, x to the picture's right, y down, z
towards the viewer.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Map: TypeAlias = NDArray[np.floating[Any]]
    """[rows, columns] or [rows, columns, 3], single precision but for vectors."""

SAMPLES = 128
"""Samples of the grid in a unit."""

LEFT, RIGHT, TOP, BOTTOM = -3.2, 3.2, -2.5, 3.4
FLOOR = -1.7
"""Height where there is nobody."""


@lru_cache(maxsize=1)
def grid() -> tuple[Map, Map]:
    """x as one row [1, columns] and y as one column [rows, 1]: they broadcast to the grid."""
    columns = round((RIGHT - LEFT) * SAMPLES)
    rows = round((BOTTOM - TOP) * SAMPLES)
    x = (LEFT + (np.arange(columns) + 0.5) / SAMPLES).astype(np.float32)[None, :]
    y = (TOP + (np.arange(rows) + 0.5) / SAMPLES).astype(np.float32)[:, None]
    return x, y


def window(left: float, right: float, top: float, bottom: float) -> tuple[slice, slice]:
    """The part of the grid between these edges: small features need not touch the rest."""
    rows = slice(round((top - TOP) * SAMPLES), round((bottom - TOP) * SAMPLES))
    return rows, slice(round((left - LEFT) * SAMPLES), round((right - LEFT) * SAMPLES))


def single(values: Any) -> Map:
    """In single precision, which halves time and memory."""
    return np.asarray(values, np.float32)


def step(value: Map, soft: float = 1.5 / SAMPLES) -> Map:
    """0 below -soft, 1 above +soft, smooth between: an anti-aliased edge at 0."""
    t = np.clip(value / (2 * soft) + 0.5, 0, 1)
    return single(t * t * (3 - 2 * t))


def bump(x: Map, y: Map, at: tuple[float, float], size: tuple[float, float]) -> Map:
    """A Gaussian hill of height 1; separable, so two short vectors and one product."""
    across = np.exp(-0.5 * ((x - at[0]) / size[0]) ** 2)
    return single(across * np.exp(-0.5 * ((y - at[1]) / size[1]) ** 2))


def twin(x: Map, y: Map, at: tuple[float, float], size: tuple[float, float]) -> Map:
    """The same hill on both sides of the face."""
    return bump(np.abs(x), y, at, size)


def noise(shape: tuple[int, ...], cell: tuple[float, float], seed: int) -> Map:
    """Smooth noise, mean 0, standard deviation about 1, with cells of (across, down) samples."""
    import cv2

    rng = np.random.default_rng(seed)
    size = (max(2, int(shape[1] / cell[0]) + 2), max(2, int(shape[0] / cell[1]) + 2))
    coarse = rng.standard_normal((size[1], size[0]), dtype=np.float32)
    fine = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(fine * 1.3, np.float32)


def blur(image: Map, sigma: float) -> Map:
    """Gaussian blur, sigma in samples; wide ones on a smaller picture, where they cost little."""
    import cv2

    if sigma < 6:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
    factor = sigma / 3
    rows, columns = image.shape[:2]
    small = (max(2, round(columns / factor)), max(2, round(rows / factor)))
    coarse = cv2.GaussianBlur(cv2.resize(image, small, interpolation=cv2.INTER_AREA), (0, 0), 3)
    return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR))


def mix(under: Map, colour: tuple[float, float, float] | Map, mask: Map) -> Map:
    """`colour` laid over `under` where `mask` is 1."""
    return under + (np.asarray(colour, np.float32) - under) * mask[..., None]
