"""How people stand in a picture, what is behind them, and the picture itself."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from graphface.progress import Pool
from graphface.records import Box
from graphface.sample import hair
from graphface.sample.head import FACE, Expression
from graphface.sample.paint import linear
from graphface.sample.person import surface
from graphface.sample.shade import (
    FLOOR,
    LEFT,
    SAMPLES,
    TOP,
    Light,
    blur,
    grid,
    mix,
    noise,
    shade,
    single,
    step,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.records import Pixels
    from graphface.sample.person import Identity
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


@dataclass(frozen=True, slots=True)
class Pose:
    """How one person stands in a picture. Lengths in pixels of the finished picture."""

    x: float = 160.0
    """Where the point between the eyes lies."""
    y: float = 140.0
    scale: float = 58.0
    """Pixels of half a face's width."""
    yaw: float = 0.0
    """Degrees; positive looks to the picture's right."""
    pitch: float = 0.0
    roll: float = 0.0
    mood: Expression = field(default_factory=Expression)
    cloth: str = "#3f6ea8"
    collar: str = "crew"


@dataclass(frozen=True, slots=True)
class Shot:
    """What a picture is taken with, apart from who is in it."""

    width: int = 320
    height: int = 320
    light: Light = field(default_factory=Light)
    backdrop: Backdrop = field(default_factory=Backdrop)
    exposure: float = 1.0
    softness: float = 0.5
    """Standard deviation of the lens's blur, pixels."""
    noise: float = 1.5
    """Standard deviation of the sensor's noise, of 255."""
    seed: int = 0
    oversample: int = 2
    """Rays a pixel, along each side."""


def rotation(pose: Pose) -> Map:
    """[3, 3]: the head's space to the camera's, roll left out."""
    yaw, pitch = np.radians(pose.yaw), np.radians(pose.pitch)
    around_y = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
    around_x = [[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]]
    return single(np.array(around_x) @ np.array(around_y))


def _project(pose: Pose, point: tuple[float, float, float]) -> tuple[float, float]:
    x, y, _ = rotation(pose) @ np.array(point, np.float32)
    cos, sin = np.cos(np.radians(pose.roll)), np.sin(np.radians(pose.roll))
    return (
        float(pose.x + pose.scale * (cos * x - sin * y)),
        float(pose.y + pose.scale * (sin * x + cos * y)),
    )


def face_box(person: Identity, pose: Pose) -> Box:
    """The face in a picture: brows to chin and cheek to cheek, as detectors frame it."""
    corners = [
        _project(pose, (x * person.face_width, y, 0.45))
        for x in (-0.92, 0.92)
        for y in (-0.62, person.chin - 0.12)
    ]
    left, top = (min(corner[i] for corner in corners) for i in (0, 1))
    right, bottom = (max(corner[i] for corner in corners) for i in (0, 1))
    return Box(round(left), round(top), round(right - left), round(bottom - top))


STEPS, BISECTIONS = 26, 5
NEAREST, FARTHEST = 1.75, -0.9
EDGE = 0.2
"""How far the silhouette's side goes down before the background shows."""


def draw(people: Sequence[tuple[Identity, Pose]], shot: Shot) -> Pixels:
    """The picture, [height, width, 3], RGB; people listed first stand behind."""
    import cv2

    size = (shot.width * shot.oversample, shot.height * shot.oversample)
    canvas = draw_backdrop(shot.backdrop, size, shot.light.warmth)
    # Threads help: numpy and OpenCV release the interpreter's lock. Composing keeps the order.
    with Pool(max(1, min(len(people), os.cpu_count() or 1))) as pool:
        for layer in pool.map(lambda entry: _view(entry[0], entry[1], shot), people):
            if layer is None:
                continue
            seen = canvas[layer.part]
            seen[:] = mix(mix(seen, layer.colour, layer.cover), layer.frame, layer.frame_cover)
    small = cv2.resize(canvas, (shot.width, shot.height), interpolation=cv2.INTER_AREA)
    return _develop(np.asarray(small, np.float32), shot)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A person as the camera sees them, over a part of the oversampled picture."""

    part: tuple[slice, slice]
    colour: Map
    cover: Map
    frame: Map
    """Colour of the spectacles, and where they are."""
    frame_cover: Map


def _view(person: Identity, pose: Pose, shot: Shot) -> View | None:
    part, sx, sy = _frame(pose, shot)
    if sx.size == 0:  # all outside the picture
        return None
    turned = rotation(pose).T
    made = surface(person, pose, float(np.sign(shot.light.azimuth)))
    light = shade(made, shot.light, turned)
    _spectacles_shadow(light, person, turned @ shot.light.direction())
    there = (made.z > FLOOR).astype(np.float32)
    hit_x, hit_y = _march(_skirted(made.z, there), sx, sy, turned)
    cover = _sample(step(blur(there, 1.2) - 0.5, 0.4), hit_x, hit_y)
    frame, frame_cover = _wear(person, (sx, sy), turned)
    bare = _sample(made.skin, hit_x, hit_y)
    return View(part, _sample(light, hit_x, hit_y), cover, frame, frame_cover * bare)


def _frame(pose: Pose, shot: Shot) -> tuple[tuple[slice, slice], Map, Map]:
    """The part of the picture a person may touch, and its pixels in the camera's space."""
    finer = shot.oversample
    width, height, scale = shot.width * finer, shot.height * finer, pose.scale * finer
    centre = pose.x * finer, pose.y * finer
    rows = slice(min(max(0, int(centre[1] - 2.5 * scale)), height), height)
    left, right = (min(max(0, int(centre[0] + side * 3.1 * scale)), width) for side in (-1, 1))
    columns = slice(left, right)
    px = (np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5 - centre[0]) / scale
    py = (np.arange(rows.start, rows.stop, dtype=np.float32) + 0.5 - centre[1]) / scale
    cos, sin = np.cos(np.radians(pose.roll)), np.sin(np.radians(pose.roll))
    sx = cos * px[None, :] + sin * py[:, None]
    sy = -sin * px[None, :] + cos * py[:, None]
    return (rows, columns), sx.astype(np.float32), sy.astype(np.float32)


def _sample(image: Map, x: Map, y: Map) -> Map:
    """`image` at points of the head's space."""
    import cv2

    columns, rows = (x - LEFT) * SAMPLES - 0.5, (y - TOP) * SAMPLES - 0.5
    found = cv2.remap(image, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def _skirted(z: Map, there: Map) -> Map:
    """Heights continued, a little lower, past the silhouette: no high walls for rays to meet."""
    weight = blur(there, 8.0)
    around = blur(z * there, 8.0) / np.maximum(weight, 1e-4) - EDGE
    return np.where(there > 0, z, np.where(weight > 0.01, around, FLOOR)).astype(np.float32)


def _march(z: Map, sx: Map, sy: Map, turned: Map) -> tuple[Map, Map]:
    """Where in the head's space (x, y) each pixel's ray meets the height field."""
    start = [turned[i, 0] * sx + turned[i, 1] * sy for i in range(3)]
    along = turned[:, 2]
    near = np.full(sx.shape, NEAREST, np.float32)
    far = np.full(sx.shape, FARTHEST, np.float32)
    met = np.zeros(sx.shape, bool)
    for depth in np.linspace(NEAREST, FARTHEST, STEPS, dtype=np.float32):
        height = _sample(z, start[0] + depth * along[0], start[1] + depth * along[1])
        under = height >= start[2] + depth * along[2]
        far[under & ~met] = depth
        met |= under
        near[~met] = depth
    for _ in range(BISECTIONS):
        middle = (near + far) / 2
        height = _sample(z, start[0] + middle * along[0], start[1] + middle * along[1])
        under = height >= start[2] + middle * along[2]
        far, near = np.where(under, middle, far), np.where(under, near, middle)
    return start[0] + far * along[0], start[1] + far * along[1]


def _sheet(x: Map) -> Map:
    """Height of the sheet that spectacles lie on."""
    return (1.22 - 0.42 * x**2).astype(np.float32)


def _wear(person: Identity, at: tuple[Map, Map], turned: Map) -> tuple[Map, Map]:
    """Spectacles on their own sheet before the face, as seen at these pixels: colour and cover."""
    sx, sy = at
    made = hair.spectacles(person)
    if made is None:
        return np.zeros((*sx.shape, 3), np.float32), np.zeros(sx.shape, np.float32)
    cover, colour = made
    depth = np.full(sx.shape, 1.1, np.float32)
    for _ in range(3):
        x = turned[0, 0] * sx + turned[0, 1] * sy + depth * turned[0, 2]
        y = turned[1, 0] * sx + turned[1, 1] * sy + depth * turned[1, 2]
        depth = (_sheet(x) - turned[2, 0] * sx - turned[2, 1] * sy) / turned[2, 2]
    whole = np.zeros((grid()[1].shape[0], grid()[0].shape[1]), np.float32)
    whole[FACE] = cover
    shine = 0.7 + 0.5 * (1 - np.clip(y + 0.3, 0, 1))
    return colour * shine[..., None] + 0.006, _sample(whole, x, y)


def _spectacles_shadow(light: Map, person: Identity, towards: Map) -> None:
    """The frame's soft shadow on the face, in place."""
    import cv2

    made = hair.spectacles(person)
    if made is None:
        return
    gap = 0.22 * SAMPLES / max(float(towards[2]), 0.3)
    move = np.array([[1, 0, -towards[0] * gap], [0, 1, -towards[1] * gap]], np.float32)
    cast = cv2.warpAffine(blur(made[0], 3.0), move, made[0].shape[::-1])
    light[FACE] *= (1 - 0.4 * np.clip(cast, 0, 1))[..., None]


def _develop(picture: Map, shot: Shot) -> Pixels:
    """Exposure, tone curve, gamma, the lens's blur and the sensor's noise."""
    import cv2

    toned = 1 - np.exp(-1.45 * shot.exposure * np.clip(picture, 0, None))
    encoded = np.clip(toned, 0, 1) ** (1 / 2.2) * 255
    if shot.softness > 0.05:
        encoded = cv2.GaussianBlur(encoded, (0, 0), shot.softness)
    rng = np.random.default_rng(shot.seed)
    grain = rng.standard_normal(encoded.shape, dtype=np.float32) * shot.noise
    return np.asarray(np.clip(np.rint(encoded + grain), 0, 255), np.uint8)
