"""The geometry of the crops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphface.errors import ModelError
from graphface.records import Box, Detection
from graphface.vision.alignment import ARCFACE, FACENET, align, five_points, similarity, warp
from graphface.vision.detectors.dlib_hog import DlibHog
from tests.unit._faces import needs_data, photos, pixels

angle = st.floats(-3.1, 3.1)
size = st.floats(0.05, 20)
shift = st.floats(-2000, 2000)


@given(angle, size, shift, shift)
def test_a_similarity_is_recovered(turn: float, scale: float, dx: float, dy: float) -> None:
    points = np.array(ARCFACE)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * scale
    found = similarity(points, points @ matrix.T + (dx, dy))
    assert np.allclose(found, np.column_stack([matrix, (dx, dy)]), atol=1e-6 * max(scale, 1) * 100)


def test_points_of_another_shape_are_brought_near_without_shear_or_mirror() -> None:
    found = similarity(np.array(ARCFACE), np.array(ARCFACE) * (-1, 1))
    linear = found[:, :2]
    assert np.linalg.det(linear) >= 0
    assert linear[0, 0] == pytest.approx(linear[1, 1])
    assert linear[0, 1] == pytest.approx(-linear[1, 0])


def dots(points: np.ndarray, height: int, width: int, radius: int) -> np.ndarray:
    """A picture with a white dot at each landmark."""
    y, x = np.mgrid[:height, :width]
    near = [(x - px) ** 2 + (y - py) ** 2 <= radius**2 for px, py in points]
    return np.repeat((np.any(near, axis=0) * 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("scale", [1.0, 7.0])
@pytest.mark.parametrize(
    ("name", "side", "template"),
    [("five-point-112", 112, ARCFACE), ("five-point-112", 224, ARCFACE),
     ("facenet-160", 160, FACENET)],
)  # fmt: skip
def test_landmarks_land_where_the_network_expects_them(
    name: str, side: int, template: tuple[tuple[float, float], ...], scale: float
) -> None:
    expected = np.array(template) * side / int(name[-3:])
    # The same face, upright in the picture: FaceNet's crop alone is drawn out sideways.
    source = np.array(template) / ((1.25, 1) if name == "facenet-160" else (1, 1)) * scale + 40
    shown = dots(source, int(170 * scale) + 80, int(170 * scale) + 80, max(round(2 * scale), 2))
    face = Detection(Box(40, 40, 100, 100), 1.0, source.astype(np.float32))
    chip = align(name, (side, side), shown, face).chip[..., 0].astype(float)
    assert chip.shape == (side, side)
    for x, y in expected:
        assert chip[round(y) - 1 : round(y) + 2, round(x) - 1 : round(x) + 2].mean() > 100
    assert chip.mean() < 40


def test_a_turned_face_comes_out_upright() -> None:
    quarter = np.array([[0, -1], [1, 0]])
    source = np.array(ARCFACE) @ quarter.T + (250, 60)
    face = Detection(Box(100, 60, 120, 120), 1.0, source.astype(np.float32))
    shown = dots(source, 400, 400, 3)
    chip = align("five-point-112", (112, 112), shown, face).chip[..., 0]
    left, right = np.array(ARCFACE)[:2].round().astype(int)
    assert min(chip[left[1], left[0]], chip[right[1], right[0]]) > 100


def test_what_lies_outside_the_picture_is_black() -> None:
    shown = np.full((100, 100, 3), 255, np.uint8)
    chip = warp(shown, np.array([[1.0, 0, 50], [0, 1.0, 50]]), (112, 112))
    assert chip[:48, :48].max() == 0
    assert chip[55:, 55:].min() == 255
    far = warp(shown, np.array([[1.0, 0, 5000], [0, 1.0, 0]]), (112, 112))
    assert far.max() == 0


def test_a_box_alone_gives_a_loose_square() -> None:
    shown = np.zeros((400, 400, 3), np.uint8)
    shown[150:250, 150:250] = 255
    points = np.array([[170, 190], [230, 190], [200, 210], [180, 230], [220, 230]], np.float32)
    face = Detection(Box(150, 150, 100, 100), 1.0, points)
    chip = align("square-224", (224, 224), shown, face).chip
    assert (chip > 127).mean() == pytest.approx(1 / 1.3**2, abs=0.02)


def test_an_unknown_alignment_is_one_clear_error() -> None:
    face = Detection(Box(0, 0, 10, 10), 1.0, np.array(ARCFACE, np.float32))
    with pytest.raises(ModelError, match="no alignment is called nose-first"):
        align("nose-first", (10, 10), np.zeros((20, 20, 3), np.uint8), face)


@needs_data
def test_dlibs_chip_is_dlibs_own() -> None:
    import dlib

    from graphface.vision.weights import packaged

    own = dlib.get_frontal_face_detector()
    predictor = dlib.shape_predictor(str(packaged("shape_predictor_5_face_landmarks.dat")))
    for path in photos(5, 300):
        shown = pixels(path)
        (rectangle, *_) = own(shown)
        expected = dlib.get_face_chip(shown, predictor(shown, rectangle), 150, 0.25)
        face = next(
            f for f in DlibHog().detect(shown)
            if (f.box.x, f.box.y) == (max(rectangle.left(), 0), max(rectangle.top(), 0))
        )  # fmt: skip
        assert np.array_equal(align("dlib-5-150", (150, 150), shown, face).chip, expected)


@needs_data
def test_inferred_landmarks_stand_in_the_order_of_a_face() -> None:
    shown = pixels(photos(1)[0])
    (face,) = DlibHog().detect(shown)
    left, right, nose, mouth_left, mouth_right = five_points(shown, face.box)
    assert left[0] < nose[0] < right[0]
    assert mouth_left[0] < mouth_right[0]
    assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
