"""Is the layout of the network page worth code of its own? Beside networkx, on drawn circles.

Persons in circles of friends, most of whom are linked, and a few links between circles. A good
layout puts linked persons near each other for the space that the whole takes: the mean distance of
linked persons over that of all. Discs are pushed apart in the same way after each layout.

    pip install networkx
    python benchmarks/layout.py
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import clock, finish, parser

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (10, 50, 150)
Links = list[tuple[int, int, float]]


def friends(count: int, seed: int) -> tuple[list[float], Links]:
    """Radii of the persons, and who is in photos with whom."""
    rng = np.random.default_rng(seed)
    circle = rng.integers(0, max(2, count // 8), count)
    links = [
        (a, b, float(rng.integers(1, 9)))
        for a in range(count)
        for b in range(a)
        if (circle[a] == circle[b] and rng.random() < 0.6) or rng.random() < 0.01
    ]
    return list(rng.uniform(22, 46, count)), links


def layouts() -> dict[str, Callable[[list[float], Links], Any]]:
    """Each layout: radii and links to places [n, 2]."""
    try:
        import networkx
    except ImportError:
        sys.exit("this benchmark needs networkx: pip install networkx")
    from graphface.drawing.layout import ROUNDS, _pushed, positions

    def after(places: dict[int, Any], radii: list[float], scale: float) -> Any:
        found = np.array([places[k] for k in range(len(radii))]) * scale
        for _ in range(ROUNDS):
            if not _pushed(found, np.array(radii), 54.0):
                break
        return found

    def graph(links: Links, count: int) -> Any:
        made = networkx.Graph()
        made.add_nodes_from(range(count))
        most = max((weight for *_, weight in links), default=1.0)
        made.add_weighted_edges_from((a, b, weight / most) for a, b, weight in links)
        return made

    def spring(radii: list[float], links: Links) -> Any:
        wide = (2.4 * float(np.mean(radii)) + 54.0) * np.sqrt(len(radii)) / 2
        places = networkx.spring_layout(graph(links, len(radii)), seed=7, iterations=200)
        return after(places, radii, wide)

    def forceatlas2(radii: list[float], links: Links) -> Any:
        sizes = {k: radius + 27.0 for k, radius in enumerate(radii)}
        places = networkx.forceatlas2_layout(
            graph(links, len(radii)), seed=7, weight="weight", max_iter=300, node_size=sizes,
            scaling_ratio=2.4 * float(np.mean(radii)) + 54.0,
        )  # fmt: skip
        return after(places, radii, 1.0)

    return {"graphface": positions, "spring_layout": spring, "forceatlas2_layout": forceatlas2}


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--seed", type=int, default=1, help="another number, other people")
    options = made.parse_args()
    result: dict[str, Any] = {}
    print(f"{'layout':20} {'persons':>8} {'linked / all':>13} {'seconds':>8}")
    for name, place in layouts().items():
        for count in SIZES:
            radii, links = friends(count, options.seed)
            with clock() as seconds:
                at = place(radii, links)
            far = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2))
            linked = float(np.mean([far[a, b] for a, b, _ in links]))
            share = linked / float(far[~np.eye(count, dtype=bool)].mean())
            print(f"{name:20} {count:8} {share:13.2f} {seconds[0]:8.2f}")
            result[f"{name} {count}"] = {"share": share, "seconds": seconds[0]}
    finish(options, result)


if __name__ == "__main__":
    main()
