"""Curves are learned back from pairs that follow one, and bursts are found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphface.clustering.calibrate import _bursts, _examples, fit, reliability
from graphface.clustering.confidence import Logistic, curve
from graphface.errors import NotFound
from graphface.records import Space


@settings(deadline=None, max_examples=25)
@given(st.floats(0.3, 12), st.floats(0.02, 0.2))
def test_the_curve_that_made_the_pairs_is_learned_back(middle: float, width: float) -> None:
    rng = np.random.default_rng(0)
    scale = middle * width
    distance = rng.uniform(middle - 5 * scale, middle + 5 * scale, 20_000)
    same = rng.random(len(distance)) < Logistic(middle, scale).array(distance)
    learned = fit(distance, same)
    assert learned.middle == pytest.approx(middle, abs=0.2 * scale)
    assert learned.scale == pytest.approx(scale, rel=0.1)


def test_kinds_that_never_meet_give_a_finite_curve() -> None:
    learned = fit(np.r_[np.full(200, 0.1), np.full(300, 0.9)], np.arange(500) < 200)
    assert 0.1 < learned.middle < 0.9
    assert 0 < learned.scale < 0.4


def test_reliability_is_measured_on_pairs_that_were_not_learned_from() -> None:
    rng = np.random.default_rng(1)
    distance = rng.uniform(0, 1, 40_000)
    same = rng.random(len(distance)) < Logistic(0.5, 0.08).array(distance)
    pairs = rng.integers(0, 1000, (len(distance), 2)).astype(np.int32)
    rows = reliability(distance, same, pairs)
    assert len(rows) == 6
    assert all(abs(row.said - row.true) < 0.05 for row in rows)


def test_rivals_divide_the_odds() -> None:
    space = Space("Dlib", "x", "x", 128, "euclidean_l2", 0.37)
    alone, among = curve(space)(0.42), curve(space, 100)(0.42)
    assert among / (1 - among) == pytest.approx(alone / (1 - alone) / 100)


def test_a_burst_is_two_photos_of_one_face_each() -> None:
    def row(photo: str, second: int) -> dict[str, str]:
        return {"photo": photo, "taken": f"2024-05-01T10:00:{second:02}Z"}

    rows = [row("a", 0), row("b", 3), row("c", 30), row("c", 30), row("d", 33), {"photo": "e"}]
    assert _bursts(rows).tolist() == [[0, 1]]


def test_too_little_to_learn_from_says_what_to_do() -> None:
    with pytest.raises(NotFound, match="people-from-folders"):
        _examples([{"photo": "a"}, {"photo": "a"}])
