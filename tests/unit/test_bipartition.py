"""The two people that the faces of one person may show."""

from __future__ import annotations

import numpy as np
import pytest

from graphface.clustering.bipartition import bipartition, nearest_across

NONE = np.empty((0, 2), np.int64)


def people(sizes: tuple[int, ...], spread: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Faces around as many random directions, and whose each is."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(len(sizes), 128))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    whose = np.repeat(np.arange(len(sizes)), sizes)
    faces = centres[whose] + rng.normal(size=(len(whose), 128)) * spread / np.sqrt(128)
    order = rng.permutation(len(whose))
    return faces[order].astype(np.float32), whose[order]


@pytest.mark.parametrize("sizes", [(20, 20), (60, 3), (2, 500), (1, 1), (5, 1), (900, 700)])
def test_two_people_are_told_apart(sizes: tuple[int, int]) -> None:
    vectors, whose = people(sizes, 0.7, seed=sum(sizes))
    side = bipartition(vectors, NONE)
    assert (side == whose).all() or (side != whose).all()


def test_three_people_are_never_cut_through() -> None:
    vectors, whose = people((10, 12, 8), 0.6, seed=1)
    side = bipartition(vectors, NONE)
    assert 0 < side.sum() < len(side)
    assert all(len(set(side[whose == one].tolist())) == 1 for one in range(3))


def test_faces_known_to_be_apart_decide() -> None:
    # One cloud: nothing in the distances says where to cut, the pair does.
    vectors, _ = people((30,), 0.9, seed=3)
    apart = np.array([[4, 17]])
    side = bipartition(vectors, apart)
    assert side[4] != side[17]


@pytest.mark.parametrize("count", [2, 3, 50])
def test_equal_faces_still_give_two_sides(count: int) -> None:
    side = bipartition(np.ones((count, 128), np.float32), NONE)
    assert 0 < side.sum() < count


def test_the_nearest_pairs_across() -> None:
    vectors, whose = people((20, 15), 0.7, seed=5)
    side = whose == 1
    mean, nearest, pairs = nearest_across(vectors, side, 7)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    gaps = np.linalg.norm(units[~side][:, None] - units[side][None], axis=2)
    assert nearest == pytest.approx(gaps.min(), abs=1e-5)
    assert 0 < nearest < 2
    assert 0 < mean < 2
    assert len(list(pairs)) == 7
    for a, b in pairs:
        assert (bool(side[a]), bool(side[b])) == (False, True)
        gap = np.linalg.norm(units[a] - units[side], axis=1).min()
        assert np.linalg.norm(units[a] - units[b]) == pytest.approx(gap, abs=1e-5)
