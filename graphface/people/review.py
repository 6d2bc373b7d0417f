"""Ask the most useful questions about a graph: who is this, and are these two one person?

Each answer is one change, which `undo` reverts. A yes merges two persons, and a no writes NOT_SAME
between their two nearest faces, so neither is asked again. Questions are identified by faces, not
by persons, so an answer keeps its meaning after clustering runs.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import NotFound
from graphface.people.review_questions import Deck, Question
from graphface.people.review_replies import Reply, faces_text, reply
from graphface.people.selectors import label
from graphface.records import Box, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image

    from graphface.clustering.agglomerative import Ints
    from graphface.clustering.face_graph import FaceGraph
    from graphface.db import Connection, Row
    from graphface.people.review_replies import Done, Verdict
    from graphface.records import Space, Vectors


@dataclass(frozen=True, slots=True)
class Shown(Record):
    """A face as a question shows it."""

    face: str
    path: str | None
    """The first path of its photo, as text of the graph."""
    box: Box | None


@dataclass(frozen=True, slots=True)
class Side(Record):
    """A person that a question is about; without a number, a face that belongs to no person."""

    number: int | None
    name: str | None
    faces: int
    shown: tuple[Shown, ...]

    @property
    def label(self) -> str:
        return "a face of nobody" if self.number is None else label(self.name, self.number)


@dataclass(frozen=True, slots=True)
class Asked(Record):
    """A question of the review."""

    id: str
    """`name:FACE` or `same:FACE:FACE`; an answer refers to it by this id."""
    text: str
    probability: float
    """Probability of an answer that names faces."""
    gain: float
    """The expected number of faces that the answer names rightly."""
    sides: tuple[Side, ...]
    question: Question

    @property
    def unnamed(self) -> str:
        """A face of the person that a name would go to: of two persons, the one without a name."""
        faces = self.id.split(":")[1:]
        first_has_one = self.question.b is not None and self.sides[0].name is not None
        return faces[1] if first_has_one else faces[0]

    def to_dict(self) -> dict[str, Any]:
        """The fields that an answer needs: the id, the question, who it is about."""
        kind = self.question.kind
        plain = {"id": self.id, "kind": kind, "question": self.text}
        people = [{"person": side.label, **side.to_dict()} for side in self.sides]
        return {**plain, "probability": self.probability, "gain": self.gain, "people": people}


class Review:
    """The questions of one run; what was answered or skipped in it is not asked again."""

    def __init__(self, graph: Connection) -> None:
        """Read the graph. Raises NotFound if it has nobody to ask about."""
        self.graph = graph
        self.answered = 0
        self.ids, self.numbers, self.deck = _deck(graph)

    @property
    def progress(self) -> str:
        """`answered 7, 312 faces named of 640`."""
        return f"answered {self.answered}, {self.named} faces named of {self.total}"

    @property
    def named(self) -> int:
        """Faces that belong to somebody with a name."""
        return self.deck.faces_named

    @property
    def total(self) -> int:
        return len(self.ids)

    def questions(self, count: int = 1) -> list[Asked]:
        """Up to `count` questions, the most useful first."""
        return [self._asked(question) for question in self.deck.questions(count)]

    def answer(self, asked: Asked, verdict: Verdict, name: str | None = None) -> str:
        """Write the answer and describe it in one line.

        Raises UsageError for an answer that does not fit the question, NotFound when a face is
        gone; nothing is written then.
        """
        done = reply(self.graph, Reply(asked.id, verdict, name), asked.unnamed)
        self.answered += verdict != "skip"
        self._learn(asked, verdict, done)
        return done.text

    def crops(self, side: Side, size: int) -> list[Image]:
        """The faces of a person cut out of their photos, [size, size]; those that can be."""
        return crops(side, size)

    def skip(self, asked: Asked) -> None:
        """Skip a question for the rest of this run."""
        self.deck.skip(asked.question)

    def _learn(self, asked: Asked, verdict: Verdict, done: Done) -> None:
        """Bring the deck up to date with the graph."""
        a, b = asked.question.a, asked.question.b
        if verdict == "skip":
            self.deck.skip(asked.question)
        elif verdict == "n" and b is not None:
            self.deck.different(a, b)
        elif verdict == "y" and b is not None:
            self.numbers[self.deck.same(a, b)] = done.number
        elif done.name is not None:
            face = self.ids.index(asked.unnamed)
            one = int(self.deck.persons[face])
            self.numbers[self.deck.named(one, done.name)] = done.number

    def _asked(self, question: Question) -> Asked:
        persons = [question.a] if question.b is None else [question.a, question.b]
        if question.b is None:
            faces = [self.deck.shown(question.a)[0]]
        else:
            faces = list(self.deck.nearest(question.a, question.b))
        sides = tuple(self._side(person, face) for person, face in zip(persons, faces, strict=True))
        id = ":".join([question.kind, *(self.ids[face] for face in faces)])
        return Asked(id, _text(sides), question.probability, question.gain, sides, question)

    def _side(self, person: int, first: int) -> Side:
        shown = [first, *(face for face in self.deck.shown(person) if face != first)]
        ids = [self.ids[face] for face in shown]
        rows = {row["face"]: row for row in self.graph.run("review-shown", faces=ids)}
        size = int(self.deck.sizes[person])
        places = tuple(_shown(id, rows.get(id)) for id in ids)
        return Side(self.numbers[person], self.deck.names[person], size, places)


def _text(sides: Sequence[Side]) -> str:
    said = [f"{side.label} ({faces_text(side.faces)})" for side in sides]
    if len(said) == 1:
        return f"Who is this? {said[0]}"
    if sides[0].name is not None:
        return f"Is this {sides[0].label}? {said[1]}"
    return f"Are these two the same person? {said[0]}, {said[1]}"


def _shown(id: str, row: Row | None) -> Shown:
    if row is None:  # deleted since the graph was read
        return Shown(id, None, None)
    return Shown(id, row["path"], None if None in row["box"] else Box(*row["box"]))


def _deck(graph: Connection) -> tuple[list[str], list[int | None], Deck]:
    """Ids of the faces, numbers of the persons, and the deck, which omits hidden persons."""
    from graphface.clustering.cannot_link import apart_pairs
    from graphface.clustering.face_graph import read_vectors
    from graphface.clustering.impostors import expected_impostor_distance
    from graphface.numbers import unit_vectors

    space = graph.require_space()
    ids, vectors = read_vectors(graph, space)
    if not vectors.shape[1]:
        raise NotFound(
            "the faces of this graph have no embeddings",
            "Ingest their photos",
            code="embedding-missing",
        )
    rows = {row["face"]: row for row in graph.stream("review-faces")}
    kept = np.array([id in rows for id in ids], np.bool_)  # another process may have forgotten one
    ids, vectors = [id for id in ids if id in rows], vectors[kept]
    # A face without a person is a cluster of its own.
    _, first, persons = np.unique(
        [rows[id]["person"] or f"face {id}" for id in ids], return_index=True, return_inverse=True
    )
    heads = [rows[ids[k]] for k in first]
    faces = _face_graph(graph, ids, vectors, [rows[id]["photo"] for id in ids], space)
    deck = Deck(
        unit_vectors(vectors),
        persons,
        [head["name"] for head in heads],
        apart_pairs(faces),
        expected_impostor_distance(faces),
        [k for k, head in enumerate(heads) if head["hidden"]],
    )
    return ids, [head["number"] for head in heads], deck


def _face_graph(
    graph: Connection, ids: list[str], vectors: Vectors, photos: list[str | None], space: Space
) -> FaceGraph:
    """The faces without their SAME, since no question needs it."""
    from graphface.clustering.face_graph import FaceGraph

    place = {id: k for k, id in enumerate(ids)}
    number = {photo: k for k, photo in enumerate(sorted({p for p in photos if p is not None}))}
    said = [(place.get(row["start"]), place.get(row["end"])) for row in graph.stream("not-same")]
    ends: Ints = np.array([two for two in said if None not in two], np.int64).reshape(-1, 2)
    none: NDArray[np.int32] = np.empty(0, np.int32)
    return FaceGraph(
        ids=tuple(ids),
        vectors=vectors,
        left=none,
        right=none,
        distance=np.empty(0, np.float32),
        quality=np.ones(len(ids), np.float32),
        photo=np.array([-1 if p is None else number[p] for p in photos], np.int32),
        apart_left=ends[:, 0].astype(np.int32),
        apart_right=ends[:, 1].astype(np.int32),
        space=space,
    )


def crops(side: Side, size: int) -> list[Image]:
    """The faces of a person cut out of their photos, [size, size]; those that cannot be, left out.

    A question can be asked even if a file is gone or has changed since.
    """
    from graphface.drawing.annotate import crop
    from graphface.errors import PictureError
    from graphface.files import path_from_text
    from graphface.vision.pictures import read_picture

    cut = []
    for face in side.shown:
        if face.path is None or face.box is None:
            continue
        with suppress(PictureError, OSError):
            cut.append(crop(read_picture(path_from_text(face.path)), face.box, size))
    return cut
