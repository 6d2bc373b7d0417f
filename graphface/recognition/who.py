"""Who is in this picture, how sure, and why.

Each face of the picture is looked up in the vector index, and the distances of the faces found are
computed exactly. From the nearest face, a walk along SAME leads to a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphface.db.schema import check_space
from graphface.ingest.pipeline import NothingKnown, Pipeline, Serial, executor_of
from graphface.people.selectors import label
from graphface.progress import say, task
from graphface.recognition.identify import Weights, identify, weights_of
from graphface.recognition.known_faces import known_faces
from graphface.records import Record
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db import Connection, Row
    from graphface.ingest.pipeline import Executor, Failed, Photo
    from graphface.records import Box, Face, Picture, Space, Vectors
    from graphface.vision.extractor import Extractor

SURE = 0.5
"""A face is somebody when that is more likely than not."""


@dataclass(frozen=True, slots=True)
class Evidence(Record):
    """A face of the graph that is near the probe."""

    face: str
    path: str | None
    distance: float
    person: str | None


@dataclass(frozen=True, slots=True)
class Step(Record):
    """One step of the walk: a face, and its distance from the one before."""

    face: str
    path: str | None
    distance: float


@dataclass(frozen=True, slots=True)
class Answer(Record):
    """What the graph knows about one face of the picture."""

    box: Box
    quality: float
    number: int | None
    """The person's number; None for a stranger."""
    name: str | None
    confidence: float
    """Probability that it is this person; for a stranger, the probability of the best guess."""
    distance: float | None
    """Distance to the nearest face of that person, in the graph's metric."""
    evidence: tuple[Evidence, ...]
    walk: tuple[Step, ...]
    """The walk along SAME from the nearest face to a face of that person."""

    @property
    def label(self) -> str:
        return "unknown" if self.number is None else label(self.name, self.number)


@dataclass(frozen=True, slots=True)
class Asked(Record):
    """A file of the question: its answers, or why there are none."""

    path: Path
    picture: Picture | None
    """Includes the pixels only if the question was about a single picture, since they are large."""
    answers: tuple[Answer, ...] = ()
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The answers as plain values, each with a label of who it is; without the pixels."""
        faces = [{"person": answer.label, **answer.to_dict()} for answer in self.answers]
        return {"image": str(self.path), "faces": faces, "error": self.error}


def who_in_files(
    graph: Connection,
    pictures: Sequence[Path | Picture],
    extractor: Extractor,
    *,
    threshold: float | None = None,
    evidence: int = 3,
    workers: int | Executor | None = None,
) -> list[Asked]:
    """Tell who is in each of these files, or pictures in memory.

    With `threshold`, a face belongs to a person when it is nearer than that, in the graph's metric;
    without it, when that is more likely than not. `evidence` is the number of near faces that an
    answer names. If one of several pictures cannot be read, its entry says why, and the others are
    answered; for a single picture the error is raised. `workers` is a number of threads, or an
    executor.

    Raises NotFound on an empty graph, SpaceMismatch when `extractor` uses another model than the
    graph, PictureError.
    """
    alone = len(pictures) == 1
    if alone and isinstance(pictures[0], Path):
        # Whoever asks about a damaged file hears of the file, not of an empty graph.
        pictures = [read_picture(pictures[0])]
    space = graph.require_space()
    check_space(space, extractor.space())
    answers = _Answers(graph, space, weights_of(graph, space), threshold, evidence, alone)
    pipeline = Pipeline(
        extractor, NothingKnown(), Serial() if alone else executor_of(workers),
        mirrored=True, keep_pixels=alone,
    )  # fmt: skip
    with task("looking", total=len(pictures), unit="pictures") as bar:
        pipeline.run(pictures, answers, bar.advance)
    return [answers.asked[number] for number in range(len(pictures))]


def who(
    graph: Connection,
    picture: Picture,
    extractor: Extractor,
    *,
    threshold: float | None = None,
    evidence: int = 3,
) -> list[Answer]:
    """Answer for every face of `picture`, left to right; the list is empty when it shows no face.

    Raises the errors of `who_in_files`.
    """
    (asked,) = who_in_files(graph, [picture], extractor, threshold=threshold, evidence=evidence)
    return list(asked.answers)


@dataclass(frozen=True, slots=True)
class _Found:
    """The person that a face shows, or the best guess."""

    confidence: float
    nearest: Row | None
    """The nearest face of that person."""
    person: Row | None
    """A face whose `person` and `name` give the answer; None for a stranger."""


@dataclass(slots=True)
class _Answers:
    """Pipeline sink that asks the graph about every face."""

    graph: Connection
    space: Space
    weights: Weights
    threshold: float | None
    evidence: int
    alone: bool
    asked: dict[int, Asked] = field(default_factory=dict)

    def write(self, photos: Sequence[Photo[None]]) -> None:
        for photo in photos:
            for reason in photo.dropped:
                say(f"left out: {reason}", "warning")
            faces = map(self.answer, photo.faces, photo.mirrored)
            answers = sorted(faces, key=lambda answer: (answer.box.x, answer.box.y))
            picture = photo.picture if self.alone else None
            self.asked[photo.number] = Asked(photo.path, picture, tuple(answers))

    def fail(self, failed: Failed) -> None:
        if self.alone:
            raise failed.error
        self.asked[failed.number] = Asked(failed.path, None, error=str(failed.error))

    def answer(self, face: Face, mirrored: Vectors) -> Answer:
        """What the graph knows of a face; `mirrored` is the embedding of its mirror image."""
        near = known_faces(self.graph, self.space, face.embedding)
        found = self._found(face, mirrored, near)
        return Answer(
            box=face.box,
            quality=face.quality,
            number=int(found.person["person"][1:]) if found.person else None,
            name=found.person["name"] if found.person else None,
            confidence=found.confidence,
            distance=found.nearest["distance"] if found.nearest else None,
            evidence=tuple(_evidence(row) for row in near[: self.evidence]),
            walk=self._walk(found.nearest, found.person) if found.nearest else (),
        )

    def _found(self, face: Face, mirrored: Vectors, near: list[Row]) -> _Found:
        """The most likely person, or, if nobody is near enough, the one that SAME leads to."""
        match = identify(
            face.embedding,
            [row["embedding"] for row in near],
            [row["person"] for row in near],
            self.weights,
            mirrored=mirrored,
        )
        if match is not None:
            best = next(row for row in near if row["person"] == match.person)
            known = self._near_enough(match.probability, best)
            return _Found(match.probability, best, best if known else None)
        if not near or self.threshold is None or near[0]["distance"] >= self.threshold:
            return _Found(0.0, near[0] if near else None, None)
        walked = self.graph.run("walk-to-person", face=near[0]["face"])
        return _Found(0.0, near[0], walked[0] if walked else None)

    def _near_enough(self, probability: float, best: Row) -> bool:
        if self.threshold is not None:
            return bool(best["distance"] < self.threshold)
        return probability >= SURE

    def _walk(self, nearest: Row, person: Row | None) -> tuple[Step, ...]:
        if person is None:
            return ()
        first = Step(nearest["face"], nearest["path"], nearest["distance"])
        if person is nearest and nearest["source"] != "cluster":
            return (first,)
        if person is nearest:
            found = self.graph.run("walk-to-anchor", face=nearest["face"], person=nearest["person"])
            person = found[0] if found else {"faces": [], "distances": [], "paths": []}
        steps = zip(person["faces"][1:], person["paths"][1:], person["distances"], strict=True)
        return (first, *(Step(face, path, distance) for face, path, distance in steps))


def _evidence(row: Row) -> Evidence:
    called = label(row["name"], int(row["person"][1:])) if row["person"] else None
    return Evidence(row["face"], row["path"], row["distance"], called)
