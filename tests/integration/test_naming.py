"""Names: one rule, one lock and a change in the history, wherever a name comes from."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphface.clustering.cluster import cluster
from graphface.errors import NotFound, UsageError
from graphface.exchange.backup import restore
from graphface.exchange.import_names import import_names
from graphface.linking.link import link
from graphface.people.changes import change, history, new_person, undo
from graphface.people.claims import Claim, Target, decide
from graphface.people.curate import merge, move, reject
from graphface.people.forget import forget
from graphface.people.naming import (
    hide,
    name,
    name_by_file,
    name_by_folder,
    name_faces,
    people,
    rename,
)
from graphface.people.review_replies import Reply, reply
from graphface.people.selectors import find_face, find_person
from graphface.records import VERSION
from tests.integration.faces import PLACES, add_faces, belongs
from tests.integration.test_changes import everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.db import Connection, Run
    from graphface.people.assignments import Assignments

OLDER = Path(__file__).with_name("graph-version-2.backup")
"""Written by the graphface before names had keys. Persons 1 to 4 are Ada (a0-a2), Straße (b0 b1),
STRASSE (c0) and 7 (d0): the last two could be had then."""

SPELLINGS = ["Zoë  Straße", "zoe\u0308 STRASSE", " ZOË\u00a0straße "]


@pytest.fixture
def three(graph: Connection) -> dict[str, str]:
    """a0-a2, b0-b1 and c0 belong to persons without names. Returns face -> number."""
    add_faces(graph, PLACES)
    link(graph)
    cluster(graph)
    return {face: person[1:] for face, person in belongs(graph).items()}


def named(graph: Connection) -> dict[str, int]:
    return {one.name: one.faces for one in people(graph, min_faces=0) if one.name is not None}


def next_number(graph: Connection) -> int:
    with graph.session() as session:
        return int(session.run("MATCH (s:Space) RETURN s.nextPerson").single(strict=True)[0])


def test_folders_of_one_name_are_one_person(graph: Connection, three: dict[str, str]) -> None:
    before = everything(graph)
    folders = {
        "photo-a0": "Zoë", "photo-a1": "zoë", "photo-b0": unicodedata.normalize("NFD", "ZOË"),
        "photo-c0": "Bob",
    }  # fmt: skip
    done = name_by_folder(graph, folders)
    assert (done.named, done.refused) == (4, ())
    assert named(graph) == {"Zoë": 3, "Bob": 1}
    (entry,) = history(graph)
    assert (entry.what, entry.text) == ("ingest", "4 faces named after their folders")
    assert find_face(graph, "b0").source == "folder"
    undo(graph)
    assert named(graph) == {}
    assert everything(graph) == before
    name_by_folder(graph, folders)
    cluster(graph)
    assert {face for face in PLACES if find_face(graph, face).name == "Zoë"} >= {"a0", "a1", "b0"}
    undo(graph)
    assert named(graph) == {}


def test_the_same_folders_again_change_nothing(graph: Connection, three: dict[str, str]) -> None:
    folders = {"photo-a0": "Ada", "photo-b0": "bob", "photo-gone": "Cleo"}
    assert name_by_folder(graph, folders).named == 2
    before, count = everything(graph), next_number(graph)
    again = name_by_folder(graph, {**folders, "photo-b0": "BOB"})
    assert again.named == 0
    assert everything(graph) == before
    assert next_number(graph) == count
    assert len(history(graph)) == 1
    assert named(graph) == {"Ada": 1, "bob": 1}, "nobody is made whom no face shows"
    name(graph, three["c0"], "Dan")
    assert name_by_folder(graph, {"photo-c0": "Eve"}).named == 0, "who has a name keeps it"


def test_a_folder_of_digits_names_nobody(graph: Connection, three: dict[str, str]) -> None:
    done = name_by_folder(
        graph,
        {"photo-a0": "2019", "photo-a1": "2019", "photo-b0": "Bob", "photo-c0": "new"},
    )
    assert done.named == 1
    assert named(graph) == {"Bob": 1}
    assert len(done.refused) == 2, "each name is told once"
    assert "nobody can be called '2019'" in done.refused[0]
    assert "nobody can be called 'new'" in done.refused[1]


def test_a_file_names_faces_by_the_same_rule(graph: Connection, three: dict[str, str]) -> None:
    name(graph, three["a0"], "Ada")
    said = {"a0": "ADA", "b0": "ada", "b1": "Bob", "c0": "17", "gone": "Zoe"}
    done = name_by_file(graph, said, "faces.npz")
    assert (done.named, done.already) == (2, 1)
    assert named(graph) == {"Ada": 4, "Bob": 1}
    assert ["17" in reason for reason in done.refused] == [True]
    assert history(graph, last=1)[0].text == "2 faces named after faces.npz"
    before = everything(graph)
    assert name_by_file(graph, said, "faces.npz").change is None
    assert everything(graph) == before
    undo(graph)
    assert named(graph) == {"Ada": 3}


def register(graph: Connection, face: str, called: str) -> None:
    """As `register` lets a face change hands."""

    def work(run: Run) -> tuple[str, Assignments]:
        claim = Claim(Path("x.jpg"), Target(called), face)
        made = decide(run, [claim], force=False, number=lambda: new_person(run))
        return made.text, made.state

    change(graph, "register", work)


def by_table(graph: Connection, tmp_path: Path, face: str, called: str) -> None:
    table = tmp_path / "names.csv"
    table.write_text(f'face,name\n{face},"{called}"\n', "utf-8")
    import_names(graph, table)


def test_all_that_name_faces_mean_one_person(
    graph: Connection, three: dict[str, str], tmp_path: Path
) -> None:
    one, *others = SPELLINGS
    name(graph, three["a0"], one)
    for act in (
        lambda spelled: name_by_folder(graph, {"photo-c0": spelled}),
        lambda spelled: name_by_file(graph, {"c0": spelled}, "a file"),
        lambda spelled: name_faces(graph, {"c0": spelled}, "regions"),
        lambda spelled: by_table(graph, tmp_path, "c0", spelled),
        lambda spelled: register(graph, "c0", spelled),
        lambda spelled: reply(graph, Reply("name:c0", "name", spelled)),
        lambda spelled: move(graph, ["c0"], spelled),
    ):
        for spelled in others:
            act(spelled)
            assert named(graph) == {"Zoë Straße": 4}, (act, spelled)
            assert len(people(graph, min_faces=0)) == 2
            undo(graph)
            assert named(graph) == {"Zoë Straße": 3}


def test_to_name_somebody_as_another_is_refused(
    graph: Connection, three: dict[str, str], tmp_path: Path
) -> None:
    name(graph, three["a0"], SPELLINGS[0])
    name(graph, three["b0"], "Bob")
    before = everything(graph)
    table = tmp_path / "names.csv"
    table.write_text(f'old_name,name\nBob,"{SPELLINGS[1]}"\n', "utf-8")
    for act in (
        lambda: name(graph, three["b0"], SPELLINGS[1]),
        lambda: rename(graph, "bob", SPELLINGS[2]),
        lambda: merge(graph, ["Bob", three["c0"]], into=SPELLINGS[1]),
        lambda: import_names(graph, table),
    ):
        with pytest.raises(UsageError, match="called") as caught:
            act()
        assert caught.value.code == "name-taken"
        assert "one of the two" in caught.value.hint or "one person of two" in caught.value.hint
    assert everything(graph) == before
    rename(graph, SPELLINGS[1], "ZOË STRASSE")  # another spelling of the own name is no collision
    assert named(graph) == {"ZOË STRASSE": 3, "Bob": 2}


@pytest.mark.parametrize("digits", ["7", "2019", " 0 ", "p3", "Person 3", "new", "NOBODY"])
def test_what_reads_as_something_else_is_no_name(
    graph: Connection, three: dict[str, str], tmp_path: Path, digits: str
) -> None:
    name(graph, three["a0"], "Ada")
    before = everything(graph)
    table = tmp_path / "names.csv"
    table.write_text(f'old_name,name\nAda,"{digits}"\n', "utf-8")
    acts: list[Callable[[], object]] = [
        lambda: name(graph, three["b0"], digits),
        lambda: rename(graph, "Ada", digits),
        lambda: reply(graph, Reply("name:c0", "name", digits)),
        lambda: import_names(graph, table),
        lambda: by_table(graph, tmp_path, "c0", digits),
    ]
    for act in acts:
        with pytest.raises(UsageError, match="nobody can be called"):
            act()
    assert name_by_folder(graph, {"photo-c0": digits}).named == 0
    assert name_by_file(graph, {"c0": digits}, "a file").named == 0
    assert everything(graph) == before


def test_two_at_once_make_one_person(graph: Connection, three: dict[str, str]) -> None:
    acts = [
        partial(name_by_folder, graph, {"photo-a0": "Ada"}),
        partial(name_by_folder, graph, {"photo-b0": "ada"}),
        partial(name_by_file, graph, {"c0": "ADA"}, "a file"),
        partial(register, graph, "b1", "aDa"),
    ]
    with ThreadPoolExecutor(len(acts)) as pool:
        for job in [pool.submit(act) for act in acts]:
            job.result()
    (faces,) = named(graph).values()
    assert faces == 4


def test_a_name_that_was_changed_by_hand_is_found(graph: Connection, three: dict[str, str]) -> None:
    name(graph, three["a0"], "Ada")
    with graph.session() as session:
        session.run("MATCH (p:Person {name: 'Ada'}) SET p.name = 'Bob'").consume()
        session.run(
            "MATCH (p:Person {id: $id}) SET p.name = 'Cleo'", id=f"p{three['c0']}"
        ).consume()
    assert find_person(graph, "bob").number == int(three["a0"])
    assert find_person(graph, "CLEO").number == int(three["c0"])
    with pytest.raises(NotFound):
        find_person(graph, "Ada")
    with pytest.raises(UsageError, match="already called 'Bob'"):
        name(graph, three["b0"], "BOB")
    name(graph, three["b0"], "Ada")
    assert find_person(graph, "ada").number == int(three["b0"])


def test_merge_into_a_number(graph: Connection, three: dict[str, str]) -> None:
    name(graph, three["a0"], "Ada")
    name(graph, three["b0"], "Bob")
    with pytest.raises(UsageError, match="have names already") as caught:
        merge(graph, ["Ada", "Bob"])
    assert caught.value.action is not None
    assert caught.value.action.arguments["into"] == int(three["a0"]), "as its advice says"
    merge(graph, ["Ada", "Bob"], into=three["b0"])
    assert named(graph) == {"Bob": 5}
    assert find_person(graph, "Bob").number == int(three["b0"])
    undo(graph)
    merge(graph, ["Ada", three["c0"]], into=f"person {three['c0']}")
    assert named(graph) == {"Ada": 4, "Bob": 2}, "the name of the only one who has one goes on"
    assert find_person(graph, "Ada").number == int(three["c0"])
    undo(graph)
    before = everything(graph)
    with pytest.raises(UsageError, match="number of none of Ada, Bob"):
        merge(graph, ["Ada", "Bob"], into=three["c0"])
    with pytest.raises(UsageError, match="have names already"):
        merge(graph, ["Ada", "Bob", three["c0"]], into=three["c0"])
    assert everything(graph) == before


def test_a_yes_of_a_review_merges_as_merge_does(graph: Connection, three: dict[str, str]) -> None:
    name(graph, three["a0"], "Ada")
    reject(graph, "b1", "Ada")
    move(graph, ["b1"], three["b0"])
    hide(graph, "Ada")
    assert graph.run("not-same-among", faces=list(PLACES))
    reply(graph, Reply("same:a0:b0", "y"))
    assert not graph.run("not-same-among", faces=list(PLACES)), "no word against it is left"
    ada = people(graph)[0]
    assert (ada.name, ada.faces, ada.hidden) == ("Ada", 5, False)
    faces, persons, said = everything(graph)
    undo(graph)
    merge(graph, ["Ada", three["b0"]])
    merged = everything(graph)
    assert (persons, said) == merged[1:]
    for after, other in zip(faces, merged[0], strict=True):
        if after["face"] != "a0":  # of which the question asked, and that is now confirmed
            assert after == other


def test_forget_knows_who_was_merged_by_a_review(graph: Connection, three: dict[str, str]) -> None:
    move(graph, ["b0"], three["b0"])
    name(graph, three["a0"], "Ada")
    reply(graph, Reply("same:a0:b0", "y"))
    forget(graph, "Ada")
    assert history(graph) == []


def test_an_older_graph_is_brought_up_to_date(graph: Connection) -> None:
    with graph.session() as session:
        session.run("DROP INDEX person_name_key IF EXISTS").consume()
    restore(graph, OLDER)
    with graph.session() as session:
        session.run("DROP INDEX person_name_key IF EXISTS").consume()
    pinned = graph.space()
    assert pinned is not None
    assert pinned.version == 2
    assert find_person(graph, "ada").faces == 3, "before anything is written"
    with pytest.raises(UsageError, match=r"several persons are called 'strasse' \(2, 3\)"):
        find_person(graph, "strasse")
    assert find_person(graph, "Straße").number == 2, "of two in an older graph the spelling decides"
    assert find_person(graph, "STRASSE").number == 3

    hide(graph, "Ada")
    now = graph.space()
    assert now is not None
    assert now.version == VERSION
    with graph.session() as session:
        keys = session.run("MATCH (p:Person) RETURN p.nameKey ORDER BY p.number").value()
        indexes = session.run("SHOW INDEXES YIELD name RETURN name").value()
    assert keys == ["ada", "strasse", "strasse", "7"]
    assert "person_name_key" in indexes

    assert find_person(graph, "7").number == 4, "nobody has the number, and the name is old"
    with pytest.raises(UsageError, match="already called"):
        name(graph, "4", "strasse")
    rename(graph, "4", "Sieben")
    merge(graph, ["2", "3"], into="2")
    assert {one.name: one.faces for one in people(graph, hidden=True)} == {
        "Ada": 3, "Straße": 3, "Sieben": 1,
    }  # fmt: skip
    assert len(undo(graph, 3)) == 3
    assert find_person(graph, "3").name == "STRASSE"


def test_a_name_of_two_persons_of_an_older_graph_is_refused_with_the_reason(
    graph: Connection,
) -> None:
    restore(graph, OLDER)
    move(graph, ["a0"], "nobody")
    done = name_by_folder(graph, {"photo-a0": "strasse"})
    assert done.named == 0
    assert "several persons are called 'strasse'" in done.refused[0]
    given = name_faces(graph, {"a0": "strasse"}, "regions")
    assert given.named == 0
    assert "several persons" in given.refused[0]
    assert name_by_folder(graph, {"photo-a0": "Straße"}).named == 1, "the spelling decides"
    assert find_face(graph, "a0").number == 2
