"""Laws of the shared arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from graphface.numbers import logistic, unit_vectors

FINITE = st.one_of(
    st.just(0.0), st.floats(2**-10, 2**10, width=32), st.floats(-(2**10), -(2**-10), width=32)
)
"""Embeddings' numbers: squares of much smaller ones vanish."""


@given(arrays(np.float32, (5, 4), elements=FINITE))
def test_unit_vectors_have_length_one_or_zero(vectors: np.ndarray) -> None:
    for dtype, near in ((np.float32, 1e-5), (np.float64, 1e-12)):
        units = unit_vectors(vectors, dtype)
        assert units.dtype == dtype
        norms = np.linalg.norm(units.astype(np.float64), axis=1)
        zero = np.linalg.norm(np.asarray(vectors, dtype), axis=1) == 0
        assert np.allclose(norms[~zero], 1, atol=near)
        assert not units[zero].any()


@given(arrays(np.float64, 6, elements=st.floats(-1e6, 1e6)))
def test_logistic_is_a_probability_and_symmetric(odds: np.ndarray) -> None:
    found = logistic(odds)
    assert ((found >= 0) & (found <= 1)).all()
    assert np.allclose(found + logistic(-odds), 1)
    assert [logistic(float(one)) for one in odds] == pytest.approx(found.tolist())


def test_logistic_of_even_odds() -> None:
    assert logistic(0.0) == 0.5
    assert isinstance(logistic(3.0), float)
