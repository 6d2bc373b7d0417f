"""Who a drawn person is: explicit parameters, and the file of people that come well apart."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

RANGES: dict[str, tuple[float, float]] = {
    "face_width": (0.9, 1.1),
    "jaw": (1.9, 4.2),
    "chin": (1.42, 1.68),
    "cheek": (0.0, 0.12),
    "brow_ridge": (0.0, 0.09),
    "eye_spacing": (0.38, 0.5),
    "eye_width": (0.17, 0.235),
    "eye_open": (0.075, 0.13),
    "eye_slant": (-0.05, 0.06),
    "eye_depth": (0.08, 0.2),
    "brow_height": (0.24, 0.36),
    "brow_thick": (0.018, 0.07),
    "brow_arch": (0.0, 0.09),
    "brow_slant": (-0.05, 0.05),
    "nose_width": (0.13, 0.27),
    "nose_length": (0.5, 0.68),
    "nose_height": (0.2, 0.42),
    "nose_bridge": (0.06, 0.12),
    "mouth_width": (0.27, 0.48),
    "mouth_drop": (0.3, 0.4),
    "lip_upper": (0.035, 0.085),
    "lip_lower": (0.05, 0.115),
    "lip_red": (0.0, 1.0),
    "ear": (0.8, 1.25),
    "skin": (0.0, 1.0),
    "blush": (0.0, 1.0),
    "freckles": (0.0, 1.0),
    "age": (0.0, 1.0),
    "lashes": (0.0, 1.0),
    "hairline": (0.0, 1.0),
    "hair_volume": (0.0, 1.0),
}
"""What can be measured on a face, and between which limits; units of half a face's width where
it is a length, else a share."""

CHOICES: dict[str, tuple[str, ...]] = {
    "iris": ("brown", "dark", "hazel", "green", "blue", "grey"),
    "hair": ("crop", "part", "fringe", "bob", "long", "curls", "bun", "balding", "bald"),
    "hair_colour": ("black", "brown", "chestnut", "blond", "red", "grey", "white"),
    "beard": ("none", "none", "none", "stubble", "moustache", "goatee", "full"),
    "glasses": ("none", "none", "round", "square", "thin"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """One drawn person. Fields are those of `RANGES` and `CHOICES`; `grain` seeds skin and hair."""

    name: str
    grain: int
    face_width: float
    jaw: float
    chin: float
    cheek: float
    brow_ridge: float
    eye_spacing: float
    eye_width: float
    eye_open: float
    eye_slant: float
    eye_depth: float
    brow_height: float
    brow_thick: float
    brow_arch: float
    brow_slant: float
    nose_width: float
    nose_length: float
    nose_height: float
    nose_bridge: float
    mouth_width: float
    mouth_drop: float
    lip_upper: float
    lip_lower: float
    lip_red: float
    ear: float
    skin: float
    blush: float
    freckles: float
    age: float
    lashes: float
    hairline: float
    hair_volume: float
    iris: str
    hair: str
    hair_colour: str
    beard: str
    glasses: str

    @property
    def mouth(self) -> float:
        """Height of the seam of the lips."""
        return self.nose_length + self.mouth_drop


@lru_cache(maxsize=1)
def identities() -> tuple[Identity, ...]:
    """The people of `identities.json`, those that come apart best first."""
    text = resources.files("graphface.sample").joinpath("identities.json").read_text("utf-8")
    return tuple(Identity(**entry) for entry in json.loads(text)["people"])


def random_identity(rng: np.random.Generator, name: str = "somebody") -> Identity:
    """Anybody: each measure drawn evenly from its range. Not chosen to differ from others."""
    values: dict[str, Any] = {key: float(rng.uniform(*limits)) for key, limits in RANGES.items()}
    values |= {key: str(rng.choice(options)) for key, options in CHOICES.items()}
    if values["lip_red"] > 0.55 or values["lashes"] > 0.6:  # paint and a beard rarely meet
        values["beard"] = "none"
    return Identity(name=name, grain=int(rng.integers(1, 1 << 30)), **values)


def as_json(identity: Identity) -> dict[str, Any]:
    """The entry of `identities.json`, lengths rounded to what can be seen."""
    entry = dataclasses.asdict(identity)
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in entry.items()}
