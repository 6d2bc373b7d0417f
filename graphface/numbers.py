"""Arithmetic on NumPy arrays that several rooms share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

LARGEST_ODDS = 700.0
"""exp of more than this is no 64-bit number."""


@overload
def unit_vectors(vectors: ArrayLike) -> NDArray[np.float32]: ...
@overload
def unit_vectors(vectors: ArrayLike, dtype: type[np.float64]) -> NDArray[np.float64]: ...
def unit_vectors(vectors: ArrayLike, dtype: Any = np.float32) -> NDArray[Any]:
    """`vectors`, [..., dimensions], each scaled to length 1. A zero vector stays zero.

    The length of an embedding says nothing about the person (docs/clustering.md).
    """
    wide = np.asarray(vectors, dtype)
    norms = np.linalg.norm(wide, axis=-1, keepdims=True)
    units: NDArray[Any] = np.divide(wide, np.where(norms == 0, 1, norms), dtype=dtype)
    return units


@overload
def logistic(odds: float) -> float: ...
@overload
def logistic(odds: Floats) -> Floats: ...
def logistic(odds: Floats | float) -> Floats | float:
    """The probability of log odds: 1 / (1 + exp(-odds))."""
    found = 1 / (1 + np.exp(-np.clip(odds, -LARGEST_ODDS, LARGEST_ODDS)))
    return float(found) if np.ndim(odds) == 0 else found
