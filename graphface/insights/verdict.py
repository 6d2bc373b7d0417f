"""Turn what the graph knows about two faces into a verdict in plain words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from graphface.clustering.cannot_link import TWICE
from graphface.clustering.group_comparison import expected_others, mean_distance, read_embeddings
from graphface.clustering.match_probability import learned_curve
from graphface.errors import Action
from graphface.people.selectors import faces_of, label
from graphface.records import Box, Record

if TYPE_CHECKING:
    from graphface.clustering.group_comparison import Comparison
    from graphface.db import Connection, Row
    from graphface.people.selectors import FaceNode, Person
    from graphface.records import Space


Verdict = Literal["one", "two", "unsure"]

FEW_SHARED = 3
"""Fewer faces in common are no evidence."""


@dataclass(frozen=True, slots=True)
class End(Record):
    """One side of the question: a face, and the person it represents, if any."""

    asked: str
    face: FaceNode
    whole: Person | None = None
    """The person, if the question names one; `face` is then the nearest to the other side."""

    @property
    def label(self) -> str:
        """A label for the reader: the person, or the face with the person it belongs to."""
        if self.whole:
            return self.whole.label
        return f"{self.face.path or self.face.id} ({self.face.label})"


@dataclass(frozen=True, slots=True)
class Shared(Record):
    """A face that is SAME to both."""

    face: str
    path: str | None
    person: str | None
    to_a: float
    to_b: float


@dataclass(frozen=True, slots=True)
class Explanation(Record):
    """What the graph knows about whether two faces are one person.

    Distances are in `metric`, except those of `comparisons`.
    """

    a: End
    b: End
    metric: str
    threshold: float
    """Two faces nearer than this are SAME."""
    distance: float
    """Distance between the two faces."""
    probability: float
    """Probability that two faces at this distance are one person, if nothing else is known."""
    chain: tuple[ChainStep, ...]
    """From a to b along SAME; empty where no chain joins them."""
    weakest: int | None
    """Index of the step of `chain` with the largest distance."""
    shared: tuple[Shared, ...]
    """Faces that are SAME to both, the nearest first."""
    same_of_a: int
    same_of_b: int
    comparisons: tuple[Comparison, ...]
    evidence_for: tuple[str, ...]
    against: tuple[str, ...]
    verdict: Verdict
    text: str
    """The verdict in one sentence."""
    advice: Action | None
    """The call to make if the graph contradicts the verdict."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about the two sides."""

    a: End
    b: End
    space: Space
    distance: float
    probability: float
    chain: tuple[ChainStep, ...]
    weakest: int | None
    shared: tuple[Shared, ...]
    same_of: tuple[int, int]
    comparisons: tuple[Comparison, ...]
    said_apart: list[Row]
    one_photo: list[Row]
    mirror: bool
    """Whether the two are near enough to be one person shown twice in one photo."""

    @property
    def one_person(self) -> bool:
        """Whether both belong to one person now."""
        return self.a.face.person is not None and self.a.face.person == self.b.face.person

    @property
    def both_said(self) -> bool:
        sources = {self.a.face.source, self.b.face.source}
        return self.one_person and "cluster" not in sources


def judge(
    graph: Connection, space: Space, a: End, b: End, comparisons: tuple[Comparison, ...]
) -> Explanation:
    """Weigh everything for and against `a` and `b` being one person."""
    facts = _facts(graph, space, a, b, comparisons)
    verdict, text, advice = _verdict(facts)
    return Explanation(
        a=a,
        b=b,
        metric=space.metric,
        threshold=space.threshold,
        distance=facts.distance,
        probability=facts.probability,
        chain=facts.chain,
        weakest=facts.weakest,
        shared=facts.shared,
        same_of_a=facts.same_of[0],
        same_of_b=facts.same_of[1],
        comparisons=comparisons,
        evidence_for=tuple(_for(facts)),
        against=tuple(_against(facts)),
        verdict=verdict,
        text=text,
        advice=advice,
    )


def _facts(
    graph: Connection, space: Space, a: End, b: End, comparisons: tuple[Comparison, ...]
) -> Facts:
    ends = {"a": a.face.id, "b": b.face.id}
    pair = graph.run("explain-pair", **ends)[0]
    metric = space.metric
    row = graph.run("gds-distances", pairs=[[a.face.id, b.face.id]], metric=metric)[0]
    steps = chain(graph, a.face.id, b.face.id)
    lengths = [step.distance or 0.0 for step in steps]
    left, right = (_ids(graph, end) for end in (a, b))
    vectors = read_embeddings(graph, list(ends.values()))
    mirror = mean_distance(vectors[:1], vectors[1:]) < TWICE * expected_others(space, vectors)
    return Facts(
        a, b, space, row["distance"], learned_curve(graph, space)(row["distance"]),
        steps, lengths.index(max(lengths)) if steps else None,
        tuple(_shared(row) for row in graph.run("explain-shared", **ends)),
        (pair["ofA"], pair["ofB"]), comparisons,
        graph.run("explain-said-apart", left=left, right=right),
        graph.run("explain-one-photo", left=left, right=right), mirror,
    )  # fmt: skip


def _ids(graph: Connection, end: End) -> list[str]:
    """The faces that the side represents: all of a person's, or the one."""
    return [face.id for face in faces_of(graph, end.whole.id)] if end.whole else [end.face.id]


def _shared(row: Row) -> Shared:
    return Shared(row["face"], row["path"], called(row), row["toA"], row["toB"])


def _for(facts: Facts) -> list[str]:
    found = []
    if facts.both_said:
        found.append(f"it was said (by {_sources(facts)}) that both are {facts.a.face.label}")
    if facts.distance < facts.space.threshold:
        found.append(
            f"the two faces are {facts.distance:.3f} apart, nearer than the {_limit(facts)}"
        )
    if len(facts.shared) >= FEW_SHARED:
        found.append(
            f"{len(facts.shared)} faces are SAME to both "
            f"(of {facts.same_of[0]} and {facts.same_of[1]} that are to one)"
        )
    found += [_compared(one, "nearer than") for one in facts.comparisons if one.near]
    return found


def _against(facts: Facts) -> list[str]:
    found = []
    if facts.said_apart:
        sources = " and ".join(sorted({row["source"] or "user" for row in facts.said_apart}))
        count = len(facts.said_apart)
        pairs = "a pair of their faces is" if count == 1 else f"{count} pairs of their faces are"
        found.append(f"it was said (by {sources}) that {pairs} NOT_SAME")
    if facts.one_photo:
        paths = {row["path"] for row in facts.one_photo}
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        found.append(f"both are in one photo: {facts.one_photo[0]['path']}{more}")
    if facts.distance >= facts.space.threshold:
        found.append(f"the two faces are {facts.distance:.3f} apart, not under the {_limit(facts)}")
    if not facts.chain:
        found.append("no chain of SAME joins them")
    found += [_compared(one, "beyond") for one in facts.comparisons if not one.near]
    return found


def _limit(facts: Facts) -> str:
    return f"{facts.space.threshold:.3g} of SAME"


def _sources(facts: Facts) -> str:
    return " and ".join(sorted({str(end.face.source) for end in (facts.a, facts.b)}))


def _compared(one: Comparison, how: str) -> str:
    faces = f"{one.left_faces} with {one.right_faces}"
    return (
        f"{one.left} and {one.right} are {one.mean:.3f} apart on the mean ({faces} faces), {how} "
        f"the {one.limit:.3f} of one person: others come as near as {one.others:.3f}"
    )


def _verdict(facts: Facts) -> tuple[Verdict, str, Action | None]:
    if facts.said_apart:
        return _two(facts, "Two people: that was said.")
    if facts.one_photo and not facts.mirror:
        return _two(facts, "Two people: one photo shows both.")
    if facts.both_said:
        return "one", f"One person, {facts.a.face.label}: that was said of both.", None
    if facts.one_person:
        return _within(facts)
    (comparison,) = facts.comparisons
    if comparison.near:
        return "one", "Probably one person: nearer than other people come.", _join(facts)
    if comparison.unsure:
        return "unsure", "Hard to say: about as near as other people come.", None
    chained = " The chain between them leads through other people." if facts.chain else ""
    return "two", f"Probably two people: other people come as near.{chained}", None


def _two(facts: Facts, text: str) -> tuple[Verdict, str, Action | None]:
    """Certainly two people; if the graph has them as one, one of the faces must go."""
    if not facts.one_person:
        return "two", text, None
    loose = next((e for e in (facts.b, facts.a) if e.face.source == "cluster"), facts.b)
    advice = Action("reject", {"face": loose.face.id, "person": loose.face.number})
    return "two", text, advice


def _within(facts: Facts) -> tuple[Verdict, str, Action | None]:
    who = facts.a.face.label
    odd = [one for one in facts.comparisons if not one.near]
    if not odd:
        return "one", f"Probably one person, {who}: nearer to the rest than others come.", None
    far = " and ".join(one.left for one in odd)
    text = f"Doubtful: both are in {who}, but {far} no nearer to the rest than others come."
    text = text.replace(" no nearer", " are no nearer" if len(odd) > 1 else " is no nearer")
    return "unsure", text, Action("split", {"person": facts.a.face.number})


def _join(facts: Facts) -> Action | None:
    """The call that makes them one person."""
    a, b = facts.a.face, facts.b.face
    if a.number is not None and b.number is not None and bool(facts.a.whole) == bool(facts.b.whole):
        into = {"into": a.number} if a.name and b.name else {}
        return Action("merge", {"persons": (a.number, b.number), **into})
    lone, other = (b, a) if facts.a.whole or b.number is None else (a, b)
    if other.number is None:
        return None
    return Action("move", {"faces": [lone.id], "person": other.number})


SLACK = 0.03
"""Of the chains whose largest step is at most this much larger than it has to be, the shortest is
shown: the one with the very smallest step wanders through many faces that explain nothing."""


@dataclass(frozen=True, slots=True)
class ChainStep(Record):
    """A face of the chain."""

    face: str
    path: str | None
    box: Box | None
    person: str | None
    distance: float | None
    """Distance from the previous face; None for the first."""


def chain(graph: Connection, start: str, end: str) -> tuple[ChainStep, ...]:
    """The chain of SAME from face to face that avoids large steps; empty where there is none.

    A minimum spanning tree (GDS) contains the chain with the smallest largest step. Among the
    chains whose steps are at most `SLACK` above that step, Dijkstra's algorithm (GDS) finds the
    shortest.
    """
    name = f"graphface-{uuid.uuid4().hex[:12]}"
    narrow = f"{name}-narrow"
    try:
        graph.run("project-same", graph=name)
        if not graph.run("explain-tree", graph=name, face=start):
            return ()
        rows = graph.run("explain-widest", graph=name, start=start, end=end)
        if not rows:
            return ()
        longest = rows[0]["widest"] * (1 + SLACK)
        graph.run("explain-narrow", graph=name, narrowed=narrow, longest=longest)
        return tuple(map(_step, graph.run("explain-chain", graph=narrow, start=start, end=end)))
    finally:
        for used in (name, narrow):
            graph.run("drop-projection", graph=used)


def _step(row: Row) -> ChainStep:
    box = None if None in row["box"] else Box(*row["box"])
    return ChainStep(row["face"], row["path"], box, called(row), row["distance"])


def called(row: Row) -> str | None:
    """The person of a row with `number` and `name`."""
    return None if row["number"] is None else label(row["name"], row["number"])
