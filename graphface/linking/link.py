"""Link faces by SAME: exact, incremental, and safe to interrupt.

A method proposes pairs, their distances, computed as GDS does, decide, and one writer writes them.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from graphface.errors import UsageError
from graphface.linking.candidates import METHODS, proposals
from graphface.linking.gds_distance import check_metric, check_threshold
from graphface.linking.link_report import LinkReport, Tally, peak_memory
from graphface.linking.prune import write_pruned
from graphface.linking.same_writer import Writer, check_distances
from graphface.linking.state import (
    Faces,
    Plan,
    State,
    finish,
    from_scratch,
    pin,
    prepare,
    read_faces,
    read_state,
)
from graphface.progress import say, task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection
    from graphface.linking.exact import PairBlock
    from graphface.records import Metric, Space

__all__ = ["LinkReport", "link"]

EXACT_PAIRS = 20 * 10**9
"""Up to so many pairs (200,000 faces), comparing all takes a minute or two and misses none."""

DENSE, NEIGHBORS = 2_000, 100
"""With more neighbours than DENSE, a face keeps NEIGHBORS: 10,000 pictures of one person would be
50 million relationships."""


def link(
    graph: Connection,
    *,
    method: str = "auto",
    threshold: float | None = None,
    metric: Metric | None = None,
    max_neighbors: int | None = None,
    dry_run: bool = False,
    recall: float = 0.995,
) -> LinkReport:
    """Write exactly one SAME, with its distance, between any two faces nearer than `threshold`.

    Only pairs with a new face are compared. `threshold` and `metric` default to the graph's own.
    `method` is auto, exact, index, knn (approximate, inside the server) or cypher (all pairs, from
    scratch). `max_neighbors` is the least number of nearest neighbours that each face keeps;
    connected components stay whole. 0 keeps all pairs. By default all are kept unless a sample
    shows that there would be too many. `recall` is the share of pairs that an approximate method
    must find. `dry_run` estimates and writes nothing.

    Raises UsageError, GdsMissing, EmbeddingError, DatabaseError.
    """
    tally = Tally()
    space = graph.space()
    if space is None:
        return _nothing(method, metric or "euclidean", threshold or 0.0)
    with tally.stage("prepare"):
        state = read_state(graph)
        plan = _plan(graph, space, state, method, threshold, metric, max_neighbors, recall)
        if not dry_run:
            graph.gds_version()  # fail early without GDS, which defines the distances
    if dry_run:
        from graphface.linking.candidates import estimate

        return estimate(graph, space, plan, state, tally)
    with tally.stage("prepare"):
        tally.removed += prepare(graph, plan, state)
    plan = _run(graph, space, state, plan, max_neighbors, tally)
    with tally.stage("finish"):
        finish(graph, plan)
    return _report(graph, plan, tally)


def _run(
    graph: Connection, space: Space, state: State, plan: Plan, asked: int | None, tally: Tally
) -> Plan:
    """Do the work that the marks in the graph leave open; returns the plan as carried out."""
    tally.new = int(graph.run("count-faces", threshold=plan.threshold)[0]["waiting"])
    if plan.method == "cypher":
        _all_pairs(graph, plan, tally)
        return plan
    thin_more = plan.neighbors is not None and plan.neighbors != state.neighbors
    cut_off = plan.neighbors is not None and state.run is not None
    if not (tally.new or thin_more or cut_off):
        return plan
    with tally.stage("read"):
        faces = read_faces(graph, space.dimensions, plan.threshold)
    plan = _bounded(plan, faces, asked)
    exactly = read_state(graph).exactly and (plan.exactly or not tally.new)
    pin(graph, plan, exactly=exactly)
    _link_faces(graph, plan, faces, tally)
    return plan


def _link_faces(graph: Connection, plan: Plan, faces: Faces, tally: Tally) -> None:
    with tally.stage("search"):
        source = proposals(graph, plan, faces)
    blocks = _watched(source.blocks, faces, tally)
    if plan.neighbors is not None:
        write_pruned(graph, faces, plan, blocks, tally)
    else:
        _write_all(graph, faces, plan, blocks, source.total, tally)
    tally.recall = source.recall


def _write_all(
    graph: Connection,
    faces: Faces,
    plan: Plan,
    blocks: Iterator[PairBlock],
    total: int,
    tally: Tally,
) -> None:
    checked = False
    with task("link", total=total, unit="pairs") as bar:
        writer = Writer(graph, faces, plan.threshold, plan.run)
        for block in blocks:
            with tally.stage("write"):
                writer.add(block)
                if not checked and len(block.left):
                    found = block.left, block.right, block.distance
                    check_distances(graph, faces, plan.metric, found)
                    checked = True
            bar.advance(block.compared)
        with tally.stage("write"):
            writer.flush(len(faces))
    tally.written += writer.written


def _watched(blocks: Iterator[PairBlock], faces: Faces, tally: Tally) -> Iterator[PairBlock]:
    """Count and time the search, and skip pairs that are in the graph already."""
    again = bool((faces.under[faces.done :] > 0).any())
    while True:
        with tally.stage("search"):
            block = next(blocks, None)
        if block is None:
            return
        tally.compared += block.compared
        yield _without_known(block, faces) if again else block


def _without_known(block: PairBlock, faces: Faces) -> PairBlock:
    import numpy as np

    under = np.minimum(faces.under[block.left], faces.under[block.right])
    new = block.distance >= under
    return replace(
        block, left=block.left[new], right=block.right[new], distance=block.distance[new]
    )


def _all_pairs(graph: Connection, plan: Plan, tally: Tally) -> None:
    faces = int(graph.run("count-faces", threshold=plan.threshold)[0]["faces"])
    tally.compared = faces * (faces - 1) // 2
    with tally.stage("cypher"), task("compare", total=faces, unit="faces") as bar:
        options = {"metric": plan.metric, "threshold": plan.threshold}
        for row in graph.stream("link-all-pairs", fetch_size=20, **options):
            tally.written += row["written"]
            bar.advance(row["faces"])
        graph.run("mark-all-linked", threshold=plan.threshold)


def _plan(
    graph: Connection,
    space: Space,
    state: State,
    method: str,
    threshold: float | None,
    metric: Metric | None,
    max_neighbors: int | None,
    recall: float,
) -> Plan:
    metric = metric or space.metric
    if method not in METHODS:
        raise UsageError(
            f"linking knows no method {method}",
            f"Use one of {', '.join(METHODS)}",
            code="method-unknown",
            method=method,
        )
    check_metric(metric)
    if threshold is None:
        threshold = own_threshold(space, metric)
    check_threshold(threshold)
    neighbors = state.neighbors if max_neighbors is None else max_neighbors or None
    if method == "cypher" and neighbors:
        raise UsageError(
            "the method cypher keeps all pairs",
            "Leave `max_neighbors` away, or give 0",
            code="options-conflict",
        )
    insist = method in ("exact", "cypher")
    plan = Plan(method, metric, threshold, neighbors, recall, uuid.uuid4().hex, insist)
    return _chosen(graph, plan, state) if method == "auto" else plan


def own_threshold(space: Space, metric: Metric) -> float:
    """The threshold used in `metric` when none is given: the graph's own, or its model's."""
    if metric == space.metric:
        return space.threshold
    from graphface.vision import encoders

    try:
        return encoders.get(space.model).threshold(metric)
    except UsageError as error:
        raise UsageError(
            f"no threshold is known for {space.model} in the metric {metric}",
            "Give `threshold`",
            code="threshold-missing",
            model=space.model,
            metric=metric,
        ) from error


def _chosen(graph: Connection, plan: Plan, state: State) -> Plan:
    """Choose exact, unless comparing the open pairs would take longer than building an index."""
    counts = graph.run("count-faces", threshold=plan.threshold)[0]
    faces = int(counts["faces"])
    waiting = faces if from_scratch(plan, state) else int(counts["waiting"])
    pairs = waiting * (2 * faces - waiting) // 2
    if pairs <= EXACT_PAIRS:
        return replace(plan, method="exact")
    say(f"{pairs:,} pairs are left to compare: using an index (`method` exact misses none)")
    return replace(plan, method="index")


def _bounded(plan: Plan, faces: Faces, asked: int | None) -> Plan:
    """Limit the neighbours of `plan` if the user set no limit and a sample shows dense people."""
    from graphface.linking.candidates import sample

    if asked is not None or plan.neighbors is not None or faces.done or len(faces) <= DENSE:
        return plan
    largest = sample(faces, plan).largest
    if largest <= DENSE:
        return plan
    say(
        f"some faces have {largest:,} others under the threshold: each keeps its "
        f"{NEIGHBORS} nearest and what holds persons together (`max_neighbors` 0 keeps all)"
    )
    return replace(plan, neighbors=NEIGHBORS)


def _report(graph: Connection, plan: Plan, tally: Tally) -> LinkReport:
    return LinkReport(
        method=plan.method,
        metric=plan.metric,
        threshold=plan.threshold,
        faces=int(graph.run("count-faces", threshold=plan.threshold)[0]["faces"]),
        new_faces=tally.new,
        pairs_compared=tally.compared,
        kept=int(graph.run("count-same")[0]["pairs"]),
        written=tally.written,
        removed=tally.removed,
        left_out=tally.left_out,
        max_neighbors=plan.neighbors,
        recall=tally.recall,
        seconds=tally.seconds,
        peak_memory=peak_memory(),
    )


def _nothing(method: str, metric: Metric, threshold: float) -> LinkReport:
    return LinkReport(method, metric, threshold, 0, 0, 0, 0, 0, 0, 0, None, None, {}, peak_memory())
