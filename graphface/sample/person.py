"""All that a person is made of, one on the other: the surface that is lit and looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphface.sample import hair, head, paint
from graphface.sample.head import FACE
from graphface.sample.shade import BOTTOM, FLOOR, Surface, blur, grid, mix, noise, single, step

if TYPE_CHECKING:
    from graphface.sample.head import Expression
    from graphface.sample.identity import Identity
    from graphface.sample.pose import Pose
    from graphface.sample.shade import Map


def surface(person: Identity, pose: Pose, glint: float) -> Surface:
    """Everything a person is made of, the nearest on top."""
    skull = head.skull(person)
    shape = skull.shape
    albedo = paint.skin(person, (shape[0], shape[1]), seed=1)
    gloss, glow = np.full(shape, 0.1, np.float32), np.zeros(shape, np.float32)
    face = paint.face(person, pose.mood, glint)
    inside = (
        step(0.92 - np.abs(face.x) / 1.4, 0.08)
        * step(face.y + 1.45, 0.05)
        * step(1.85 - face.y, 0.1)
    )
    albedo[FACE] = mix(albedo[FACE], face.albedo, inside)
    gloss[FACE] += (face.gloss - gloss[FACE]) * inside
    glow[FACE] = face.glow
    z = skull.copy()
    on_head = skull > FLOOR
    z[FACE] += np.where(on_head[FACE], head.features(person, pose.mood), 0)
    _grow_beard(person, pose.mood, z, albedo, gloss)
    if hair.shows_ears(person):
        z = np.maximum(z, head.ears(person))
    z = np.maximum(z, head.neck(person))
    made = Surface(z, albedo, gloss, glow, np.ones(shape, np.float32))
    made = _put(made, _cloth(person, pose), gloss=0.05)
    made = _put(made, hair.behind(person), gloss=0.1)
    made = _put(made, hair.hair(person, skull), gloss=0.1 if person.hair == "curls" else 0.45)
    return replace(made, albedo=_past_the_edge(made))


def _grow_beard(person: Identity, mood: Expression, z: Map, albedo: Map, gloss: Map) -> None:
    dense, off = hair.beard(person, mood)
    albedo[FACE] = mix(albedo[FACE], paint.hair_colour(person) * 0.8, dense)
    gloss[FACE] *= 1 - 0.6 * dense
    z[FACE] += np.where(z[FACE] > FLOOR, off, 0)


def _put(under: Surface, layer: hair.Layer | None, gloss: float) -> Surface:
    """`layer` over what it stands before."""
    if layer is None:
        return under
    nearer = layer.z > under.z
    over = np.where(nearer, np.maximum(layer.cover, under.z == FLOOR), 0).astype(np.float32)
    return Surface(
        np.maximum(layer.z, under.z), mix(under.albedo, layer.albedo, over),
        under.gloss + (gloss - under.gloss) * over,
        under.glow * (1 - over), under.skin * (1 - over),
    )  # fmt: skip


COLLARS = {"crew": (2.16, 0.8), "vee": (2.75, 0.85), "high": (1.72, 0.62)}
"""How deep a collar is cut, and half its width."""


def _cloth(person: Identity, pose: Pose) -> hair.Layer:
    _, y = grid()
    below = y - _collar(pose.collar)
    fade = np.clip((BOTTOM - y) * 3, 0, 1)  # the last row is continued to the picture's edge
    folds = noise(below.shape, (60, 150), person.grain + 51) * fade
    knit = noise(below.shape, (2, 2), 52) * fade
    rib, seam = (np.exp(-(((below - at) / wide) ** 2)) for at, wide in ((0.07, 0.06), (0.15, 0.02)))
    under = _smooth(np.maximum(head.shoulders(person), head.neck(person)), 9.0)
    cloth = under + 0.05 + 0.03 * rib + 0.02 * np.clip(folds, -1.5, 1.5)
    z = np.where((below > 0) & (under > FLOOR), cloth, FLOOR)
    tone = 1 + 0.04 * knit + 0.05 * folds - 0.14 * seam
    albedo = np.array(paint.linear(pose.cloth), np.float32) * tone[..., None]
    return hair.Layer(single(z), single(albedo), step(below))


def _collar(name: str) -> Map:
    """y of the edge of the cloth, for each x."""
    x, _ = grid()
    deep, wide = COLLARS[name]
    share = np.clip(np.abs(x) / wide, 0, 1)
    cut = {"vee": 1 - share, "crew": np.sqrt(1 - share**2)}
    return 1.8 + (deep - 1.8) * cut[name] if name in cut else np.full_like(share, deep)


def _smooth(z: Map, sigma: float) -> Map:
    """Heights blurred among themselves; the floor stays the floor."""
    there = (z > FLOOR).astype(np.float32)
    around = blur(z * there, sigma) / np.maximum(blur(there, sigma), 1e-4)
    return np.where(there > 0, around, FLOOR).astype(np.float32)


def _past_the_edge(made: Surface) -> Map:
    """Colour continued over the silhouette, where a turned head shows its side."""
    there = (made.z > FLOOR).astype(np.float32)
    spread = blur(made.albedo * there[..., None], 5.0) / (blur(there, 5.0)[..., None] + 1e-4)
    return np.where(there[..., None] > 0, made.albedo, spread)
