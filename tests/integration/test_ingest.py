"""What a folder of photos leaves in the graph: times, places, boxes, embeddings; nothing twice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.db.schema import pin_space
from graphface.files import path_text
from graphface.ingest.photos import IngestReport, extractor_for, ingest
from graphface.vision.pictures import read_picture
from tests.integration.faces import SPACE
from tests.processes import Processes

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album

PHOTO = "MATCH (p:Photo {id: $id}) RETURN p"
FACES = "MATCH (:Photo {id: $id})-[:HAS_FACE]->(f:Face) RETURN f ORDER BY f.x, f.id"


def run(graph: Connection, folder: Path, **options: bool) -> IngestReport:
    extractor = extractor_for(graph.space(), "Dlib", "dlib")
    return ingest(graph, [folder], extractor=extractor, **options)  # type: ignore[arg-type]


def rows(graph: Connection, text: str, **parameters: object) -> list[dict[str, object]]:
    with graph.session("read") as session:
        return [dict(r[0]) for r in session.run(text, parameters)]  # type: ignore[arg-type]


def test_time_place_boxes_and_embeddings_are_stored(graph: Connection, album: Album) -> None:
    report = run(graph, album.folder)
    assert report.new == len(album.pictures)
    drawn = next(p for p in album.pictures if p.location and len(p.people) == 1)
    picture = read_picture(drawn.path)
    (photo,) = rows(graph, PHOTO, id=picture.id)
    assert photo["takenAt"].to_native() == drawn.taken_at  # type: ignore[attr-defined, union-attr]
    assert photo["location"].latitude == pytest.approx(drawn.location.latitude, abs=1e-4)  # type: ignore[attr-defined, union-attr]
    assert (photo["width"], photo["height"]) == (picture.width, picture.height)
    assert photo["paths"] == [path_text(drawn.path)]

    extractor = extractor_for(graph.space())
    (expected,) = extractor.extract([picture])
    found = rows(graph, FACES, id=picture.id)
    assert [f["id"] for f in found] == [face.id for face in expected]
    for stored, face in zip(found, expected, strict=True):
        assert np.array_equal(np.array(stored["embedding"], np.float32), face.embedding)
        assert (stored["x"], stored["width"]) == (face.box.x, face.box.width)
        assert 0 < stored["quality"] <= 1  # type: ignore[operator]


def test_again_finds_the_same_faces(graph: Connection, album: Album) -> None:
    run(graph, album.folder)
    before = graph.run("stats")
    report = run(graph, album.folder, again=True)
    assert (report.new, report.skipped) == (0, 0)
    assert graph.run("stats") == before


def test_a_file_that_now_holds_another_picture(
    graph: Connection, album: Album, tmp_path: Path
) -> None:
    first, second = (picture.path for picture in album.pictures[:2])
    shutil.copy(first, tmp_path / "x.jpg")
    run(graph, tmp_path)
    shutil.copy(second, tmp_path / "x.jpg")
    assert run(graph, tmp_path).new == 1
    paths = {first: [], second: [path_text(tmp_path / "x.jpg")]}
    for path, expected in paths.items():
        (photo,) = rows(graph, PHOTO, id=read_picture(path).id)
        assert photo["paths"] == expected


def test_copies_are_one_photo_with_two_paths(
    graph: Connection, album: Album, tmp_path: Path
) -> None:
    for name in ("a.jpg", "b.jpg"):
        shutil.copy(album.pictures[0].path, tmp_path / name)
    report = run(graph, tmp_path)
    assert (report.new, report.copies) == (1, 1)
    (photo,) = rows(graph, PHOTO, id=read_picture(tmp_path / "a.jpg").id)
    assert sorted(photo["paths"]) == [path_text(tmp_path / n) for n in ("a.jpg", "b.jpg")]  # type: ignore[call-overload]


def test_a_graph_of_another_model_is_left_alone(graph: Connection, album: Album) -> None:
    from dataclasses import replace

    from graphface.errors import SpaceMismatch

    pin_space(graph, replace(SPACE, model="SFace", alignment="five-point-112"))
    with pytest.raises(SpaceMismatch, match=r"SFace.*Dlib"):
        run(graph, album.folder)
    assert graph.run("stats")[0]["photos"] == 0


def test_a_graph_of_an_older_version_gets_what_is_new(graph: Connection) -> None:
    pin_space(graph, SPACE)
    drop = "DROP INDEX photo_path IF EXISTS"
    names = "SHOW INDEXES YIELD name RETURN collect(name)"
    with graph.session() as session:
        session.run(drop).consume()
        graph.run("save-space", space={"version": 1, "threshold": 0.31})
        pinned = pin_space(graph, SPACE)
        assert "photo_path" in session.run(names).single(strict=True)[0]
    assert graph.space() == pinned
    assert (pinned.version, pinned.threshold) == (SPACE.version, 0.31), "its own threshold stays"


def test_other_processes_may_do_the_work(graph: Connection, album: Album) -> None:
    extractor = extractor_for(None, "Dlib", "dlib")
    report = ingest(graph, [album.folder], extractor=extractor, workers=Processes())
    assert (report.new, report.failed) == (len(album.pictures), ())
    before = graph.run("stats"), sorted(row["photo"] for row in graph.stream("known-files"))
    again = run(graph, album.folder, again=True)
    assert (again.new, again.faces) == (0, report.faces)
    stats = graph.run("stats")
    assert (stats, sorted(row["photo"] for row in graph.stream("known-files"))) == before
