"""The main job as a user runs it: exit codes, what is printed, and a process of each kind."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from graphface.files import path_text
from graphface.people.naming import name

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album
    from tests.conftest import Cli


@pytest.fixture
def built(cli: Cli, graph: Connection, album: Album) -> Cli:
    """An album of drawn people, built, and each person named by a portrait."""
    done = cli("build", album.folder)
    assert done.code == 0, done.err
    for picture in album.pictures:
        if len(picture.people) == 1:
            face = graph.run("people-of-photo", path=path_text(picture.path))[0]
            if face["name"] is None:
                name(graph, str(face["number"]), picture.people[0].name)
    return cli


def test_the_main_job(built: Cli, album: Album, tmp_path: Path) -> None:
    listed = {row["name"]: row for row in built.process("people", "--json").json}
    assert set(album.people) <= set(listed)
    right = 0
    for asked in album.ask:
        done = built("who", asked.path, "--json")
        faces = done.json["faces"]
        right += [face["name"] for face in faces] == [shown.name for shown in asked.people]
        assert done.code == 0
    assert right == len(album.ask), f"{right} of {len(album.ask)} left-out pictures named right"

    out = tmp_path / "annotated.jpg"
    done = built.process("who", album.ask[0].path, "--annotate", out)
    assert album.people[0] in done.out
    assert "% sure" in done.out
    assert str(album.folder) in done.out, "the evidence names files"
    assert out.stat().st_size > 1000


def test_a_stranger_is_unknown_and_no_face_is_said(
    built: Cli, album: Album, tmp_path: Path
) -> None:
    from PIL import Image

    assert album.stranger is not None
    done = built.process("who", album.stranger.path)
    assert done.code == 3, done.out
    assert "unknown" in done.out
    Image.new("RGB", (300, 300), "teal").save(tmp_path / "teal.png")
    done = built("who", tmp_path / "teal.png")
    assert done.code == 4
    assert "no face" in done.out


def test_a_second_build_does_nothing(built: Cli, album: Album) -> None:
    before = built("stats", "--json").json
    done = built.process("build", album.folder, "--json")
    assert done.json["ingest"]["new"] == 0
    assert done.json["ingest"]["skipped"] == len(album.pictures)
    assert done.json["link"]["written"] == 0
    assert done.json["cluster"]["moved"] == 0
    assert built("stats", "--json").json == before


def test_a_moved_file_gains_a_path(built: Cli, album: Album, tmp_path: Path) -> None:
    copy = tmp_path / "moved" / "copy of it.jpg"
    copy.parent.mkdir()
    shutil.copy(album.pictures[0].path, copy)
    before = built("stats", "--json").json
    done = built("ingest", copy.parent, "--json").json
    assert (done["new"], done["copies"], done["faces"]) == (0, 1, 0)
    assert built("stats", "--json").json == before
    found = built("query", "people-of-photo", "-p", f"path={copy}", "--json").json
    assert (
        found
        == built("query", "people-of-photo", "-p", f"path={album.pictures[0].path}", "--json").json
    )


def test_people_from_folders(cli: Cli, named_album: Album) -> None:
    done = cli("ingest", named_album.folder, "--people-from-folders", "--json").json
    assert done["named"] > 0
    assert cli("build", named_album.folder).code == 0
    listed = {row["name"]: row["faces"] for row in cli("people", "--json").json}
    for person in named_album.people:
        assert listed[person] >= 3
    done = cli("who", named_album.ask[0].path, "--json")
    assert done.json["faces"][0]["name"] == named_album.people[0]
    walk = done.json["faces"][0]["walk"]
    assert walk[0]["distance"] == done.json["faces"][0]["distance"]


def test_folders_of_one_name_are_one_person(cli: Cli, named_album: Album, tmp_path: Path) -> None:
    ada, bob = (sorted((named_album.folder / one).iterdir()) for one in named_album.people[:2])
    pictures = {"Zoë": ada[0], "zoë": ada[1], "ZOE\u0308": ada[2], "2019": bob[0]}
    for folder, picture in pictures.items():
        (tmp_path / "photos" / folder).mkdir(parents=True)
        shutil.copy(picture, tmp_path / "photos" / folder)
    done = cli("ingest", tmp_path / "photos", "--people-from-folders")
    assert done.code == 0, done.err
    assert "4 photos: 4 new" in done.out
    assert "3 faces named after their folders" in done.out
    assert "a folder names nobody: nobody can be called '2019'" in done.err
    named = [row for row in cli("people", "--json").json if row["name"]]
    assert [(row["name"].casefold(), row["faces"]) for row in named] == [("zoë", 3)]
    again = cli("ingest", tmp_path / "photos", "--people-from-folders", "--json").json
    assert (again["new"], again["named"]) == (0, 0)
    assert [row["what"] for row in cli("history", "--json").json] == ["ingest"]
    number = str(named[0]["number"])
    assert cli("name", number, "7").code == 2
    assert "nobody can be called '7'" in cli("name", number, "7").err
    assert cli("undo").code == 0
    assert not [row for row in cli("people", "--json").json if row["name"]]


def test_another_model_is_refused_by_name(built: Cli, album: Album) -> None:
    done = built("ingest", album.folder, "--model", "SFace")
    assert done.code == 1
    assert done.err.count("\n") == 1, done.err
    assert "SFace" in done.err


def test_linking_with_another_threshold(built: Cli) -> None:
    few = built("link", "--threshold", "0.1", "--json").json
    tight = built("stats", "--json").json
    built("link", "--threshold", "0.3", "--json")
    loose = built("stats", "--json").json
    built("link", "--threshold", "0.1", "--json")
    assert built("stats", "--json").json == tight
    assert loose["same"] > tight["same"]
    assert few["threshold"] == 0.1


def test_query_lists_shows_and_runs(cli: Cli) -> None:
    assert "list-people" in cli("query", "--list").out
    assert "MATCH (person:Person)" in cli("query", "list-people", "--show").out
    assert cli("query", "stats", "--json").json[0]["photos"] == 0
    done = cli.process("query", "list-people")
    assert done.code == 2
    assert "minFaces" in done.err


def test_who_on_an_empty_graph_says_what_to_do(cli: Cli, album: Album) -> None:
    done = cli("who", album.ask[0].path)
    assert done.code == 1
    assert "graphface build" in done.err
