"""Where the nodes of the page are drawn."""

from __future__ import annotations

import numpy as np

from graphface.drawing.layout import circles, positions


def two_circles() -> list[tuple[int, int, float]]:
    """Nodes 0-4 all joined, 5-8 all joined, one weak link between; 9 alone."""
    first = [(a, b, 3.0) for a in range(5) for b in range(a + 1, 5)]
    second = [(a, b, 3.0) for a in range(5, 9) for b in range(a + 1, 9)]
    return [*first, *second, (4, 5, 1.0)]


def test_nodes_do_not_overlap_and_friends_are_near() -> None:
    radii = [20.0 + 3 * k for k in range(10)]
    place = positions(radii, two_circles(), gap=10)
    far = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    need = np.add.outer(radii, radii)
    assert (far[~np.eye(10, dtype=bool)] >= need[~np.eye(10, dtype=bool)]).all()
    near = [far[a, b] for a, b, weight in two_circles() if weight > 1]
    apart = [far[a, b] for a in range(5) for b in range(5, 9)]
    assert np.mean(near) < np.mean(apart) / 1.5
    assert (place == positions(radii, two_circles(), gap=10)).all()


def test_one_node_is_in_the_middle() -> None:
    assert positions([20.0], []).tolist() == [[0.0, 0.0]]


def test_circles_of_friends() -> None:
    assert circles(10, two_circles()) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 2]
