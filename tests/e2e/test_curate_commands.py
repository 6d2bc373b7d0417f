"""The commands that set people right, as processes: exit codes, what is printed, what is asked."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from graphface.clustering.cluster import cluster
from graphface.linking.link import link
from tests.integration.faces import PLACES, add_faces

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album
    from tests.conftest import Cli


@pytest.fixture
def people(cli: Cli, graph: Connection) -> Cli:
    add_faces(graph, PLACES)
    link(graph)
    cluster(graph)
    return cli


def test_a_day_of_setting_right(people: Cli) -> None:
    assert people("name", "1", "Ada").code == 0
    done = people("merge", "1", "2")
    assert done.out == (
        "person 2 merged into Ada (2 faces) (change 2; graphface undo takes it back)\n"
    )
    listed = people("faces", "ada", "--json").json
    assert [row["id"] for row in listed] == ["b0", "b1", "a0", "a1", "a2"]
    assert listed[0]["source"] == "user"

    done = people("split", "Ada")
    assert done.code == 2, "nobody is there to answer"
    assert "/photos/a1.jpg" in done.out
    assert "distance between the two" in done.out
    assert done.err == "error: nothing was done. Add --yes to do it\n"
    assert "split: 3 faces are the new person" in people("split", "Ada", "--yes").out
    assert [row["what"] for row in people("history", "--json").json] == ["split", "merge", "name"]
    assert people("undo", "2").out.splitlines()[1].startswith("undone: person 2 merged into Ada")


def test_faces_that_are_nobodys(people: Cli) -> None:
    done = people("ignore", "c0")
    assert done.out == (
        "the face at 20,20 of c0.jpg ignored (change 1; graphface undo takes it back)\n"
    )
    assert people("ignore", "c0").err == (
        "error: the face at 20,20 of c0.jpg was ignored. Take that back first: "
        "graphface unignore c0\n"
    )
    assert people("faces", "/photos/c0.jpg").out == "no faces\n"
    listed = people("faces", "--ignored", "--json").json
    assert [(row["id"], row["ignored"]) for row in listed] == [("c0", True)]
    assert people("stats", "--json").json["ignoredFaces"] == 1
    assert people("unignore", "/photos/c0.jpg").code == 0
    assert people("ignore", "--like", "b0", "--dry-run").out == (
        "would be done: 2 faces ignored: like the face at 20,20 of b0.jpg (nearer than 1.5); "
        "nothing was written (--dry-run)\n"
    )
    assert people("ignore", "--below-quality", "0.3").out == "nothing to do: it is so already\n"
    wrong = people("ignore", "b0", "--below-quality", "0.3")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
    assert "or give --like (perhaps with --threshold) or --below-quality" in wrong.err
    assert people("faces").code == 2
    assert [row["what"] for row in people("history", "--json").json] == ["unignore", "ignore"]
    assert people("undo", "2").code == 0
    assert people("people", "--json").json[2]["faces"] == 1


@pytest.mark.slow
def test_a_face_that_was_not_found(cli: Cli, album: Album, tmp_path: Path) -> None:
    """From the command line to `who`; the picture has nobody else in it."""
    photo = tmp_path / "portrait.jpg"
    shutil.copy(album.pictures[0].path, photo)
    assert cli("build", str(photo)).code == 0
    (face,) = cli("faces", str(photo), "--json").json
    box = ",".join(str(face["box"][side]) for side in ("x", "y", "width", "height"))
    known = cli("add-face", str(photo), "--box", box, "--person", "Ada")
    assert known.out.splitlines()[0] == f"the graph has a face there: {face['id']}, Ada"
    assert " is Ada (change 1; graphface undo takes it back)" in known.out
    assert cli("forget", "Ada", "--yes").code == 0
    done = cli("add-face", str(photo), "--box", box, "--person", "Ada")
    assert f"of {photo.name} added as Ada (change 2; graphface undo takes it back)" in done.out
    assert "graphface link finds its SAME" in done.out
    assert [one["person"] for one in cli("who", str(photo), "--json").json["faces"]] == ["Ada"]
    assert cli("undo").code == 0
    assert cli("stats", "--json").json["faces"] == 0
    for wrong, said in (("1,2,3", "--box is '1,2,3'"), ("9000,0,50,50", "holds no face")):
        failed = cli("add-face", str(photo), "--box", wrong)
        assert (failed.code, failed.err.count("\n")) == (2, 1)
        assert said in failed.err


def test_forget_asks_and_tells(people: Cli) -> None:
    assert people("name", "1", "Ada").code == 0
    done = people("forget", "Ada")
    assert (done.code, done.err) == (2, "error: nothing was done. Add --yes to do it\n")
    assert done.out.startswith("would be deleted: Ada, 3 faces with embeddings, 0 photos\n")
    done = people("forget", "Ada", "--yes")
    assert done.code == 0
    assert "the whole graph was looked through" in done.out
    assert "/photos/a0.jpg" in done.out
    gone = people("merge", "Ada", "2")
    assert (gone.code, gone.err.count("\n")) == (1, 1)
