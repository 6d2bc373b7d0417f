"""Do two pictures show one person? Does this picture show Ada?

Two pictures are compared by their distance alone, without a graph. The answer is yes below the
distance at which both answers are equally likely. A picture and a person are compared as in `who`,
by everything the graph knows about that person and about other people near the face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from graphface.clustering.match_probability import match_curve
from graphface.db import connect
from graphface.db.schema import check_space
from graphface.errors import Action, NotFound
from graphface.ingest.pipeline import look_at
from graphface.linking.gds_distance import distances
from graphface.numbers import logistic, unit_vectors
from graphface.people.selectors import Choice, choose_face, find_person
from graphface.progress import task
from graphface.recognition.identify import NEAREST, evidence, log_odds, weights_of
from graphface.recognition.known_faces import known_faces
from graphface.recognition.who import SURE
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.db import Connection, Row
    from graphface.recognition.identify import Weights
    from graphface.records import Box, Face, Metric, Space, Vectors
    from graphface.vision.extractor import Extractor


@dataclass(frozen=True, slots=True)
class Compared(Record):
    """A face that was compared."""

    path: str | None
    box: Box | None
    """None if the graph does not know it."""
    face: str | None = None
    """Its id, if it comes from the graph."""


@dataclass(frozen=True, slots=True)
class Verdict(Record):
    """The answer, one person or two, how sure it is, and what it rests on."""

    same: bool
    probability: float
    """Probability that it is one person, if both cases are equally common among the questions."""
    distance: float
    """Distance in `metric`; for a person, to the nearest of their faces."""
    metric: Metric
    threshold: float | None
    """Under this distance the answer is yes; None if the probability decided."""
    link_threshold: float | None
    """Under this distance two faces are SAME in the graph; None without a graph."""
    model: str
    a: Compared
    b: Compared
    person: str | None = None
    """The person asked about."""
    number: int | None = None
    faces: int | None = None
    """How many faces that person has."""


def graph_at_hand(home: Path | None = None, model: str | None = None) -> Connection | None:
    """The graph to compare two pictures with, if any.

    It is the graph of `home`, or of NEO4J_URI, or the embedded one if it runs. With a `model` it is
    only that of `home`. Starts a database only for `home`. Raises DatabaseError, ServerError.
    """
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    ours = settings()
    if home is not None:
        return connect(home)
    if model is not None:
        return None
    if ours.neo4j_uri:
        return connect()
    running = EmbeddedServer(ours.home, ours.cache).status().state == "running"
    return connect() if running else None


def verify(
    a: Path,
    b: Path,
    extractor: Extractor,
    *,
    graph: Connection | None = None,
    threshold: float | None = None,
    choose_a: Choice | None = None,
    choose_b: Choice | None = None,
) -> Verdict:
    """Whether the pictures `a` and `b` show one person.

    Uses the metric of `graph` and what it learned about distances, or else what is built in for the
    model. `threshold` is a distance in that metric; by default it is the one of even odds. Raises
    PictureError, NoFace, UsageError when a picture shows several faces and none was chosen, and
    SpaceMismatch when `extractor` uses another model than the graph.
    """
    one, two = _faces([a, b], [choose_a or Choice(), choose_b or Choice()], extractor)
    pinned = graph.space() if graph else None
    if pinned:
        check_space(pinned, extractor.space())
    space = pinned or extractor.space()
    curve = match_curve(space, graph if pinned else None)
    quality = min(one.quality, two.quality)
    even = curve.middle + curve.scale * curve.quality * (1 - quality)
    limit = even if threshold is None else threshold
    distance = _distance(one.embedding, two.embedding, space.metric)
    return Verdict(
        same=distance < limit,
        probability=curve.among(1)(distance, quality),
        distance=distance,
        metric=space.metric,
        threshold=limit,
        link_threshold=space.threshold if pinned else None,
        model=space.model,
        a=Compared(str(a), one.box),
        b=Compared(str(b), two.box),
    )


def verify_person(
    graph: Connection,
    picture: Path,
    person: str,
    extractor: Extractor,
    *,
    threshold: float | None = None,
    choose: Choice | None = None,
) -> Verdict:
    """Whether `picture` shows `person`, a name or a number.

    The answer is yes when that is more likely than not; with `threshold`, when the person's nearest
    face is nearer than that. Raises the errors of `verify`, and NotFound when there is no such
    person or the person has no faces.
    """
    space = graph.require_space()
    check_space(space, extractor.space())
    found = find_person(graph, person)
    face, mirrored = _with_mirrored(picture, choose or Choice(), extractor)
    theirs, others = _around(graph, space, face, found.id)
    if not theirs:
        raise NotFound(
            f"{found.label} has no faces in this graph",
            "Bring some in",
            code="person-without-faces",
            action=Action("register", {"name": found.name or str(found.number)}, ("pictures",)),
        )
    nearest = theirs[0]
    weights = weights_of(graph, space)
    likely = claimed(face.embedding, theirs + others, found.id, weights, mirrored=mirrored)
    near = likely >= SURE if threshold is None else nearest["distance"] < threshold
    return Verdict(
        same=near,
        probability=likely,
        distance=nearest["distance"],
        metric=space.metric,
        threshold=threshold,
        link_threshold=space.threshold,
        model=space.model,
        a=Compared(str(picture), face.box),
        b=Compared(nearest["path"], None, nearest["face"]),
        person=found.label,
        number=found.number,
        faces=found.faces,
    )


def claimed(
    probe: Vectors,
    near: Sequence[Row],
    person: str,
    weights: Weights,
    *,
    mirrored: Vectors | None = None,
) -> float:
    """Probability that `probe` [d] shows `person`, computed as in `identify`.

    `near` are rows of `person` and `embedding`: the known faces around it, including some of the
    person's. `mirrored` [d] is the embedding of the mirrored face, if there is one.
    """
    owned = [row for row in near if row["person"] is not None]
    names, owner = np.unique([row["person"] for row in owned], return_inverse=True)
    vectors = unit_vectors(np.array([row["embedding"] for row in owned], np.float64), np.float64)
    both = unit_vectors([probe] if mirrored is None else [probe, mirrored], np.float64)
    face = unit_vectors(both.sum(axis=0), np.float64)
    candidates, found = evidence(
        face, vectors, owner, weights.least_cohort, weights.twin, len(names)
    )
    odds = log_odds(found[names[candidates] == person], weights)
    return logistic(float(odds[0]))


def _faces(paths: Sequence[Path], choices: Sequence[Choice], extractor: Extractor) -> list[Face]:
    with task("looking", total=len(paths), unit="pictures"):
        found = [look_at(path, extractor).faces for path in paths]
        return [choose_face(*each) for each in zip(paths, found, choices, strict=True)]


def _with_mirrored(path: Path, choice: Choice, extractor: Extractor) -> tuple[Face, Vectors]:
    """The chosen face, and the embedding of its mirror image."""
    with task("looking", total=1, unit="pictures"):
        photo = look_at(path, extractor, mirrored=True)
        face = choose_face(path, photo.faces, choice)
        return face, photo.mirrored[photo.faces.index(face)]


def _distance(a: Vectors, b: Vectors, metric: Metric) -> float:
    ends = np.array([0], np.int32), np.array([1], np.int32)
    return float(distances(np.stack([a, b]), *ends, metric)[0])


def _around(
    graph: Connection, space: Space, face: Face, person: str
) -> tuple[list[Row], list[Row]]:
    """The nearest faces of the person, nearest first, and those of others around the face."""
    theirs = graph.run(
        "near-faces-of-person",
        person=person,
        embedding=face.embedding.tolist(),
        metric=space.metric,
        count=NEAREST,
    )
    around = known_faces(graph, space, face.embedding)
    others = [row for row in around if row["person"] != person]
    return theirs, others
