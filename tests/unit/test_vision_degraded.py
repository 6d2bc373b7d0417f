"""Real faces as albums have them, squeezed, dark, tiny, masked: found, and judged honestly."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from graphface.errors import WeightsMissing
from graphface.records import MIN_QUALITY
from graphface.vision.extractor import Extractor
from tests.unit._faces import LFW, needs_data, picture, pixels

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.vision.extractor import FoundFace

PEOPLE = 14


def resized(width: int, height: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda shown: cv2.resize(shown, (width, height), interpolation=cv2.INTER_AREA)


def masked(shown: np.ndarray) -> np.ndarray:
    """A surgical mask over nose, mouth and chin."""
    covered = shown.copy()
    edge = [(88, 140), (125, 132), (162, 140), (158, 175), (125, 192), (92, 175)]
    cv2.fillPoly(covered, [np.array(edge)], (200, 215, 225))
    return covered


def grey(shown: np.ndarray) -> np.ndarray:
    return np.repeat(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)


DEGRADED = {
    "as it is": lambda shown: shown,
    "monochrome": grey,
    "faded": lambda shown: (grey(shown) * 0.4 + 120).astype(np.uint8),
    "dark": lambda shown: shown // 4,
    "squeezed": resized(150, 250),
    "flat": resized(250, 125),
    "masked": masked,
    "24 pixels wide": resized(64, 64),
    "squeezed to less than half": resized(112, 250),
    "nearly black": lambda shown: shown // 12,
    "16 pixels wide": resized(43, 43),
    "12 pixels wide": resized(32, 32),
    "half cut off": lambda shown: shown[:, 125:],
}
"""From good to poor."""

POOR = ("nearly black", "12 pixels wide", "half cut off")


@cache
def extractor() -> Extractor:
    try:
        return Extractor.create("Dlib", "centerface", 10)
    except WeightsMissing as error:
        pytest.skip(str(error))


@cache
def people() -> list[list[Path]]:
    several = (sorted(folder.iterdir()) for folder in sorted(LFW.iterdir()))
    return [files[:2] for files in several if len(files) > 1][::30][:PEOPLE]


def largest(shown: np.ndarray) -> FoundFace | None:
    found = extractor().detect(picture(Path("x"), np.ascontiguousarray(shown)))
    return max(found, key=lambda face: face.box.width * face.confidence, default=None)


def vectors(faces: list[FoundFace]) -> np.ndarray:
    made = extractor().embed([face.chip for face in faces])
    return made / np.linalg.norm(made, axis=1, keepdims=True)


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize("kind", DEGRADED)
def test_a_poor_face_is_found_and_founds_nobody(kind: str) -> None:
    """No two people become SAME but by faces so poor that they found and bridge no person."""
    good = [largest(pixels(second)) for _, second in people()]
    found = [largest(DEGRADED[kind](pixels(first))) for first, _ in people()]
    seen = [(one, k) for k, one in enumerate(found) if one]
    assert len(seen) >= PEOPLE - 1
    qualities = np.array([one.quality for one, _ in seen])
    assert np.median(qualities) <= np.median([one.quality for one in good if one]) + 0.05
    if kind in POOR:
        assert np.mean(qualities < MIN_QUALITY) > 0.9
    apart = np.linalg.norm(
        vectors([one for one, _ in seen])[:, None] - vectors([one for one in good if one]), axis=2
    )
    own = np.array([[k == j for j, one in enumerate(good) if one] for _, k in seen])
    strangers = apart < extractor().spec.threshold()
    assert (strangers & ~own & (qualities >= MIN_QUALITY)[:, None]).sum() <= 1


@needs_data
@pytest.mark.slow
def test_the_poorer_the_picture_the_lower_the_quality() -> None:
    firsts = [pixels(first) for first, _ in people()[::2]]
    medians = {
        kind: float(np.median([one.quality for one in map(largest, map(change, firsts)) if one]))
        for kind, change in DEGRADED.items()
    }
    assert medians["as it is"] > 0.5
    assert abs(medians["monochrome"] - medians["as it is"]) < 0.05
    for kind in ("faded", "dark", "squeezed", "flat"):
        assert medians[kind] < 0.8 * medians["as it is"], kind
    assert medians["squeezed to less than half"] < 0.5 * medians["squeezed"]
    assert medians["16 pixels wide"] < 0.5 * medians["24 pixels wide"]
