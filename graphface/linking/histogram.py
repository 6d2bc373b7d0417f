"""Histogram of the distances between faces, as a help in choosing a threshold.

Pairs are drawn at random, so nearly all are of different people. If people are known, pairs of one
person and pairs of two people are drawn separately.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.drawing.plots import figure_in
from graphface.errors import Action, NotFound
from graphface.linking.gds_distance import distances as between
from graphface.linking.link import own_threshold
from graphface.linking.state import read_faces
from graphface.records import Record

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.linking.gds_distance import Distances
    from graphface.linking.state import Faces
    from graphface.records import Metric

PAIRS = 200_000
"""Pairs drawn of each kind."""

BINS = 60


@dataclass(frozen=True, slots=True)
class Curve(Record):
    """A histogram of the distances of one kind of pairs."""

    kind: str
    """`all`, `one person` or `two people`."""
    pairs: int
    counts: list[int]
    """Pairs in each bin."""
    under: float
    """Share of the pairs under the threshold."""


@dataclass(frozen=True, slots=True)
class Histogram(Record):
    """Distances of sampled pairs, and the threshold of the graph."""

    metric: Metric
    threshold: float
    faces: int
    edges: list[float]
    """Borders of the bins, one more than there are bins."""
    curves: list[Curve]

    def summary(self) -> str:
        """The curves as lines of text, with the threshold between them."""
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        lines = [f"{self.metric} distances of {self.faces:,} faces; threshold {self.threshold:g}"]
        for curve in self.curves:
            lines.append(f"{curve.kind}: {curve.pairs:,} pairs, {curve.under:.3%} under it")
            most = max(curve.counts) or 1
            for k, count in enumerate(curve.counts):
                low, high = self.edges[k], self.edges[k + 1]
                mark = "  <- threshold" if low <= self.threshold < high else ""
                if count or mark:
                    lines.append(f"  {low:8.3f}  {'#' * round(50 * count / most)}{mark}")
        return lines


def distances(
    graph: Connection,
    *,
    metric: Metric | None = None,
    threshold: float | None = None,
    pairs: int = PAIRS,
    bins: int = BINS,
    seed: int = 0,
) -> Histogram:
    """The distances of up to `pairs` pairs of each kind, drawn at random.

    Raises NotFound when the graph has fewer than two faces.
    """
    space = graph.space()
    faces = read_faces(graph, space.dimensions, 0.0) if space else None
    if space is None or faces is None or len(faces) < 2:
        raise NotFound(
            "this graph has no pair of faces",
            "Bring photos in",
            code="graph-empty",
            action=Action("build", missing=("folders",)),
        )
    metric = metric or space.metric
    threshold = own_threshold(space, metric) if threshold is None else threshold
    kinds = _draw(faces, _persons(graph, faces), pairs, np.random.default_rng(seed))
    found = {kind: _finite(between(faces.vectors, a, b, metric)) for kind, (a, b) in kinds.items()}
    largest = max(float(some.max(initial=0)) for some in found.values())
    edges = np.linspace(0, max(largest, threshold) * 1.001 or 1.0, bins + 1)
    curves = [
        Curve(kind, len(some), np.histogram(some, edges)[0].tolist(), _share(some, threshold))
        for kind, some in found.items()
    ]
    return Histogram(metric, threshold, len(faces), edges.tolist(), curves)


def plot(histogram: Histogram, path: Path) -> None:
    """Plot the curves to a picture file. Raises the errors of `figure_in`."""
    with figure_in(path, (8, 4.5)) as figure:
        axes = figure.subplots()
        for curve in histogram.curves:
            density = [count / max(curve.pairs, 1) for count in curve.counts]
            axes.stairs(density, histogram.edges, fill=True, alpha=0.5, label=_label(curve))
        axes.axvline(histogram.threshold, color="black", linestyle="--")
        axes.annotate(
            f" {histogram.threshold:g}",
            (histogram.threshold, 0.97),
            xycoords=("data", "axes fraction"),
        )
        axes.set(xlabel=f"{histogram.metric} distance", ylabel="share of pairs", yticks=[])
        axes.legend()


def _label(curve: Curve) -> str:
    return f"{curve.kind} ({curve.pairs:,} pairs, {curve.under:.2%} under)"


def _finite(values: Distances) -> Distances:
    finite: Distances = values[np.isfinite(values)]
    return finite


def _share(values: Distances, threshold: float) -> float:
    return float((values < threshold).mean()) if len(values) else 0.0


def _persons(graph: Connection, faces: Faces) -> NDArray[np.int32]:
    """The person of each face as a number; -1 if nobody said who it is."""
    said = {row["face"]: row["person"] for row in graph.stream("face-persons")}
    numbers = {person: k for k, person in enumerate(sorted(set(said.values())))}
    return np.array([numbers.get(said.get(id), -1) for id in faces.ids], dtype=np.int32)


def _draw(
    faces: Faces, persons: NDArray[np.int32], pairs: int, rng: np.random.Generator
) -> dict[str, tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Pairs by kind: of one person and of two if people are known, else all."""
    known = (persons >= 0).nonzero()[0].astype("int32")
    one = _pairs_of_one(persons, known, pairs, rng)
    a, b = _pairs_of_any(known if len(one[0]) else range(len(faces)), pairs, rng)
    if not len(one[0]):
        return {"all": (a, b)}
    two = persons[a] != persons[b]
    return {"one person": one, "two people": (a[two], b[two])}


def _pairs_of_any(
    some: NDArray[np.int32] | range, pairs: int, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    places = np.asarray(some, dtype=np.int32)
    a = rng.integers(0, len(places), pairs)
    b = (a + rng.integers(1, len(places), pairs)) % len(places)  # never pair a face with itself
    return places[a], places[b]


def _pairs_of_one(
    persons: NDArray[np.int32], known: NDArray[np.int32], pairs: int, rng: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Pairs within persons; the number of pairs of a person is proportional to its faces."""
    order = known[np.argsort(persons[known], kind="stable")]
    _, starts, sizes = np.unique(persons[order], return_index=True, return_counts=True)
    start, size = np.repeat(starts, sizes), np.repeat(sizes, sizes)
    many = (size > 1).nonzero()[0]
    if not len(many):
        return order[:0], order[:0]
    a = many[rng.integers(0, len(many), pairs)]
    step = rng.integers(1, size[a])
    b = start[a] + (a - start[a] + step) % size[a]
    return order[a], order[b]
