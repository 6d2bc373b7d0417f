"""Why two faces are one person, or two, on the real database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphface.cli.actions import command_line
from graphface.errors import NotFound, UsageError
from graphface.insights.explain import explain
from graphface.insights.strip import strip
from graphface.people.assignments import Assignments

from .faces import add_faces
from .gatherings import Gathering, set_state

if TYPE_CHECKING:
    from graphface.db import Connection


@pytest.fixture
def line(graph: Connection) -> Connection:
    """Faces on a line: f0 to f4 a step of 0.6 each but for one of 0.9; far away, lone."""
    from graphface.linking.link import link

    add_faces(graph, {"f000": 0.0, "f001": 0.6, "f002": 1.2, "f003": 2.1, "f004": 2.7, "lone": 9})
    link(graph, threshold=1.3, metric="euclidean")
    return graph


def test_the_chain_avoids_large_steps(line: Connection) -> None:
    found = explain(line, "f000", "f002")
    assert found.distance == pytest.approx(1.2)  # they are SAME themselves, yet a smaller way is
    assert [step.face for step in found.chain] == ["f000", "f001", "f002"]
    assert [step.distance for step in found.chain] == [None, pytest.approx(0.6), pytest.approx(0.6)]
    assert [one.face for one in found.shared] == ["f001"]
    assert (found.same_of_a, found.same_of_b) == (2, 3)


def test_the_weakest_step_is_named(line: Connection) -> None:
    found = explain(line, "f000", "f004")
    assert [step.face for step in found.chain] == ["f000", "f001", "f002", "f003", "f004"]
    assert found.weakest == 3
    assert found.chain[3].distance == pytest.approx(0.9)
    assert found.chain[3].path == "/photos/f003.jpg"
    assert any("2.700 apart" in said for said in found.against)


def test_without_a_chain_that_is_said(line: Connection) -> None:
    found = explain(line, "/photos/f000.jpg", "lone")
    assert found.chain == ()
    assert found.weakest is None
    assert "no chain of SAME joins them" in found.against


def test_no_projection_is_left_behind(line: Connection) -> None:
    explain(line, "f000", "lone")
    explain(line, "f000", "f004")
    with line.session("read") as session:
        left = session.run("CALL gds.graph.list() YIELD graphName RETURN graphName").values()
    assert left == []


def test_one_person_under_two_names_and_two_people(graph: Connection, tmp_path: Path) -> None:
    made = Gathering()
    middle = made.add("Ada", 6)
    made.add("p", 4, middle)
    made.add("Bob", 6)
    for k in range(8):
        made.add(f"other{k}", 3)
    number = made.write(graph)

    one = explain(graph, "Ada", str(number["p"]))
    assert one.verdict == "one"
    assert one.advice is not None
    assert command_line(one.advice) == f"graphface merge {number['Ada']} {number['p']}"
    assert one.comparisons[0].mean < one.comparisons[0].limit
    assert {step.person for step in one.chain} <= {"Ada", f"person {number['p']}"}
    assert len(one.shared) == 8  # all the others of the two

    two = explain(graph, "Ada", "Bob")
    assert (two.verdict, two.advice) == ("two", None)
    assert two.comparisons[0].mean > two.comparisons[0].limit

    face = explain(graph, "p-01", "Ada")
    assert face.verdict == "one"
    assert face.advice is not None
    assert command_line(face.advice) == f"graphface move p-01 {number['Ada']}"
    assert face.b.whole is not None
    assert face.b.whole.name == "Ada"

    within = explain(graph, "Ada-00", "Ada-01")
    assert within.verdict == "one"
    assert len(within.comparisons) == 2  # each against the rest


def test_what_was_said_counts_more_than_distance(graph: Connection) -> None:
    made = Gathering()
    made.add("Ada", 4)
    number = made.write(graph)
    set_state(graph, Assignments(not_same={("Ada-00", "Ada-01"): "user"}))
    found = explain(graph, "Ada-00", "Ada-01")
    assert found.verdict == "two"
    assert found.advice is not None
    assert command_line(found.advice) == f"graphface reject Ada-01 {number['Ada']}"
    assert any("NOT_SAME" in said for said in found.against)


def test_a_stray_face_in_a_person_is_doubted(graph: Connection) -> None:
    made = Gathering()
    made.add("Ada", 5)
    made.face("stray", "Ada", made.centre())
    number = made.write(graph)
    found = explain(graph, "Ada-00", "stray")
    assert found.verdict == "unsure"
    assert "stray" in found.text
    assert found.advice is not None
    assert command_line(found.advice) == f"graphface split {number['Ada']}"


def test_two_faces_of_one_photo(graph: Connection) -> None:
    made = Gathering()
    made.face("left", "Ada", made.centre(), "party")
    made.face("right", "Bob", made.centre(), "party")
    made.write(graph)
    found = explain(graph, "/photos/party.jpg#1", "right")
    assert found.verdict == "two"
    assert "both are in one photo: /photos/party.jpg" in found.against
    with pytest.raises(UsageError, match="2 faces"):
        explain(graph, "/photos/party.jpg", "right")


def test_what_makes_no_sense_is_refused(line: Connection, graph: Connection) -> None:
    with pytest.raises(UsageError, match="same face"):
        explain(line, "f000", "/photos/f000.jpg")
    with pytest.raises(NotFound, match="Nobody At All"):
        explain(line, "f000", "Nobody At All")
    with pytest.raises(NotFound, match="nowhere"):
        explain(line, "f000", "/nowhere/at/all.jpg")


def test_an_empty_graph_is_said(graph: Connection) -> None:
    with pytest.raises(NotFound, match="no faces yet"):
        explain(graph, "1", "2")


def test_the_strip_shows_faces_and_what_is_missing(graph: Connection, tmp_path: Path) -> None:
    from PIL import Image

    made = Gathering()
    made.add("Ada", 3)
    made.write(graph)
    here = tmp_path / "here.png"
    Image.new("RGB", (100, 100), (10, 200, 30)).save(here)
    with graph.session() as session:
        session.run("MATCH (p:Photo {id: 'photo-Ada-00'}) SET p.paths = [$path]", path=str(here))
    found = explain(graph, "Ada-00", "Ada-02")
    strip(found, tmp_path / "strip.png")
    with Image.open(tmp_path / "strip.png") as drawn:
        colours = {colour for _, colour in drawn.getcolors(1 << 24) or []}
    assert (10, 200, 30) in colours, "the face whose picture is there"
    assert (226, 227, 229) in colours, "a grey tile for the one that is not"
    with pytest.raises(UsageError, match="txt"):
        strip(found, tmp_path / "strip.txt")
    with pytest.raises(UsageError, match="picture itself"):
        strip(found, here)


def test_a_long_chain_goes_on_in_a_second_row(graph: Connection, tmp_path: Path) -> None:
    from PIL import Image

    from graphface.linking.link import link

    add_faces(graph, {f"f{k:03}": float(k) for k in range(9)})
    link(graph, threshold=1.5, metric="euclidean")
    found = explain(graph, "f000", "f008")
    assert len(found.chain) == 9
    strip(found, tmp_path / "nine.jpg")
    strip(explain(graph, "f000", "f001"), tmp_path / "two.jpg")
    with Image.open(tmp_path / "nine.jpg") as nine, Image.open(tmp_path / "two.jpg") as two:
        assert nine.height > two.height
        assert nine.width < 9 * 272 * 2
