"""Thinned pairs: nobody falls apart, the nearest stay, and the order of arrival changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphface.linking import prune
from graphface.linking.prune import Pruner, kept_pairs


def components(pairs, count):
    """The component of each face, by plain union-find."""
    parent = list(range(count))

    def root(face):
        while parent[face] != face:
            face = parent[face]
        return face

    for a, b in pairs:
        parent[max(root(a), root(b))] = min(root(a), root(b))
    return [root(face) for face in range(count)]


@st.composite
def graphs(draw):
    """Sparse and dense graphs, with many equal distances."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(2, 30))
    left, right = np.triu_indices(count, 1)
    some = rng.random(len(left)) < draw(st.sampled_from([0.02, 0.1, 0.5, 1.0]))
    left, right = left[some].astype(np.int32), right[some].astype(np.int32)
    steps = draw(st.sampled_from([1, 3, 1000]))
    distance = rng.integers(0, steps, len(left)) / steps
    rank = rng.permutation(count).astype(np.int32)
    return left, right, distance, rank


def plain_kept(left, right, distance, rank, neighbors):
    """The definition: K nearest of either face, and Kruskal's forest; ties by the faces' ids."""
    edges = sorted(
        (d, *sorted((int(rank[a]), int(rank[b]))), int(a), int(b))
        for a, b, d in zip(left, right, distance, strict=True)
    )
    kept, seen = set(), [0] * len(rank)
    for *_, a, b in edges:
        if seen[a] < neighbors or seen[b] < neighbors:
            kept.add((a, b))
        seen[a], seen[b] = seen[a] + 1, seen[b] + 1
    tree = list(range(len(rank)))
    for *_, a, b in edges:
        if tree[a] != tree[b]:
            kept.add((a, b))
            tree = [tree[a] if label == tree[b] else label for label in tree]
    return kept


def as_pairs(left, right):
    return set(zip(left.tolist(), right.tolist(), strict=True))


@settings(max_examples=300, deadline=None)
@given(graphs(), st.integers(1, 6))
def test_kept_pairs_are_those_of_the_definition(graph, neighbors):
    left, right, distance, rank = graph
    kept = kept_pairs(left, right, distance, rank, neighbors)
    assert as_pairs(left[kept], right[kept]) == plain_kept(*graph, neighbors)


@settings(max_examples=200, deadline=None)
@given(graphs(), st.integers(1, 6))
def test_components_stay_exactly_what_they_were(graph, neighbors):
    left, right, distance, rank = graph
    kept = kept_pairs(left, right, distance, rank, neighbors)
    whole = components(as_pairs(left, right), len(rank))
    assert components(as_pairs(left[kept], right[kept]), len(rank)) == whole


@settings(max_examples=150, deadline=None)
@given(graphs(), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_pieces_in_any_order_give_what_the_whole_gives(graph, neighbors, seed):
    left, right, distance, rank = graph
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prune, "ROOM", 5)  # prune all the time
        pruner = Pruner(rank, neighbors)
        for piece in np.array_split(np.random.default_rng(seed).permutation(len(left)), 4):
            pruner.add(left[piece], right[piece], distance[piece])
        result = pruner.result()
    assert as_pairs(result[0], result[1]) == plain_kept(*graph, neighbors)
    assert pruner.seen == len(left)


def test_a_person_with_very_many_pictures_needs_few_relationships():
    rng = np.random.default_rng(0)
    count, neighbors = 600, 10
    left, right = (some.astype(np.int32) for some in np.triu_indices(count, 1))
    kept = kept_pairs(left, right, rng.random(len(left)), np.arange(count, dtype=np.int32), 10)
    assert kept.sum() <= count * (neighbors + 1)
    assert set(components(as_pairs(left[kept], right[kept]), count)) == {0}
