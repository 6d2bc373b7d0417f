"""Setting right what clustering got wrong, on the real database; and that it stays right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphface.clustering import cluster as cluster_module
from graphface.clustering.cluster import cluster
from graphface.errors import NotFound, UsageError
from graphface.linking.link import link
from graphface.people.changes import history, undo
from graphface.people.curate import confirm, merge, move, reject
from graphface.people.naming import hide, name, people, rename, unhide
from graphface.people.selectors import faces_of, faces_shown, find_face, find_person
from graphface.people.split import propose_split, split
from tests.integration.faces import PLACES, add_faces, belongs
from tests.integration.test_changes import everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.db import Connection


@pytest.fixture
def three(graph: Connection) -> dict[str, str]:
    """Ada has a0-a2; b0-b1 and c0 belong to persons without names. Returns face -> number."""
    add_faces(graph, PLACES)
    link(graph)
    cluster(graph)
    found = {face: person[1:] for face, person in belongs(graph).items()}
    name(graph, found["a0"], "Ada")
    return found


def together(graph: Connection) -> set[str]:
    """The faces of each person, as one text a person."""
    found = belongs(graph)
    people = {p for p in found.values() if p}
    return {" ".join(sorted(f for f in found if found[f] == person)) for person in people}


def source(graph: Connection, face: str) -> str | None:
    return find_face(graph, face).source


def test_merge_is_kept_by_clustering_and_undone(graph: Connection, three: dict[str, str]) -> None:
    before = everything(graph)
    done = merge(graph, ["Ada", three["b0"]])
    assert done is not None
    assert done.text == f"person {three['b0']} merged into Ada (2 faces)"
    assert together(graph) == {"a0 a1 a2 b0 b1", "c0"}
    assert source(graph, "b0") == "user"
    cluster(graph)
    assert together(graph) == {"a0 a1 a2 b0 b1", "c0"}
    undo(graph)
    assert everything(graph) == before


def test_unnamed_persons_merged_stay_together(graph: Connection, three: dict[str, str]) -> None:
    merge(graph, [three["c0"], three["b0"]])
    cluster(graph)
    assert together(graph) == {"a0 a1 a2", "b0 b1 c0"}
    assert find_face(graph, "c0").number == int(three["b0"]), "the larger one goes on"


def test_two_names_merge_only_with_into(graph: Connection, three: dict[str, str]) -> None:
    name(graph, three["b0"], "Bob")
    with pytest.raises(UsageError, match=r"Ada and Bob have names already.*into="):
        merge(graph, ["Ada", "bob"])
    merge(graph, ["Ada", "Bob"], into="bob")
    assert [row.name for row in people(graph)] == ["Bob", None]
    undo(graph)
    merge(graph, ["Ada", "Bob"], into="Ada Byron")
    assert find_person(graph, "ada byron").faces == 5
    undo(graph)
    name(graph, three["c0"], "Cleo")
    with pytest.raises(UsageError, match="already called 'Cleo'"):
        merge(graph, ["Ada", "Bob"], into="Cleo")
    assert {row.name for row in people(graph)} == {"Ada", "Bob", "Cleo"}


def test_bad_merges(graph: Connection, three: dict[str, str]) -> None:
    before = everything(graph)
    for persons, into, error in (
        (["Ada", three["a0"]], None, "not the same"),
        (["Ada"], None, "two persons"),
        (["Ada", "Adda"], None, "Did you mean Ada"),
        (["Ada", three["b0"]], "x" * 10_000, "too long"),
        (["Ada", three["b0"]], "A\x07da", "control"),
        (["Ada", three["b0"]], "3", "number"),
    ):
        with pytest.raises((UsageError, NotFound), match=error):
            merge(graph, persons, into=into)
    assert everything(graph) == before


def test_a_rejected_face_never_comes_back(graph: Connection, three: dict[str, str]) -> None:
    reject(graph, "a2", "Ada")
    assert find_face(graph, "a2").person is None
    cluster(graph)
    assert find_face(graph, "a2").name is None
    assert set(together(graph)) >= {"a0 a1"}
    undo(graph)
    assert find_face(graph, "a2").name == "Ada"


def test_what_is_said_while_clustering_runs_holds(
    graph: Connection, three: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clustering has read the graph; before it writes, somebody rejects and keeps apart."""
    add_faces(graph, {"a3": 2.5, "e0": 20.0, "e1": 20.5, "f0": 30.0, "f1": 30.5})
    link(graph)
    assign = cluster_module.assign

    def meanwhile(*args: Any) -> Any:
        reject(graph, "a3", "Ada")
        graph.run("write-not-same", rows=[{"a": "e0", "b": "e1", "source": "user"}])
        return assign(*args)

    monkeypatch.setattr(cluster_module, "assign", meanwhile)
    cluster(graph)
    assert "a0 a1 a2" in together(graph)
    assert "f0 f1" in together(graph), "what nobody spoke of is written"
    assert not any("e0" in some and "e1" in some for some in together(graph))


def test_rejected_holds_where_the_person_has_several_clusters(
    graph: Connection, three: dict[str, str]
) -> None:
    merge(graph, ["Ada", three["b0"]])
    reject(graph, "b1", "Ada")
    # Only what was said against the other cluster is left: b0, which b1 is nearest to, is Ada's.
    graph.run("write-not-same", rows=[{"a": "b0", "b": "b1", "source": None}])
    cluster(graph)
    assert find_face(graph, "b1").name != "Ada"


def test_move_takes_back_what_was_said_against_it(graph: Connection, three: dict[str, str]) -> None:
    reject(graph, "b1", "Ada")
    before = everything(graph)
    done = move(graph, ["b0", "/photos/b1.jpg#1"], "Ada")
    assert done is not None
    assert "2 faces moved to Ada" in done.text
    assert not graph.run("not-same-among", faces=list(PLACES))
    assert together(graph) == {"a0 a1 a2 b0 b1", "c0"}
    assert move(graph, ["b0"], "Ada") is None, "it is there already"
    undo(graph)
    assert everything(graph) == before


def test_move_to_a_new_person_and_to_nobody(graph: Connection, three: dict[str, str]) -> None:
    move(graph, ["a2"], "new")
    assert together(graph) == {"a0 a1", "a2", "b0 b1", "c0"}
    cluster(graph)
    assert together(graph) == {"a0 a1", "a2", "b0 b1", "c0"}
    move(graph, ["c0"], "nobody")
    assert together(graph) == {"a0 a1", "a2", "b0 b1"}
    assert len(undo(graph, 2)) == 2
    assert together(graph) == {"a0 a1 a2", "b0 b1", "c0"}


def test_confirm_a_face_or_a_person(graph: Connection, three: dict[str, str]) -> None:
    confirm(graph, ["a0", three["b0"]])
    assert [source(graph, face) for face in ("a0", "a1", "b0", "b1")] == [
        "user", "cluster", "user", "user",
    ]  # fmt: skip
    assert confirm(graph, ["a0"]) is None
    move(graph, ["c0"], "nobody")
    with pytest.raises(UsageError, match="belongs to nobody"):
        confirm(graph, ["c0"])
    with pytest.raises(NotFound, match="and no face"):
        confirm(graph, ["Zoe"])


def test_split_parts_two_people_for_good(graph: Connection, three: dict[str, str]) -> None:
    merge(graph, [three["b0"], "Ada"])
    undone = everything(graph)
    proposal = propose_split(graph, "Ada")
    assert everything(graph) == undone, "a proposal writes nothing"
    assert {face.id for face in (*proposal.stay, *proposal.leave)} == {"a0", "a1", "a2", "b0", "b1"}
    assert {face.id for face in proposal.stay} in ({"b0", "b1"}, {"a0", "a1", "a2"})
    assert "b0" in {face.id for face in proposal.stay}, "confirmed faces keep the name"
    assert 0 < proposal.nearest <= 2
    split(graph, proposal)
    assert together(graph) == {"a0 a1 a2", "b0 b1", "c0"}
    assert find_face(graph, "b0").name == "Ada"
    assert len(graph.run("not-same-among", faces=list(PLACES))) == len(proposal.apart) > 0
    cluster(graph)
    assert together(graph) == {"a0 a1 a2", "b0 b1", "c0"}
    with pytest.raises(UsageError, match="changed meanwhile"):
        split(graph, proposal)
    undo(graph)
    assert everything(graph) == undone
    with pytest.raises(UsageError, match="nothing to split"):
        propose_split(graph, three["c0"])


def test_names_are_changes_like_others(graph: Connection, three: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="has no name yet"):
        rename(graph, three["b0"], "Bob")
    with pytest.raises(UsageError, match="already called 'Ada'"):
        name(graph, three["b0"], "ADA")
    rename(graph, "ada", "Ada Byron")
    assert history(graph, last=1)[0].text == "Ada is now Ada Byron"
    undo(graph, 2)
    assert all(row.name is None for row in people(graph))


def test_hidden_persons_are_only_listed_with_all(graph: Connection, three: dict[str, str]) -> None:
    hide(graph, "Ada")
    assert hide(graph, "Ada") is None
    assert "Ada" not in [row.name for row in people(graph)]
    assert [row.hidden for row in people(graph, hidden=True) if row.name] == [True]
    merge(graph, ["Ada", three["b0"]])
    assert "Ada" in [row.name for row in people(graph)], "one of the two was not hidden"
    undo(graph)
    unhide(graph, "Ada")
    assert "Ada" in [row.name for row in people(graph)]


def test_faces_are_found_as_users_type_them(graph: Connection, three: dict[str, str]) -> None:
    add_faces(graph, {"long-id-1": 30.0, "long-id-2": 40.0})
    assert find_face(graph, "/photos/a0.jpg").id == "a0"
    assert find_face(graph, "/photos/x/../a0.jpg#1").id == "a0"
    assert find_face(graph, "long-id-2").label == "nobody"
    assert [face.id for face in faces_of(graph, f"p{three['a0']}")] == ["a0", "a1", "a2"]
    assert faces_shown(graph, "/photos/a0.jpg") == faces_shown(graph, "Ada")[:1]
    wrong: list[tuple[str, str, Callable[..., object]]] = [
        ("long", "several faces begin", find_face),
        ("a", "no face is called", find_face),
        ("", "no face is called", find_face),
        ("/photos/a0.jpg#2", "no face #2", find_face),
        ("y" * 10_000, "no face is called", find_face),
        ("/photos/nothing.jpg", "not in the graph", faces_shown),
        ("Adda", "Did you mean Ada", faces_shown),
        ("z\0" * 9, "no person", faces_shown),
    ]
    for text, error, ask in wrong:
        with pytest.raises((NotFound, UsageError), match=error) as caught:
            ask(graph, text)
        assert len(str(caught.value)) < 400


def test_a_face_that_is_gone(graph: Connection, three: dict[str, str]) -> None:
    graph.run("forget-faces", faces=["a0"])
    for act in (lambda: move(graph, ["a0"], "Ada"), lambda: reject(graph, "a0", "Ada")):
        with pytest.raises(NotFound, match="no face is called 'a0'"):
            act()
    with pytest.raises(NotFound, match="a0"):
        undo_a_move(graph)


def undo_a_move(graph: Connection) -> None:
    move(graph, ["a1", "a0"], "nobody")
