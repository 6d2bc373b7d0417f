"""Faces that look like one in a picture: in folders, on the fly, or in the graph, with filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from graphface.db.schema import check_space
from graphface.errors import PictureError, UsageError
from graphface.files import path_from_text, path_text
from graphface.ingest.cache import embedded, every_size
from graphface.ingest.library import Problem, left_out, scan
from graphface.ingest.photos import ingest
from graphface.ingest.pipeline import look_at
from graphface.people.selectors import label
from graphface.recognition.filters import Filters
from graphface.records import Box, Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.db import Connection, Row
    from graphface.ingest.cache import Embedded
    from graphface.records import Face, Metric, Vectors
    from graphface.vision.extractor import Extractor

COMPARE_ALL = 20_000
"""So many faces that pass the filters are compared one by one: 25 microseconds each."""

OVERFETCH, FEWEST = 20, 500
"""The index is asked for so many times the faces wanted, and for so many at least: it is
approximate, most of all at the far end of what it returns."""

MOST = 50_000
"""Candidates that the index is asked for at most; beyond, looking at all is as quick."""


ALL = 2**31
"""More faces than any graph holds."""


@dataclass(frozen=True, slots=True)
class Match(Record):
    """A face that is near the one asked about."""

    distance: float
    path: str | None
    """A file of its photo, as text (`path_from_text` turns it back into a path)."""
    box: Box | None
    face: str
    person: str | None = None
    """The person it belongs to in the graph, by name or number."""


@dataclass(frozen=True, slots=True)
class Searched(Record):
    """A face of the query with its matches, the nearest first."""

    box: Box
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Search(Record):
    """What a search found."""

    query: str
    model: str
    metric: Metric
    threshold: float | None
    faces: tuple[Searched, ...]
    failed: tuple[Problem, ...] = ()
    """Pictures that could not be read."""


def search_folder(
    query: Path,
    folders: Sequence[Path],
    extractor: Extractor,
    *,
    threshold: float | None = None,
    top: int | None = None,
    face: int | None = None,
    workers: int | None = None,
) -> Search:
    """Find faces below `folders` that are nearer than `threshold` to those of `query`.

    `threshold` is the model's if None. The search writes to no graph. It caches embeddings, so a
    second search decodes nothing. Faces smaller than the extractor's `min_face` are left out.
    `face` selects one face of the query by its number from the left. Raises PictureError for the
    query, UsageError for a folder or a face number that does not exist.
    """
    space = extractor.space(threshold)
    found = scan(folders)
    every = every_size(extractor)  # one network, loaded once
    asked, trouble = embedded([query.absolute()], every)
    if not asked:
        raise PictureError(trouble[0].reason.rstrip("."), code="picture-unreadable")
    pictures, problems = embedded(found.files, every, workers=workers)
    faces = _chosen(query, _large(asked[0].faces, extractor), face)
    there = [(p, f) for p in pictures for f in _large(p.faces, extractor)]
    nearest = _Nearest(there, space.metric, space.threshold, top)
    return Search(
        path_text(query),
        space.model,
        space.metric,
        space.threshold,
        tuple(Searched(one.box, nearest.to(one.embedding)) for one in faces),
        tuple(left_out(one.path, one.reason) for one in (*found.problems, *problems)),
    )


def search_stored(
    graph: Connection,
    query: Path,
    folders: Sequence[Path],
    extractor: Extractor,
    *,
    threshold: float | None = None,
    top: int | None = None,
    filters: Filters | None = None,
    face: int | None = None,
    workers: int | None = None,
) -> Search:
    """Ingest `folders` into the graph, where they stay, and search there.

    Raises the errors of `ingest` and `search_graph`.
    """
    done = ingest(graph, folders, extractor=extractor, workers=workers)
    found = search_graph(
        graph,
        query,
        extractor,
        top=top or ALL,
        threshold=extractor.space(threshold, graph.require_space().metric).threshold,
        filters=replace(filters or Filters(), folders=tuple(folders)),
        face=face,
    )
    return replace(found, failed=done.failed)


def search_graph(
    graph: Connection,
    query: Path,
    extractor: Extractor,
    *,
    top: int = 10,
    threshold: float | None = None,
    filters: Filters | None = None,
    face: int | None = None,
) -> Search:
    """The `top` faces of the graph that are nearest to those of `query` and pass `filters`.

    `threshold`, in the graph's metric, leaves out faces that are farther. Raises NotFound on an
    empty graph and for unknown persons, SpaceMismatch, and UsageError for an invalid condition.
    """
    space = graph.require_space()
    check_space(space, extractor.space())
    faces = _chosen(query, look_at(query, extractor).faces, face)
    lookup = _Lookup(graph, space.metric, threshold, top, filters or Filters())
    found = (Searched(one.box, lookup.near(one.embedding)) for one in faces)
    return Search(path_text(query), space.model, space.metric, threshold, tuple(found))


def nearest(
    graph: Connection,
    vector: Vectors,
    *,
    top: int = 10,
    threshold: float | None = None,
    filters: Filters | None = None,
) -> tuple[Match, ...]:
    """The `top` faces of the graph nearest to an embedding [dimensions] that pass `filters`.

    Distances are GDS's, in the graph's metric. Raises the errors of `search_graph`.
    """
    lookup = _Lookup(graph, graph.require_space().metric, threshold, top, filters or Filters())
    return lookup.near(vector)


def sheet(search: Search, out: Path) -> None:
    """Draw each face of the query, then its matches. Raises the errors of `contact_sheet`."""
    from graphface.drawing.annotate import PALETTE
    from graphface.drawing.contact_sheet import Entry, contact_sheet

    query = path_from_text(search.query)
    entries = []
    for number, one in enumerate(search.faces):
        ring = PALETTE[number % len(PALETTE)]
        entries.append(Entry(query, one.box, ("query", query.name), ring, True))
        for match in one.matches:
            if match.path is not None:
                path = path_from_text(match.path)
                lines = [f"{match.distance:.3f}", *([match.person] if match.person else [])]
                entries.append(Entry(path, match.box, (*lines, path.name)))
    contact_sheet(entries, out)


def _large(faces: Sequence[Face], extractor: Extractor) -> list[Face]:
    return [face for face in faces if face.box.width >= extractor.min_face]


def _chosen(query: Path, faces: Sequence[Face], number: int | None) -> list[Face]:
    """The query's faces, left to right, or the one with that number."""
    ordered = sorted(faces, key=lambda face: (face.box.x, face.box.y))
    if number is None or not ordered:
        return ordered
    if number > len(ordered):
        count = f"{len(ordered)} face{'s' if len(ordered) > 1 else ''}"
        raise UsageError(
            f"{query}: there is no face {number}",
            f"It shows {count}, left to right",
            code="face-not-found",
            query=query,
            number=number,
        )
    return [ordered[number - 1]]


class _Nearest:
    """Exact distances to all faces of some pictures."""

    def __init__(
        self,
        there: Sequence[tuple[Embedded, Face]],
        metric: Metric,
        threshold: float,
        top: int | None,
    ) -> None:
        self.there, self.metric, self.threshold, self.top = there, metric, threshold, top

    def to(self, vector: Vectors) -> tuple[Match, ...]:
        from graphface.linking.gds_distance import distances

        vectors = np.stack([vector, *(face.embedding for _, face in self.there)])
        right = np.arange(1, len(vectors), dtype=np.int32)
        away = distances(vectors, np.zeros_like(right), right, self.metric)
        near = np.flatnonzero(away < self.threshold)
        order = near[np.argsort(away[near], kind="stable")][: self.top]
        return tuple(self._match(int(k), float(away[k])) for k in order)

    def _match(self, k: int, distance: float) -> Match:
        picture, face = self.there[k]
        return Match(distance, path_text(picture.path), face.box, face.id)


@dataclass(frozen=True, slots=True)
class _Lookup:
    graph: Connection
    metric: Metric
    threshold: float | None
    top: int
    filters: Filters

    def near(self, vector: Vectors) -> tuple[Match, ...]:
        """The nearest faces that pass the filters.

        The index cannot filter. Of the faces it returns few may pass, or none, although many lie
        only a little farther away. So this counts the faces that pass first. If they are few, it
        compares each of them, and the answer is exact. If they are many, it asks the index for
        proportionally more. If the index still falls short, because the faces that pass lie far
        from the probe, it compares each of them after all.
        """
        filters = self.filters.parameters(self.graph)
        candidates = self._candidates(filters)
        rows = self._run(vector, filters, candidates)
        if candidates is not None and len(rows) < self.top:
            rows = self._run(vector, filters, None)
        return tuple(map(_match, rows))

    def _candidates(self, filters: Row) -> int | None:
        """The number of faces to ask the index for; None to compare with all that pass."""
        if not self.filters.any:
            return max(FEWEST, OVERFETCH * self.top)
        counted = self.graph.run_where(
            "count-search-faces", self.filters.where, self.filters.values, **filters
        )[0]
        if counted["passing"] <= COMPARE_ALL:
            return None
        wanted = OVERFETCH * self.top * counted["faces"] // counted["passing"]
        return max(FEWEST, wanted) if wanted <= MOST else None

    def _run(self, vector: Vectors, filters: Row, candidates: int | None) -> list[Row]:
        return self.graph.run_where(
            "search-faces",
            self.filters.where,
            self.filters.values,
            embedding=vector.tolist(),
            metric=self.metric,
            candidates=candidates,
            top=self.top,
            threshold=self.threshold,
            **filters,
        )


def _match(row: Row) -> Match:
    person = label(row["name"], row["number"]) if row["number"] is not None else None
    box = Box(*row["box"]) if row["box"] else None
    return Match(row["distance"], row["path"], box, row["face"], person)
