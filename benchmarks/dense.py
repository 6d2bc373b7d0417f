"""How many neighbours a face should keep: what people with very many pictures cost, and lose.

    python benchmarks/dense.py [--neighbors 10 20 50 100 200 500] [--largest 10000]

Among 20,000 synthetic faces of LFW's sizes are one person with `--largest` pictures, one with a
third and one with a tenth of that. For each K: pairs that are kept of all under the threshold,
seconds to search and prune, seconds that a database needs to write them, and the persons that three
ways of grouping then find. 0 keeps all.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import finish, parser
from clustering import database, face_graph
from linking import show
from synthetic import model, real_data

from graphface.clustering.methods import method
from graphface.clustering.metrics import measure
from graphface.linking.exact import pairs_within
from graphface.linking.prune import Pruner
from graphface.vision import encoders

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.clustering.face_graph import FaceGraph
    from graphface.records import Vectors

METHODS = ("relative", "chinese-whispers", "components")
WRITES_PER_SECOND = 50_000
"""`benchmarks/linking.py` prints it."""


def album(largest: int) -> tuple[Vectors, NDArray[np.int32]]:
    """Embeddings [faces, d] and the person of each: an ordinary album, and three dense people."""
    drawn = model(real_data())
    faces, people = drawn.draw(20_000)
    parts, persons, next_one = [faces], [people], int(people.max()) + 1
    for k, size in enumerate((largest, largest // 3, largest // 10)):
        some, _ = replace(drawn, sizes=np.array([size])).draw(size, seed=2 + k)
        parts.append(some)
        persons.append(np.full(size, next_one + k, np.int32))
    order = np.random.default_rng(0).permutation(sum(map(len, persons)))
    return np.concatenate(parts)[order], np.concatenate(persons)[order]


def pruned(faces: FaceGraph, neighbors: int) -> tuple[FaceGraph, float]:
    """The graph when each face keeps its `neighbors` nearest, and the seconds that took."""
    started = time.perf_counter()
    threshold, count = faces.space.threshold, len(faces.ids)
    blocks = pairs_within(faces.vectors, threshold, metric="euclidean_l2")
    pruner = Pruner(np.arange(count, dtype=np.int32), neighbors or count)
    for block in blocks:
        pruner.add(block.left, block.right, block.distance)
    left, right, distance = pruner.result()
    gone = time.perf_counter() - started
    kept = replace(faces, left=left, right=right, distance=distance.astype(np.float32))
    return kept, gone


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--neighbors", type=int, nargs="+", default=[10, 20, 50, 100, 200, 500])
    options.add_argument("--largest", type=int, default=10_000)
    args = options.parse_args()
    vectors, truth = album(args.largest)
    threshold = encoders.get("Dlib").threshold("euclidean_l2")
    everything = face_graph(vectors[:0], "Dlib", threshold)
    everything = replace(
        everything, ids=tuple(f"{k:08}" for k in range(len(vectors))), vectors=vectors,
        quality=np.ones(len(vectors), np.float32), photo=np.full(len(vectors), -1, np.int32),
    )  # fmt: skip
    print(f"{len(vectors):,} faces, linked under {threshold:g} on unit vectors")
    result: dict[str, Any] = {}
    with database(None) as graph:
        for neighbors in args.neighbors:
            faces, seconds = pruned(everything, neighbors)
            row: dict[str, float] = {
                "pairs": len(faces.left),
                "link_seconds": seconds,
                "write_seconds": len(faces.left) / WRITES_PER_SECOND,
            }
            for name in METHODS:
                started = time.perf_counter()
                found = measure(truth, method(name)(graph, faces).astype(np.int64))
                row[f"{name}_bcubed"] = found.bcubed.f1
                row[f"{name}_seconds"] = time.perf_counter() - started
            show(f"K {neighbors:>4}", row)
            sys.stdout.flush()
            result[str(neighbors)] = row
    finish(args, result)


if __name__ == "__main__":
    main()
