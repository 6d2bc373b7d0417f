"""The Python API on a real graph: from photos to people, questions, decisions, files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import graphface
from graphface.errors import NotFound, PictureError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.sample.album import Album


@pytest.fixture(scope="module")
def people(server: EmbeddedServer, album: Album) -> Iterator[graphface.Graph]:
    """The album built and every person named, as a user would write it."""
    status = server.status()
    opened = graphface.Graph.open(
        uri=status.uri, username=status.username, password=server.password()
    )
    with opened as graph:
        graph.query("forget-everything")
        report = graph.build(album.folder)
        assert report.cluster.people == 4
        for picture in album.pictures:
            if len(picture.people) == 1:
                (face,) = graph.faces(str(picture.path))
                if face.name is None:
                    graph.name(face.number or 0, picture.people[0].name)
        yield graph


def test_who_of_a_file_and_of_pixels(people: graphface.Graph, album: Album, tmp_path: Path) -> None:
    from PIL import Image

    asked = album.ask[0]
    (answer,) = people.who(str(asked.path), annotate=tmp_path / "out.png")
    assert answer.name == asked.people[0].name
    assert (tmp_path / "out.png").stat().st_size > 1_000
    pixels = np.asarray(Image.open(asked.path).convert("RGB"))
    (again,) = people.who(pixels)
    assert again.name == answer.name
    assert again.confidence == pytest.approx(answer.confidence, abs=0.01)
    assert not people.who(np.zeros((60, 60, 3), np.uint8))
    several = people.who([asked.path, tmp_path / "none.jpg"])
    assert [one.error is None for one in several] == [True, False]
    assert [one.name for one in several[0].answers] == [answer.name]
    with pytest.raises(UsageError, match="one picture"):
        people.who([asked.path, asked.path], annotate=tmp_path / "out.png")


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
    ids=["grey", "floats", "nothing"],
)
def test_other_pixels_are_refused(people: graphface.Graph, pixels: np.ndarray) -> None:
    with pytest.raises(UsageError, match="uint8"):
        people.who(pixels)


def size(picture: Path) -> tuple[int, int]:
    """Width and height of a picture file that is whole."""
    from PIL import Image

    with Image.open(picture) as image:
        image.load()
        return image.size


def test_verify_and_search(people: graphface.Graph, album: Album, tmp_path: Path) -> None:
    asked, other = album.ask[0], album.ask[1]
    name = asked.people[0].name
    assert people.verify(asked.path, person=name).same
    assert not people.verify(other.path, person=name).same
    assert people.verify(asked.path, asked.path).distance == pytest.approx(0, abs=1e-3)
    with pytest.raises(UsageError, match="two pictures"):
        people.verify(asked.path)
    found = people.search(asked.path, top=3, person=name, contact_sheet=tmp_path / "found.png")
    assert size(tmp_path / "found.png")[0] > 4 * 200  # the query and three faces in a row
    (face,) = found.faces
    assert [match.person for match in face.matches] == [name] * 3
    assert people.search(asked.path, album.folder, top=2).faces[0].matches
    with pytest.raises(UsageError, match="filters"):
        people.search(asked.path, album.folder, person=name)


def test_questions_about_people(people: graphface.Graph, album: Album, tmp_path: Path) -> None:
    listed = people.people()
    first, second = listed[0], listed[1]
    assert {one.name for one in listed} >= {person.people[0].name for person in album.ask[:1]}
    assert people.explain(first.number, second.number, strip=tmp_path / "strip.png").text
    assert size(tmp_path / "strip.png")[0] >= 2 * 760  # drawn for screens of high density
    scene = next(picture for picture in album.pictures if len(picture.people) > 1)
    names = [person.name for person in scene.people[:2]]
    assert str(scene.path) in {photo.path for photo in people.together(*names).photos}
    met = people.together(names[0])
    assert met.company
    assert all(pair.a == met.persons[0].number for pair in met.company)
    assert people.network(tmp_path / "people.html").people == len(album.people)
    assert people.stats().faces == sum(one.faces for one in listed)
    assert people.distances().faces == people.stats().faces
    assert people.audit().applied == ()
    assert people.space is not None
    assert people.space.metric == "euclidean_l2"


def test_decisions_are_taken_back(people: graphface.Graph) -> None:
    before = {one.number: (one.name, one.faces) for one in people.people()}
    a, b = list(before)[:2]
    assert people.merge(a, b, into="Both", dry_run=True) is not None
    assert people.merge(a, b, into="Both") is not None
    assert len(people.people()) == len(before) - 1
    assert [change.what for change in people.undo()] == ["merge"]
    half = people.propose_split(a)
    assert people.split(half) is not None
    (face, *_) = people.faces(a)
    assert people.move(face.id, "nobody") is not None
    assert people.hide(b) is not None
    people.undo(3)
    assert {one.number: (one.name, one.faces) for one in people.people()} == before
    assert [change.what for change in people.history(3)] == ["hide", "move", "split"]
    assert people.review().questions(1) is not None


def test_register_forget_and_files(people: graphface.Graph, album: Album, tmp_path: Path) -> None:
    stranger = album.stranger
    assert stranger is not None
    assert people.who(stranger.path)[0].number is None
    people.register(stranger.path, name="Newcomer")
    assert people.who(stranger.path)[0].name == "Newcomer"
    faces = people.stats().faces
    people.backup(tmp_path / "all.backup")
    people.export(tmp_path / "people.csv")
    assert "Newcomer" in (tmp_path / "people.csv").read_text("utf-8")
    people.forget("Newcomer")
    assert people.stats().faces == faces - 1
    with pytest.raises(NotFound):
        people.faces("Newcomer")
    people.restore(tmp_path / "all.backup", replace=True)
    assert people.stats().faces == faces
    people.forget("Newcomer")


def test_errors_are_one_line(people: graphface.Graph, tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"nothing\.jpg") as caught:
        people.who(tmp_path / "nothing.jpg")
    assert isinstance(caught.value, graphface.GraphfaceError)
    assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match="path"):
        people.query("people-of-photo", wrong=1)
    with pytest.raises(UsageError, match="not both"):
        graphface.Graph.open(tmp_path, uri="bolt://localhost:1")


def test_open_in_a_folder_starts_it(graph: Connection, home: Path) -> None:
    with graphface.Graph.open(home) as opened:
        assert opened.space is None
        assert opened.query("stats")[0]["faces"] == 0
        assert opened.link().written == 0
        with pytest.raises(NotFound, match="no faces"):
            opened.calibrate()
