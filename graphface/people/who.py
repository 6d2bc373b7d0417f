"""Who is in this picture, how sure, and why.

Each face of the picture is looked up in the vector index, the distances of what comes back are
computed exactly, and from the nearest face the graph is walked, along SAME, to a person.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from graphface.clustering.confidence import curve
from graphface.errors import NotFound, PictureError
from graphface.faces.pictures import read_picture
from graphface.graph.schema import check_space
from graphface.people.find import label
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from graphface.faces.extract import Extractor
    from graphface.graph import Graph, Row
    from graphface.records import Box, Face, Picture, Space

CANDIDATES = 200
"""Faces asked of the vector index, which is approximate: far more than are shown."""

STRANGERS = 100
"""A picture may show anybody: even in a graph of three persons a face has this many rivals."""

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
        """For `--json`."""
        faces = [{"person": answer.label, **asdict(answer)} for answer in self.answers]
        return {"image": str(self.path), "faces": faces, "error": self.error}


def who_in_files(
    graph: Graph,
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
    graph: Graph,
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
    space = graph.space()
    if space is None:
        raise NotFound("this graph has no faces yet", "graphface build FOLDER brings them in")
    check_space(space, extractor.space())
    people = graph.run("count-people")[0]["people"]
    probability = curve(space, max(people, STRANGERS))
    faces = extractor.extract([picture])[0]
    asked = (_Question(graph, space, probability, threshold, evidence, face) for face in faces)
    return sorted((q.answer() for q in asked), key=lambda answer: (answer.box.x, answer.box.y))


@dataclass(frozen=True, slots=True)
class _Question:
    graph: Graph
    space: Space
    probability: Callable[[float], float]
    threshold: float | None
    evidence: int
    face: Face

    def answer(self) -> Answer:
        near = self._near()
        best = near[0] if near else None
        person = self._person(best) if best else None
        distance = best["distance"] if best else None
        return Answer(
            box=self.face.box,
            quality=self.face.quality,
            number=int(person["person"][1:]) if person else None,
            name=person["name"] if person else None,
            confidence=self.probability(distance) if distance is not None else 0.0,
            distance=distance,
            evidence=tuple(_evidence(row) for row in near[: self.evidence]),
            walk=self._walk(best, person) if best and person else (),
        )

    def _near(self) -> list[Row]:
        return self.graph.run(
            "nearest-faces",
            embedding=self.face.embedding.tolist(),
            metric=self.space.metric,
            threshold=max(self.threshold or 0.0, _reach(self.probability, self.space)),
            count=CANDIDATES,
        )

    def _person(self, best: Row) -> Row | None:
        """The person of the nearest face, if it is near enough; found along SAME if need be."""
        if self.threshold is not None:
            near_enough = best["distance"] < self.threshold
        else:
            near_enough = self.probability(best["distance"]) >= SURE
        if not near_enough:
            return None
        if best["person"] is not None:
            return best
        walked = self.graph.run("walk-to-person", face=best["face"])
        return walked[0] if walked else None

    def _walk(self, best: Row, person: Row) -> tuple[Step, ...]:
        first = Step(best["face"], best["path"], best["distance"])
        if person is best and best["source"] != "cluster":
            return (first,)
        if person is best:
            found = self.graph.run("walk-to-anchor", face=best["face"], person=best["person"])
            person = found[0] if found else {"faces": [best["face"]], "distances": [], "paths": []}
        steps = zip(person["faces"][1:], person["paths"][1:], person["distances"], strict=True)
        return (first, *(Step(face, path, distance) for face, path, distance in steps))


def _evidence(row: Row) -> Evidence:
    called = label(row["name"], int(row["person"][1:])) if row["person"] else None
    return Evidence(row["face"], row["path"], row["distance"], called)


def _reach(probability: Callable[[float], float], space: Space) -> float:
    """The distance beyond which a face is no evidence: where the probability is 1 %."""
    low, high = 0.0, 2.0 * space.threshold + 2.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if probability(middle) > 0.01 else (low, middle)
    return high
