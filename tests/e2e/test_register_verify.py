"""Register and verify as a user runs them: what is printed, exit codes, two at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.people.naming import people

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album
    from tests.conftest import Cli


def portraits(album: Album, person: int) -> list[Path]:
    name = album.people[person]
    return [p.path for p in album.pictures if [one.name for one in p.people] == [name]]


def test_registered_and_recognised_by_the_next_who(cli: Cli, album: Album, tmp_path: Path) -> None:
    from PIL import Image

    one, two, *_ = portraits(album, 0)
    teal = tmp_path / "teal.png"
    Image.new("RGB", (200, 200), "teal").save(teal)
    done = cli("register", "--name", "Ada", one, two, teal)
    assert done.code == 1, done.err
    assert "Ada (person 1, new): 2 registered, 1 left out" in done.out
    assert "left out:" in done.out
    assert "teal.png: no face in this picture" in done.out

    done = cli("who", album.ask[0].path)
    assert done.code == 0
    assert done.out.startswith("Ada ")
    done = cli("register", "--name", "Bob", one)
    assert done.code == 2
    assert "belongs to Ada, not to Bob" in done.err
    assert done.err.count("error:") == 1

    done = cli("verify", album.ask[0].path, "--person", "ada")
    assert done.code == 0, done.err
    assert done.out.startswith("yes")
    assert "nearest of 2 faces" in done.out
    done = cli("verify", album.ask[1].path, "--person", "1", "--json")
    assert done.code == 3
    assert (done.json["same"], done.json["person"]) == (False, "Ada")


def test_two_pictures_start_no_database(cli: Cli, album: Album, tmp_path: Path) -> None:
    one, two, *_ = portraits(album, 0)
    other = portraits(album, 1)[0]
    nowhere = {"GRAPHFACE_HOME": str(tmp_path / "unused")}
    done = cli("verify", one, two, **nowhere)
    assert done.code == 0, done.err
    assert "distance 0." in done.out
    assert "threshold 0." in done.out
    assert "probability 99" in done.out
    assert "SAME" not in done.out
    assert cli("verify", one, other, **nowhere).code == 3
    assert not (tmp_path / "unused").exists(), "nothing was started"
    assert cli("verify", one).code == 2


def test_two_at_once_make_one_person(cli: Cli, graph: Connection, album: Album) -> None:
    mine = portraits(album, 0)
    both = [cli.start("register", "--name", "Ada", *some) for some in (mine[:2], mine[1:])]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, out + err
    assert [(one.name, one.faces) for one in people(graph)] == [("Ada", len(mine))]
    pairs = len(mine) * (len(mine) - 1) // 2
    assert cli("link", "--json").json["kept"] == pairs, "no SAME twice, none missing"
