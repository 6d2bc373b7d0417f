"""Metrics against scikit-learn and against counting by hand."""

from __future__ import annotations

import itertools
import math
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphface.clustering.metrics import Metrics, measure

sklearn = pytest.importorskip("sklearn.metrics", reason="pip install 'graphface[cluster]'")

GROUPINGS = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 9), min_size=n, max_size=n)] * 2)
)


@given(GROUPINGS)
def test_pairs_are_counted_as_one_by_one(grouping: tuple[list[int], list[int]]) -> None:
    truth, found = grouping
    pairs = list(itertools.combinations(range(len(truth)), 2))
    same = {p for p in pairs if truth[p[0]] == truth[p[1]]}
    together = {p for p in pairs if found[p[0]] == found[p[1]]}
    score = measure(truth, found).pairwise
    assert score.precision == pytest.approx(
        len(same & together) / len(together) if together else 1.0
    )
    assert score.recall == pytest.approx(len(same & together) / len(same) if same else 1.0)


@given(GROUPINGS)
def test_pairs_agree_with_scikit_learn(grouping: tuple[list[int], list[int]]) -> None:
    truth, found = grouping
    score = measure(truth, found).pairwise
    (_, false), (missed, right) = sklearn.pair_confusion_matrix(truth, found)
    if right + false and right + missed:
        assert score.precision == pytest.approx(right / (right + false))
        assert score.recall == pytest.approx(right / (right + missed))
        mallows = math.sqrt(score.precision * score.recall)
        assert mallows == pytest.approx(sklearn.fowlkes_mallows_score(truth, found))


@given(GROUPINGS)
def test_nmi_agrees_with_scikit_learn(grouping: tuple[list[int], list[int]]) -> None:
    expected = sklearn.normalized_mutual_info_score(*grouping)
    assert measure(*grouping).nmi == pytest.approx(expected, abs=1e-9)


@given(GROUPINGS)
def test_bcubed_is_the_mean_over_faces(grouping: tuple[list[int], list[int]]) -> None:
    truth, found = grouping
    faces = range(len(truth))

    def shares(mine: list[int], other: list[int]) -> float:
        each = []
        for face in faces:
            group = [k for k in faces if mine[k] == mine[face]]
            each.append(sum(other[k] == other[face] for k in group) / len(group))
        return sum(each) / len(each)

    score = measure(truth, found).bcubed
    assert score.precision == pytest.approx(shares(found, truth))
    assert score.recall == pytest.approx(shares(truth, found))
    assert score.f1 == pytest.approx(
        2 * score.precision * score.recall / (score.precision + score.recall)
    )


@given(GROUPINGS)
def test_the_repairs_repair(grouping: tuple[list[int], list[int]]) -> None:
    truth, found = grouping
    leader = {
        f: min(
            Counter(t for t, g in zip(truth, found, strict=True) if g == f).items(),
            key=lambda item: (-item[1], item[0]),
        )[0]
        for f in set(found)
    }
    result = measure(truth, found)
    assert result.moves == sum(leader[f] != t for t, f in zip(truth, found, strict=True))
    assert result.merges == len(leader) - len(set(leader.values()))
    assert result.purity == pytest.approx(1 - result.moves / len(truth))
    assert result.clicks == result.moves + result.merges


@given(GROUPINGS, st.randoms(use_true_random=False))
def test_neither_order_nor_names_matter(
    grouping: tuple[list[int], list[int]], random: object
) -> None:
    truth, found = grouping
    order = list(range(len(truth)))
    random.shuffle(order)  # type: ignore[attr-defined]
    renamed = measure([f"person {truth[k]}" for k in order], [-found[k] for k in order])
    assert_close(renamed, measure(truth, found))


def test_the_truth_is_perfect() -> None:
    result = measure([1, 1, 2, 3, 3, 3], ["a", "a", "b", "c", "c", "c"])
    assert (result.pairwise.f1, result.bcubed.f1, result.nmi, result.clicks) == (1, 1, 1, 0)


def test_everybody_one_person() -> None:
    result = measure([1, 1, 2, 2], [0, 0, 0, 0])
    assert (result.pairwise.precision, result.pairwise.recall) == (pytest.approx(1 / 3), 1)
    assert (result.nmi, result.people, result.true_people) == (0, 1, 2)
    assert (result.moves, result.merges, result.purity) == (2, 0, 0.5)


def test_no_faces() -> None:
    result = measure([], [])
    assert (result.pairwise.f1, result.bcubed.f1, result.people, result.faces) == (1, 1, 0, 0)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="2 true labels"):
        measure([1, 2], [1])


def test_the_json_has_exactly_these_keys() -> None:
    made = measure([1, 1, 2], [1, 2, 2]).to_dict()
    assert list(made) == ["pairwise", "bcubed", "nmi", "people", "true_people", "faces"]
    assert list(made["pairwise"]) == list(made["bcubed"]) == ["precision", "recall", "f1"]


def test_a_million_faces_in_seconds() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 200_000, 1_000_000)
    found = np.where(rng.random(1_000_000) < 0.9, truth, rng.integers(0, 200_000, 1_000_000))
    started = time.perf_counter()
    result = measure(truth, found)
    assert time.perf_counter() - started < 10
    assert result.purity == pytest.approx(0.9, abs=0.03)


def assert_close(one: Metrics, other: Metrics) -> None:
    for kind in ("pairwise", "bcubed"):
        for part in ("precision", "recall", "f1"):
            left, right = getattr(getattr(one, kind), part), getattr(getattr(other, kind), part)
            assert left == pytest.approx(right)
    assert one.nmi == pytest.approx(other.nmi)
    assert (one.people, one.true_people, one.moves) == (
        other.people,
        other.true_people,
        other.moves,
    )
