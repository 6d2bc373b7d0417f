"""How people stand in a picture, and where that puts their faces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from graphface.records import Box
from graphface.sample.backdrop import Backdrop
from graphface.sample.head import Expression
from graphface.sample.shade import Light, single

if TYPE_CHECKING:
    from graphface.sample.identity import Identity
    from graphface.sample.shade import Map


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
