"""Forgetting: nothing of a person is left in the graph, and nothing brings it back."""

from __future__ import annotations

import os
import shutil
from functools import partial
from typing import TYPE_CHECKING

import pytest

from graphface.clustering.cluster import cluster
from graphface.errors import DatabaseError, NotFound
from graphface.ingest.cache import embedded
from graphface.ingest.photos import IngestReport, extractor_for, ingest
from graphface.linking.link import link
from graphface.people.changes import history, undo
from graphface.people.curate import merge, move, reject
from graphface.people.forget import forget
from graphface.people.naming import name, name_by_folder, people
from graphface.people.selectors import find_face
from tests.integration.faces import PLACES, add_faces, belongs

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album


@pytest.fixture
def two(graph: Connection) -> Connection:
    """Ada (a0-a2, with a history that names her) and Bob (b0-b1); c0 is a stranger."""
    add_faces(graph, PLACES)
    link(graph)
    cluster(graph)
    name(graph, belongs(graph)["a0"], "Ada")
    name(graph, belongs(graph)["b0"], "Bob")
    return graph


def traces(graph: Connection, text: str) -> list[str]:
    """Every text of the whole graph that has `text` in it, relationships too."""
    found = []
    with graph.session("read") as session:
        for query in ("MATCH (n) RETURN properties(n)", "MATCH ()-[r]->() RETURN properties(r)"):
            for record in session.run(query):
                found += [f"{k}={v}" for k, v in record[0].items()
                          if k != "embedding" and text in str(v)]  # fmt: skip
    return found


def test_nothing_is_left(two: Connection) -> None:
    reject(two, "b1", "Ada")
    move(two, ["b1"], "Bob")
    move(two, ["c0"], "Ada")
    undo(two)
    embedding = two.run("face-embeddings", faces=["a1"])[0]["embedding"]
    ours = ("a0", "a1", "a2")
    assert traces(two, "Ada")
    assert two.run("index-holds", ids=list(ours), embedding=embedding)
    planned = forget(two, "Ada", dry_run=True)
    assert (planned.faces, planned.photos, planned.dry_run) == (3, 0, True)
    assert find_face(two, "a0").name == "Ada", "a dry run deletes nothing"

    done = forget(two, "ada")
    assert (done.faces, done.photos, done.kept_photos) == (3, 0, 3)
    assert (done.same, done.not_same) == (2, 3)
    assert done.changes == 3, "all but what speaks of Bob only"
    assert done.paths == ("/photos/a0.jpg", "/photos/a1.jpg", "/photos/a2.jpg")
    assert done.mentions == ()
    assert traces(two, "Ada") == []
    assert traces(two, '"a0"') == []
    assert not two.run("index-holds", ids=list(ours), embedding=embedding)
    assert set(belongs(two)) == {"b0", "b1", "c0"}
    assert [one.what for one in history(two)] == ["move", "name"]
    with pytest.raises(NotFound):
        forget(two, "Ada")


def test_the_history_of_others_can_still_be_undone(two: Connection) -> None:
    move(two, ["c0"], "Bob")
    forget(two, "Ada")
    assert undo(two)[0].text == "the face at 20,20 of c0.jpg moved to Bob"
    assert find_face(two, "c0").name is None
    undo(two)
    assert all(row.name is None for row in people(two))


def test_what_was_merged_into_the_person_goes_too(two: Connection) -> None:
    merge(two, ["Ada", "Bob"], into="Ada")
    forget(two, "Ada")
    assert set(belongs(two)) == {"c0"}
    assert traces(two, "Bob") == []
    assert history(two) == []


def test_photos_that_show_somebody_else_stay(two: Connection) -> None:
    with two.session() as session:
        session.run(
            "MATCH (p:Photo {id: 'photo-a1'}) MATCH (f:Face {id: 'c0'}) CREATE (p)-[:HAS_FACE]->(f)"
        ).consume()
    done = forget(two, "Ada", photos=True)
    assert (done.photos, done.kept_photos) == (2, 1)
    assert two.run("stats")[0]["photos"] == len(PLACES) - 2
    assert traces(two, "a0.jpg") == []
    assert {row["photo"] for row in two.run("forgotten-photos")} == {
        "photo-a0", "photo-a1", "photo-a2",
    }  # fmt: skip


def test_a_name_that_others_bear_is_told(two: Connection) -> None:
    name(two, belongs(two)["c0"], "Ada Byron")
    done = forget(two, "Ada")
    assert done.mentions == ("Person.name: Ada Byron",)
    assert find_face(two, "c0").name == "Ada Byron"


def test_what_is_still_there_is_an_error(two: Connection) -> None:
    with two.session() as session:
        session.run("CREATE (:Note {face: ['x', 'a1']})").consume()
    with pytest.raises(DatabaseError, match=r"Note\.face"):
        forget(two, "Ada")


def run(graph: Connection, folder: Path, *, again: bool = False) -> IngestReport:
    extractor = extractor_for(graph.space(), "Dlib", "dlib")
    name = partial(name_by_folder, graph)
    return ingest(graph, [folder], extractor=extractor, name_by_folder=name, again=again)


@pytest.mark.parametrize("photos", [False, True])
def test_ingest_does_not_bring_them_back(
    graph: Connection,
    named_album: Album,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    photos: bool,
) -> None:
    monkeypatch.setattr("graphface.ingest.cache._folder", lambda: tmp_path / "cache")
    shutil.copytree(named_album.folder, tmp_path / "album")
    run(graph, tmp_path / "album")
    ada, others = named_album.people[0], set(named_album.people[1:])
    files = sorted((tmp_path / "album" / ada).iterdir())
    embedded(files[:2], extractor_for(graph.space(), "Dlib", "dlib"))
    before = graph.run("stats")[0]["photos"]

    done = forget(graph, ada, photos=photos)
    assert done.faces >= 3
    assert done.cached == 2
    assert done.photos == (done.faces if photos else 0)
    assert all(path.exists() for path in files)
    left = set(belongs(graph))
    assert graph.run("stats")[0]["photos"] == before - done.photos

    os.utime(files[0])  # a changed time, a copy elsewhere, and another look
    shutil.copy(files[1], tmp_path / "album" / "copy.jpg")
    for again in (False, True):
        report = run(graph, tmp_path / "album", again=again)
        assert report.new == 0
        assert set(belongs(graph)) == left
        assert {row.name for row in people(graph, min_faces=0) if row.name} == others
