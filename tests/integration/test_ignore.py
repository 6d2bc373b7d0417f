"""Ignored faces take part in nothing, stay so whatever else happens, and come back as they were."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graphface.clustering.cluster import cluster
from graphface.errors import NotFound, UsageError
from graphface.exchange.backup import backup, restore
from graphface.ingest.photo_writer import write_batch
from graphface.ingest.photos import extractor_for, ingest
from graphface.insights.audit import audit
from graphface.linking.link import link
from graphface.people.changes import history, undo
from graphface.people.curate import confirm, move
from graphface.people.forget import forget
from graphface.people.ignore import ignore, unignore
from graphface.people.naming import name
from graphface.people.register import register
from graphface.people.review import Review
from graphface.people.selectors import faces_ignored, faces_shown, find_face, find_person
from graphface.recognition.search import nearest
from graphface.records import Box, Face, Picture
from tests.integration.faces import PLACES, add_embeddings, add_faces, belongs
from tests.integration.test_changes import everything

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.sample.album import Album


@pytest.fixture
def three(graph: Connection) -> dict[str, str]:
    """Ada has a0-a2; b0-b1 and c0 belong to persons without names. Returns face -> number."""
    add_faces(graph, PLACES)
    link(graph)
    cluster(graph)
    found = {face: person[1:] for face, person in belongs(graph).items()}
    name(graph, found["a0"], "Ada")
    return found


def labels(graph: Connection) -> dict[str, str]:
    """Label of every face, ignored or not."""
    rows = graph.run("backup-nodes")
    return {
        row["properties"]["id"]: row["labels"][0]
        for row in rows
        if {"Face", "IgnoredFace"}.intersection(row["labels"])
    }


def ignored(graph: Connection) -> set[str]:
    return {id for id, label in labels(graph).items() if label == "IgnoredFace"}


def test_an_ignored_face_takes_part_in_nothing(graph: Connection, three: dict[str, str]) -> None:
    vector = graph.run("face-embeddings", faces=["b0"])[0]["embedding"]
    done = ignore(graph, ["b0"])
    assert done is not None
    assert done.text == "the face at 20,20 of b0.jpg ignored"
    assert done.faces == 1
    assert link(graph).faces == 5
    assert cluster(graph).faces == 5
    assert belongs(graph).keys() == {*PLACES} - {"b0"}
    near = nearest(graph, np.array(vector, np.float32), top=9)
    assert "b0" not in {match.face for match in near}
    assert "b0" not in {row["face"] for row in graph.run("export-faces", embeddings=False)}
    asked = {face for q in Review(graph).questions(50) for face in map(str, q.to_dict().values())}
    assert not any("b0" in text for text in asked)
    assert all("b0" not in finding.examples for finding in audit(graph))
    assert graph.run("stats")[0]["ignoredFaces"] == 1


def test_it_stays_ignored(graph: Connection, three: dict[str, str], tmp_path: Path) -> None:
    ignore(graph, ["b0"])
    add_faces(graph, PLACES)  # ingest writes all photos again
    link(graph, threshold=2.0)
    cluster(graph)
    assert ignored(graph) == {"b0"}
    before = labels(graph)
    backup(graph, tmp_path / "all.backup")
    restore(graph, tmp_path / "all.backup", replace=True)
    assert labels(graph) == before
    assert unignore(graph, ["b0"]) is not None
    link(graph)
    cluster(graph)
    assert belongs(graph)["b0"] == belongs(graph)["b1"]


def test_undo_brings_it_back_to_whom_it_belonged(graph: Connection, three: dict[str, str]) -> None:
    before, same = everything(graph), graph.run("read-same")
    ignore(graph, ["c0", "a1"])
    assert find_person(graph, "Ada").faces == 2
    with pytest.raises(NotFound):
        find_person(graph, three["c0"])
    undo(graph)
    assert everything(graph) == before
    assert graph.run("read-same") != same, "SAME went with the faces"
    link(graph)
    key = str
    assert sorted(map(key, graph.run("read-same"))) == sorted(map(key, same))
    assert [(one.what, one.undone) for one in history(graph)[:1]] == [("ignore", True)]


def test_unignore_is_a_change_too(graph: Connection, three: dict[str, str]) -> None:
    ignore(graph, ["c0"])
    done = unignore(graph, ["c0"])
    assert done is not None
    assert done.text == "the face at 20,20 of c0.jpg no longer ignored"
    assert unignore(graph, ["c0"]) is None
    undo(graph)
    assert ignored(graph) == {"c0"}
    undo(graph)
    assert not ignored(graph)


def test_a_person_is_ignored_with_all_faces(graph: Connection, three: dict[str, str]) -> None:
    done = ignore(graph, [three["b0"], "Ada", "c0"])
    assert done is not None
    assert done.text == "6 faces ignored"
    assert ignored(graph) == {*PLACES}
    assert find_person(graph, "Ada").faces == 0, "who has a name stays"


def test_what_is_said_of_an_ignored_face(graph: Connection, three: dict[str, str]) -> None:
    ignore(graph, ["c0"])
    for call in (lambda: find_face(graph, "c0"), lambda: move(graph, ["c0"], "Ada"),
                 lambda: confirm(graph, ["c0"]), lambda: ignore(graph, ["c0"])):  # fmt: skip
        with pytest.raises(UsageError, match="was ignored") as caught:
            call()
        assert caught.value.code == "face-ignored"
    assert faces_shown(graph, "/photos/c0.jpg") == []
    assert [face.id for face in faces_ignored(graph)] == ["c0"]
    assert [face.id for face in faces_ignored(graph, "/photos/c0.jpg")] == ["c0"]
    assert faces_ignored(graph, "/photos/a0.jpg") == []
    with pytest.raises(NotFound, match="not in the graph"):
        faces_ignored(graph, "/photos/none.jpg")
    with pytest.raises(NotFound, match="or all were ignored"):
        find_face(graph, "/photos/c0.jpg")
    with pytest.raises(NotFound, match="no face of this picture was ignored"):
        unignore(graph, ["/photos/a0.jpg"])
    assert unignore(graph, ["/photos/c0.jpg#1"]) is not None


def test_poor_faces_that_are_alone(graph: Connection, three: dict[str, str]) -> None:
    add_faces(graph, {"far": 30.0, "new": 40.0})
    with graph.session() as session:
        session.run(
            "MATCH (f:Face) SET f.quality = CASE WHEN f.id IN ['far', 'c0', 'b0'] THEN 0.1 "
            "WHEN f.id = 'new' THEN 0.2 ELSE 0.9 END"
        ).consume()
    assert _planned(graph, below_quality=0.15) == {"c0"}, "far is not linked yet"
    link(graph)
    assert _planned(graph, below_quality=0.15) == {"c0", "far"}
    assert _planned(graph, below_quality=0.3) == {"c0", "far", "new"}
    confirm(graph, ["c0"])
    done = ignore(graph, below_quality=0.3)
    assert done is not None
    assert done.text == "2 faces ignored: alone, of a quality under 0.3"
    assert ignored(graph) == {"far", "new"}
    assert ignore(graph, below_quality=0.3) is None


def test_before_the_first_clustering_nobody_is_known_to_be_alone(graph: Connection) -> None:
    add_faces(graph, PLACES)
    link(graph)
    assert ignore(graph, below_quality=1.0) is None


def _planned(graph: Connection, **how: Any) -> set[str]:
    """What would be ignored."""
    ignore(graph, **how)
    found = ignored(graph)
    if found:
        undo(graph)
        link(graph)
    return found


def test_faces_like_one(graph: Connection, three: dict[str, str]) -> None:
    assert _planned(graph, like="b0") == {"b0", "b1"}, "a2 is as near as that, but Ada's"
    assert _planned(graph, like="b0", threshold=0.5) == {"b0"}
    assert _planned(graph, like="a0", threshold=6.0) == {"a0", "b0", "b1"}, "itself in any case"
    assert ignore(graph, like="b0", dry_run=True) is not None
    assert not ignored(graph)
    ignore(graph, ["b0"])
    done = ignore(graph, like="b0")
    assert done is not None
    assert done.text == "1 face ignored: like the face at 20,20 of b0.jpg (nearer than 1.5)"
    assert ignored(graph) == {"b0", "b1"}


def test_it_must_be_clear_what_to_ignore(graph: Connection, three: dict[str, str]) -> None:
    for how in ({}, {"what": ["a0"], "like": "a1"}, {"like": "a1", "below_quality": 0.3},
                {"what": ["a0"], "threshold": 1.0}):  # fmt: skip
        with pytest.raises(UsageError, match="not clear which faces"):
            ignore(graph, **how)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="`below_quality` is 30"):
        ignore(graph, below_quality=30)


def test_a_forgotten_photo_takes_its_ignored_faces_along(
    graph: Connection, three: dict[str, str]
) -> None:
    with graph.session() as session:
        session.run(
            "MATCH (p:Photo {id: 'photo-a0'}), (f:Face {id: 'c0'})<-[old:HAS_FACE]-(o) "
            "DELETE old, o CREATE (p)-[:HAS_FACE]->(f)"
        ).consume()
    ignore(graph, ["c0"])
    forget(graph, "Ada", photos=True)
    assert labels(graph).keys() == {"b0", "b1"}
    assert "ignore" not in {one.what for one in history(graph)}


def test_ingest_does_not_bring_in_a_box_of_an_ignored_face(
    graph: Connection, three: dict[str, str]
) -> None:
    ignore(graph, ["c0"])
    picture = Picture(Path("/photos/c0.jpg"), "photo-c0", 1, 1, np.zeros((100, 100, 3), np.uint8))
    vector = np.ones(128, np.float32)
    found = [
        Face("again", Box(25, 22, 55, 62), 1.0, 0.9, vector),
        Face("other", Box(0, 0, 12, 12), 1.0, 0.9, vector),
    ]
    write_batch(graph, [picture], [found], [(picture.id, "/photos/c0.jpg", 1)], [])
    assert labels(graph).keys() == {*PLACES, "other"}


def test_a_change_made_before_is_not_undone_over_an_ignored_face(
    graph: Connection, three: dict[str, str]
) -> None:
    """Its own undo comes first: the history is taken back from its end."""
    move(graph, ["c0"], "Ada")
    ignore(graph, ["c0"])
    assert [one.what for one in undo(graph, 2)] == ["ignore", "move"]
    assert find_face(graph, "c0").number == int(three["c0"])


def test_many_at_once(graph: Connection) -> None:
    """More faces than fit into a page of anything, in one change, and back."""
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((300, 128)).astype(np.float32) * 100
    names = [f"f{k:03}" for k in range(300)]
    add_embeddings(graph, names, vectors)
    link(graph)
    cluster(graph)
    done = ignore(graph, below_quality=1.0)
    assert done is not None
    assert done.faces == 300
    assert graph.run("stats")[0] == {
        "photos": 300, "photosWithoutFace": 0, "faces": 0, "same": 0, "people": 0, "named": 0,
        "facesWithoutPerson": 0, "ignoredFaces": 300,
    }  # fmt: skip
    undo(graph)
    assert graph.run("stats")[0]["people"] == 300


@pytest.mark.slow
def test_who_is_ignored_is_not_registered(graph: Connection, album: Album, tmp_path: Path) -> None:
    extractor = extractor_for(None, "Dlib", "dlib")
    photo = tmp_path / "poster.jpg"
    shutil.copy(next(p.path for p in album.pictures if len(p.people) == 1), photo)
    ingest(graph, [photo], extractor=extractor)
    ignore(graph, [str(photo)])
    with pytest.raises(UsageError, match="was ignored"):
        register(graph, [photo], extractor=extractor, name="Ada")
    done = ingest(graph, [photo], extractor=extractor, again=True)
    assert (done.faces, len(labels(graph))) == (0, 1)
    unignore(graph, [str(photo)])
    register(graph, [photo], extractor=extractor, name="Ada")
    assert find_face(graph, str(photo)).name == "Ada"


def test_a_graph_of_version_3_is_brought_up_to_date(
    graph: Connection, three: dict[str, str]
) -> None:
    """Its changes say nothing of ignored faces, and are undone all the same."""
    move(graph, ["c0"], "Ada")
    with graph.session() as session:
        session.run("DROP CONSTRAINT ignored_face_id IF EXISTS").consume()
        graph.run("save-space", space={"version": 3})
        for row in graph.run("changes-to-undo", count=1):
            texts = {side: json.loads(row[side]) for side in ("before", "after")}
            old = {k: json.dumps({**v, "standing": None}) for k, v in texts.items()}
            old = {k: v.replace(', "standing": null', "") for k, v in old.items()}
            assert "standing" not in "".join(old.values())
            session.run("MATCH (c:Change {number: $number}) SET c += $old",
                        number=row["number"], old=old).consume()  # fmt: skip
        undo(graph)
        names = "SHOW CONSTRAINTS YIELD name RETURN collect(name)"
        assert "ignored_face_id" in session.run(names).single(strict=True)[0]
    assert find_face(graph, "c0").number == int(three["c0"])
    space = graph.space()
    assert space is not None
    assert space.version == 4
