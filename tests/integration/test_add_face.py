"""A face that the detector missed enters the graph by hand, and leaves it with `undo`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from graphface.clustering.cluster import cluster
from graphface.errors import NotFound, PictureError, UsageError
from graphface.exchange.backup import backup, restore
from graphface.exchange.import_regions import import_regions
from graphface.exchange.sidecars import export_regions
from graphface.exchange.tables import export_table
from graphface.ingest.photos import extractor_for, ingest
from graphface.insights.explain import explain
from graphface.linking.link import link
from graphface.people.add_face import add_face
from graphface.people.changes import history, undo
from graphface.people.forget import forget
from graphface.people.ignore import ignore
from graphface.people.naming import people
from graphface.people.selectors import faces_of, faces_shown, find_face, find_person
from graphface.recognition.who import who
from graphface.records import Box
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.people.add_face import AddedFace
    from graphface.sample.album import Album, Drawn
    from graphface.vision.extractor import Extractor


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return extractor_for(None, "Dlib", "dlib")


class Missed:
    """An ingested album from which one face of a scene of two was taken, as if it was missed."""

    def __init__(self, graph: Connection, extractor: Extractor, folder: Path, scene: Path) -> None:
        self.graph, self.extractor, self.folder, self.scene = graph, extractor, folder, scene
        ingest(graph, [folder], extractor=extractor)
        self.face = faces_shown(graph, str(scene))[0]
        assert self.face.box is not None
        self.box = self.face.box
        with graph.session() as session:
            session.run("MATCH (f:Face {id: $id}) DETACH DELETE f", id=self.face.id).consume()
        link(graph)
        cluster(graph)

    def add(self, box: Box | None = None, photo: Path | None = None, **how: Any) -> AddedFace:
        return add_face(
            self.graph, str(photo or self.scene), box or self.box,
            extractor=lambda: self.extractor, **how,
        )  # fmt: skip

    def counts(self) -> dict[str, Any]:
        return self.graph.run("stats")[0]


@pytest.fixture
def missed(graph: Connection, extractor: Extractor, album: Album, tmp_path: Path) -> Missed:
    folder = tmp_path / "photos"
    shutil.copytree(album.folder, folder)
    scene: Drawn = next(p for p in album.pictures if len(p.people) == 2)
    return Missed(graph, extractor, folder, folder / scene.path.relative_to(album.folder))


def node(graph: Connection, face: str) -> dict[str, Any]:
    with graph.session() as session:
        row = session.run("MATCH (f:Face {id: $id}) RETURN f {.*, embedding: null} AS f", id=face)
        return dict(row.single(strict=True)["f"])


def loose(box: Box) -> Box:
    """As a hand draws it."""
    return Box(box.x - 7, box.y - 20, box.width + 16, box.height + 26)


def test_an_added_face_is_a_face_like_others(missed: Missed) -> None:
    graph, before = missed.graph, missed.counts()
    done = missed.add(loose(missed.box))
    assert (done.new, done.person, done.box) == (True, None, loose(missed.box))
    assert done.change is not None
    where = f"{done.box.x},{done.box.y} of {missed.scene.name}"
    assert done.change.text == f"face at {where} added"
    stored = node(graph, done.face)
    assert (stored.get("confidence"), stored["source"]) == (None, "user")
    assert stored["quality"] == done.quality
    assert len(stored["landmarks"]) == 10
    link(graph)
    cluster(graph)
    found = find_face(graph, done.face)
    others = {face.number for face in faces_shown(graph, str(missed.scene))} - {found.number}
    assert found.number is not None, "its person is found as for faces that were detected"
    assert len(others) == 1
    near = next(one for one in faces_of(graph, found.person or "") if one.id != done.face)
    assert explain(graph, done.face, near.id).to_dict()
    assert [one.what for one in undo(graph)] == ["add-face"]
    assert missed.counts()["faces"] == before["faces"]
    with pytest.raises(NotFound):
        find_face(graph, done.face)


def test_undo_leaves_nothing(missed: Missed) -> None:
    graph = missed.graph
    before = missed.counts()
    done = missed.add(person="Somebody New")
    assert done.person == "Somebody New"
    link(graph)
    assert missed.counts() != before
    undo(graph)
    assert missed.counts() == before
    assert "Somebody New" not in {one.name for one in people(graph, min_faces=0)}


def test_it_is_given_to_a_person_and_stays(missed: Missed, extractor: Extractor) -> None:
    graph = missed.graph
    done = missed.add(loose(missed.box), person="Ada")
    link(graph)
    cluster(graph)
    found = find_face(graph, done.face)
    assert (found.name, found.source) == ("Ada", "user")
    ingest(graph, [missed.folder], extractor=extractor, again=True)
    kept = [face.id for face in faces_shown(graph, str(missed.scene))]
    assert len(kept) == 2, "the detector finds it now, and nothing doubles"
    assert done.face in kept
    assert node(graph, done.face)["source"] == "user"
    answers = who(graph, read_picture(missed.scene), extractor)
    assert "Ada" in {answer.name for answer in answers}


def test_a_box_of_a_known_face_adds_nothing(missed: Missed) -> None:
    graph = missed.graph
    other = faces_shown(graph, str(missed.scene))[0]
    assert other.box is not None
    before = missed.counts()
    done = missed.add(loose(other.box))
    assert (done.new, done.face, done.change) == (False, other.id, None)
    assert done.person == other.label
    done = missed.add(loose(other.box), person="Ada")
    assert (done.new, done.face, done.person) == (False, other.id, "Ada")
    assert done.change is not None
    assert done.change.text.endswith(" is Ada")
    assert missed.counts()["faces"] == before["faces"]
    assert find_face(graph, other.id).name == "Ada"
    with pytest.raises(UsageError, match="this face belongs to Ada, not to Bob"):
        missed.add(other.box, person="Bob")
    assert missed.add(other.box, person="Bob", force=True).person == "Bob"
    assert missed.add(other.box, person=str(find_person(graph, "Bob").number)).change is None


def test_an_ignored_face_is_not_added(missed: Missed) -> None:
    other = faces_shown(missed.graph, str(missed.scene))[0]
    ignore(missed.graph, [other.id])
    assert other.box is not None
    with pytest.raises(UsageError, match="was ignored"):
        missed.add(other.box)


def test_a_dry_run_writes_nothing(missed: Missed) -> None:
    before = missed.counts()
    done = missed.add(person="Ada", dry_run=True)
    assert (done.new, done.dry_run) == (True, True)
    assert done.change is not None
    assert done.change.number == 0
    assert missed.counts() == before
    assert history(missed.graph) == []


def test_which_picture_is_meant(missed: Missed, tmp_path: Path) -> None:
    graph = missed.graph
    elsewhere = tmp_path / "copy.jpg"
    shutil.copy(missed.scene, elsewhere)
    assert missed.add(photo=elsewhere, dry_run=True).new, "the content counts"
    unknown = tmp_path / "unknown.jpg"
    Image.new("RGB", (300, 300), "red").save(unknown)
    with pytest.raises(NotFound, match=r"unknown.jpg: this picture is not in the graph") as caught:
        missed.add(photo=unknown)
    assert caught.value.code == "picture-not-in-graph"
    with pytest.raises(NotFound, match="Check the path"):
        missed.add(photo=tmp_path / "none.jpg")
    kept = missed.scene.read_bytes()
    Image.new("RGB", (300, 300), "red").save(missed.scene)
    with pytest.raises(PictureError, match="was changed since it was ingested"):
        missed.add()
    missed.scene.unlink()
    with pytest.raises(PictureError, match="the picture is not there any more"):
        missed.add()
    missed.scene.write_bytes(kept)
    with pytest.raises(UsageError, match="holds no face: the picture is"):
        missed.add(Box(100_000, 0, 50, 50))
    assert history(graph) == []


def test_the_box_is_of_the_picture_as_it_is_shown(
    graph: Connection, extractor: Extractor, album: Album, tmp_path: Path
) -> None:
    source = next(p.path for p in album.pictures if len(p.people) == 1)
    shown = read_picture(source)
    exif = Image.Exif()
    exif[0x0112] = 6  # stored on its side
    stored = Image.fromarray(np.rot90(shown.pixels))
    stored.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    ingest(graph, [tmp_path / "turned.jpg"], extractor=extractor)
    (face,) = faces_shown(graph, str(tmp_path / "turned.jpg"))
    with graph.session() as session:
        session.run("MATCH (f:Face) DETACH DELETE f").consume()
    assert face.box is not None
    done = add_face(
        graph, str(tmp_path / "turned.jpg"), face.box, extractor=lambda: extractor, person="Ada"
    )
    assert done.face == face.id
    (answer,) = who(graph, shown, extractor)
    assert answer.name == "Ada"


def test_everything_copes_with_a_face_without_confidence(missed: Missed, tmp_path: Path) -> None:
    graph = missed.graph
    done = missed.add(person="Ada")
    link(graph)
    export_table(graph, tmp_path / "faces.csv", "csv")
    assert done.face in (tmp_path / "faces.csv").read_text()
    before = graph.run("backup-counts")[0]["nodes"]
    backup(graph, tmp_path / "all.backup")
    restore(graph, tmp_path / "all.backup", replace=True)
    assert graph.run("backup-counts")[0]["nodes"] == before
    assert node(graph, done.face)["source"] == "user"
    gone = forget(graph, "Ada")
    assert gone.faces == 1
    assert history(graph) == []


def test_regions_add_the_faces_that_were_not_found(missed: Missed, extractor: Extractor) -> None:
    graph = missed.graph
    missed.add(person="Ada")
    other = next(f for f in faces_shown(graph, str(missed.scene)) if f.name != "Ada")
    assert other.box is not None
    missed.add(other.box, person="Bob")
    export_regions(graph)
    undo(graph, 2)
    before = missed.counts()

    def bring(**how: Any) -> Any:
        return import_regions(graph, [missed.folder], extractor=lambda: extractor, **how)

    planned = bring(dry_run=True)
    assert (planned.named, planned.added, planned.unmatched) == (2, 1, ())
    assert missed.counts() == before
    report = bring()
    assert (report.named, report.added, report.already, report.unmatched) == (2, 1, 0, ())
    assert "2 faces named (1 of them had not been found), 0 had the name" in report.summary()
    ada = faces_of(graph, find_person(graph, "Ada").id)
    assert [face.box for face in ada] == [missed.box]
    assert node(graph, ada[0].id)["source"] == "user"
    assert bring().already == 2
    undo(graph)
    assert missed.counts() == before


def test_regions_that_add_nothing(missed: Missed, extractor: Extractor) -> None:
    """Of an ignored face, of a picture that is not here, around a face that was found."""
    graph = missed.graph
    other = faces_shown(graph, str(missed.scene))[0]
    assert other.box is not None
    missed.add(other.box, person="Bob")
    export_regions(graph)
    undo(graph)
    side = missed.scene.with_name(f"{missed.scene.name}.xmp")

    def reasons() -> list[str]:
        report = import_regions(graph, [side], extractor=lambda: extractor)
        assert report.added == 0
        return [line.split(": ", 1)[1] for line in report.unmatched]

    ignore(graph, [other.id])
    assert reasons() == ["the face where Bob is was ignored"]
    undo(graph)
    with graph.session() as session:  # the region is of all of the body
        session.run(
            "MATCH (f:Face {id: $id}) SET f.x = f.x + 30, f.y = f.y + 10, f.width = 12, "
            "f.height = 12", id=other.id,
        ).consume()  # fmt: skip
    assert reasons() == ["no face where Bob is"]
    with graph.session() as session:
        session.run("MATCH (f:Face {id: $id}) DETACH DELETE f", id=other.id).consume()
    missed.scene.unlink()
    (reason,) = reasons()
    assert reason.startswith("the picture is not there any more")
    assert reason.endswith("(Bob)")
