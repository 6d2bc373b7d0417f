"""What linking would cost, from a sample, before anything is written."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.linking.read import read_faces
from graphface.linking.report import LinkReport, peak_memory
from graphface.linking.search import neighbors_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.graph import Connection
    from graphface.linking.read import Faces
    from graphface.linking.report import Tally
    from graphface.linking.state import Plan, State
    from graphface.records import Space

SAMPLE = 1_000
"""Faces whose neighbours are counted."""

WRITES_PER_SECOND = 50_000
"""Relationships written in a second on two cores (`benchmarks/linking.py`)."""

DISK_PER_PAIR = 80
"""Bytes of Neo4j's store for one relationship and its distance."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Neighbours under the threshold of some faces that are new to linking."""

    old: float
    """Mean count of those that are linked already."""
    new: float
    """Mean count of those that are new too."""
    largest: int
    pairs_per_second: float
    """How fast the sample was searched."""


def sample(faces: Faces, plan: Plan, size: int = SAMPLE) -> Sample:
    """Count the neighbours of up to `size` new faces."""
    import numpy as np

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
    """The report that linking would give, estimated; nothing is written."""
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
