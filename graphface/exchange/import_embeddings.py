"""Import faces whose embeddings were computed elsewhere: rows of a file become faces."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.db.schema import check_space, pin_space
from graphface.errors import Action, UsageError
from graphface.exchange.bulk_load import load_faces, vector_index
from graphface.exchange.embeddings import read_embeddings
from graphface.files import shown
from graphface.linking.gds_distance import check_metric, check_threshold
from graphface.people.naming import Given, name_by_file
from graphface.progress import say
from graphface.records import Record, Space
from graphface.vision.encoders import is_onnx, spec_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection
    from graphface.records import Metric


@dataclass(frozen=True, slots=True)
class ImportReport(Record):
    """The result of an import."""

    file: str
    faces: int
    """Faces of the file."""
    new: int
    changed: int
    """Faces that existed with another embedding."""
    named: int
    """Faces that now belong to the person the file names, and did not before."""
    not_named: tuple[str, ...]
    """Persons of the file whose name nobody can have, each with the reason."""
    model: str
    dimensions: int
    metric: Metric
    threshold: float
    seconds: dict[str, float]
    """By stage: `read`, `write`, `index` (the additional time of the vector index), `people`."""

    def summary(self) -> str:
        """The report in a few lines of text."""
        known = self.faces - self.new - self.changed
        rate = self.faces / max(self.seconds["write"], 1e-9)
        took = ", ".join(f"{name} {value:.1f} s" for name, value in self.seconds.items())
        lines = [
            f"{self.faces:,} faces of {self.model}, {self.dimensions} numbers each: "
            f"{self.new:,} new, {self.changed:,} changed, {known:,} known"
        ]
        if self.named:
            lines.append(f"{self.named:,} faces named after the file's persons")
        if self.not_named:
            more = f" (and {len(self.not_named) - 1:,} more)" if len(self.not_named) > 1 else ""
            lines.append(f"{self.not_named[0]}{more}")
        return "\n".join([*lines, f"{took}; {rate:,.0f} faces/s written"])


def import_embeddings(
    graph: Connection,
    file: Path,
    *,
    model: str | None = None,
    dimensions: int | None = None,
    metric: Metric | None = None,
    threshold: float | None = None,
    people: bool = False,
) -> ImportReport:
    """Import the faces of a file of embeddings; importing again changes nothing.

    `model` is the model that made them; it defaults to the graph's own. `metric` and `threshold`
    default to the model's; a graph with faces keeps its own. `people` names faces after the file's
    persons. Every row is checked before the first is written.

    Raises UsageError, EmbeddingError, SpaceMismatch, DatabaseError.
    """
    seconds: dict[str, float] = {}
    pinned = graph.space()
    space = _space(pinned, model, dimensions, metric, threshold)
    if pinned is not None:
        check_space(pinned, replace(space, dimensions=space.dimensions or pinned.dimensions))
    with _timed(seconds, "read"):
        embeddings = read_embeddings(file, space.dimensions or None)
    if people and embeddings.persons is None:
        raise UsageError(
            f"{file}: has no column person", "Leave `people` away", code="table-invalid", file=file
        )
    space = pin_space(graph, replace(space, dimensions=embeddings.vectors.shape[1]))
    index = vector_index(graph, space, embeddings.ids)
    with _timed(seconds, "index"), index, _timed(seconds, "write"):
        loaded = load_faces(graph, embeddings)
    seconds["index"] -= seconds["write"]
    given = Given()
    if people:
        said = zip(embeddings.ids, embeddings.persons or [], strict=True)
        names = {id: name for id, name in said if name}
        with _timed(seconds, "people"):
            given = name_by_file(graph, names, shown(Path(file.name)))
    return ImportReport(
        file=str(file),
        faces=len(embeddings),
        new=loaded.new,
        changed=loaded.changed,
        named=given.named,
        not_named=tuple(given.refused),
        model=space.model,
        dimensions=space.dimensions,
        metric=space.metric,
        threshold=space.threshold,
        seconds=seconds,
    )


def _space(
    pinned: Space | None,
    model: str | None,
    dimensions: int | None,
    metric: Metric | None,
    threshold: float | None,
) -> Space:
    """The requested space; its `dimensions` are 0 if only the file has them."""
    if threshold is not None:
        check_threshold(threshold)
    if metric is not None:
        check_metric(metric)
    if pinned is not None and model in (None, pinned.model):
        if (metric or pinned.metric, threshold or pinned.threshold) != (
            pinned.metric,
            pinned.threshold,
        ):
            say(
                f"this graph keeps {pinned.metric} {pinned.threshold:g}; "
                "link with another `metric` and `threshold` to change that"
            )
        return replace(pinned, dimensions=dimensions or pinned.dimensions)
    if model is None:
        raise UsageError(
            "nobody said which model made these embeddings",
            "Give `model`; see which are known",
            action=Action("models.list"),
            code="model-missing",
        )
    if pinned is not None:  # another model is refused anyway, so missing values do not matter
        metric, threshold = metric or pinned.metric, threshold or pinned.threshold
    known = _known(model, dimensions, metric, threshold)
    return known or _foreign(model, dimensions, metric, threshold)


def _known(
    model: str, dimensions: int | None, metric: Metric | None, threshold: float | None
) -> Space | None:
    """The space of a model that graphface can run; None for other models."""
    try:
        spec = spec_of(model)
    except UsageError:
        return None
    chosen = metric or spec.metric
    return Space(
        model=spec.name,
        detector="",  # a later question with a picture chooses one
        alignment=spec.alignment,
        dimensions=dimensions or spec.dimensions,
        metric=chosen,
        threshold=spec.threshold(chosen) if threshold is None else threshold,
        file=model if is_onnx(model) else None,
    )


def _foreign(
    model: str, dimensions: int | None, metric: Metric | None, threshold: float | None
) -> Space:
    """The space of a model that graphface does not have, as described by the user."""
    if metric is None or threshold is None:
        raise UsageError(
            f"graphface has no model {model}, so its metric and threshold must be given",
            "Add `metric` and `threshold`; the distances then show whether it parts people",
            code="model-unknown",
            model=model,
        )
    return Space(model, "", "", dimensions or 0, metric, threshold)


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - started
