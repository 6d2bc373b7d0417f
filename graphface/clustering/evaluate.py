"""Compare the persons of a graph, or the clusters of any method, with known people.

Nothing is judged by its own answer. If the truth comes from folders, identities from folders are
set aside: all faces are grouped as if nobody had said who they are, and the result is judged.
Nothing is written.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.cannot_link import apart_pairs, kept_apart
from graphface.clustering.methods import METHODS, PEERS, method
from graphface.clustering.metrics import measure, read_truth
from graphface.drawing.plots import figure_in
from graphface.errors import UsageError
from graphface.linking.gds_distance import check_threshold
from graphface.progress import say, task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.clustering.face_graph import FaceGraph
    from graphface.clustering.methods import Method
    from graphface.clustering.metrics import Judged, Metrics
    from graphface.db import Connection
    from graphface.linking.exact import Found
    from graphface.records import Space


CURRENT = "graph"
"""What the persons that the graph holds are called among methods."""

SPREAD = (0.85, 0.925, 1.0, 1.075, 1.15, 1.25)
"""Thresholds of a table of all methods, as shares of the graph's own."""


@dataclass(frozen=True, slots=True)
class Evaluation(Record):
    """One grouping and its scores."""

    method: str
    threshold: float
    metrics: Metrics
    seconds: float
    """Seconds for grouping, without reading or counting."""


def evaluate(
    graph: Connection,
    *,
    truth_folder: int | None = None,
    truth_csv: Path | None = None,
    methods: Sequence[str] = (),
    thresholds: Sequence[float] = (),
) -> list[Evaluation]:
    """Judge the graph's persons, or groupings by `methods` (names, or "all") over `thresholds`.

    The truth is `truth_csv` (face or path, name), or the name of the folder `truth_folder` levels
    above each photo (1 is the folder it lies in), or else the identities from folders. Faces
    without a true name take part in grouping but are not counted.

    Raises NotFound when there is no face or no truth, UsageError for an unknown method or a missing
    library of a method.
    """
    space = graph.require_space()
    chosen, levels = _chosen(methods), _levels(space, methods, thresholds)
    if thresholds and not methods:
        raise UsageError(
            "thresholds are for methods", "Give `methods`: all, or names", code="methods-missing"
        )
    judged = read_truth(graph, truth_folder, truth_csv)
    say(
        f"the truth: {judged.kind} name {len(set(judged.names.values())):,} people "
        f"in {len(judged.names):,} of {len(judged.faces):,} faces"
    )
    if chosen:
        return _table(graph, space, judged, chosen, levels)
    return [_current(graph, space, judged)]


def method_names() -> list[str]:
    """Every method that can be judged, the default first."""
    return list(_known())


def _known() -> dict[str, Method]:
    return {**METHODS, **PEERS}


def _chosen(names: Sequence[str]) -> dict[str, Method]:
    known = _known()
    if "all" in names:
        return known
    return {name: method(name) for name in names}


def _levels(space: Space, methods: Sequence[str], asked: Sequence[float]) -> list[float]:
    """Thresholds of the table, ascending and unique; for "all", some around the graph's own too."""
    if asked:
        check_threshold(min(asked))
        return sorted(set(asked))
    shares = SPREAD if "all" in methods else (1.0,)
    return [round(space.threshold * share, 4) for share in shares]


def _current(graph: Connection, space: Space, judged: Judged) -> Evaluation:
    """The graph's own persons, regrouped if some of them come from the truth itself."""
    aside = judged.set_aside()
    if not aside:
        say("judging the persons that the graph holds")
        return Evaluation(CURRENT, space.threshold, _measure(judged, judged.persons()), 0.0)
    name, method = next(iter(_known().items()))
    say(
        f"set aside: {aside:,} identities that came from the same source as the truth; "
        f"judging how {name} groups all faces without them (nothing is written)"
    )
    faces = face_graph(graph, space, judged, space.threshold)
    return _run(graph, judged, faces, name, method)


def _table(
    graph: Connection, space: Space, judged: Judged, methods: dict[str, Method], levels: list[float]
) -> list[Evaluation]:
    if aside := judged.set_aside():
        say(
            f"set aside: {aside:,} identities that came from the same source as the truth; "
            "methods see distances only (nothing is written)"
        )
    widest = face_graph(graph, space, judged, levels[-1])
    rows, missing = [], dict[str, str]()
    with task("grouping", total=len(methods) * len(levels), unit="groupings") as bar:
        for level in levels:
            faces = narrowed(widest, level)
            for name, method in methods.items():
                if name not in missing:
                    try:
                        rows.append(_run(graph, judged, faces, name, method))
                    except UsageError as error:  # a library that is not installed
                        if len(methods) == 1:
                            raise
                        missing[name] = str(error)
                bar.advance()
    for reason in missing.values():
        say(f"left out: {reason}", "warning")
    return rows


def _run(
    graph: Connection, judged: Judged, faces: FaceGraph, name: str, method: Method
) -> Evaluation:
    started = time.monotonic()
    labels = kept_apart(method(graph, faces), faces, apart_pairs(faces))  # as `cluster` does
    seconds = time.monotonic() - started
    # -1 is no person: each such face is a group of its own.
    numbers = (k if k >= 0 else -2 - n for n, k in enumerate(labels.tolist()))
    found = dict(zip(faces.ids, numbers, strict=True))
    return Evaluation(name, faces.space.threshold, _measure(judged, found), seconds)


def _measure(judged: Judged, found: dict[str, int]) -> Metrics:
    faces = sorted(judged.names)
    return measure([judged.names[face] for face in faces], [found[face] for face in faces])


def face_graph(graph: Connection, space: Space, judged: Judged, threshold: float) -> FaceGraph:
    """All faces with every pair under `threshold`: the graph's own SAME if they reach that far."""
    from graphface.clustering.face_graph import read_face_graph

    faces = read_face_graph(graph, space)
    if "user" in judged.sources:  # NOT_SAME also comes from the user
        none = np.empty(0, np.int32)
        faces = replace(faces, apart_left=none, apart_right=none)
    if threshold <= space.threshold:
        return narrowed(faces, threshold)
    if not faces.vectors.shape[1]:
        raise UsageError(
            f"this graph holds distances only, and none over {space.threshold:g}",
            "Give lower `thresholds`",
            code="threshold-invalid",
            threshold=space.threshold,
        )
    return _compared(faces, threshold)


def _compared(faces: FaceGraph, threshold: float) -> FaceGraph:
    """The same faces with every pair under `threshold`, recomputed from their embeddings."""
    from graphface.linking.exact import joined, pairs_within

    count = len(faces.ids)
    parts: list[Found] = [(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))]
    with task("comparing", total=count * (count - 1) // 2, unit="pairs") as bar:
        for block in pairs_within(faces.vectors, threshold, metric=faces.space.metric):
            parts.append((block.left, block.right, block.distance))
            bar.advance(block.compared)
    left, right, distance = joined(parts)
    return replace(
        faces,
        left=left,
        right=right,
        distance=distance.astype(np.float32),
        space=replace(faces.space, threshold=threshold),
    )


def narrowed(faces: FaceGraph, threshold: float) -> FaceGraph:
    """The same faces with only the pairs under `threshold`."""
    near = faces.distance < threshold
    return replace(
        faces,
        left=faces.left[near],
        right=faces.right[near],
        distance=faces.distance[near],
        space=replace(faces.space, threshold=threshold),
    )


def plot_f(rows: Sequence[Evaluation], path: Path) -> None:
    """Plot pairwise and BCubed F of each method over thresholds to `path` (PNG, SVG or PDF).

    Raises UsageError when matplotlib is missing or does not know the format of the file's ending.
    """
    kinds = {"pairwise": "pairwise F", "bcubed": "BCubed F"}
    with figure_in(path, (11, 4.5)) as figure:
        for axes, kind in zip(figure.subplots(1, 2, sharey=True), kinds, strict=True):
            for name in dict.fromkeys(row.method for row in rows):
                points = [
                    (r.threshold, getattr(r.metrics, kind).f1) for r in rows if r.method == name
                ]
                axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=name)
            axes.set(xlabel="link threshold", title=kinds[kind], ylim=(0, 1.02))
            axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
