"""Methods that find near pairs: one that misses none, and two that may miss some."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.linking.exact import neighbors_of, pairs_within, sorted_block
from graphface.linking.gds_distance import distances
from graphface.linking.link_report import LinkReport, peak_memory
from graphface.linking.state import read_faces
from graphface.progress import say, task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.linking.exact import Found, PairBlock
    from graphface.linking.gds_distance import Indexes
    from graphface.linking.link_report import Tally
    from graphface.linking.state import Faces, Plan, State
    from graphface.records import Space


METHODS = ("auto", "exact", "index", "knn", "cypher")

SAMPLE = 1_000
"""Faces on which recall is measured."""

KNN_NEIGHBORS = 50
"""Neighbours that gds.knn looks for unless `max_neighbors` says otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Pairs under the threshold in the order a writer needs, and the recall."""

    blocks: Iterator[PairBlock]
    total: int
    """The total number of pairs compared."""
    recall: float | None = None
    """Measured on a sample; None if no pair can be missed."""


def proposals(graph: Connection, plan: Plan, faces: Faces) -> Proposals:
    """The pairs that `plan.method` finds, each with at least one face at or after `faces.done`."""
    count, done = len(faces), faces.done
    if plan.method == "exact":
        pairs = (count * (count - 1) - done * (done - 1)) // 2
        found = pairs_within(faces.vectors, plan.threshold, metric=plan.metric, new_from=done)
        return Proposals(found, pairs)
    if done == count:
        return Proposals(iter(()), 0)
    near, compared, recall = propose(graph, plan, faces)
    say(f"{plan.method} found {recall:.2%} of the pairs of a sample")
    if recall < plan.recall:
        say(f"that is less than {plan.recall:.2%}: `method` exact misses none", "warning")
    return Proposals(_blocks(faces, near, compared), compared, recall)


def propose(graph: Connection | None, plan: Plan, faces: Faces) -> tuple[Found, int, float]:
    """Run an approximate method: the pairs it finds, how many it compared, and its recall.

    Only knn uses the server.
    """
    if plan.method == "index":
        from graphface.linking.index import near_pairs

        a, b, compared = near_pairs(faces, plan)
    else:
        assert graph is not None
        a, b, compared = _knn(graph, plan, faces)
    found = decide(faces, plan, a, b)
    return found, compared, measured_recall(faces, plan, found)


def decide(faces: Faces, plan: Plan, a: Indexes, b: Indexes) -> Found:
    """Proposed pairs, each once, that are really under the threshold and contain a new face."""
    left, right = np.minimum(a, b), np.maximum(a, b)
    keys = np.unique(right.astype(np.int64) * len(faces) + left)
    right, left = np.divmod(keys, len(faces))
    new = (right >= faces.done) & (left < right)
    left, right = left[new].astype(np.int32), right[new].astype(np.int32)
    distance = distances(faces.vectors, left, right, plan.metric)
    near = distance < plan.threshold
    return left[near], right[near], distance[near]


def measured_recall(faces: Faces, plan: Plan, found: Found, size: int = SAMPLE) -> float:
    """Share of the pairs of a sample of new faces that are among `found`."""
    new = np.arange(faces.done, len(faces), dtype=np.int32)
    some = np.random.default_rng(0).permutation(new)[:size]
    left, right, _ = neighbors_of(faces.vectors, some, plan.threshold, metric=plan.metric)
    wanted = _keys(np.minimum(left, right), np.maximum(left, right), len(faces))
    if not len(wanted):
        return 1.0
    return float(np.isin(wanted, _keys(found[0], found[1], len(faces))).mean())


def _keys(left: Indexes, right: Indexes, count: int) -> NDArray[np.int64]:
    return left.astype(np.int64) * count + right


def _blocks(faces: Faces, found: Found, compared: int) -> Iterator[PairBlock]:
    """Found pairs, cut into blocks of some thousand later faces."""
    whole = sorted_block(faces.done, len(faces), *found, compared)
    for start in range(faces.done, len(faces), 4096):
        stop = min(start + 4096, len(faces))
        first, last = np.searchsorted(whole.right, (start, stop))
        some = slice(int(first), int(last))
        part = whole.left[some], whole.right[some], whole.distance[some]
        share = compared * (stop - start) // (len(faces) - faces.done)
        yield sorted_block(start, stop, *part, share)


def _knn(graph: Connection, plan: Plan, faces: Faces) -> tuple[Indexes, Indexes, int]:
    """`gds.knn` over all faces, or `gds.knn.filtered` from the new ones."""
    name = f"faces-{plan.run}"
    graph.run("project-faces", graph=name)
    try:
        a, b = _knn_pairs(graph, plan, faces, name)
    finally:
        graph.run("drop-projection", graph=name)
    return a, b, len(a)


def _knn_pairs(graph: Connection, plan: Plan, faces: Faces, name: str) -> tuple[Indexes, Indexes]:
    neighbors = min(plan.neighbors or KNN_NEIGHBORS, max(len(faces) - 1, 1))
    options: dict[str, Any] = {
        "graph": name,
        "neighbors": neighbors,
        "metric": "EUCLIDEAN" if plan.metric == "euclidean" else "COSINE",
        "cutoff": _cutoff(plan),
    }
    new: dict[str, Any] = {"faces": faces.ids[faces.done :]} if faces.done else {}
    place = {id: k for k, id in enumerate(faces.ids)}
    a, b = [], []
    with task("gds.knn", unit="pairs") as bar:
        for row in graph.stream("knn-pairs-of-new" if new else "knn-pairs", **options, **new):
            a.append(place[row["a"]])
            b.append(place[row["b"]])
            bar.advance()
    return np.array(a, dtype=np.int32), np.array(b, dtype=np.int32)


def _cutoff(plan: Plan) -> float:
    """The lowest score of gds.knn for a pair under the threshold, with a margin for its 32 bits.

    The score is 1 / (1 + distance), or the cosine mapped from [-1, 1] to [0, 1]. Exact distances
    decide.
    """
    if plan.metric == "euclidean":
        return (1 - 1e-5) / (1 + plan.threshold)
    distance = plan.threshold if plan.metric == "cosine" else plan.threshold**2 / 2
    return max(0.0, 1 - distance / 2 - 1e-5)


"""Faces whose neighbours are counted."""

WRITES_PER_SECOND = 50_000
"""Relationships written in a second on two cores (`benchmarks/linking.py`)."""

DISK_PER_PAIR = 80
"""Bytes of Neo4j's store for one relationship and its distance."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Neighbours under the threshold of a sample of new faces."""

    old: float
    """Mean number of neighbours that are linked already."""
    new: float
    """Mean number of neighbours that are new too."""
    largest: int
    pairs_per_second: float
    """The speed of the search of the sample."""


def sample(faces: Faces, plan: Plan, size: int = SAMPLE) -> Sample:
    """Count the neighbours of up to `size` new faces."""
    new = np.arange(faces.done, len(faces), dtype=np.int32)
    some = np.random.default_rng(0).permutation(new)[:size]
    if not len(some):
        return Sample(0.0, 0.0, 0, 1.0)
    start = time.perf_counter()
    left, right, _ = neighbors_of(faces.vectors, some, plan.threshold, metric=plan.metric)
    gone = time.perf_counter() - start
    old = int((left < faces.done).sum())
    degrees: NDArray[np.int64] = np.bincount(right, minlength=1)
    return Sample(
        old / len(some),
        (len(left) - old) / len(some),
        int(degrees.max()),
        len(some) * len(faces) / gone,
    )


def estimate(graph: Connection, space: Space, plan: Plan, state: State, tally: Tally) -> LinkReport:
    """Estimate the report of linking; nothing is written."""
    from graphface.linking.state import from_scratch

    with tally.stage("sample"):
        faces = read_faces(graph, space.dimensions, plan.threshold)
        if from_scratch(plan, state):
            faces = faces.all_new()
        found = sample(faces, plan)
    there = int(graph.run("count-same")[0]["pairs"])
    count, new = len(faces), len(faces) - faces.done
    compared = new * (2 * count - new - 1) // 2
    pairs = round(new * (found.old + found.new / 2))
    written = pairs if plan.neighbors is None else min(pairs, count * plan.neighbors)
    search, write = compared / found.pairs_per_second, written / WRITES_PER_SECOND
    return LinkReport(
        method=plan.method,
        metric=plan.metric,
        threshold=plan.threshold,
        faces=count,
        new_faces=new,
        pairs_compared=compared,
        kept=(there if faces.done else 0) + written,
        written=written,
        removed=0 if faces.done else there,
        left_out=pairs - written,
        max_neighbors=plan.neighbors,
        recall=None,
        seconds={**tally.seconds, "search (estimated)": search, "write (estimated)": write},
        peak_memory=peak_memory(),
        disk=written * DISK_PER_PAIR,
        dry_run=True,
    )
