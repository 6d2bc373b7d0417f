"""Who is in a photo with whom: counted anew whenever somebody asks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from graphface.errors import NotFound, UsageError
from graphface.insights.together import company, network, pairs, photos_of
from graphface.people.assignments import Assignments, Belongs, Known

from .gatherings import Gathering, set_state

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection


@pytest.fixture
def parties(graph: Connection) -> dict[str, int]:
    """Ada and Bob in two photos, in one of them with Cleo; Dan alone; twice Ada in a mirror."""
    made = Gathering()
    photos = {"tea": "Ada Bob", "ball": "Ada Bob Cleo", "desk": "Dan", "mirror": "Ada Ada Cleo"}
    for photo, names in photos.items():
        for k, name in enumerate(names.split()):
            made.face(f"{photo}-{k}-{name}", name, made.centre(), photo)
    return made.write(graph)


def test_photos_of_several_persons(graph: Connection, parties: dict[str, int]) -> None:
    persons, photos = photos_of(graph, ["ada", str(parties["Bob"])])
    assert [one.name for one in persons] == ["Ada", "Bob"]
    assert [(one.path, one.faces) for one in photos] == [
        ("/photos/ball.jpg", 3), ("/photos/tea.jpg", 2),
    ]  # fmt: skip
    assert [p.path for p in photos_of(graph, ["Ada", "Bob", "Cleo"])[1]] == ["/photos/ball.jpg"]
    assert photos_of(graph, ["Ada", "Dan"])[1] == []
    with pytest.raises(UsageError, match="twice"):
        photos_of(graph, ["Ada", "ADA"])
    with pytest.raises(NotFound, match="Did you mean Cleo"):
        photos_of(graph, ["Ada", "Cloe"])


def test_counts_of_photos_and_never_an_old_one(graph: Connection, parties: dict[str, int]) -> None:
    _, met = company(graph, "Cleo")
    assert [(one.labels, one.photos) for one in met] == [
        (("Cleo", "Ada"), 2), (("Cleo", "Bob"), 1),
    ]  # fmt: skip
    assert company(graph, "Cleo", min_photos=2)[1] == met[:1]
    dan = Belongs(f"p{parties['Dan']}")
    set_state(graph, Assignments(faces={"ball-2-Cleo": dan}))  # by a way that counts nothing
    assert [(one.b_name, one.photos) for one in company(graph, "Cleo")[1]] == [("Ada", 1)]
    everybody = pairs(graph, list(parties.values()))
    assert {(one.a_name, one.b_name, one.photos) for one in everybody} == {
        ("Ada", "Bob", 2), ("Ada", "Cleo", 1), ("Ada", "Dan", 1), ("Bob", "Dan", 1),
    }  # fmt: skip
    with graph.session("read") as session:
        stored = session.run("MATCH ()-[r:APPEARS_WITH]->() RETURN sum(r.photos) AS n").single()
    assert stored is not None
    assert stored["n"] == 5


def test_the_page_leaves_out_the_hidden_and_the_rare(
    graph: Connection, parties: dict[str, int], tmp_path: Path
) -> None:
    number = parties["Cleo"]
    set_state(graph, Assignments(persons={f"p{number}": Known(number, "Cleo", hidden=True)}))
    done = network(graph, tmp_path / "all.html")
    assert (done.people, done.pairs, done.faces) == (3, 1, 0)
    assert network(graph, tmp_path / "few.html", min_photos=3).pairs == 0
    assert network(graph, tmp_path / "one.html", most=1).people == 1
    with pytest.raises(UsageError, match="cannot be written"):
        network(graph, tmp_path / "no folder" / "page.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.html", "few.html", "one.html"]


def test_a_name_cannot_break_the_page(graph: Connection, tmp_path: Path) -> None:
    made = Gathering()
    evil = "X</script><script>document.title='broken'</script>"
    made.face("f", evil, made.centre())
    made.write(graph)
    network(graph, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert page.count("<script") == 2
    inside = page.split('id="data">')[1].split("</script>")[0]
    assert json.loads(inside)["people"][0]["label"] == evil


def test_an_empty_graph_has_no_page(graph: Connection, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nobody is in any photo"):
        network(graph, tmp_path / "page.html")
