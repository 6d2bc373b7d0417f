"""The height of a person over the grid: skull, face, ears, neck and shoulders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.sample.shade import FLOOR, bump, grid, single, step, twin, window

if TYPE_CHECKING:
    from graphface.sample.identity import Identity
    from graphface.sample.shade import Map

FACE = window(-1.4, 1.4, -1.5, 1.9)
"""Where the face's features lie."""

CROWN = 1.55


@dataclass(frozen=True, slots=True)
class Expression:
    """What a face does; all 0 at rest."""

    smile: float = 0.0
    """0 to 1: corners of the mouth up, cheeks up, lids nearer."""
    brows: float = 0.0
    """-1 to 1: brows down or up."""
    gaze: float = 0.0
    """-1 to 1: eyes to the picture's left or right."""
    lids: float = 0.0
    """0 to 1: lids falling."""


def face_grid() -> tuple[Map, Map]:
    """x and y of `FACE`, as `grid` gives them."""
    x, y = grid()
    return x[:, FACE[1]], y[FACE[0]]


def half_width(person: Identity, y: Map) -> Map:
    """Half the head's width at each height; 0 over the crown and under the chin."""
    up = np.clip(-y / CROWN, 0, 1) ** 2.9
    down = np.clip(y / person.chin, 0, 1) ** person.jaw
    return single(person.face_width * np.where(y < 0, (1 - up) ** 0.5, (1 - down) ** 0.62))


def skull(person: Identity) -> Map:
    """The head without features: superellipses lying on each other; `FLOOR` outside."""
    x, y = grid()
    width = half_width(person, y)
    up = (1 - np.clip(-y / CROWN, 0, 1) ** 2.9) ** 0.5
    down = (1 - np.clip(y / (person.chin + 0.02), 0, 1) ** 5) ** 0.42
    ridge = 1.12 * np.where(y < 0, up, down)
    share = np.abs(x) / np.maximum(width, 1e-6)
    z = ridge * (1 - np.clip(share, 0, 1) ** 2.4) ** 0.52
    return np.where(share < 1, z, FLOOR).astype(np.float32)


def features(person: Identity, mood: Expression) -> Map:
    """What the face adds to the skull, over `FACE`."""
    x, y = face_grid()
    relief = _sockets(person, x, y) + _nose(person, x, y) + _mouth(person, mood, x, y)
    cheek = person.cheek + 0.05 * mood.smile
    relief += cheek * twin(x, y, (0.56, 0.42 - 0.06 * mood.smile), (0.22, 0.2))
    relief -= 0.05 * (0.5 + person.age) * twin(x, y, (0.62, 0.85), (0.16, 0.26))
    relief += 0.09 * bump(x, y, (0, person.chin - 0.2), (0.24, 0.15))
    relief -= (0.012 + 0.035 * person.age + 0.05 * mood.smile) * _fold(person, mood, x, y)
    if person.age > 0.45:
        relief -= 0.012 * (person.age - 0.45) * _wrinkles(x, y)
    return relief.astype(np.float32)


def _sockets(person: Identity, x: Map, y: Map) -> Map:
    eye = person.eye_spacing
    z = -person.eye_depth * twin(x, y, (eye, 0.0), (0.27, 0.15))
    z = z + 0.085 * twin(x, y, (eye, 0.01), (person.eye_width * 0.75, 0.105))
    z += person.brow_ridge * twin(x, y, (0.4, -person.brow_height), (0.3, 0.1))
    return z - 0.05 * twin(x, y, (0.97, -0.35), (0.12, 0.3))


def _nose(person: Identity, x: Map, y: Map) -> Map:
    length, height = person.nose_length, person.nose_height
    along = np.clip((y + 0.22) / (length + 0.16), 0, 1)
    rise = (
        height
        * (0.12 + 0.88 * along**1.35)
        * step(y + 0.2, 0.16)
        * step(length + 0.05 - 1.3 * x**2 - y, 0.09)
    )
    width = person.nose_bridge + (person.nose_width * 0.62 - person.nose_bridge) * along**2
    z = rise * np.exp(-0.5 * (x / width) ** 2)
    z += 0.34 * height * bump(x, y, (0, length - 0.05), (person.nose_width * 0.45, 0.085))
    wing = (person.nose_width * 0.86, length - 0.01)
    z += (0.05 + 0.3 * height) * twin(x, y, wing, (person.nose_width * 0.3, 0.07))
    return single(z - 0.05 * twin(x, y, (person.nose_width * 1.35, length - 0.02), (0.04, 0.09)))


def _mouth(person: Identity, mood: Expression, x: Map, y: Map) -> Map:
    wide = person.mouth_width * (1 + 0.16 * mood.smile)
    seam = seam_height(person, mood, x)
    spread = np.exp(-((x / (wide * 0.82)) ** 4))
    z = 0.07 * bump(x, y, (0, person.mouth), (0.42, 0.2))
    upper = np.exp(-0.5 * ((y - seam + person.lip_upper * 0.55) / (person.lip_upper * 0.6)) ** 2)
    lower = np.exp(-0.5 * ((y - seam - person.lip_lower * 0.55) / (person.lip_lower * 0.5)) ** 2)
    z = z + spread * (0.045 * upper + 0.06 * lower)
    z -= 0.05 * spread * np.exp(-0.5 * ((y - seam) / 0.014) ** 2)
    z -= 0.07 * bump(x, y, (0, person.mouth + person.lip_lower + 0.12), (0.22, 0.055))
    z -= 0.025 * bump(x, y, (0, person.mouth - 0.2), (0.035, 0.09))
    return single(
        z - 0.04 * twin(x, y, (wide + 0.03, person.mouth - 0.07 * mood.smile), (0.05, 0.05))
    )


def seam_height(person: Identity, mood: Expression, x: Map) -> Map:
    """y of the line where the lips meet, for each x."""
    share = np.clip(np.abs(x) / person.mouth_width, 0, 1.3)
    return (
        person.mouth + 0.012 - (0.022 + 0.085 * mood.smile) * share**2 + 0.012 * np.cos(share * 7)
    )


def _fold(person: Identity, mood: Expression, x: Map, y: Map) -> Map:
    """The crease from the wing of the nose past the corner of the mouth."""
    along = np.clip((y - person.nose_length + 0.06) / (person.mouth_drop + 0.14), 0, 1)
    line = (
        person.nose_width * 1.3
        + 0.02
        + (person.mouth_width * 0.62 + 0.05 * mood.smile) * along**0.9
    )
    ends = step(y - person.nose_length + 0.05, 0.08) * step(person.mouth + 0.12 - y, 0.12)
    return single(np.exp(-0.5 * ((np.abs(x) - line) / 0.035) ** 2) * ends)


def _wrinkles(x: Map, y: Map) -> Map:
    rows = np.cos((y + 0.03 * np.cos(x * 4)) * 52) * bump(x, y, (0, -0.72), (0.42, 0.16))
    feet = np.cos(y * 60 - np.abs(x) * 9) * twin(x, y, (0.8, 0.03), (0.07, 0.11))
    return single(rows + 1.3 * feet)


def ears(person: Identity) -> Map:
    """Both ears, half behind the head; `FLOOR` elsewhere."""
    x, y = grid()
    size = 0.27 * person.ear
    from_centre = np.abs(x) - person.face_width - 0.03
    round_ = ((from_centre - 0.1 * (0.1 - y)) / (0.5 * size + 0.03)) ** 2 + ((y - 0.16) / size) ** 2
    rim = 0.09 * np.exp(-(((round_ - 0.72) / 0.25) ** 2)) - 0.05 * np.exp(-round_ * 3)
    return np.where(round_ < 1, 0.02 + rim, FLOOR).astype(np.float32)


def neck(person: Identity) -> Map:
    """Neck and the skin that a collar shows."""
    x, y = grid()
    width = 0.6 * person.face_width + 0.25 * np.clip(y - 1.75, 0, 1) ** 1.5
    share = np.clip(np.abs(x) / width, 0, 1)
    z = -0.52 + 0.62 * np.sqrt(1 - share**2) + 0.12 * np.clip(y - 1.6, 0, 1)
    z = z + 0.012 * twin(x, y, (0.2, 2.0), (0.08, 0.3))
    return np.where((share < 1) & (y > 0.6), z, FLOOR).astype(np.float32)


def shoulders(person: Identity) -> Map:
    """Chest and shoulders."""
    x, y = grid()
    far = np.abs(x) / (1.95 + 0.4 * person.face_width)
    top = 1.66 + 0.55 * np.minimum(far, 1) ** 0.6 + 0.5 * np.minimum(far, 1) ** 5
    depth = np.clip((y - top) / 1.1, 0, 1)
    z = -0.75 + 0.95 * np.sqrt(1 - (1 - depth) ** 2) * np.sqrt(np.clip(1 - far**3, 0, 1))
    return np.where((y > top) & (far < 1), z, FLOOR).astype(np.float32)
