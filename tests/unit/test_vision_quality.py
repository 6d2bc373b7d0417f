"""The quality figure falls with every single fault."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from graphface.vision.quality import light, pose, quality, size
from tests.unit._faces import LFW, needs_data, photos, picture, pixels

FRONT = np.array([[30, 40], [80, 40], [55, 70], [38, 92], [72, 92]], np.float32)


def face_like() -> np.ndarray:
    """Something with edges at every scale and full contrast."""
    noise = np.random.default_rng(1).integers(0, 256, (150, 150, 3), np.uint8)
    soft = np.asarray(Image.fromarray(noise).filter(ImageFilter.GaussianBlur(2)))
    spread = (soft.astype(float) - soft.mean()) * 4 + 128
    return np.clip(spread, 8, 247).astype(np.uint8)


def blurred(chip: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(Image.fromarray(chip).filter(ImageFilter.GaussianBlur(radius)))


def test_it_is_a_figure_between_nought_and_one() -> None:
    chips = [face_like(), np.zeros((112, 112, 3), np.uint8), np.full((160, 160, 3), 255, np.uint8)]
    for chip in chips:
        for scale in (0.01, 1, 100):
            assert 0 <= quality(chip, FRONT * scale, 0.9) <= 1
    assert quality(face_like(), FRONT, 1.0) > 0.5


def test_blur_lowers_it() -> None:
    chip = face_like()
    sharp, soft, lost = (quality(blurred(chip, radius), FRONT, 1.0) for radius in (0, 2, 5))
    assert soft < 0.9 * sharp
    assert lost < 0.6 * sharp


def test_small_faces_score_less_and_tiny_ones_nothing() -> None:
    sizes = [size(FRONT * scale) for scale in (0.1, 0.2, 0.5, 1, 3)]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (0, 1)


def test_a_profile_scores_less_than_a_front_whichever_side() -> None:
    to_left, to_right = FRONT.copy(), FRONT.copy()
    to_left[2, 0], to_right[2, 0] = 32, 78
    assert pose(FRONT) == 1
    assert pose(to_left) == pytest.approx(pose(to_right), abs=1e-6)
    assert pose(to_left) < 0.5


def test_a_face_that_looks_up_or_down_scores_less() -> None:
    up, down = FRONT.copy(), FRONT.copy()
    up[2, 1], down[2, 1] = 54, 86
    assert max(pose(up), pose(down)) < 0.6


def test_light_from_one_side_lowers_it() -> None:
    grey = face_like()[..., 0].astype(int)
    lit = grey + np.linspace(-60, 60, grey.shape[1]).astype(int)
    assert light(np.clip(lit, 8, 247).astype(np.uint8)) < 0.95 * light(grey.astype(np.uint8))


def test_pose_does_not_depend_on_how_the_head_is_tilted() -> None:
    turn = np.array([[0.8, -0.6], [0.6, 0.8]], np.float32)
    aside = FRONT + np.array([[0, 0], [0, 0], [15, 0], [0, 0], [0, 0]], np.float32)
    assert pose(aside @ turn.T) == pytest.approx(pose(aside), abs=1e-5)


def test_flat_and_burnt_out_chips_score_less() -> None:
    grey = face_like()[..., 0]
    assert light((grey // 16 + 120).astype(np.uint8)) < 0.6 * light(grey)
    burnt = grey.copy()
    burnt[:60] = 255
    assert light(burnt) < 0.9 * light(grey)


def test_the_detectors_doubt_counts() -> None:
    chip = face_like()
    figures = [quality(chip, FRONT, confidence) for confidence in (0, 0.5, 0.8, 1)]
    assert figures == sorted(set(figures))
    assert figures[0] == 0


@needs_data
@pytest.mark.slow
def test_poor_faces_lie_further_from_their_own_person() -> None:
    from graphface.vision.extractor import Extractor

    people = sorted(f for f in LFW.iterdir() if len(list(f.iterdir())) >= 6)[:40]
    extractor = Extractor.create("Dlib", "dlib")
    figures, distances = [], []
    for person in people:
        shown = [picture(path) for path in sorted(person.iterdir())[:8]]
        alone = [faces[0] for faces in extractor.extract(shown) if len(faces) == 1]
        vectors = np.array([face.embedding / np.linalg.norm(face.embedding) for face in alone])
        distances += list(np.linalg.norm(vectors - np.median(vectors, axis=0), axis=1))
        figures += [face.quality for face in alone]
    low, high = np.quantile(figures, [0.15, 0.85])
    poor = np.array(distances)[np.array(figures) <= low].mean()
    good = np.array(distances)[np.array(figures) >= high].mean()
    assert poor > 1.05 * good


@pytest.mark.slow
@needs_data
def test_what_spoils_an_embedding_lowers_the_figure() -> None:
    """Real faces made small: the embedding moves away, and the figure falls with it."""
    from graphface.vision.extractor import Extractor

    extractor = Extractor.create("Dlib", "dlib")
    whole = [Image.fromarray(pixels(path)) for path in photos(12, 120)]
    found = []
    for side in (250, 110, 70):
        shown = [np.asarray(one.resize((side, side), Image.Resampling.BICUBIC)) for one in whole]
        found.append(extractor.extract([picture(Path("x"), values) for values in shown]))
    usable = [faces for faces in zip(*found, strict=True) if all(len(f) == 1 for f in faces)]
    assert len(usable) >= 6
    figures = np.array([[f[0].quality for f in faces] for faces in usable]).mean(axis=0)
    moved = np.array([[np.linalg.norm(f[0].embedding - faces[0][0].embedding) for f in faces]
                      for faces in usable]).mean(axis=0)  # fmt: skip
    assert list(moved) == sorted(moved)
    assert list(figures) == sorted(figures, reverse=True)
    assert figures[-1] < 0.75 * figures[0]
