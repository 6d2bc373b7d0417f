"""The colours of a face: skin, eyes, brows, lips, nostrils. Albedo is linear light, 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.sample.head import face_grid, seam_height
from graphface.sample.shade import SAMPLES, blur, bump, mix, noise, single, step, twin

if TYPE_CHECKING:
    from graphface.sample.head import Expression
    from graphface.sample.identity import Identity
    from graphface.sample.shade import Map

Colour = tuple[float, float, float]

SKIN = ("#f9dcc9", "#efc4a2", "#d9a27a", "#b47a52", "#84523a", "#543425")
IRIS = {
    "brown": "#6b4021", "dark": "#38241a", "hazel": "#8a6a33",
    "green": "#5d8558", "blue": "#4f86b8", "grey": "#8497a3",
}  # fmt: skip
HAIR = {
    "black": "#1d1817", "brown": "#4a2f1e", "chestnut": "#7a4424", "blond": "#c9a466",
    "red": "#9a4a24", "grey": "#8e8b88", "white": "#dedad2",
}  # fmt: skip


def linear(text: str) -> Colour:
    """`#rrggbb` as linear light."""
    red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red**2.2, green**2.2, blue**2.2


def skin_colour(person: Identity) -> Map:
    """[3]; between the tones of `SKIN`."""
    tones = np.array([linear(tone) for tone in SKIN], np.float32)
    place = person.skin * (len(tones) - 1)
    low = min(int(place), len(tones) - 2)
    return single(tones[low] + (tones[low + 1] - tones[low]) * np.float32(place - low))


def hair_colour(person: Identity) -> Map:
    return np.array(linear(HAIR[person.hair_colour]), np.float32)


@dataclass(slots=True)
class Canvas:
    """What is painted over `FACE`: colour, how it shines, and light of its own (glints)."""

    x: Map
    y: Map
    albedo: Map
    gloss: Map
    glow: Map

    def lay(self, colour: Colour | Map, mask: Map) -> None:
        self.albedo[:] = mix(self.albedo, colour, mask)

    def part(self, left: float, right: float, top: float, bottom: float) -> Canvas:
        """The canvas between these edges: what is painted there is painted here."""
        rows = slice(*np.searchsorted(self.y[:, 0], (top, bottom)))
        columns = slice(*np.searchsorted(self.x[0], (left, right)))
        views = (image[rows, columns] for image in (self.albedo, self.gloss, self.glow))
        return Canvas(self.x[:, columns], self.y[rows], *views)


def face(person: Identity, mood: Expression, glint: float) -> Canvas:
    """The whole face; `glint` is the light's side, -1 (picture's left) to 1."""
    x, y = face_grid()
    shape = (y.shape[0], x.shape[1])
    canvas = Canvas(
        x, y, skin(person, shape),
        np.full(shape, 0.24, np.float32), np.zeros(shape, np.float32),
    )  # fmt: skip
    _blush(canvas, person)
    for side in (-1, 1):
        half = canvas.part(min(0, side) * 1.1, max(0, side) * 1.1, -0.7, 0.35)
        _eye(half, person, mood, side, glint)
        _brow(half, person, mood, side)
    _nostrils(canvas.part(-0.5, 0.5, 0.3, 0.9), person)
    _lips(canvas.part(-0.9, 0.9, 0.5, 1.5), person, mood)
    return canvas


def skin(person: Identity, shape: tuple[int, int], seed: int = 0) -> Map:
    """Skin with its mottling at three scales, and freckles."""
    grain = person.grain + 10 * seed
    tone = noise(shape, (70, 70), grain) * 0.035 + noise(shape, (14, 14), grain + 1) * 0.02
    tone += noise(shape, (2.2, 2.2), grain + 2) * 0.028
    albedo = skin_colour(person) * (1 + tone)[..., None]
    red = noise(shape, (35, 35), grain + 3)[..., None] * np.array([0.01, -0.02, -0.015], np.float32)
    return single(np.clip(albedo * (1 + red), 0, 1).astype(np.float32))


def _blush(canvas: Canvas, person: Identity) -> None:
    x, y = canvas.x, canvas.y
    warm = skin_colour(person) * np.array([1.0, 0.62, 0.58], np.float32)
    cheeks = twin(x, y, (0.55, 0.45), (0.24, 0.2))
    nose = bump(x, y, (0, person.nose_length - 0.02), (person.nose_width, 0.12))
    amount = 0.18 + 0.5 * person.blush
    canvas.lay(warm, np.clip(cheeks * amount + nose * 0.35 * amount, 0, 0.8))
    hollow = skin_colour(person) * np.array([0.66, 0.55, 0.56], np.float32)
    socket = twin(x, y, (person.eye_spacing, 0.02), (0.24, 0.14))
    bag = twin(x, y, (person.eye_spacing - 0.02, 0.17), (0.17, 0.05))
    canvas.lay(hollow, 0.32 * socket + (0.1 + 0.3 * person.age) * bag)
    if person.freckles > 0.5:
        spots = noise(canvas.gloss.shape, (5.5, 5.5), person.grain + 7) - 1.25
        where = twin(x, y, (0.4, 0.4), (0.35, 0.22)) + 0.6 * bump(x, y, (0, 0.35), (0.25, 0.2))
        tan = skin_colour(person) * np.array([0.6, 0.42, 0.33], np.float32)
        canvas.lay(tan, step(spots, 0.35) * np.clip(where, 0, 1) * (person.freckles - 0.3))


def _lids(person: Identity, mood: Expression, share: Map) -> tuple[Map, Map]:
    """y of the upper and the lower lid; `share` is -1 at the inner corner, 1 at the outer."""
    inside = np.clip(1 - np.abs(share), 0, 1)
    middle = -person.eye_slant * share + 0.01
    opening = person.eye_open * (1 - 0.5 * mood.lids - 0.12 * mood.smile)
    upper = middle - opening * (1 - (1 - inside) ** 2.3) ** 0.75
    lower = middle + person.eye_open * (0.6 - 0.22 * mood.smile) * (1 - (1 - inside) ** 2.2)
    return upper, lower


def _eye(canvas: Canvas, person: Identity, mood: Expression, side: int, glint: float) -> None:
    x, y, edge = canvas.x * side, canvas.y, 1.2 / SAMPLES
    share = (x - person.eye_spacing) / person.eye_width
    upper, lower = _lids(person, mood, share)
    white = step(y - upper, edge) * step(lower - y, edge) * step(1 - np.abs(share), 0.02)
    depth = np.clip((y - upper) / (lower - upper + 1e-4), 0, 1)
    shade = (0.5 + 0.5 * np.clip(depth * 2.4, 0, 1)) * (
        1 - 0.32 * np.clip(np.abs(share), 0, 1) ** 3
    )
    canvas.lay(np.array([0.8, 0.77, 0.75], np.float32) * shade[..., None], white)
    canvas.lay(linear("#c98878"), white * bump(share, y, (-0.95, 0.01), (0.13, 0.04)))
    _iris(canvas, person, mood, side, glint, white * (0.6 + 0.4 * shade))
    canvas.gloss[:] = canvas.gloss * (1 - white) + 0.5 * white
    _lashes(canvas, person, share, upper, lower)


def _iris(
    canvas: Canvas, person: Identity, mood: Expression, side: int, glint: float, white: Map
) -> None:
    radius = 0.098
    at = side * person.eye_spacing + 0.06 * mood.gaze
    dx, dy = canvas.x - at, canvas.y + 0.022
    r = np.sqrt(dx**2 + dy**2) / radius
    angle = np.arctan2(dy, dx)
    rays = 1 + 0.16 * np.sin(angle * 17 + 2 * np.sin(angle * 5)) * np.clip(r, 0, 1)
    lit = 0.7 + 0.75 * np.clip(dy / radius + 0.1, 0, 1)  # light gathers opposite the window
    colour = np.array(linear(IRIS[person.iris]), np.float32) * (rays * lit)[..., None]
    colour *= (1 - 0.75 * step(r - 0.84, 0.14))[..., None]
    canvas.lay(np.clip(colour, 0, 1), white * step(1 - r, 0.09))
    canvas.lay((0.008, 0.007, 0.007), white * step(0.42 - r, 0.07))
    spot = np.sqrt((dx - 0.034 * glint) ** 2 + (dy + 0.036) ** 2)
    canvas.glow[:] += white * step(0.023 - spot, 0.008) * 1.1
    faint = np.sqrt((dx + 0.04 * glint) ** 2 + (dy - 0.045) ** 2)
    canvas.glow[:] += white * step(0.014 - faint, 0.01) * 0.15


def _lashes(canvas: Canvas, person: Identity, share: Map, upper: Map, lower: Map) -> None:
    y, dark = canvas.y, (0.012, 0.009, 0.008)
    wide = step(1.06 + 0.1 * person.lashes - np.abs(share + 0.02), 0.05)
    thick = 0.011 + 0.016 * person.lashes * np.clip(0.55 + 0.45 * share, 0, 1)
    canvas.lay(dark, wide * np.exp(-(((y - upper + thick * 0.5) / thick) ** 2)) * 0.93)
    if person.lashes > 0.55:  # the painted wing past the outer corner
        wing = upper - 0.05 * np.clip(share - 0.8, 0, 1) - 0.012
        outer = step(share - 0.8, 0.15) * step(1.22 - share, 0.08)
        canvas.lay(dark, outer * np.exp(-(((y - wing) / 0.014) ** 2)) * 0.8)
    skin_dark = skin_colour(person) * 0.3
    crease = np.exp(-(((y - upper + 0.052 + 0.012 * share) / 0.013) ** 2))
    canvas.lay(skin_dark, crease * step(1.08 - np.abs(share), 0.2) * 0.5)
    under = np.exp(-(((y - lower) / 0.009) ** 2)) * step(share + 0.6, 0.5)
    canvas.lay(skin_dark * 0.5, under * step(1.02 - np.abs(share), 0.06) * 0.6)


def _brow(canvas: Canvas, person: Identity, mood: Expression, side: int) -> None:
    share = (canvas.x * side - person.eye_spacing - 0.03) / 0.3  # -1 near the nose, 1 the tail
    line = -person.brow_height - 0.05 * mood.brows + 0.02 - person.brow_slant * share
    line = line - person.brow_arch * (1 - (share - 0.25) ** 2) + 0.02 * share
    thick = person.brow_thick * np.clip(1.12 - 0.42 * (share + 1) ** 1.0 * 0.75, 0.2, 1.2)
    hairs = noise(canvas.gloss.shape, (2.4, 5), person.grain + 11 + side)
    off = np.abs(canvas.y - line) / thick + 0.16 * hairs
    mask = step(1 - off, 0.55) * step(share + 1.05, 0.14) * step(1.08 - share, 0.2)
    colour = np.minimum(hair_colour(person) * 0.4, 0.2) + skin_colour(person) * 0.12
    canvas.lay(colour, np.clip(mask * (0.86 + 0.1 * hairs), 0, 0.95))


def _nostrils(canvas: Canvas, person: Identity) -> None:
    x, y, low = canvas.x, canvas.y, person.nose_length
    dark = skin_colour(person) * np.array([0.16, 0.07, 0.06], np.float32)
    hole = twin(x, y, (person.nose_width * 0.5, low + 0.025), (person.nose_width * 0.23, 0.021))
    canvas.lay(dark, np.clip(hole * 1.25, 0, 0.92))
    wing = np.abs(x) - person.nose_width * 1.16 - 0.02
    curve = np.exp(-(((wing + 0.9 * (y - low) ** 2 * 4) / 0.018) ** 2)) * bump(
        x * 0, y, (0, low), (1, 0.06)
    )
    canvas.lay(skin_colour(person) * np.array([0.45, 0.33, 0.3], np.float32), curve * 0.45)
    under = bump(x, y, (0, low + 0.045), (person.nose_width * 0.8, 0.035))
    canvas.lay(skin_colour(person) * np.array([0.6, 0.46, 0.43], np.float32), under * 0.3)


def lips_mask(person: Identity, mood: Expression, x: Map, y: Map) -> tuple[Map, Map]:
    """The upper and the lower lip."""
    seam = seam_height(person, mood, x)
    whole = np.abs(x) / (person.mouth_width * (1 + 0.16 * mood.smile))
    share = np.clip(whole, 0, 1)
    bow = 1 - 0.28 * np.exp(-((share / 0.17) ** 2))
    top = seam - person.lip_upper * (1.25 - 0.25 * mood.smile) * (1 - share**1.7) * bow
    bottom = seam + person.lip_lower * 1.1 * (1 - share**2.1) ** 0.8
    inside = step(0.97 - whole, 0.03)
    return step(y - top, 0.018) * step(seam - y) * inside, step(bottom - y, 0.02) * step(
        y - seam
    ) * inside


def _lips(canvas: Canvas, person: Identity, mood: Expression) -> None:
    x, y = canvas.x, canvas.y
    upper, lower = lips_mask(person, mood, x, y)
    natural = skin_colour(person) * np.array([0.86, 0.42, 0.42], np.float32)
    painted = np.array(linear("#a8252f"), np.float32)
    red = natural + (painted - natural) * np.float32(max(0.0, person.lip_red - 0.35))
    streak = 1 + 0.07 * noise(canvas.gloss.shape, (3, 16), person.grain + 21)[..., None]
    canvas.lay(red * 0.74 * streak, upper * 0.9)
    canvas.lay(red * streak, lower * 0.9)
    seam = seam_height(person, mood, x)
    share = np.abs(x) / (person.mouth_width * (1 + 0.16 * mood.smile))
    line = np.exp(-(((y - seam) / (0.013 + 0.004 * np.cos(share * 6))) ** 2)) * step(
        1.06 - share, 0.1
    )
    canvas.lay(skin_colour(person) * np.array([0.2, 0.07, 0.07], np.float32), line * 0.9)
    corner = twin(
        x,
        y,
        (person.mouth_width * (1.02 + 0.16 * mood.smile), float(person.mouth - 0.075 * mood.smile)),
        (0.03, 0.025),
    )
    canvas.lay(skin_colour(person) * 0.3, corner * 0.5)
    wet = blur(lower, 2.0)
    canvas.gloss[:] += wet * (0.25 + 0.5 * max(0.0, person.lip_red - 0.35))
