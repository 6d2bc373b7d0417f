"""Lay out the nodes of a small graph by forces between them, computed with numpy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDS = 400
"""For up to `MANY` nodes; fewer for more, so that it takes seconds at most."""

MANY = 150
GRAVITY = 1.0
"""Pull to the middle: parts that nothing joins stay in sight."""


def positions(
    radii: Sequence[float], links: Sequence[tuple[int, int, float]], *, gap: float = 54.0
) -> Floats:
    """Places [n, 2] of n discs around (0, 0), with room for a name below each; deterministic.

    Linked discs attract each other in proportion to the link's weight (Fruchterman and Reingold,
    1991). In the end discs are pushed apart until their edges are `gap` apart.
    """
    size = np.array(radii, dtype=np.float64)
    count = len(size)
    if count < 2:
        return np.zeros((count, 2))
    turn = np.arange(count) * 2.399963  # the golden angle: spread evenly, not at random
    wide = 2.4 * float(size.mean()) + gap
    place = (
        wide * np.sqrt(np.arange(count) + 0.5)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    )
    pull = np.zeros((count, count))
    for a, b, weight in links:
        pull[a, b] = pull[b, a] = weight
    pull /= max(float(pull.max()), 1e-9)
    rounds = max(ROUNDS * MANY**2 // max(count, MANY) ** 2, 40)
    for step in range(rounds):
        place = _moved(place, pull, wide, wide * (1 - step / rounds))
    for _ in range(ROUNDS):
        if not _pushed(place, size, gap):
            break
    centred: Floats = place - (place.max(axis=0) + place.min(axis=0)) / 2
    return centred


def _moved(place: Floats, pull: Floats, natural: float, most: float) -> Floats:
    delta = place[:, None] - place[None]
    far = np.sqrt((delta**2).sum(axis=2)) + 1e-9
    force = natural**2 / far**2 - pull * far / natural
    np.fill_diagonal(force, 0.0)
    step = (delta * force[:, :, None]).sum(axis=1) - GRAVITY * place
    length = np.sqrt((step**2).sum(axis=1)) + 1e-9
    moved: Floats = place + step * (np.minimum(length, most) / length)[:, None]
    return moved


def _pushed(place: Floats, size: Floats, gap: float) -> bool:
    """Push overlapping discs apart, in place; returns whether there were any."""
    delta = place[:, None] - place[None]
    far = np.sqrt((delta**2).sum(axis=2)) + 1e-9
    want = size[:, None] + size[None] + gap
    over = np.maximum(want - far, 0.0)
    np.fill_diagonal(over, 0.0)
    if not (over > 0.5).any():
        return False
    place += (delta * (over / far * 0.5)[:, :, None]).sum(axis=1)
    return True


def circles(count: int, links: Sequence[tuple[int, int, float]]) -> list[int]:
    """Group n nodes by label propagation: a number for each, 0 for the largest group.

    Each node in turn takes the label with the most weight around it, until nothing changes.
    """
    near: list[dict[int, float]] = [{} for _ in range(count)]
    for a, b, weight in links:
        near[a][b] = near[b][a] = weight
    group = list(range(count))
    for _ in range(20):
        before = list(group)
        for node in range(count):
            heard: dict[int, float] = {}
            for other, weight in near[node].items():
                heard[group[other]] = heard.get(group[other], 0.0) + weight
            if heard:
                group[node] = max(heard, key=lambda one: (heard[one], one == group[node], -one))
        if group == before:
            break
    ranked = sorted(set(group), key=lambda one: (-group.count(one), one))
    return [ranked.index(one) for one in group]
