"""The blocked search finds exactly the pairs that the plain 64-bit definition gives."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphface.linking.exact import pairs_within
from graphface.linking.gds_distance import distances
from graphface.records import METRICS, Metric


def plain_distance(a: np.ndarray, b: np.ndarray, metric: Metric) -> float:
    """What GDS does: 64-bit numbers, one feature after the other."""
    dot = x = y = square = 0.0
    for p, q in zip(a.astype(float).tolist(), b.astype(float).tolist(), strict=True):
        square += (p - q) * (p - q)
        dot, x, y = dot + p * q, x + p * p, y + q * q
    if metric == "euclidean":
        return math.sqrt(square)
    if x * y == 0:
        return math.nan
    cosine = dot / math.sqrt(x * y)
    return 1 - cosine if metric == "cosine" else math.sqrt(2 * abs(1 - cosine))


def plain_pairs(vectors, threshold, metric, new_from=0):
    return {
        (i, j): d
        for j in range(new_from, len(vectors))
        for i in range(j)
        if (d := plain_distance(vectors[i], vectors[j], metric)) < threshold
    }


def found_pairs(vectors, threshold, metric, **options):
    found = {}
    for block in pairs_within(vectors, threshold, metric=metric, threads=1, **options):
        for i, j, d in zip(block.left, block.right, block.distance, strict=True):
            assert (int(i), int(j)) not in found, "a pair came twice"
            found[int(i), int(j)] = float(d)
    return found


@st.composite
def faces(draw):
    """Vectors as they come and as they do not: duplicates, near copies, huge and tiny norms."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    dimensions = draw(st.sampled_from([1, 2, 3, 16, 128]))
    count = draw(st.integers(2, 24))
    vectors = rng.normal(size=(count, dimensions))
    copies = rng.random(count) < draw(st.sampled_from([0.0, 0.4, 0.9]))
    vectors[copies] = vectors[rng.integers(0, count, copies.sum())]
    hair = draw(st.sampled_from([0.0, 1e-7, 1e-3, 0.3]))
    vectors += hair * rng.normal(size=vectors.shape)
    vectors += draw(st.sampled_from([0.0, 0.0, 1000.0]))  # far from the origin: all cancels
    if draw(st.booleans()):  # tiny beside huge
        vectors *= 10.0 ** rng.integers(-12, 12, (count, 1))
    scale = draw(st.sampled_from([1.0, 1e-38, 1e-20, 1e18, 1e22]))
    return (vectors * scale).astype(np.float32)


@st.composite
def searches(draw):
    vectors, metric = draw(faces()), draw(st.sampled_from(METRICS))
    i, j = (draw(st.integers(0, len(vectors) - 1)) for _ in range(2))
    threshold = plain_distance(vectors[i], vectors[j], metric)  # a pair sits right on it
    step = draw(st.sampled_from(["on", "over", "under", "far"]))
    if step == "over":
        threshold = float(np.nextafter(threshold, np.inf))
    elif step == "under":
        threshold = float(np.nextafter(threshold, -np.inf))
    elif step == "far":
        threshold *= 1.5
    return vectors, metric, 0.5 if math.isnan(threshold) else threshold


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(searches(), st.integers(1, 9), st.integers(1, 9), st.integers(0, 30))
def test_every_pair_under_the_threshold_and_no_other(search, rows, columns, new_from):
    vectors, metric, threshold = search
    found = found_pairs(vectors, threshold, metric, rows=rows, columns=columns, new_from=new_from)
    assert found == plain_pairs(vectors, threshold, metric, new_from)


@pytest.mark.parametrize("metric", METRICS)
def test_whole_tiles_on_many_threads_find_what_one_small_tile_finds(metric):
    rng = np.random.default_rng(7)
    people = rng.normal(size=(60, 64))
    vectors = people[rng.integers(0, 60, 1100)] + 0.3 * rng.normal(size=(1100, 64))
    vectors = vectors.astype(np.float32)
    threshold = {"euclidean": 3.6, "euclidean_l2": 0.45, "cosine": 0.1}[metric]
    blocks = list(pairs_within(vectors, threshold, metric=metric, threads=4, rows=200, columns=300))
    left, right = (np.concatenate([getattr(b, w) for b in blocks]) for w in ("left", "right"))
    i, j = np.triu_indices(1100, 1)
    every = distances(vectors, i, j, metric) < threshold
    assert 1_000 < every.sum() < len(i) / 2
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == set(
        zip(i[every].tolist(), j[every].tolist(), strict=True)
    )
    assert sum(b.compared for b in blocks) == len(i)


def test_blocks_come_in_order_and_are_ordered_inside():
    vectors = np.random.default_rng(1).normal(size=(50, 4)).astype(np.float32)
    end = 20
    for block in pairs_within(vectors, 2.0, new_from=20, rows=7, columns=9):
        assert block.start == end
        end = block.stop
        assert np.all((block.right >= block.start) & (block.right < block.stop))
        assert np.all(block.left < block.right)
        keys = block.right.astype(np.int64) * 50 + block.left
        assert np.all(np.diff(keys) > 0)
    assert end == 50


def test_nothing_to_compare():
    assert list(pairs_within(np.empty((0, 128), np.float32), 1.0)) == []
    vectors = np.ones((3, 4), np.float32)
    assert list(pairs_within(vectors, 1.0, new_from=3)) == []
    assert found_pairs(vectors, 0.0, "euclidean") == {}
    assert len(found_pairs(vectors, math.inf, "euclidean")) == 3


def test_a_consumer_that_stops_stops_the_search():
    vectors = np.zeros((4000, 8), np.float32)
    blocks = pairs_within(vectors, 1.0, rows=64)
    first = next(blocks)
    blocks.close()
    assert first.stop == 64


def test_zero_vectors_have_no_angle():
    vectors = np.zeros((3, 8), np.float32)
    vectors[2] = 1
    assert found_pairs(vectors, 3.0, "cosine") == {}
    assert found_pairs(vectors, 3.0, "euclidean_l2") == {}
    assert found_pairs(vectors, 3.0, "euclidean").keys() == {(0, 1), (0, 2), (1, 2)}
