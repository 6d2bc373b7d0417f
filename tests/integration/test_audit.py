"""Each kind of finding, planted and found, and a clean graph in which there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.cli.actions import command_line
from graphface.errors import Action
from graphface.insights.audit import apply, audit
from graphface.insights.contradictions import near_hashes
from graphface.people.assignments import Assignments
from graphface.people.naming import people

from .gatherings import Gathering, set_state

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.insights.audit_data import Finding


@pytest.fixture
def made() -> Gathering:
    """Eight persons of four faces, all different: nothing is wrong with them."""
    gathering = Gathering()
    for k in range(8):
        gathering.add(f"p{k}", 4)
    return gathering


def only(found: list[Finding], kind: str) -> Finding:
    assert [one.kind for one in found] == [kind], found
    return found[0]


def test_nothing_is_found_where_nothing_is_wrong(graph: Connection, made: Gathering) -> None:
    made.add("Ada", 6)
    made.face("left", "Bob", made.centre(), "party")
    made.face("right", "Cleo", made.centre(), "party")  # one photo, two persons
    made.face("late", "nobody", made.centre())
    made.write(graph)
    assert audit(graph) == []
    assert apply(graph) == []


def test_an_empty_graph_has_nothing_wrong(graph: Connection) -> None:
    assert audit(graph) == []


def test_a_bridge(graph: Connection, made: Gathering) -> None:
    made.bridge()
    number = made.write(graph)
    found = only(audit(graph), "bridge")
    assert found.faces == 5
    assert set(found.examples) == {"end1", "end2"}
    assert command_line(found.action) == f"graphface split {number['Ada']}"
    assert found.look == Action("explain", {"a": found.examples[0], "b": found.examples[1]})


def test_two_people_in_one_person(graph: Connection, made: Gathering) -> None:
    made.add("Ada", 5)
    made.add("Ada", 3, prefix="wrong")
    number = made.write(graph)
    found = only(audit(graph), "over-merged")
    assert (found.faces, found.persons) == (3, (number["Ada"],))
    assert command_line(found.action) == f"graphface split {number['Ada']}"


def test_what_a_person_said_of_each_face_is_not_doubted(graph: Connection, made: Gathering) -> None:
    from graphface.people.assignments import Belongs

    made.add("Ada", 5)
    made.add("Ada", 3, prefix="wrong")
    number = made.write(graph)
    ada = Belongs(f"p{number['Ada']}", "user")
    set_state(graph, Assignments(faces={f"wrong-{k:02}": ada for k in range(3)}))
    assert audit(graph) == []


def test_one_person_in_two(graph: Connection, made: Gathering) -> None:
    middle = made.add("Ada", 6)
    made.add("Countess", 4, middle)
    number = made.write(graph)
    found = only(audit(graph), "duplicate")
    assert found.faces == 4
    ada, other = number["Ada"], number["Countess"]
    assert command_line(found.action) == f"graphface merge {ada} {other} --into {ada}"
    set_state(graph, Assignments(not_same={("Ada-00", "Countess-00"): "user"}))
    assert audit(graph) == [], "somebody said that they are two"


def test_a_missing_same(graph: Connection, made: Gathering) -> None:
    made.add("Ada", 24, apart=0.36)
    made.add("Bob", 3, apart=0.05)
    made.person["Ada-07"] = "Bob"
    number = made.write(graph)
    found = only(audit(graph), "missing-same")
    assert found.examples[0] == "Ada-07"
    assert command_line(found.action) == f"graphface move Ada-07 {number['Ada']}"


def test_one_person_twice_in_a_photo(graph: Connection, made: Gathering) -> None:
    middle = made.add("Ada", 5)
    made.photo["Ada-03"] = made.photo["Ada-01"]
    made.vectors["Ada-03"] = (middle + 0.28 * made.centre()).astype(np.float32)
    number = made.write(graph)
    found = only(audit(graph), "twice-in-photo")
    assert command_line(found.action) == f"graphface reject Ada-03 {number['Ada']}"
    assert "/photos/photo-Ada-01.jpg" in found.text


def test_a_mirror_is_no_finding(graph: Connection, made: Gathering) -> None:
    made.add("Ada", 5, apart=0.05)
    made.photo["Ada-03"] = made.photo["Ada-01"]
    made.write(graph)
    assert audit(graph) == []


def test_two_faces_of_a_person_that_were_said_to_be_two(graph: Connection, made: Gathering) -> None:
    made.write(graph)
    set_state(graph, Assignments(not_same={("p3-00", "p3-01"): "user"}))
    found = only(audit(graph), "not-same")
    assert command_line(found.action).startswith("graphface reject p3-0")


def test_a_copy_under_another_name(graph: Connection, made: Gathering) -> None:
    middle = made.add("Ada", 5, apart=0.05)
    made.add("Bob", 5)
    made.face("copy", "Bob", made.vectors["Ada-02"] + 0.01 * middle)
    made.phash = {"photo-Ada-02": 0x5A5A_33CC_0F0F_7171, "photo-copy": 0x5A5A_33CC_0F0F_7170}
    number = made.write(graph)
    found = {one.kind: one for one in audit(graph)}["copies"]
    assert command_line(found.action) == f"graphface move copy {number['Ada']}"
    assert "/photos/photo-copy.jpg" in found.text
    graph.run("write-belongs", rows=[
        {"face": "copy", "person": f"p{number['Ada']}", "source": "user", "confidence": 1.0}
    ])  # fmt: skip
    assert audit(graph) == []


def test_near_hashes_are_all_that_differ_in_three_bits() -> None:
    rng = np.random.default_rng(0)
    some = rng.integers(0, 2**63, 300, dtype=np.uint64)
    for k in range(40):
        flips = rng.choice(64, k % 5, replace=False)
        some[100 + k] = some[k] ^ np.uint64(sum(1 << int(bit) for bit in flips))
    ones = np.array([[int(a ^ b).bit_count() for b in some] for a in some])
    wanted = {(a, b) for a in range(300) for b in range(a + 1, 300) if ones[a, b] <= 3}
    assert len(wanted) == 32
    assert set(near_hashes(some)) == wanted
    assert near_hashes(np.zeros(50, np.uint64)) == [], "pictures without contrast say nothing"


def test_what_is_empty_or_orphaned_goes(graph: Connection, made: Gathering) -> None:
    number = made.write(graph)
    rows = [{"id": "p90", "number": 90, "name": None, "hidden": None},
            {"id": "p91", "number": 91, "name": "Nobody Yet", "hidden": None}]  # fmt: skip
    graph.run("write-persons", persons=rows)
    with graph.session() as session:
        session.run("MATCH (p:Photo {id: 'photo-p2-01'}) DETACH DELETE p").consume()
        session.run("CREATE (:Photo {id: 'gone', path: '/gone.jpg', paths: []})").consume()
    found = audit(graph)
    assert [(one.kind, one.safe) for one in found] == [
        ("orphan", True), ("empty-person", True), ("empty-person", False), ("orphan", True),
    ]  # fmt: skip
    assert found[0].examples == ("p2-01",)
    assert command_line(found[2].action) == "graphface forget 91"

    done = apply(graph)
    assert done == [
        "deleted 1 face without a photo and 1 photo without file and face",
        "dropped 1 person without face and name",
    ]
    assert [command_line(one.action) for one in audit(graph)] == ["graphface forget 91"]
    assert {one.number: one.faces for one in people(graph)}[number["p2"]] == 3
    assert apply(graph) == []


def test_findings_are_ranked_by_faces(graph: Connection, made: Gathering) -> None:
    first = made.add("Ada", 6)
    made.add("q1", 2, first)
    second = made.add("Bob", 6)
    made.add("q2", 5, second)
    made.write(graph)
    rows = [{"id": "p99", "number": 99, "name": None, "hidden": None}]
    graph.run("write-persons", persons=rows)
    assert [one.faces for one in audit(graph)] == [5, 2, 0]
