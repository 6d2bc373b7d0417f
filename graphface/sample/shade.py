"""The grid all people are drawn on, and the brushes: masks, bumps and noise over it.

Unit: half the width of a face. Origin between the eyes, x to the picture's right, y down, z
towards the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass
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


WRAP = (0.34, 0.2, 0.15)
"""How far red, green and blue light creep round an edge of skin."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A person over the grid, ready to be lit."""

    z: Map
    albedo: Map
    gloss: Map
    glow: Map
    skin: Map
    """1 where light bleeds under the surface."""


@dataclass(frozen=True, slots=True)
class Light:
    """A window and a sky."""

    azimuth: float = 25.0
    """Degrees; positive stands at the picture's right."""
    height: float = 32.0
    """Degrees over the horizon."""
    warmth: float = 0.0
    """-1 cold to 1 warm."""
    strength: float = 1.0

    def direction(self) -> Map:
        """Unit vector towards the light, in the camera's space (y down)."""
        side, up = np.radians(self.azimuth), np.radians(self.height)
        towards = (np.sin(side) * np.cos(up), -np.sin(up), np.cos(side) * np.cos(up))
        return np.array(towards, np.float32)

    def colour(self) -> Map:
        return np.array([1 + 0.1 * self.warmth, 1.0, 1 - 0.14 * self.warmth], np.float32)


def shade(surface: Surface, light: Light, turned: Map) -> Map:
    """Linear light that leaves each sample; `turned` takes the camera's space to the head's."""
    towards = turned @ light.direction()
    normal = _normals(surface.z)
    lambert = normal @ towards
    lit = _shadow(surface.z, towards)[..., None] * _wrapped(lambert, surface.skin)
    sky = (0.66 - 0.3 * normal[..., 1])[..., None] * np.array([0.94, 0.98, 1.06], np.float32)
    open_ = _open(surface.z)[..., None]
    bounce = np.clip(normal[..., 0] * -np.sign(towards[0]), 0, 1)[..., None]
    key = light.strength * light.colour()
    total = key * lit * (0.55 + 0.45 * open_) + open_ * (0.46 * sky + 0.1 * bounce)
    total = _bleed(total, surface.skin)
    half = towards + turned @ np.array([0, 0, 1], np.float32)
    glance = np.clip(normal @ (half / np.linalg.norm(half)), 0, 1)
    shine = surface.gloss * (0.16 * glance**14 + 0.3 * glance**60) * open_[..., 0]
    return single(surface.albedo * total + shine[..., None] * key + surface.glow[..., None])


def _normals(z: Map) -> Map:
    import cv2

    smooth = blur(z, 0.9)
    dx = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=SAMPLES / 8)
    dy = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=SAMPLES / 8)
    length = np.sqrt(dx * dx + dy * dy + 1)
    return np.stack([-dx / length, -dy / length, 1 / length], -1)


def _wrapped(lambert: Map, skin: Map) -> Map:
    wrap = skin[..., None] * np.array(WRAP, np.float32) + 0.05
    return single(np.clip((lambert[..., None] + wrap) / (1 + wrap), 0, 1))


def _open(z: Map) -> Map:
    """How much of the sky a sample sees, from how deep it lies under its surroundings."""
    shut = sum(
        weight * np.clip((blur(z, sigma) - z) / reach, 0, 1)
        for sigma, reach, weight in ((4, 0.06, 0.35), (12, 0.2, 0.4), (36, 0.6, 0.4))
    )
    return np.clip(1 - shut, 0.12, 1).astype(np.float32)


def _shadow(z: Map, towards: Map) -> Map:
    """1 in the light, 0 in cast shadow: the height map shifted towards the light, step by step."""
    import cv2

    size = (z.shape[1] // 2, z.shape[0] // 2)
    small = cv2.resize(z, size, interpolation=cv2.INTER_AREA)
    flat = float(np.hypot(towards[0], towards[1])) or 1e-6
    lit = np.ones_like(small)
    for far in np.geomspace(0.03, 1.5, 18):
        shift = -np.array(towards[:2]) / flat * far * SAMPLES / 2
        move = np.array([[1, 0, shift[0]], [0, 1, shift[1]]], np.float32)
        blocker = cv2.warpAffine(small, move, size, borderMode=cv2.BORDER_REPLICATE)
        over = blocker - small - far * float(towards[2]) / flat
        np.minimum(lit, 1 - np.clip((over - 0.01) / (0.05 + 0.12 * far), 0, 1), out=lit)
    soft = blur(lit, 1.6)
    return np.asarray(cv2.resize(soft, (z.shape[1], z.shape[0])), np.float32)


def _bleed(light: Map, skin: Map) -> Map:
    """Light spreads under skin, red furthest."""
    spread = np.stack(
        [blur(np.ascontiguousarray(light[..., i]), s) for i, s in enumerate((4.0, 2.0, 1.2))], -1
    )
    return light + (spread - light) * (0.8 * skin)[..., None]
