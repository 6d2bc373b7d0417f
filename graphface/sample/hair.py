"""Hair, beards and spectacles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.sample.head import CROWN, face_grid, half_width
from graphface.sample.paint import hair_colour, linear, lips_mask
from graphface.sample.shade import FLOOR, grid, noise, single, step

if TYPE_CHECKING:
    from graphface.sample.head import Expression
    from graphface.sample.identity import Identity
    from graphface.sample.shade import Map


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to wear hair, in units of half a face."""

    reach: float
    """How far down it hangs; 0 is the height of the eyes."""
    thick: float
    """How far it stands off the skull."""
    front: float
    """Height of its edge over the forehead, without the person's own hairline."""
    side: float
    """Half the width of the face it leaves free."""
    wave: float = 0.0
    part: float | None = None
    curly: bool = False


CUTS = {
    "crop": Cut(0.12, 0.07, -0.98, 0.93),
    "part": Cut(0.18, 0.15, -0.92, 0.92, part=0.38),
    "fringe": Cut(0.3, 0.13, -0.5, 0.9),
    "bob": Cut(1.15, 0.2, -0.88, 0.84, 0.03, part=-0.3),
    "long": Cut(2.55, 0.2, -0.9, 0.84, 0.06, part=0.05),
    "curls": Cut(0.75, 0.34, -0.86, 0.9, curly=True),
    "bun": Cut(0.1, 0.09, -0.94, 0.92),
    "balding": Cut(0.2, 0.07, -2.2, 0.9),
}


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Something worn: its height (`FLOOR` where it is not), colour and cover, over the grid."""

    z: Map
    albedo: Map
    cover: Map


def hair(person: Identity, skull: Map) -> Layer | None:
    """The hair over the whole grid; None for the bald."""
    if person.hair == "bald":
        return None
    cut = CUTS[person.hair]
    x, y = grid()
    outer = _outline(person, cut, y)
    strands, locks = _strands(person, cut, outer)
    rough = (0.05 if cut.curly else 0.02) * locks * np.clip(outer * 2, 0, 1)
    inside = outer - np.abs(x) + rough
    free = _opening(person, cut) + 0.03 * strands + 0.035 * locks
    cover = step(inside - 0.02, 0.02) * step(-free, 0.05) * step(cut.reach + 0.07 * locks - y, 0.03)
    if person.hair == "balding":
        cover *= step(np.abs(x) - 0.72 * person.face_width + 0.5 * np.clip(y + 0.6, -0.3, 0.3))
    z = _shell(person, cut, skull, outer, free)
    z = z + (0.03 if cut.curly else 0.01) * locks + 0.005 * strands
    if person.hair == "bun":
        knot = 1 - (x / 0.42) ** 2 - ((y + CROWN + 0.2) / 0.36) ** 2
        z = np.maximum(z, np.where(knot > 0, -0.1 + 0.4 * np.sqrt(np.clip(knot, 0, 1)), FLOOR))
        cover = np.maximum(cover, step(knot, 0.03))
    albedo = _colour(person, cut, strands, locks)
    return Layer(np.where(cover > 0.2, z, FLOOR).astype(np.float32), albedo, cover)


def behind(person: Identity) -> Layer | None:
    """The hair seen behind the neck, for those who wear it that long."""
    cut = CUTS.get(person.hair)
    if cut is None or cut.reach < 0.7:
        return None
    x, y = grid()
    outer = _outline(person, cut, y) * 0.97
    strands, locks = _strands(person, cut, outer)
    cover = (
        step(outer - np.abs(x)) * step(cut.reach - 0.05 + 0.05 * locks - y, 0.02) * step(y + 0.5)
    )
    z = np.where(cover > 0.5, -0.62 + 0.02 * locks, FLOOR).astype(np.float32)
    return Layer(z, _colour(person, cut, strands, locks) * 0.55, cover)


def shows_ears(person: Identity) -> bool:
    return person.hair not in CUTS or CUTS[person.hair].reach < 0.25


def _thick(person: Identity, cut: Cut) -> float:
    return cut.thick * (0.65 + 0.7 * person.hair_volume)


def _outline(person: Identity, cut: Cut, y: Map) -> Map:
    """Half the width of the hair at each height."""
    thick = _thick(person, cut)
    top = np.clip(-y / (CROWN + thick), 0, 1)
    wide = (person.face_width + 0.03 + thick) * (1 - top**2.8) ** 0.5
    if cut.curly:
        centre = (y + 0.45) / (CROWN - 0.42 + thick)
        return single((person.face_width + 0.1 + thick) * np.sqrt(np.clip(1 - centre**2, 0, 1)))
    down = np.clip(y / max(cut.reach, 0.3), 0, 1)
    curve = (
        (0.1 if cut.reach > 2 else 0.05) * np.sin(down * np.pi) if cut.reach > 0.7 else -0.03 * down
    )
    return single(wide + curve + cut.wave * np.sin(y * 5.0 + person.grain % 6) * down)


def _strands(person: Identity, cut: Cut, outer: Map) -> tuple[Map, Map]:
    """Fine strands and locks, mean 0: streaks that follow the outline from the crown down."""
    import cv2

    x, y = grid()
    shape = (y.shape[0], x.shape[1])
    if cut.curly:
        return noise(shape, (5, 5), person.grain + 31), noise(shape, (17, 17), person.grain + 32)
    across = (x - (cut.part or 0) * np.exp(-((y + CROWN) ** 2))) / np.maximum(outer, 0.05)
    across = across + cut.wave * 0.5 * np.sin(y * 6 + x * 2)
    columns = ((across + 1.6) * 160).astype(np.float32)
    rows = np.broadcast_to(np.arange(shape[0], dtype=np.float32)[:, None], shape)
    found = []
    for cell, seed in (((1.3, 150), 31), ((11, 260), 32)):
        streaks = noise((shape[0], 512), cell, person.grain + seed)
        found.append(
            cv2.remap(
                streaks, columns, rows.copy(), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
            )
        )
    return found[0], found[1]


def _opening(person: Identity, cut: Cut) -> Map:
    """Positive inside the part of the face that hair leaves free, 0 at its edge."""
    x, y = grid()
    front = cut.front + (0.16 * (0.5 - person.hairline) if cut.front > -2 else 0)
    side = cut.side * person.face_width
    centre = 0.45
    if cut.part is not None:
        front = front + 0.26 * np.clip(np.abs(x - cut.part) / 1.1, 0, 1) ** 1.4
    power = 3.6 if cut.front > -0.6 else 2.7
    height = np.where(y < centre, centre - front, 3.0)
    reach = (np.abs(x) / side) ** power + (np.abs(y - centre) / height) ** power
    return single((1 - reach) * 0.45)


def _shell(person: Identity, cut: Cut, skull: Map, outer: Map, free: Map) -> Map:
    """Height of the hair: over the skull it stands off, beside the face it hangs as a roll."""
    x, y = grid()
    thick = _thick(person, cut)
    share = np.clip(np.abs(x) / np.maximum(outer, 1e-3), 0, 1)
    top = np.clip(-y / (CROWN + thick), 0, 1)
    cap = (1.12 + 0.8 * thick) * (1 - top**2.8) ** 0.5 * (1 - share**2.4) ** 0.5
    cap = cap - 0.35 * share**6
    rise = np.clip(-free / 0.12, 0, 1)
    loose = 2.5 * np.clip(-free - 0.1, 0, 9)
    cap = np.minimum(cap, np.maximum(skull, -0.2) + 0.03 + thick * rise**0.6 + loose)
    inner = half_width(person, np.clip(y, -2, 0.6)) * 0.8
    middle = np.clip((np.abs(x) - inner) / np.maximum(outer - inner, 0.05), 0, 1)
    hang = -0.3 + 0.6 * np.sqrt(np.clip(1 - (2 * middle - 1) ** 2, 0, 1))
    hang = hang + 0.12 * np.clip(y - 1.5, 0, 1)
    blend = step(y - 0.1, 0.8)
    return single(cap * (1 - blend) + hang * blend)


def _colour(person: Identity, cut: Cut, strands: Map, locks: Map) -> Map:
    x, y = grid()
    tone = 1 + 0.2 * strands + 0.14 * locks
    if not cut.curly:
        band = np.exp(-(((y + 1.05 + 0.25 * x**2) / 0.17) ** 2)) + 0.5 * np.exp(
            -(((y - 0.75) / 0.3) ** 2)
        )
        tone = tone + 0.55 * band * np.clip(0.7 + 0.4 * strands, 0, 2)
    albedo = hair_colour(person) * np.clip(tone, 0.25, 3)[..., None]
    return single(np.clip(albedo + 0.004, 0, 0.9).astype(np.float32))


def beard(person: Identity, mood: Expression) -> tuple[Map, Map]:
    """How densely the beard covers `FACE` (0 to 1) and how far it stands off."""
    x, y = face_grid()
    shape = (y.shape[0], x.shape[1])
    if person.beard == "none":
        return np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    fine = noise(shape, (2.0, 4.5), person.grain + 41)
    locks = noise(shape, (9, 16), person.grain + 42)
    upper, lower = lips_mask(person, mood, x, y)
    area = np.clip(_beard_area(person, x, y, locks) * 1.4, 0, 1)
    area = area * (1 - np.clip(upper + lower, 0, 1))
    if person.beard == "stubble":
        return np.clip(area * (0.3 + 0.22 * fine), 0, 0.6), area * 0.004
    return np.clip(area * (0.95 + 0.05 * fine), 0, 0.97), area * (
        0.05 + 0.012 * locks + 0.01 * fine
    )


def _beard_area(person: Identity, x: Map, y: Map, locks: Map) -> Map:
    far, mouth, soft = np.abs(x), person.mouth, 0.06
    rag = 0.02 * locks
    lip = (far - person.mouth_width - 0.06 + rag) / 0.9
    under_nose = person.nose_length + 0.1
    tash = step(-lip, 0.05) * step(y - under_nose - 0.25 * far**1.5 + rag, 0.04)
    tash = tash * step(mouth + 0.05 + 0.2 * far - y, 0.04)
    ring = (x / (person.mouth_width + 0.1)) ** 2 + ((y - mouth - 0.2) / 0.42) ** 2
    goatee = step(1 - ring + rag, 0.15) * step(y - mouth + 0.05, 0.08)
    line = 0.1 + 0.85 * np.clip(1 - (far / (0.93 * person.face_width)) ** 5, 0, 1)
    full = step(y - line + rag * 2, soft) * step(half_width(person, y) - far - 0.03, 0.03)
    areas = {"moustache": tash, "goatee": np.maximum(tash * 0.9, goatee)}
    return areas.get(person.beard, np.maximum(tash, full))


def spectacles(person: Identity) -> tuple[Map, Map] | None:
    """(cover, colour) of the frame over `FACE`, on a sheet before the eyes; None without."""
    if person.glasses == "none":
        return None
    x, y = face_grid()
    x = np.abs(x)
    power, wide, high, rim = {
        "round": (2.0, 0.31, 0.3, 0.024), "square": (5.0, 0.35, 0.25, 0.042),
        "thin": (2.6, 0.33, 0.22, 0.014),
    }[person.glasses]  # fmt: skip
    centre = person.eye_spacing + 0.015
    lens = ((np.abs(x - centre) / wide) ** power + (np.abs(y - 0.035) / high) ** power) ** (
        1 / power
    )
    frame = step(rim - np.abs(lens - 1) * min(wide, high))
    bridge = step(rim * 0.9 - np.abs(y + 0.03 + 0.5 * x**2)) * step(centre - wide - x)
    arm = step(rim * 0.9 - np.abs(y + 0.06)) * step(x - centre - wide + 0.01)
    arm = arm * step(person.face_width + 0.04 - x)
    colour = linear("#b08d4f" if person.glasses == "thin" else "#1c1a1d")
    cover = np.clip(frame + bridge + arm, 0, 1)
    return cover, np.array(colour, np.float32)
