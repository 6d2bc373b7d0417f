"""Identification: who it is, who it is not, and what must not matter."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.errors import UsageError
from graphface.recognition.identify import NEAREST, Match, Weights, identify, weights_for
from graphface.recognition.learning import around, learn
from graphface.records import Space

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from graphface.records import Vectors

SPACE = Space("Dlib", "dlib", "dlib-5-150", 128, "euclidean_l2", 0.29)
WEIGHTS = weights_for(SPACE)


def world(
    people: int, faces: int = 4, spread: float = 0.14, seed: int = 0
) -> tuple[Vectors, NDArray[np.int64]]:
    """People around a common middle, as a network's unit vectors lie: [people * faces, 128]."""
    draw = np.random.default_rng(seed)
    centres = np.eye(128)[0] + 0.35 * draw.standard_normal((people, 128)) / np.sqrt(128)
    who = np.repeat(np.arange(people), faces)
    noise = spread * draw.standard_normal((len(who), 128)) / np.sqrt(128)
    return (centres[who] + noise).astype(np.float32), who


def ask(probe: Vectors, vectors: Vectors, who: NDArray[np.int64], **options: float) -> Match:
    found = identify(probe, vectors, [f"p{k}" for k in who], WEIGHTS, **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_a_known_face_is_known_and_a_stranger_is_not() -> None:
    vectors, who = world(40)
    first = np.arange(len(who)) % 4 == 0
    enrolled = ~first & (who < 30)
    found = [ask(vector, vectors[enrolled], who[enrolled]) for vector in vectors[first]]
    known, strangers = found[:30], found[30:]
    assert [match.person for match in known] == [f"p{k}" for k in range(30)]
    assert min(match.probability for match in known) > 0.9
    assert max(match.probability for match in strangers) < 0.5
    assert all(match.second_probability <= match.probability for match in found)


def test_nobody_known_nobody_found() -> None:
    vectors, _ = world(2)
    assert identify(vectors[0], vectors[:0], [], WEIGHTS) is None
    assert identify(vectors[0], vectors[1:], [None] * 7, WEIGHTS) is None


def test_one_person_alone_has_no_cohort() -> None:
    vectors, who = world(2)
    near = ask(vectors[0], vectors[1:4], who[1:4])
    far = ask(vectors[4], vectors[1:4], who[1:4])
    assert near.probability > 0.9 > 0.1 > far.probability
    assert near.second is None
    assert near.evidence[2:4] == WEIGHTS.least_cohort
    assert near.evidence[4] == pytest.approx(np.log(3))


def test_a_crowd_around_the_face_speaks_against_the_person() -> None:
    """The same nearness counts for less where others are as near: hubs."""
    vectors, who = world(12)
    probe = vectors[0]
    alone = ask(probe, vectors[1:], who[1:])
    blurred = vectors[1:].copy()
    others = who[1:] != 0
    blurred[others] = probe + 0.9 * (blurred[others] - probe)
    crowded = ask(probe, blurred, who[1:])
    assert crowded.person == alone.person
    assert crowded.evidence[:2] == pytest.approx(alone.evidence[:2])
    assert crowded.probability < alone.probability


def test_order_and_scale_of_vectors_do_not_matter() -> None:
    vectors, who = world(20, spread=0.25)
    order = np.random.default_rng(1).permutation(np.arange(1, len(who)))
    one = ask(vectors[0], vectors[1:], who[1:])
    two = ask(3 * vectors[0], 7 * vectors[order], who[order])
    assert one.person == two.person
    assert one.probability == pytest.approx(two.probability, rel=1e-6)


def test_the_prior_moves_the_odds() -> None:
    vectors, who = world(20, spread=0.3)
    even, rare = (ask(vectors[0], vectors[1:], who[1:], prior=p) for p in (0.5, 0.01))
    odds = [m.probability / (1 - m.probability) for m in (even, rare)]
    assert odds[1] == pytest.approx(odds[0] / 99)


def test_a_mirrored_picture_takes_noise_away() -> None:
    vectors, who = world(20)
    draw = np.random.default_rng(5)
    one, two = (
        vectors[0] + (0.2 * draw.standard_normal(128) / np.sqrt(128)).astype(np.float32)
        for _ in range(2)
    )
    names = [f"p{k}" for k in who[1:]]
    alone = identify(one, vectors[1:], names, WEIGHTS)
    both = identify(one, vectors[1:], names, WEIGHTS, mirrored=two)
    assert alone is not None
    assert both is not None
    assert both.evidence[1] > alone.evidence[1]


@pytest.mark.parametrize("metric", ["euclidean_l2", "cosine", "euclidean"])
def test_unknown_models_have_weights_of_the_same_shape(metric: str) -> None:
    weights = weights_for(replace(SPACE, model="mine.onnx", metric=metric, threshold=0.4))  # type: ignore[arg-type]
    assert weights.nearest > 0 < weights.middle
    assert weights.probe_cohort < 0 > weights.person_cohort
    assert -1 < weights.twin < 1


def test_learning_needs_people() -> None:
    vectors, who = world(10)
    with pytest.raises(UsageError, match="10 people have two faces"):
        learn(vectors, who, WEIGHTS.twin)


def test_faces_of_ten_people_are_looked_at_where_there_are_so_many() -> None:
    """One person has all the nearest faces: without others to compare with nothing is learnt."""
    nearness = np.concatenate([np.linspace(0.9, 0.8, 700), np.linspace(0.7, 0.1, 400)])[None]
    crowd = np.zeros(700, np.int64)
    few, many = np.arange(400) // 100 + 1, np.arange(400) // 20 + 1
    for others, people, looked in ((many, 10, 1100), (few, 5, 1100)):
        (found,) = around(nearness, np.concatenate([crowd, others]))
        assert len(np.unique(np.concatenate([crowd, others])[found])) >= people
        assert len(found) == looked
    (plain,) = around(nearness[:, ::-1], np.arange(1100))
    assert sorted(plain) == list(range(900, 1100))


@pytest.mark.slow
def test_learnt_probabilities_hold_on_new_people() -> None:
    """Learnt on some people, said of others: of those at 90 % and more nine in ten are right."""
    weights = learn(*world(150, spread=0.45), twin=0.99)
    vectors, who = world(150, spread=0.45, seed=1)
    first = np.arange(len(who)) % 4 == 0
    enrolled = ~first & (who < 75)
    sure, right = [], []
    for vector, person in zip(vectors[first], who[first], strict=True):
        near = np.argsort(-(vectors[enrolled] @ vector))[:NEAREST]
        names = [f"p{k}" for k in who[enrolled][near]]
        found = identify(vector, vectors[enrolled][near], names, weights)
        assert found is not None
        sure.append(found.probability)
        right.append(found.person == f"p{person}")
    confident = np.array(sure) >= 0.9
    assert confident.sum() > 30
    assert np.array(right)[confident].mean() >= 0.9
    assert abs(np.mean(sure) - np.mean(right)) < 0.1


@pytest.mark.slow
def test_built_in_weights_are_what_is_learnt(data: Path) -> None:
    with np.load(data / "embeddings" / "lfw-dev-dlib.npz") as file:
        vectors = file["embedding"]
        _, person = np.unique(file["person"], return_inverse=True)
    some = person < 1200  # enough to land near, in a few seconds
    learnt: Weights = learn(vectors[some], person[some], WEIGHTS.twin)
    ours, theirs = np.array(astuple(WEIGHTS)[:4]), np.array(astuple(learnt)[:4])
    assert (np.sign(ours) == np.sign(theirs)).all()
    assert ours[:2].sum() == pytest.approx(theirs[:2].sum(), rel=0.5)
