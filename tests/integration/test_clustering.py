"""Persons on the real database: components, names that stay, new faces that join."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.clustering.calibrate import calibrate
from graphface.clustering.cluster import cluster
from graphface.clustering.match_probability import learned_curve
from graphface.errors import NotFound, UsageError
from graphface.people.naming import name, people
from graphface.people.selectors import find_person

from .faces import PLACES, Places, add_embeddings, add_faces, belongs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphface.db import Connection
    from graphface.records import Vectors


@pytest.fixture
def linked(graph: Connection) -> Connection:
    """Three groups on a line, linked by real linking: {a0 a1 a2}, {b0 b1}, {c0}."""
    from graphface.linking.link import link

    add_faces(graph, PLACES)
    link(graph, threshold=1.5, metric="euclidean")
    return graph


def relink(graph: Connection, places: Places) -> None:
    from graphface.linking.link import link

    add_faces(graph, places)
    link(graph, threshold=1.5, metric="euclidean")


def test_components_become_persons(linked: Connection) -> None:
    report = cluster(linked, method_name="components")
    assert (report.people, report.faces, report.founded) == (3, 6, 3)
    assert [(p.number, p.faces) for p in people(linked)] == [(1, 3), (2, 2), (3, 1)]
    where = belongs(linked)
    assert where["a0"] == where["a1"] == where["a2"] != where["b0"] == where["b1"] != where["c0"]


def test_clustering_again_moves_nobody(linked: Connection) -> None:
    cluster(linked, method_name="components")
    before = belongs(linked)
    report = cluster(linked, method_name="components")
    assert (report.moved, report.founded) == (0, 0)
    assert belongs(linked) == before


def test_a_named_person_keeps_its_faces_when_a_bridge_appears(linked: Connection) -> None:
    cluster(linked, method_name="components")
    name(linked, "1", "Ada")
    name(linked, "2", "Bo")
    before = belongs(linked)
    relink(linked, {"bridge": 3.35})  # one chain now from a0 to b1
    report = cluster(linked, method_name="components")
    after = belongs(linked)
    assert {face: after[face] for face in before} == before
    assert after["bridge"] == before["a2"], "the nearer of the two named persons"
    assert report.kept == 5


def test_an_unnamed_person_follows_its_faces(linked: Connection) -> None:
    cluster(linked, method_name="components")
    before = belongs(linked)
    relink(linked, {"bridge": 3.35})
    cluster(linked, method_name="components")
    after = belongs(linked)
    assert {after[f] for f in ("a0", "a1", "a2", "b0", "b1", "bridge")} == {before["a0"]}
    assert [p.number for p in people(linked)] == [1, 3], "an empty unnamed person is gone"


def test_persons_are_found_by_number_and_name(linked: Connection) -> None:
    cluster(linked)
    name(linked, "p2", "Zoë Ørsted")
    assert find_person(linked, "zoë ørsted").number == find_person(linked, "2").number == 2
    with pytest.raises(NotFound, match="Zoë Ørsted"):
        find_person(linked, "Zoe Orsted")
    with pytest.raises(UsageError, match="already called"):
        name(linked, "1", "ZOË ØRSTED")


def test_an_empty_graph_says_what_to_do(graph: Connection) -> None:
    with pytest.raises(NotFound, match=r"build\(folders=\.\.\.\)"):
        cluster(graph)


def test_an_unknown_method_names_those_there_are(linked: Connection) -> None:
    with pytest.raises(UsageError, match="components"):
        cluster(linked, method_name="astrology")


def drawn(people: int, seed: int = 0) -> tuple[list[str], Vectors, list[int]]:
    """Embeddings of `people` with 1 to 8 faces each, and whose each is."""
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.repeat(np.arange(people), rng.geometric(0.4, people).clip(1, 8)))
    vectors = rng.normal(size=(people, 128))[truth] + 0.4 * rng.normal(size=(len(truth), 128))
    names = [f"face{k:04}" for k in rng.permutation(len(truth))]
    return names, vectors.astype(np.float32), truth.tolist()


@pytest.fixture
def crowd(graph: Connection) -> tuple[Connection, dict[str, int]]:
    """150 people, linked by unit vectors."""
    from graphface.linking.link import link

    names, vectors, truth = drawn(150)
    add_embeddings(graph, names, vectors)
    link(graph, threshold=0.9, metric="euclidean_l2")
    return graph, dict(zip(names, truth, strict=True))


def groups(where: Mapping[str, object]) -> set[frozenset[str]]:
    found: dict[object, set[str]] = defaultdict(set)
    for face, person in where.items():
        found[person].add(face)
    return {frozenset(faces) for faces in found.values()}


def test_the_default_finds_the_people(crowd: tuple[Connection, dict[str, int]]) -> None:
    graph, truth = crowd
    report = cluster(graph)
    assert report.method == "relative"
    assert groups(belongs(graph)) == groups(truth)
    assert (report.people, report.poor, report.churned) == (150, 0, 0)
    again = cluster(graph)
    assert (again.moved, again.founded, again.churn) == (0, 0, 0.0)


@pytest.mark.parametrize("method_name", ["relative", "components", "chinese-whispers"])
def test_what_a_person_kept_apart_stays_apart(
    crowd: tuple[Connection, dict[str, int]], method_name: str
) -> None:
    graph, truth = crowd
    one, other = sorted(max(groups(truth), key=lambda group: (len(group), sorted(group))))[:2]
    with graph.session() as session:
        session.run(
            "MATCH (a:Face {id: $a}), (b:Face {id: $b}) "
            "CREATE (a)-[:NOT_SAME {source: 'user'}]->(b)",
            a=one,
            b=other,
        ).consume()
    cluster(graph, method_name=method_name)
    where = belongs(graph)
    assert where[one] != where[other]


def test_a_poor_face_founds_no_person(crowd: tuple[Connection, dict[str, int]]) -> None:
    graph, truth = crowd
    alone = sorted(next(iter(group)) for group in groups(truth) if len(group) == 1)[:3]
    fellow = min(max(groups(truth), key=lambda group: (len(group), sorted(group))))
    with graph.session() as session:
        session.run(
            "MATCH (f:Face) WHERE f.id IN $ids SET f.quality = 0.01", ids=[*alone, fellow]
        ).consume()
    report = cluster(graph, min_quality=0.1)
    where = belongs(graph)
    assert report.poor == 3
    assert [where[face] for face in alone] == [None] * 3
    assert sum(person == where[fellow] for person in where.values()) > 1


def test_what_calibrate_learns_is_the_confidence(crowd: tuple[Connection, dict[str, int]]) -> None:
    graph, _ = crowd
    with pytest.raises(NotFound, match="people_from_folders"):
        calibrate(graph)
    cluster(graph)
    with graph.session() as session:
        session.run("MATCH (:Face)-[b:BELONGS_TO]->(:Person) SET b.source = 'user'").consume()
    report = calibrate(graph)
    assert report.learned_from == "names"
    assert 0.6 < report.middle < 1.25, "between the distances within people and across"
    space = graph.space()
    assert space is not None
    assert learned_curve(graph, space)(report.middle) == pytest.approx(0.5)
    assert learned_curve(graph, space)(0.5) > 0.99 > 0.01 > learned_curve(graph, space)(1.4)
