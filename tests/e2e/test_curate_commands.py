"""The commands that set people right, as processes: exit codes, what is printed, what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from graphface.clustering.cluster import cluster
from graphface.linking.link import link
from tests.integration.faces import PLACES, add_faces

if TYPE_CHECKING:
    from graphface.db import Connection
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
