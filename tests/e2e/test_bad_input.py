"""What goes wrong in real folders, settings and servers: one clear line each, the rest goes on."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import albums
from tests.pictures_bad import make_bad_pictures

if TYPE_CHECKING:
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.sample.album import Album
    from tests.conftest import Cli


def one_line(err: str, *said: str) -> None:
    """Standard error ends in one `error:` line that says all of `said`."""
    lines = [line for line in err.splitlines() if line.startswith("error:")]
    assert len(lines) == 1, err
    for part in said:
        assert part in lines[0], lines[0]


def test_bad_pictures_are_named_and_the_rest_goes_on(
    cli: Cli, album: Album, tmp_path: Path
) -> None:
    made = make_bad_pictures(tmp_path / "photos")
    shutil.copy(album.pictures[0].path, tmp_path / "photos" / "good.jpg")
    done = cli("ingest", tmp_path / "photos", "--json")
    assert done.code == 0, done.err
    assert done.json["new"] == 1
    failed = {Path(one["path"]).name: one["reason"] for one in done.json["failed"]}
    missing = {path.name for key, path in made.items() if key != "fifo"} - set(failed)
    assert not missing
    assert all(name in reason and "\n" not in reason for name, reason in failed.items())

    again = cli("ingest", tmp_path / "photos", "--json")
    assert (again.json["new"], again.json["skipped"]) == (0, 1)
    text = cli("ingest", tmp_path / "photos")
    assert text.err.count("warning: left out:") == len(failed)


@pytest.mark.parametrize("key", ["empty", "text", "truncated_jpeg", "huge_png", "link_nowhere"])
def test_who_of_a_bad_picture_is_one_line(cli: Cli, tmp_path: Path, key: str) -> None:
    path = make_bad_pictures(tmp_path)[key]
    done = cli("who", path)
    assert done.code == 1
    one_line(done.err, path.name)


def test_strange_names_of_files(cli: Cli, album: Album, tmp_path: Path) -> None:
    names = [
        'it\'s "here".jpg',
        "two words.jpg",
        "🙂 smile.jpg",
        "new\nline.jpg",
        "back\\x41slash.jpg",
    ]
    folder = os.fsencode(tmp_path / "photos")
    os.mkdir(folder)
    sources = [p.path for p in album.pictures[: len(names) + 1]]
    for name, source in zip(
        [os.fsencode(n) for n in names] + [b"caf\xe9.jpg"], sources, strict=True
    ):
        shutil.copy(source, os.path.join(folder, name))
    done = cli.process("ingest", tmp_path / "photos", "--json")
    assert (done.json["new"], done.json["failed"]) == (6, [])
    assert cli("ingest", tmp_path / "photos", "--json").json["skipped"] == 6
    assert cli("link").code == cli("cluster").code == 0
    assert cli.process("who", Path(os.fsdecode(os.path.join(folder, b"caf\xe9.jpg")))).code == 0


def test_no_such_folder_and_an_empty_one(cli: Cli, tmp_path: Path) -> None:
    done = cli("ingest", tmp_path / "nowhere")
    assert done.code == 2
    one_line(done.err, "nowhere")
    done = cli("ingest", tmp_path)
    assert done.code == 0
    assert "no picture" in done.err


def test_a_picture_with_fifty_faces(cli: Cli, tmp_path: Path) -> None:
    crowd = albums.crowd(tmp_path / "photos" / "crowd.jpg", 50)
    done = cli("build", tmp_path / "photos", "--json")
    assert done.code == 0, done.err
    assert done.json["ingest"]["faces"] >= 45, f"{done.json['ingest']['faces']} of 50"
    found = cli("who", crowd.path, "--annotate", tmp_path / "names.png", "--json").json
    assert len(found["faces"]) == done.json["ingest"]["faces"]


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("bolt://127.0.0.1:1", "no Neo4j answers at bolt://127.0.0.1:1"),
        ("127.0.0.1:7687", "is no address of a Neo4j"),
        ("http://127.0.0.1:7474", "is no address of a Neo4j"),
    ],
)
def test_a_wrong_address(cli: Cli, uri: str, said: str) -> None:
    done = cli("stats", GRAPHFACE_HOME="", NEO4J_URI=uri)
    assert done.code == 1
    one_line(done.err, said)


def test_a_wrong_password(cli: Cli, server: EmbeddedServer) -> None:
    uri = server.status().uri
    done = cli("stats", NEO4J_URI=uri, NEO4J_PASSWORD="wrong")
    assert done.code == 1
    one_line(done.err, "refuses this name or password", "NEO4J_PASSWORD")
    done = cli("stats", NEO4J_URI=uri, NEO4J_PASSWORD=server.password(), NEO4J_DATABASE="nope")
    assert done.code == 1
    one_line(done.err, "nope", "NEO4J_DATABASE")


def test_a_wrong_option_is_exit_code_2(cli: Cli, tmp_path: Path) -> None:
    assert cli("ingest").code == 2
    assert cli("who", tmp_path / "x.jpg", "--annotate", tmp_path, tmp_path / "y.jpg").code == 2
    done = cli("query", "no-such-statement")
    assert done.code == 1
    one_line(done.err, "no-such-statement")
