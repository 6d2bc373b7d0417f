"""Persons on the real database: components, names that stay, new faces that join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphface.clustering.cluster import cluster
from graphface.errors import NotFound, UsageError
from graphface.people.find import find_person
from graphface.people.people import name, people

from .faces import PLACES, Places, add_faces, belongs

if TYPE_CHECKING:
    from graphface.graph import Graph


@pytest.fixture
def linked(graph: Graph) -> Graph:
    """Three groups on a line, linked by real linking: {a0 a1 a2}, {b0 b1}, {c0}."""
    from graphface.linking.link import link

    add_faces(graph, PLACES)
    link(graph, threshold=1.5, metric="euclidean")
    return graph


def relink(graph: Graph, places: Places) -> None:
    from graphface.linking.link import link

    add_faces(graph, places)
    link(graph, threshold=1.5, metric="euclidean")


def test_components_become_persons(linked: Graph) -> None:
    report = cluster(linked)
    assert (report.people, report.faces, report.founded) == (3, 6, 3)
    assert [(p.number, p.faces) for p in people(linked)] == [(1, 3), (2, 2), (3, 1)]
    where = belongs(linked)
    assert where["a0"] == where["a1"] == where["a2"] != where["b0"] == where["b1"] != where["c0"]


def test_clustering_again_moves_nobody(linked: Graph) -> None:
    cluster(linked)
    before = belongs(linked)
    report = cluster(linked)
    assert (report.moved, report.founded) == (0, 0)
    assert belongs(linked) == before


def test_a_named_person_keeps_its_faces_when_a_bridge_appears(linked: Graph) -> None:
    cluster(linked)
    name(linked, "1", "Ada")
    name(linked, "2", "Bo")
    before = belongs(linked)
    relink(linked, {"bridge": 3.35})  # one chain now from a0 to b1
    report = cluster(linked)
    after = belongs(linked)
    assert {face: after[face] for face in before} == before
    assert after["bridge"] == before["a2"], "the nearer of the two named persons"
    assert report.kept == 5


def test_an_unnamed_person_follows_its_faces(linked: Graph) -> None:
    cluster(linked)
    before = belongs(linked)
    relink(linked, {"bridge": 3.35})
    cluster(linked)
    after = belongs(linked)
    assert {after[f] for f in ("a0", "a1", "a2", "b0", "b1", "bridge")} == {before["a0"]}
    assert [p.number for p in people(linked)] == [1, 3], "an empty unnamed person is gone"


def test_persons_are_found_by_number_and_name(linked: Graph) -> None:
    cluster(linked)
    name(linked, "p2", "Zoë Ørsted")
    assert find_person(linked, "zoë ørsted").number == find_person(linked, "2").number == 2
    with pytest.raises(NotFound, match="Zoë Ørsted"):
        find_person(linked, "Zoe Orsted")
    with pytest.raises(UsageError, match="already called"):
        name(linked, "1", "ZOË ØRSTED")


def test_an_empty_graph_says_what_to_do(graph: Graph) -> None:
    with pytest.raises(NotFound, match="graphface ingest"):
        cluster(graph)


def test_an_unknown_method_names_those_there_are(linked: Graph) -> None:
    with pytest.raises(UsageError, match="components"):
        cluster(linked, method_name="astrology")
