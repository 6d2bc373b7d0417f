"""Who is in this picture, how sure, and why.

Each face of the picture is looked up in the vector index, the distances of what comes back are
computed exactly, and from the nearest face the graph is walked, along SAME, to a person.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from graphface.db.schema import check_space
from graphface.errors import PictureError
from graphface.people.selectors import label
from graphface.progress import task
from graphface.recognition.identify import NEAREST, Weights, identify, weights_of
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.db import Connection, Row
    from graphface.records import Box, Face, Picture, Space, Vectors
    from graphface.vision.extractor import Extractor

SURE = 0.5
"""A face is somebody when that is more likely than not."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A face of the graph that is near the face in question."""

    face: str
    path: str | None
    distance: float
    person: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the walk: a face, and how far it is from the one before."""

    face: str
    path: str | None
    distance: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one face of the picture."""

    box: Box
    quality: float
    number: int | None
    """The person's number; None for a stranger."""
    name: str | None
    confidence: float
    """Probability that it is this person; for a stranger, that of the best guess."""
    distance: float | None
    """Distance to the nearest face of that person, in the graph's metric."""
    evidence: tuple[Evidence, ...]
    walk: tuple[Step, ...]
    """From this face to one that makes it that person, along SAME."""

    @property
    def label(self) -> str:
        return "unknown" if self.number is None else label(self.name, self.number)


@dataclass(frozen=True, slots=True)
class Asked:
    """A file that was asked about: its answers, or why there are none."""

    path: Path
    picture: Picture | None
    answers: tuple[Answer, ...] = ()
    error: str | None = None

    def row(self) -> dict[str, Any]:
        """For JSON."""
        faces = [{"person": answer.label, **asdict(answer)} for answer in self.answers]
        return {"image": str(self.path), "faces": faces, "error": self.error}


def who_in_files(
    graph: Connection,
    paths: Sequence[Path],
    extractor: Extractor,
    *,
    threshold: float | None = None,
    evidence: int = 5,
) -> list[Asked]:
    """`who` for each file. Of several, one that cannot be read is said and the rest goes on."""
    asked = []
    with task("looking", total=len(paths), unit="pictures") as bar:
        for path in paths:
            try:
                picture = read_picture(path)
            except PictureError as error:
                if len(paths) == 1:
                    raise
                asked.append(Asked(path, None, error=str(error)))
                continue
            answers = who(graph, picture, extractor, threshold=threshold, evidence=evidence)
            # Of many pictures only the answers are kept: pixels are large.
            asked.append(Asked(path, picture if len(paths) == 1 else None, tuple(answers)))
            bar.advance()
    return asked


def who(
    graph: Connection,
    picture: Picture,
    extractor: Extractor,
    *,
    threshold: float | None = None,
    evidence: int = 5,
) -> list[Answer]:
    """An answer for every face of `picture`, left to right; empty when it shows no face.

    With `threshold` a face is a person's when it is nearer than that, in the graph's metric;
    without, when that is more likely than not. Raises NotFound on an empty graph, SpaceMismatch
    when `extractor` uses another model than the graph.
    """
    space = graph.require_space()
    check_space(space, extractor.space())
    weights = weights_of(graph, space)
    asked = (
        _Question(graph, space, weights, threshold, evidence, face, mirrored)
        for face, mirrored in extractor.with_mirrored(picture)
    )
    return sorted((q.answer() for q in asked), key=lambda answer: (answer.box.x, answer.box.y))


@dataclass(frozen=True, slots=True)
class _Found:
    """The person a face was found to be, or the best guess."""

    confidence: float
    nearest: Row | None
    """The nearest face of that person."""
    person: Row | None
    """Whose `person` and `name` say who it is; None for a stranger."""


@dataclass(frozen=True, slots=True)
class _Question:
    graph: Connection
    space: Space
    weights: Weights
    threshold: float | None
    evidence: int
    face: Face
    mirrored: Vectors
    """[dimensions]: the embedding of the mirrored face."""

    def answer(self) -> Answer:
        near = self.graph.run(
            "nearest-faces",
            embedding=self.face.embedding.tolist(),
            metric=self.space.metric,
            count=NEAREST,
        )
        found = self._found(near)
        return Answer(
            box=self.face.box,
            quality=self.face.quality,
            number=int(found.person["person"][1:]) if found.person else None,
            name=found.person["name"] if found.person else None,
            confidence=found.confidence,
            distance=found.nearest["distance"] if found.nearest else None,
            evidence=tuple(_evidence(row) for row in near[: self.evidence]),
            walk=self._walk(found.nearest, found.person) if found.nearest else (),
        )

    def _found(self, near: list[Row]) -> _Found:
        """The most likely person; without one near enough, along SAME from the nearest face."""
        match = identify(
            self.face.embedding,
            [row["embedding"] for row in near],
            [row["person"] for row in near],
            self.weights,
            mirrored=self.mirrored,
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
