"""Find near pairs among very many faces by comparing only nearby cells (IVF).

Every face belongs to the cell of its nearest centre and is compared with the faces of the few cells
nearest to it. The comparison of two cells is again a matrix product. So it beats general indexes at
this task (`docs/performance.md`): those answer one face at a time, and an index that returns k
neighbours misses most of a person with more than k pictures.

The number of cells to search per face is measured. For the true pairs of a sample, it counts how
many cells are nearer than the one that holds the partner. The requested recall then gives the
number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.linking.exact import DistanceBlocks, cores, neighbors_of
from graphface.progress import Pool, task

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.linking.gds_distance import Indexes
    from graphface.linking.state import Faces, Plan
    from graphface.records import Vectors

CELLS_PER_ROOT = 4
"""Cells for each square root of the number of faces."""

TRAINING, ROUNDS = 40, 6
"""Faces a cell that the centres are trained on, and rounds of k-means."""

SAMPLE, SAMPLE_PAIRS = 2_000, 50_000
"""Faces, and at most so many of their pairs, that say how many cells to look into."""

MARGIN = 0.5
"""Aim to miss this part of what may be missed: a sample is not the whole."""

ROWS = 4096

VISITS = 1 << 25
"""Looks into a cell that are held at once, some 20 bytes each: what bounds the memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Centres, [cells, dimensions], and the cell of each face."""

    centres: Vectors
    halves: Vectors
    """[cells]: half the squared norm of each centre."""
    own: Indexes


def near_pairs(faces: Faces, plan: Plan) -> tuple[Indexes, Indexes, int]:
    """Pairs that are likely near and contain a new face: (a, b, how many were compared).

    A pair may appear twice, and may be over the threshold.
    """
    from threadpoolctl import threadpool_limits

    blocks = DistanceBlocks(faces.vectors, plan.threshold, plan.metric)
    with threadpool_limits(1), Pool(cores()) as pool:
        cells = train(blocks.points, pool)
    depth = needed_depth(faces, plan, blocks, cells)
    with threadpool_limits(1), Pool(cores()) as pool:
        return _compare(blocks, cells, faces.done, depth, pool)


def train(points: Vectors, pool: Pool, seed: int = 0) -> Cells:
    """Train cells by k-means on a part of the points."""
    rng = np.random.default_rng(seed)
    count = max(1, min(len(points), round(CELLS_PER_ROOT * len(points) ** 0.5)))
    part = points[np.sort(rng.permutation(len(points))[: TRAINING * count])]
    centres = part[rng.permutation(len(part))[:count]].copy()
    with task("cells", total=ROUNDS, unit="rounds") as bar:
        for _ in range(ROUNDS):
            centres = _moved(part, centres, nearest_cells(part, centres, 1, pool)[:, 0], rng)
            bar.advance()
    own = nearest_cells(points, centres, 1, pool)[:, 0]
    return Cells(centres, _half_squares(centres), own)


def _moved(points: Vectors, centres: Vectors, own: Indexes, rng: np.random.Generator) -> Vectors:
    """Move each centre to the mean of its points; a centre without points moves to some point."""
    order = np.argsort(own, kind="stable")
    sizes = np.bincount(own, minlength=len(centres))
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    filled = sizes > 0
    moved: Vectors = points[rng.integers(0, len(points), len(centres))].copy()
    sums = np.add.reduceat(points[order], starts[filled], axis=0)
    moved[filled] = sums / sizes[filled, None]
    return moved


def _half_squares(centres: Vectors) -> Vectors:
    halves: Vectors = np.einsum("ij,ij->i", centres, centres) / 2
    return halves


def nearest_cells(points: Vectors, centres: Vectors, depth: int, pool: Pool) -> Indexes:
    """The `depth` nearest centres of each point, [points, depth], unordered."""
    halves = _half_squares(centres)
    out = np.empty((len(points), depth), dtype=np.int32)

    def some(start: int) -> None:
        near = points[start : start + ROWS] @ centres.T
        near -= halves  # the larger, the nearer
        if depth == 1:
            out[start : start + ROWS, 0] = near.argmax(axis=1)
        else:
            best = np.argpartition(near, len(centres) - depth, axis=1)
            out[start : start + ROWS] = best[:, len(centres) - depth :]

    list(pool.map(some, range(0, len(points), ROWS)))
    return out


def needed_depth(faces: Faces, plan: Plan, blocks: DistanceBlocks, cells: Cells) -> int:
    """The number of cells to search per new face to find `plan.recall` of the pairs."""
    rng = np.random.default_rng(1)
    new = np.arange(faces.done, len(faces), dtype=np.int32)
    some = rng.permutation(new)[:SAMPLE]
    other, face, _ = neighbors_of(faces.vectors, some, plan.threshold, metric=plan.metric)
    pairs = rng.permutation(len(face))[:SAMPLE_PAIRS]
    if not len(pairs):
        return 1
    face, other = face[pairs], other[pairs]
    rank = _cells_between(blocks.points, cells, face, other)
    back = _cells_between(blocks.points, cells, other, face)
    rank = np.where(other >= faces.done, np.minimum(rank, back), rank)
    allowed = (1 - plan.recall) * MARGIN
    return min(int(np.quantile(rank, 1 - allowed, method="higher")) + 1, len(cells.centres))


def _cells_between(points: Vectors, cells: Cells, a: Indexes, b: Indexes) -> NDArray[np.int64]:
    """For each pair, how many centres are nearer to `a` than the centre of the cell of `b`."""
    out = np.empty(len(a), dtype=np.int64)
    for start in range(0, len(a), ROWS):
        some = slice(start, start + ROWS)
        near = points[a[some]] @ cells.centres.T - cells.halves
        there = near[np.arange(len(near)), cells.own[b[some]]]
        out[some] = (near > there[:, None]).sum(axis=1)
    return out


def _compare(
    blocks: DistanceBlocks, cells: Cells, done: int, depth: int, pool: Pool
) -> tuple[Indexes, Indexes, int]:
    """Compare every new face with the faces of the `depth` cells nearest to it."""
    members = np.argsort(cells.own, kind="stable").astype(np.int32)
    starts = np.searchsorted(cells.own[members], np.arange(len(cells.centres) + 1))
    found: list[tuple[Indexes, Indexes, int]] = []
    at_once = max(ROWS, VISITS // depth)
    slabs = range(done, len(blocks.points), at_once)
    with task("search", total=len(slabs) * len(cells.centres), unit="cells") as bar:
        for first in slabs:
            guests, visited = _visits(blocks, cells, slice(first, first + at_once), depth, pool)

            def one(
                cell: int, guests: Indexes = guests, visited: NDArray[np.int64] = visited
            ) -> tuple[Indexes, Indexes, int]:
                left = guests[visited[cell] : visited[cell + 1]]
                right = members[starts[cell] : starts[cell + 1]]
                bar.advance()
                return (*blocks.candidates(left, right), len(left) * len(right))

            found += pool.map(one, range(len(cells.centres)))
    a, b = (np.concatenate([part[k] for part in found]) for k in (0, 1))
    return a, b, sum(part[2] for part in found)


def _visits(
    blocks: DistanceBlocks, cells: Cells, some: slice, depth: int, pool: Pool
) -> tuple[Indexes, NDArray[np.int64]]:
    """The faces of `some` that search each cell, ordered by cell, and where each cell begins."""
    probes = nearest_cells(blocks.points[some], cells.centres, depth, pool).ravel()
    visitors = np.argsort(probes, kind="stable")
    visited = np.searchsorted(probes[visitors], np.arange(len(cells.centres) + 1))
    visitors //= depth
    return (visitors + some.start).astype(np.int32), visited
