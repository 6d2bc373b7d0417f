"""Which question comes first, and what an answer changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphface.clustering.agglomerative import Clusters
from graphface.clustering.scatter import Limit
from graphface.people.review_questions import (
    LATER,
    MATCH,
    Deck,
    Question,
    known,
    nearest_others,
    probability,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.clustering.agglomerative import Floats, Ints
    from graphface.records import Vectors

EXPECTED = 0.43
"""How near strangers come, as with dlib's network."""

NOBODY: Ints = np.empty((0, 2), np.int64)


def faces(people: Sequence[int], noise: float = 0.05, seed: int = 3) -> Vectors:
    """Unit vectors of so many people, a face for each number; strangers are 1.4 apart."""
    draw = np.random.default_rng(seed)
    bases = np.linalg.qr(draw.standard_normal((64, 64)))[0]
    vectors = bases[list(people)] + noise / 8 * draw.standard_normal((len(people), 64))
    units: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return units


def deck(
    people: Sequence[int],
    persons: Sequence[int],
    names: Sequence[str | None],
    apart: Ints = NOBODY,
    silent: Sequence[int] = (),
) -> Deck:
    return Deck(faces(people), np.array(persons), names, apart, EXPECTED, silent)


def told(questions: Sequence[Question]) -> list[tuple[str, int, int | None]]:
    return [(q.kind, q.a, q.b) for q in questions]


def test_naming_many_faces_comes_before_joining_two() -> None:
    """Person 0 has 9 faces; 1 and 2 are one person in two pieces, one of them called Ada."""
    people = [0] * 9 + [1] * 4 + [1] * 2
    found = deck(people, [0] * 9 + [1] * 4 + [2] * 2, [None, "Ada", None]).questions(9)
    assert told(found) == [("name", 0, None), ("same", 1, 2), ("name", 2, None)]
    assert found[0].gain == pytest.approx(9 * 9 / 11)
    assert found[1].gain == pytest.approx(2 * found[1].probability)
    assert found[1].probability > 0.9


def test_two_without_a_name_are_worth_less_than_the_name_of_the_larger() -> None:
    found = deck([0] * 5, [0, 0, 0, 1, 1], [None, None]).questions(9)
    assert told(found)[0] == ("name", 0, None)
    joining = next(q for q in found if q.kind == "same")
    assert joining.gain == pytest.approx(joining.probability * LATER * 2 * float(known(5.0)))  # type: ignore[arg-type]


def test_two_names_are_two_people_and_strangers_are_not_asked_about() -> None:
    assert deck([0] * 4, [0, 0, 1, 1], ["Ada", "Bob"]).questions(9) == []
    assert told(deck([0, 0, 1, 1], [0, 0, 1, 1], ["Ada", None]).questions(9)) == [("name", 1, None)]


def test_apart_and_hidden_persons_are_never_asked_about() -> None:
    apart = np.array([[0, 3]])
    assert told(deck([0] * 4, [0, 0, 1, 1], ["Ada", None], apart).questions(9)) == [
        ("name", 1, None)
    ]
    assert deck([0] * 4, [0, 0, 1, 1], ["Ada", None], silent=[1]).questions(9) == []


def test_a_yes_joins_and_the_joined_goes_on_with_the_name() -> None:
    one = deck([0] * 6, [0, 0, 0, 0, 1, 1], [None, "Ada"])
    assert one.faces_named == 2
    assert one.same(0, 1) == 1
    assert one.names == [None, "Ada"]
    assert one.faces_named == 6
    assert one.persons.tolist() == [1] * 6
    assert one.questions(9) == []


def test_a_no_and_a_skip_are_not_asked_again() -> None:
    one = deck([0] * 6, [0, 0, 0, 0, 1, 1], ["Ada", None])
    assert told(one.questions(9)) == [("same", 0, 1), ("name", 1, None)]
    one.different(0, 1)
    (left,) = one.questions(9)
    assert told([left]) == [("name", 1, None)]
    one.skip(left)
    assert one.questions(9) == []


def test_a_no_goes_on_when_one_of_the_two_is_joined_with_another() -> None:
    one = deck([0] * 6, [0, 0, 1, 1, 2, 2], ["Ada", None, None])
    one.different(0, 1)
    one.same(1, 2)
    assert told(one.questions(9)) == [("name", 1, None)]


def test_a_name_that_somebody_has_joins_them() -> None:
    one = deck([0, 0, 0, 1, 1], [0, 0, 0, 1, 1], ["Ada", None])
    assert one.named(1, "ADA") == 0
    assert one.faces_named == 5
    assert one.names == ["Ada", None]


def test_the_new_piece_of_a_joined_person_is_asked_about() -> None:
    """Ada's first piece is not near 2; the piece that joins her is."""
    units = faces([0, 1, 2, 3])
    bridge = units[0] + units[1]
    vectors = np.stack([units[0], bridge / np.linalg.norm(bridge), units[1]])
    one = Deck(vectors, np.arange(3), ["Ada", None, None], NOBODY, 2.0)
    joined = one.same(0, 1)
    assert ("same", joined, 2) in told(one.questions(9))


def test_shown_faces_reach_from_the_most_typical_to_the_least() -> None:
    one = deck([0] * 9 + [1], [0] * 10, [None])
    shown = one.shown(0)
    assert len(shown) == 4
    assert shown[-1] == 9, "the one who does not belong is seen"
    assert one.shown(0, 50) == one.faces(0).tolist()


def test_nearest_faces_are_the_nearest() -> None:
    units = faces([0] * 30 + [1] * 20, noise=1.0)
    one = Deck(units, np.array([0] * 30 + [1] * 20), [None, None], NOBODY, EXPECTED)
    dots = units[:30] @ units[30:].T
    a, b = one.nearest(0, 1)
    assert dots[a, b - 30] == dots.max()


def test_probability_falls_with_distance() -> None:
    sums: Floats = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    alone = Clusters(np.ones(3), np.zeros(3), np.ones(3))
    chance = probability(sums, alone, Limit(), np.array([[0, 1], [0, 2]]))
    assert chance[0] > 0.99 > 0.01 > chance[1]
    assert MATCH.score > 0


@pytest.mark.parametrize("count", [0, 1, 2, 3, 700])
def test_everybody_is_held_against_the_nearest(count: int) -> None:
    means = np.random.default_rng(0).standard_normal((count, 8))
    pairs = {tuple(two) for two in nearest_others(means).tolist()}
    dots = means @ means.T
    np.fill_diagonal(dots, -np.inf)
    for one in range(count if count > 1 else 0):
        best = int(dots[one].argmax())
        assert (min(one, best), max(one, best)) in pairs
    assert all(a < b for a, b in pairs)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(["y", "n", "s", "name", "again"]), max_size=25), st.integers(0, 9))
def test_no_face_is_lost_and_no_question_comes_twice(replies: list[str], seed: int) -> None:
    draw = np.random.default_rng(seed)
    people = draw.integers(0, 4, 30)
    persons = np.unique(draw.integers(0, 12, 30), return_inverse=True)[1]
    names: list[str | None] = [None] * (int(persons.max()) + 1)
    names[0] = "Ada"
    one = Deck(faces(people.tolist()), persons, names, NOBODY, EXPECTED)
    seen, before = set(), one.faces_named
    for number, verdict in enumerate(replies):
        question = next(iter(one.questions()), None)
        if question is None:
            break
        assert (question.kind, question.a, question.b) not in seen
        answer(one, question, verdict, f"name {number}")
        if verdict in ("n", "s"):
            seen.add((question.kind, question.a, question.b))
        assert one.faces_named >= before
        before = one.faces_named
        assert one.sizes.sum() == 30
        assert (np.bincount(one.persons, minlength=len(names)) == one.sizes).all()


def answer(one: Deck, question: Question, verdict: str, name: str) -> None:
    if question.b is None:
        if verdict in ("name", "y", "again"):
            one.named(question.a, "Ada" if verdict == "again" else name)
        else:
            one.skip(question)
    elif verdict == "y":
        one.same(question.a, question.b)
    elif verdict == "n":
        one.different(question.a, question.b)
    else:
        one.skip(question)
