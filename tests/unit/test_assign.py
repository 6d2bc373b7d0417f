"""Clusters meet persons: the laws of `assign`."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from graphface.clustering.assignment import Assignment, Standing, assign, nearest_anchor

if TYPE_CHECKING:
    from collections.abc import Sequence

FACES = [f"f{i:02}" for i in range(12)]


def chain(faces: Sequence[str]) -> list[tuple[str, str, float]]:
    return [(a, b, 0.1) for a, b in itertools.pairwise(faces)]


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[list[str]], dict[str, Standing]]:
    labels = draw(st.lists(st.integers(0, 4), min_size=len(FACES), max_size=len(FACES)))
    clusters = [[f for f, k in zip(FACES, labels, strict=True) if k == n] for n in set(labels)]
    standing = {}
    for face in FACES:
        person = draw(st.sampled_from([None, "p1", "p2", "p3", "p4"]))
        # p1 and p2 are named: all their faces are fixed.
        standing[face] = Standing(person, person in ("p1", "p2"))
    return clusters, standing


def people(plan: Assignment) -> dict[str, str]:
    where = dict(plan.joins)
    for index, group in enumerate(plan.founded):
        where.update(dict.fromkeys(group, f"new{index}"))
    return where


@given(situations())
def test_fixed_faces_stay_and_every_other_face_gets_one_person(
    situation: tuple[list[list[str]], dict[str, Standing]],
) -> None:
    clusters, standing = situation
    plan = assign(clusters, standing, chain)
    loose = {face for face in FACES if not standing[face].fixed}
    assert set(people(plan)) == loose
    assert len(plan.joins) + sum(map(len, plan.founded)) == len(loose)


@given(situations(), st.randoms(use_true_random=False))
def test_order_changes_nothing(
    situation: tuple[list[list[str]], dict[str, Standing]], shuffle: random.Random
) -> None:
    clusters, standing = situation
    mixed = [shuffle.sample(cluster, len(cluster)) for cluster in clusters]
    shuffle.shuffle(mixed)
    assert assign(mixed, standing, chain) == assign(clusters, standing, chain)


@given(situations())
def test_doing_it_again_changes_nothing(
    situation: tuple[list[list[str]], dict[str, Standing]],
) -> None:
    clusters, standing = situation
    where = people(assign(clusters, standing, chain))
    after = {f: s if s.fixed else Standing(where[f], False) for f, s in standing.items()}
    again = assign(clusters, after, chain)
    assert again.founded == ()
    assert again.joins == where


def test_a_cluster_with_one_named_person_joins_it() -> None:
    standing = {"a": Standing("p1", True), "b": Standing(None, False), "c": Standing("p9", False)}
    plan = assign([["a", "b", "c"]], standing, chain)
    assert plan.joins == {"b": "p1", "c": "p1"}


def test_two_named_persons_in_one_cluster_share_it_by_nearness() -> None:
    pairs = [("a", "x", 0.2), ("x", "y", 0.1), ("y", "b", 0.5), ("b", "z", 0.1)]
    shared = nearest_anchor(pairs, {"a": "p1", "b": "p2"})
    assert shared == {"a": "p1", "b": "p2", "x": "p1", "y": "p1", "z": "p2"}


def test_an_unnamed_person_goes_on_where_most_of_its_faces_are() -> None:
    standing = {f: Standing("p5", False) for f in "abc"} | {"d": Standing(None, False)}
    plan = assign([["a", "d"], ["b", "c"]], standing, chain)
    assert plan.joins == {"b": "p5", "c": "p5"}
    assert plan.founded == (("a", "d"),)
