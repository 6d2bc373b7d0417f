"""A picture of drawn people: surfaces, lit on their grid, marched into the camera, composed.

Deterministic from the identities' and the capture's parameters: no clock, no global seed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.progress import Pool
from graphface.sample import hair
from graphface.sample.backdrop import draw_backdrop
from graphface.sample.head import FACE
from graphface.sample.person import surface
from graphface.sample.pose import rotation
from graphface.sample.shade import FLOOR, LEFT, SAMPLES, TOP, blur, grid, mix, shade, step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.records import Pixels
    from graphface.sample.identity import Identity
    from graphface.sample.pose import Pose, Shot
    from graphface.sample.shade import Map

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
