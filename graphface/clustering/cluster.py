"""Cluster the SAME graph into persons, and write them as BELONGS_TO."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.assignment import Assignment, Pair, Standing, assign
from graphface.clustering.cannot_link import apart_pairs, kept_apart
from graphface.clustering.face_graph import read_face_graph
from graphface.clustering.match_probability import learned_curve
from graphface.clustering.methods import DEFAULT, method
from graphface.clustering.person_writer import changes, write_persons
from graphface.clustering.relative import relative
from graphface.progress import task
from graphface.records import MIN_QUALITY, Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from graphface.clustering.face_graph import FaceGraph
    from graphface.clustering.match_probability import Probability
    from graphface.clustering.methods import Method
    from graphface.db import Connection


@dataclass(frozen=True, slots=True)
class ClusterReport(Record):
    """The result of a run of `cluster`."""

    method: str
    faces: int
    people: int
    founded: int
    """New persons."""
    moved: int
    """Faces whose person changed, including new faces."""
    kept: int
    """Faces that no algorithm moves: of named persons, or assigned by the user or a folder."""
    poor: int
    """Faces too poor to found a person and claimed by none, so they belong to nobody."""
    churned: int
    """Faces that had an unnamed person before and now have another."""
    settled: int
    """Faces that had an unnamed person before."""
    churn: float
    """Share of those faces that now have another person."""
    seconds: float


def cluster(
    graph: Connection, *, method_name: str = DEFAULT, min_quality: float = MIN_QUALITY
) -> ClusterReport:
    """Group the faces of the graph into persons by the SAME relationships.

    Named persons and persons from folders keep their faces; new faces join them. Faces that are
    apart (two of one photo, NOT_SAME) never share an unnamed person with any method. Raises
    NotFound when the graph has no faces, UsageError for an unknown method, GdsMissing.
    """
    started = time.monotonic()
    space = graph.require_space()
    chosen = method(method_name)
    read_at = changes(graph.run)
    faces = read_face_graph(graph, space)
    with task("grouping faces"):
        labels = _labels(graph, faces, chosen, min_quality)
        standing, sure = _standing(graph, learned_curve(graph, space))
        clusters = _clusters(faces, labels, standing)
        plan = _allowed(graph, assign(clusters, standing, partial(_pairs, graph)))
    moved = write_persons(graph, plan, standing, sure, read_at)
    churned, settled = _churn(plan, standing)
    return ClusterReport(
        method=method_name,
        faces=len(standing),
        people=graph.run("count-people")[0]["people"],
        founded=len(plan.founded),
        moved=moved,
        kept=sum(one.fixed for one in standing.values()),
        poor=int((labels < 0).sum()),
        churned=churned,
        settled=settled,
        churn=churned / max(settled, 1),
        seconds=time.monotonic() - started,
    )


def _labels(
    graph: Connection, faces: FaceGraph, chosen: Method, min_quality: float
) -> NDArray[np.int32]:
    """The labels of the method, with clusters split that would join faces that are apart."""
    own = chosen is relative  # the other methods ignore quality
    labels = relative(graph, faces, min_quality) if own else chosen(graph, faces)
    return kept_apart(np.asarray(labels, dtype=np.int32), faces, apart_pairs(faces))


def _clusters(
    faces: FaceGraph, labels: NDArray[np.int32], standing: dict[str, Standing]
) -> list[list[str]]:
    """Ids of the faces of each cluster, without faces that have been deleted meanwhile.

    A face without a person is no cluster, unless somebody said who it is.
    """
    groups: dict[int, list[str]] = defaultdict(list)
    for id, label in zip(faces.ids, labels.tolist(), strict=True):
        if label >= 0 and id in standing:
            groups[label].append(id)
    return list(groups.values())


def _churn(plan: Assignment, standing: dict[str, Standing]) -> tuple[int, int]:
    """Count faces of unnamed persons that now have another person, and those that had any."""
    had = {face: s.person for face, s in standing.items() if s.person and not s.fixed}
    stayed = sum(plan.joins.get(face) == person for face, person in had.items())
    gone = set(plan.joins).union(*plan.founded)
    return sum(face in gone for face in had) - stayed, len(had)


def _standing(
    graph: Connection, probability: Probability
) -> tuple[dict[str, Standing], dict[str, float]]:
    """The standing of each face, and how sure its nearest SAME makes us that it belongs there."""
    standing: dict[str, Standing] = {}
    sure: dict[str, float] = {}
    for row in graph.stream("face-people"):
        face, nearest = row["face"], row["nearest"]
        fixed = row["named"] or row["source"] in ("user", "folder")
        standing[face] = Standing(row["person"], fixed)
        sure[face] = 1.0 if nearest is None else probability(nearest, row["quality"])
    return standing, sure


def _allowed(graph: Connection, plan: Assignment) -> Assignment:
    """Drop moves of faces to persons that the user said they are not: those faces stay.

    A named person may lie in several clusters, and the rejection may concern another cluster than
    that of the face.
    """
    rejected = {(row["face"], row["person"]) for row in graph.stream("rejected-persons")}
    joins = {face: p for face, p in plan.joins.items() if (face, p) not in rejected}
    return Assignment(joins, plan.founded)


def _pairs(graph: Connection, faces: Sequence[str]) -> Iterator[Pair]:
    for row in graph.stream("same-pairs", faces=list(faces)):
        yield row["source"], row["target"], row["distance"]
