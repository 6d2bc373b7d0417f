"""`graphface search` as a user runs it: folders without a graph, the graph with filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from graphface.drawing.annotate import crop
from graphface.people.naming import name_by_file
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album
    from tests.conftest import Cli, Result


@pytest.fixture
def small(album: Album, tmp_path: Path) -> Path:
    """Two portraits of each person, cut out: small, so that they are quickly looked at."""
    folder = tmp_path / "small"
    folder.mkdir()
    for person in album.people:
        portraits = [p for p in album.pictures if [s.name for s in p.people] == [person]]
        for number, drawn in enumerate(portraits[:2]):
            face = crop(read_picture(drawn.path), drawn.people[0].box, 260, 0.6)
            face.save(folder / f"{person.split()[0]}-{number}.jpg", quality=92)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A cache of its own: the user's keeps no embeddings of tests."""
    return {"GRAPHFACE_CACHE": str(tmp_path_factory.mktemp("cache"))}


def ask(album: Album, person: int) -> Path:
    return album.ask[person].path


def names(done: Result) -> list[str]:
    (face,) = done.json["faces"]
    return [match["path"].rsplit("/", 1)[1].split("-")[0] for match in face["matches"]]


def test_a_folder_without_a_graph(
    cli: Cli, album: Album, small: Path, tmp_path: Path, cache: dict[str, str]
) -> None:
    alone = type(cli)(tmp_path / "no-home")
    first_name = album.people[0].split()[0]
    (small / "broken.jpg").write_bytes(b"no picture")
    done = alone("search", ask(album, 0), "--in", small, "--json", "--model", "Dlib", **cache)
    assert done.code == 0, done.err
    assert names(done)[:2] == [first_name] * 2
    (face,) = done.json["faces"]
    away = [match["distance"] for match in face["matches"]]
    assert away == sorted(away)
    assert all(distance < done.json["threshold"] for distance in away)
    assert face["matches"][0]["box"]["width"] > 50
    assert [problem["path"] for problem in done.json["failed"]] == [str(small / "broken.jpg")]

    sheet = tmp_path / "found.jpg"
    top = ("--top", "1", "--contact-sheet", sheet, "--model", "Dlib")
    again = alone("search", ask(album, 0), "--in", small, *top, **cache)
    assert again.code == 0
    assert f"{first_name}-" in again.out
    assert again.out.count(".jpg") == 1
    assert "broken.jpg" in again.err
    with Image.open(sheet) as drawn:
        assert drawn.width > drawn.height
        assert np.asarray(drawn).std() > 20
    assert not (tmp_path / "no-home").exists(), "no graph was asked for, none was made"


def test_nothing_near_enough_no_face_and_wrong_use(
    cli: Cli, album: Album, small: Path, tmp_path: Path, cache: dict[str, str]
) -> None:
    near = ("--in", small, "--threshold", "0.001")
    assert cli("search", ask(album, 0), *near, **cache).code == 3
    Image.new("RGB", (300, 300), "teal").save(tmp_path / "teal.png")
    done = cli("search", tmp_path / "teal.png", "--in", small, **cache)
    assert done.code == 4
    assert "no face" in done.out
    done = cli("search", ask(album, 0), "--in", small, "--person", "Ada")
    assert done.code == 2
    assert "--store" in done.err
    done = cli("search", ask(album, 0), "--in", small, "--face", "7", **cache)
    assert done.code == 2
    assert "there is no face 7" in done.err


def test_the_graph_with_filters(
    cli: Cli, graph: Connection, album: Album, small: Path, cache: dict[str, str]
) -> None:
    done = cli("search", ask(album, 0), "--in", small, "--store", "--json")
    assert done.code == 0, done.err
    stored = names(done)
    assert stored[:2] == [album.people[0].split()[0]] * 2
    assert graph.run("stats")[0]["photos"] == 2 * len(album.people)
    assert names(cli("search", ask(album, 0), "--in", small, "--json", **cache)) == stored

    path = f"{small}/{stored[0]}-0.jpg"
    (face,) = (row["face"] for row in graph.run("people-of-photo", path=path))
    name_by_file(graph, {face: "Ada"}, "a test")
    done = cli("search", ask(album, 1), "--person", "ada", "--top", "1", "--json")
    (match,) = done.json["faces"][0]["matches"]
    assert match["person"] == "Ada"
    assert match["path"] == path
    condition = ("--where", "p.path ENDS WITH $end", "--param", "end=-1.jpg")
    done = cli("search", ask(album, 0), *condition)
    assert done.code == 0, done.err
    assert "-1.jpg" in done.out
    assert "-0.jpg" not in done.out
    done = cli("search", ask(album, 0), "--where", "true; MATCH (n) DELETE n")
    assert done.code == 2
    assert "semicolon" in done.err
    assert done.err.count("\n") == 1
