"""Curves are learned back from pairs that follow one, and bursts are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphface.clustering.calibrate import Examples, _examples, _free, fit, reliability
from graphface.clustering.match_probability import Logistic, curve
from graphface.errors import NotFound
from graphface.records import Space

if TYPE_CHECKING:
    from numpy.typing import NDArray


def examples(
    distance: NDArray[np.float64], same: NDArray[np.bool_], quality: float | NDArray[np.float64] = 1
) -> Examples:
    """Each face in a group of its own."""
    count = len(distance)
    groups = np.arange(2 * count).reshape(-1, 2)
    return Examples(distance, quality * np.ones(count), same, groups)


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(st.floats(0.3, 12), st.floats(0.02, 0.2), st.floats(0, 4))
def test_the_curve_that_made_the_pairs_is_learned_back(
    middle: float, width: float, gain: float
) -> None:
    rng = np.random.default_rng(0)
    scale = middle * width
    distance = rng.uniform(middle - 5 * scale, middle + 5 * scale, 20_000)
    quality = rng.random(len(distance))
    same = rng.random(len(distance)) < Logistic(middle, scale, gain).array(distance, quality)
    learned = fit(examples(distance, same, quality))
    # Both kinds count alike, so the odds move with their shares.
    shift = scale * np.log(same.mean() / (1 - same.mean()))
    assert learned.middle == pytest.approx(middle - shift, abs=0.2 * scale)
    assert learned.scale == pytest.approx(scale, rel=0.1)
    assert learned.quality == pytest.approx(gain, abs=0.4)


def test_kinds_that_never_meet_give_a_finite_curve() -> None:
    distance = np.r_[np.full(200, 0.1), np.full(300, 0.9)]
    learned = fit(examples(distance, np.arange(500) < 200))
    assert 0.1 < learned.middle < 0.9
    assert 0 < learned.scale < 0.4


def test_reliability_is_measured_on_people_that_were_not_learned_from() -> None:
    rng = np.random.default_rng(1)
    distance = rng.uniform(0, 1, 40_000)
    same = rng.random(len(distance)) < Logistic(0.5, 0.08).array(distance)
    rows = reliability(examples(distance, same))
    assert len(rows) == 8
    assert all(abs(row.said - row.true) < 0.05 for row in rows)
    assert sum(row.pairs for row in rows) < 0.3 * 10 * len(distance), "a quarter is in one half"


def test_one_person_gives_no_table() -> None:
    few = Examples(np.ones(9), np.ones(9), np.arange(9) < 5, np.zeros((9, 2), np.int64))
    assert reliability(few) == ()


def test_a_poor_face_at_the_same_distance_is_more_likely_the_person() -> None:
    curve = Logistic(0.4, 0.02, 1.8).among(1)
    assert curve(0.41, 0.2) > curve(0.41, 0.9) > curve(0.41)


def test_rivals_divide_the_odds() -> None:
    space = Space("Dlib", "x", "x", 128, "euclidean_l2", 0.37)
    alone, among = curve(space)(0.42), curve(space, 100)(0.42)
    assert among / (1 - among) == pytest.approx(alone / (1 - alone) / 100)


def test_a_burst_is_two_photos_of_one_face_each() -> None:
    def row(photo: str, second: int) -> dict[str, str]:
        return {"photo": photo, "taken": f"2024-05-01T10:00:{second:02}Z"}

    rows = [row("a", 0), row("b", 3), row("c", 30), row("c", 30), row("d", 33), {"photo": "e"}]
    assert _free(rows).tolist() == [[0, 1]]


def test_copies_of_a_picture_show_one_person() -> None:
    def row(photo: str, phash: int) -> dict[str, object]:
        return {"photo": photo, "phash": phash}

    rows = [row("a", 7), row("b", 9), row("c", 7), row("d", 9), row("d", 9), row("e", 0)]
    assert _free(rows).tolist() == [[0, 2]], "two faces in a photo: nobody knows which is which"


def test_too_little_to_learn_from_says_what_to_do() -> None:
    with pytest.raises(NotFound, match="people_from_folders"):
        _examples([{"photo": "a"}, {"photo": "a"}])
