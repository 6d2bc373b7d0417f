"""What a person decides is written as one transaction, remembered, and taken back exactly."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphface.clustering.cluster import cluster
from graphface.errors import NotFound, UsageError
from graphface.linking.link import link
from graphface.people.assignments import Assignments, Belongs, Known, pair
from graphface.people.changes import change, history, new_person, undo
from tests.integration.faces import PLACES, add_faces, belongs

if TYPE_CHECKING:
    from graphface.db import Connection, Run

FACES = list(PLACES)


@pytest.fixture
def people(graph: Connection) -> dict[str, str]:
    """Face -> person: a0-a2, b0-b1 and c0, clustered, nobody named."""
    add_faces(graph, PLACES)
    link(graph)
    cluster(graph)
    found = belongs(graph)
    assert len({found["a0"], found["b0"], found["c0"]}) == 3
    return found


def everything(graph: Connection) -> Any:
    """All that changes speak of: faces, persons with all their properties, NOT_SAME."""
    faces = graph.run("read-belongs", faces=FACES)
    persons = graph.run("read-persons", persons=[f"p{k}" for k in range(1, 400)])
    pairs = [list(two) for two in itertools.combinations(sorted(FACES), 2)]
    said = sorted(map(str, graph.run("read-not-same", pairs=pairs)))
    return faces, persons, said


def groups(found: dict[str, str]) -> set[frozenset[str]]:
    return {frozenset(f for f in found if found[f] == person) for person in found.values()}


def leave(graph: Connection, state: Assignments, **options: Any) -> Any:
    return change(graph, "test", lambda run: ("a test", state), **options)


def test_every_kind_of_change_is_undone(graph: Connection, people: dict[str, str]) -> None:
    a, b = people["a0"], people["b0"]
    states = [
        Assignments(faces={"a0": Belongs(b)}),
        Assignments(faces={"a0": None}),
        Assignments(faces={"a0": Belongs(a, "user", 1.0)}),
        Assignments(persons={a: Known(int(a[1:]), "Ada")}),
        Assignments(persons={a: Known(int(a[1:]), None, hidden=True)}),
        Assignments(not_same={pair("b0", "a0"): "user"}),
        Assignments({f: Belongs(b) for f in ("a0", "a1", "a2")}, {a: None}),
        Assignments({"c0": Belongs(a)}),  # its person has no other face: it goes, and comes back
    ]
    before = everything(graph)
    for state in states:
        done = leave(graph, state)
        assert done is not None
        assert everything(graph) != before
        assert [one.number for one in undo(graph)] == [done.number]
        assert everything(graph) == before


def test_an_emptied_person_goes_and_comes_back_as_old_as_before(
    graph: Connection, people: dict[str, str]
) -> None:
    lone = people["c0"]
    born = graph.run("read-persons", persons=[lone])
    leave(graph, Assignments({"c0": Belongs(people["a0"])}))
    assert graph.run("read-persons", persons=[lone]) == []
    undo(graph)
    assert graph.run("read-persons", persons=[lone]) == born
    assert born[0]["created"]


def test_a_named_person_without_a_face_stays(graph: Connection, people: dict[str, str]) -> None:
    lone = people["c0"]
    leave(graph, Assignments(persons={lone: Known(int(lone[1:]), "Cleo")}))
    leave(graph, Assignments({"c0": None}))
    assert graph.run("read-persons", persons=[lone])[0]["name"] == "Cleo"


def test_several_are_undone_newest_first_and_only_once(
    graph: Connection, people: dict[str, str]
) -> None:
    before = everything(graph)
    for face in ("a0", "a1", "a2"):
        leave(graph, Assignments({face: Belongs(people["b0"])}))
    middle = [one.number for one in history(graph)]
    assert middle == sorted(middle, reverse=True)
    assert [one.number for one in undo(graph, 2)] == middle[:2]
    assert [one.undone for one in history(graph)] == [True, True, False]
    assert len(undo(graph, 5)) == 1
    assert everything(graph) == before
    with pytest.raises(NotFound, match="nothing to undo"):
        undo(graph)
    with pytest.raises(UsageError):
        undo(graph, 0)
    assert [one.number for one in history(graph, last=1)] == middle[:1]


def test_what_changed_since_is_not_undone_and_nothing_is_half(
    graph: Connection, people: dict[str, str]
) -> None:
    first = leave(graph, Assignments({"a0": Belongs(people["b0"])}))
    leave(graph, Assignments({"b1": Belongs(people["a0"])}))
    graph.run("write-belongs", rows=[
        {"face": "a0", "person": people["c0"], "source": "folder", "confidence": 1.0}
    ])  # fmt: skip
    now = everything(graph)
    with pytest.raises(UsageError, match=f"change {first.number} .* cannot be undone"):
        undo(graph, 2)
    assert everything(graph) == now
    assert not any(one.undone for one in history(graph))


def test_what_clustering_did_since_is_no_reason_to_refuse(
    graph: Connection, people: dict[str, str]
) -> None:
    def found(run: Run) -> tuple[str, Assignments]:
        id, number = new_person(run)
        return "new", Assignments({"a2": Belongs(id), "c0": None}, {id: Known(number, "Ada")})

    assert change(graph, "test", found) is not None
    cluster(graph)  # c0 gets a person again, a0 and a1 join Ada
    assert belongs(graph)["c0"] is not None
    joined = [face for face, person in belongs(graph).items() if person == belongs(graph)["a2"]]
    assert sorted(joined) == ["a0", "a1", "a2"]
    undo(graph)
    assert belongs(graph)["a2"] == people["a2"]
    assert belongs(graph)["c0"] == people["c0"]
    assert "Ada" not in [row["name"] for row in graph.run("list-people", minFaces=0)]
    assert all(belongs(graph).values()), "no face was left behind with nobody"
    cluster(graph)
    assert groups(belongs(graph)) == groups(people)


def test_a_decision_on_a_person_keeps_the_person(graph: Connection, people: dict[str, str]) -> None:
    def found(run: Run) -> tuple[str, Assignments]:
        id, number = new_person(run)
        return "new", Assignments({"a2": Belongs(id)}, {id: Known(number, "Ada")})

    change(graph, "test", found)
    graph.run("write-belongs", rows=[
        {"face": "a0", "person": belongs(graph)["a2"], "source": "folder", "confidence": 1.0}
    ])  # fmt: skip
    with pytest.raises(UsageError, match="changed since"):
        undo(graph)


def test_nothing_to_do_is_no_change(graph: Connection, people: dict[str, str]) -> None:
    leave(graph, Assignments({"a0": Belongs(people["a0"])}))
    assert leave(graph, Assignments({"a0": Belongs(people["a0"])})) is None
    assert len(history(graph)) == 1


def test_dry_run_writes_nothing_at_all(graph: Connection, people: dict[str, str]) -> None:
    def work(run: Run) -> tuple[str, Assignments]:
        id, number = new_person(run)
        return "would", Assignments({"a0": Belongs(id)}, {id: Known(number)})

    before, space = everything(graph), graph.run("stats")
    planned = change(graph, "test", work, dry_run=True)
    assert planned is not None
    assert (planned.number, planned.faces, planned.text) == (0, 1, "would")
    assert (everything(graph), graph.run("stats"), history(graph)) == (before, space, [])
    assert change(graph, "test", work).number == 1  # type: ignore[union-attr]
    highest = max(int(p[1:]) for p in people.values())
    assert belongs(graph)["a0"] == f"p{highest + 1}", "the dry run took no number"


@pytest.mark.parametrize(
    "state",
    [
        Assignments({"a0": Belongs("p1"), "gone": None}),
        Assignments(not_same={("a0", "gone"): "user"}),
        Assignments({"a0": Belongs("p999")}),
    ],
)
def test_what_is_gone_is_said_and_nothing_is_written(
    graph: Connection, people: dict[str, str], state: Assignments
) -> None:
    before = everything(graph)
    with pytest.raises(NotFound):
        leave(graph, state)
    assert everything(graph) == before
    assert history(graph) == []


def test_work_may_be_called_again(graph: Connection, people: dict[str, str]) -> None:
    from neo4j.exceptions import TransientError

    calls = []

    def work(run: Run) -> tuple[str, Assignments]:
        calls.append(1)
        id, number = new_person(run)
        if len(calls) == 1:
            run("write-belongs", rows=[{"face": "a1", "person": None}])
            raise TransientError("a deadlock")
        return "again", Assignments({"a0": Belongs(id)}, {id: Known(number, "Ada")})

    before = everything(graph)
    change(graph, "test", work)
    assert len(calls) == 2
    assert belongs(graph)["a1"] == people["a1"]
    assert [one.text for one in history(graph)] == ["again"]
    undo(graph)
    assert everything(graph) == before


def test_an_empty_graph_says_what_to_do(graph: Connection) -> None:
    for ask in (lambda: leave(graph, Assignments()), lambda: undo(graph)):
        with pytest.raises(NotFound, match="no faces yet"):
            ask()
    assert history(graph) == []


Step = tuple[str, str, str, int]

steps = st.lists(
    st.tuples(
        st.sampled_from(["move", "new", "nobody", "merge", "name", "hide", "apart"]),
        st.sampled_from(FACES),
        st.sampled_from(FACES),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=10,
)


def step_assignments(run: Run, step: Step) -> Assignments:
    """A random decision, made from what is there now."""
    what, face, other, value = step
    now = {row["face"]: row["person"] for row in run("read-belongs", faces=FACES)}
    mine, theirs = now[face], now[other]
    if what == "apart" and face != other:
        return Assignments(not_same={pair(face, other): "user" if value else None})
    if what == "new":
        id, number = new_person(run)
        return Assignments({face: Belongs(id), other: Belongs(id)}, {id: Known(number)})
    if what == "move" and theirs:
        return Assignments({face: Belongs(theirs, "user" if value else "cluster", value / 3)})
    if what == "merge" and mine and theirs and mine != theirs:
        faces = {f: Belongs(theirs) for f, person in now.items() if person == mine}
        return Assignments(faces, {mine: None})
    if what in ("name", "hide") and mine:
        name = f"Ada {value}" if what == "name" and value else None
        return Assignments(persons={mine: Known(int(mine[1:]), name, hidden=what == "hide")})
    return Assignments({face: None})


def test_any_decisions_all_undone_are_the_start(graph: Connection, people: dict[str, str]) -> None:
    start = everything(graph)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps)
    def check(walk: list[Step]) -> None:
        seen, done = [start], 0
        for step in walk:
            if change(graph, step[0], lambda run, step=step: ("", step_assignments(run, step))):  # type: ignore[misc]
                done += 1
                seen.append(everything(graph))
            assert all(row["faces"] or row["name"] for row in graph.run("list-people", minFaces=0))
        half = done // 2
        if half:
            undo(graph, half)
            assert everything(graph) == seen[done - half]
        if done - half:
            undo(graph, done - half)
        assert everything(graph) == start

    check()
