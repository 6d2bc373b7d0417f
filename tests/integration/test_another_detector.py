"""A graph made with dlib's HOG goes over to CenterFace: persons stay, nothing doubles."""

from __future__ import annotations

import itertools
import shutil
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from graphface.clustering.cluster import cluster
from graphface.errors import WeightsMissing
from graphface.events import Message
from graphface.ingest.photos import IngestReport, extractor_for, ingest
from graphface.linking.link import link
from graphface.people.naming import name, people
from graphface.people.selectors import faces_shown
from graphface.progress import reporting_to
from tests.integration.faces import belongs

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.events import Event
    from graphface.sample.album import Album

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(album: Album, tmp_path: Path) -> Path:
    """The album, and a scene so small that HOG finds nobody in it."""
    photos = tmp_path / "photos"
    shutil.copytree(album.folder, photos)
    scene = next(picture.path for picture in album.pictures if len(picture.people) > 1)
    with Image.open(scene) as image:
        image.resize((image.width * 2 // 9, image.height * 2 // 9)).save(photos / "small.png")
    return photos


def run(graph: Connection, folder: Path, detector: str | None, **options: bool) -> IngestReport:
    try:
        extractor = extractor_for(graph.space(), "Dlib", detector)
    except WeightsMissing as error:
        pytest.skip(str(error))
    report = ingest(graph, [folder], extractor=extractor, **options)  # type: ignore[arg-type]
    link(graph)
    cluster(graph)
    return report


def boxes(graph: Connection) -> dict[str, list[tuple[str, tuple[int, ...]]]]:
    found: dict[str, list[tuple[str, tuple[int, ...]]]] = {}
    with graph.session("read") as session:
        for row in session.run(
            "MATCH (p:Photo)-[:HAS_FACE]->(f:Face) "
            "RETURN p.id AS photo, f.id AS face, [f.x, f.y, f.width, f.height] AS box"
        ):
            found.setdefault(row["photo"], []).append((row["face"], tuple(row["box"])))
    return found


def test_faces_keep_their_person_and_new_ones_come(graph: Connection, folder: Path) -> None:
    first = run(graph, folder, "dlib")
    persons = sorted(people(graph), key=lambda person: -person.faces)
    name(graph, str(persons[0].number), "Ada")
    ada = {face.id for face in faces_shown(graph, "Ada")}
    before, owners = boxes(graph), belongs(graph)

    report = run(graph, folder, "centerface", again=True)
    assert (report.new, report.known_faces) == (0, first.faces)
    assert report.faces > first.faces
    after = boxes(graph)
    for photo, faces in before.items():
        assert {face for face, _ in faces} <= {face for face, _ in after[photo]}
        assert dict(faces) != dict(after[photo]), "they have CenterFace's boxes"
    assert sum(map(len, after.values())) == report.faces
    for faces in after.values():
        for (_, a), (_, b) in itertools.combinations(faces, 2):
            wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
            assert wide < 0.5 * min(a[2], b[2]), "no face is there twice"
    assert ada <= {face.id for face in faces_shown(graph, "Ada")}
    now = belongs(graph)
    assert {face: now[face] for face in owners} == owners
    assert len(people(graph)) == len(persons), "faces of the small scene join the persons"
    space = graph.space()
    assert space is not None
    assert space.detector == "centerface"

    again = run(graph, folder, None, again=True)
    assert (again.faces, again.known_faces) == (report.faces, report.faces)
    assert boxes(graph) == after
    assert belongs(graph) == now


def test_the_better_detector_is_told_of_once_a_run(graph: Connection, folder: Path) -> None:
    told: list[str] = []

    def sink(event: Event) -> None:
        if isinstance(event, Message) and "finds more faces" in event.text:
            told.append(event.text)

    with reporting_to(sink):
        run(graph, folder, "dlib")
        assert told == [], "whoever asks for HOG on an empty graph wants it"
        run(graph, folder, None)
        assert len(told) == 1
        assert "`again` and `detector`" in told[0]
        run(graph, folder, "centerface", again=True)
        run(graph, folder, None)
    assert len(told) == 1
