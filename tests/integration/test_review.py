"""Questions about a graph, and what answers write into it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.db.schema import pin_space
from graphface.errors import NotFound, UsageError
from graphface.ingest.photo_writer import write_batch
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.changes import change, history, new_person, undo
from graphface.people.naming import people
from graphface.people.review import Review
from graphface.people.review_replies import Outcome, Reply, replies, reply, reply_all
from graphface.records import Box, Face, Picture
from tests.integration.faces import SPACE, add_embeddings, belongs

if TYPE_CHECKING:
    from graphface.db import Connection, Run
    from graphface.people.review import Asked
    from graphface.records import Vectors

PERSONS = {"ada": "aaaaa", "piece": "aaa", "bob": "bbbbbb", "loner": "c", "nobody": "b"}
"""Who is in the graph, and what their faces show. `ada` has a name; `nobody` is no person."""


@pytest.fixture
def album(graph: Connection) -> Connection:
    """Ada (5 faces) and a piece of her (3), six faces of Bob without a name, one of a stranger,
    and one of Bob that belongs to nobody."""
    return write(graph, PERSONS, {"ada": "Ada"})


def write(graph: Connection, persons: dict[str, str], names: dict[str, str]) -> Connection:
    ids = [f"{person}-{k}" for person, shows in persons.items() for k in range(len(shows))]
    add_embeddings(graph, ids, vectors("".join(persons.values())))

    def found(run: Run) -> tuple[str, Assignments]:
        state = Assignments()
        for person in persons:
            if person != "nobody":
                id, number = new_person(run)
                state.persons[id] = Known(number, names.get(person))
                mine = [one for one in ids if one.startswith(f"{person}-")]
                state.faces.update(dict.fromkeys(mine, Belongs(id, "cluster", 0.9)))
        return "made", state

    change(graph, "test", found)
    return graph


def vectors(shows: str) -> Vectors:
    draw = np.random.default_rng(5)
    bases = np.linalg.qr(draw.standard_normal((128, 128)))[0]
    noise = 0.01 * draw.standard_normal((len(shows), 128))
    made: Vectors = (bases[["abc".index(one) for one in shows]] + noise).astype(np.float32)
    return made


def kinds(asked: list[Asked]) -> list[tuple[str, list[str]]]:
    return [(one.question.kind, [side.label for side in one.sides]) for one in asked]


def listed(graph: Connection) -> list[tuple[str | None, int]]:
    return [(one.name, one.faces) for one in people(graph)]


def test_the_most_useful_comes_first(album: Connection) -> None:
    run = Review(album)
    assert run.progress == "answered 0, 5 faces named of 16"
    asked = run.questions(10)
    assert kinds(asked)[:3] == [
        ("name", ["person 3"]),
        ("same", ["Ada", "person 2"]),
        ("name", ["person 2"]),
    ]
    assert ("same", ["person 3", "a face of nobody"]) in kinds(asked)
    first, second = asked[:2]
    assert first.text == "Who is this? person 3 (6 faces)"
    assert second.text == "Is this Ada? person 2 (3 faces)"
    assert second.sides[1].shown[0].path == f"/photos/{second.sides[1].shown[0].face}.jpg"
    assert [one.gain for one in asked] == sorted((one.gain for one in asked), reverse=True)


def test_answers_are_written_and_undone(album: Connection) -> None:
    before, who = belongs(album), listed(album)
    run = Review(album)
    naming, same = run.questions(2)
    assert run.answer(naming, "name", " Bob ") == "person 3 (6 faces) is Bob"
    assert run.answer(same, "y") == "person 2 (3 faces) is Ada (5 faces)"
    assert run.progress == "answered 2, 14 faces named of 16"
    third = run.questions()[0]
    assert kinds([third]) == [("same", ["Bob", "a face of nobody"])]
    assert run.answer(third, "y") == "face nobody-0 is Bob (6 faces)"
    assert listed(album) == [("Ada", 8), ("Bob", 7), (None, 1)]
    assert Review(album).progress == "answered 0, 15 faces named of 16"
    assert [entry.what for entry in history(album)][:3] == ["review"] * 3
    undo(album, 3)
    assert (belongs(album), listed(album)) == (before, who)


def test_a_yes_is_the_users_word(album: Connection) -> None:
    run = Review(album)
    run.answer(run.questions(2)[1], "y")
    rows = {row["face"]: row for row in album.run("read-belongs", faces=list(belongs(album)))}
    said = {face for face, row in rows.items() if row["source"] == "user"}
    assert {f"piece-{k}" for k in range(3)} < said
    assert len(said) == 4, "the nearest face of the other is confirmed too"


def test_a_no_is_remembered_by_the_graph(album: Connection) -> None:
    run = Review(album)
    same = run.questions(2)[1]
    _, a, b = same.id.split(":")
    assert run.answer(same, "n") == "person 2 (3 faces) is not Ada (5 faces)"
    (row,) = album.run("read-not-same", pairs=[sorted((a, b))])
    assert row["source"] == "user"
    asked = ("same", ["Ada", "person 2"])
    assert asked not in kinds(run.questions(10))
    assert asked not in kinds(Review(album).questions(10))
    undo(album)
    assert asked in kinds(Review(album).questions(10))


def test_a_skip_holds_for_this_run_only(album: Connection) -> None:
    run = Review(album)
    first = run.questions()[0]
    run.answer(first, "skip")
    assert first.id not in [one.id for one in run.questions(10)]
    assert Review(album).questions()[0].id == first.id
    assert run.answered == 0


def test_a_name_that_is_taken_joins(album: Connection) -> None:
    run = Review(album)
    piece = next(one for one in run.questions(10) if kinds([one]) == [("name", ["person 2"])])
    assert run.answer(piece, "name", "ada") == "person 2 (3 faces) is Ada (5 faces)"
    assert listed(album)[0] == ("Ada", 8)
    assert run.named == 8


def test_a_name_instead_of_yes_or_no_is_for_the_one_without(album: Connection) -> None:
    run = Review(album)
    same = run.questions(2)[1]
    assert run.answer(same, "name", "Eve") == "person 2 (3 faces) is Eve"
    assert sorted(name for name, _ in listed(album) if name) == ["Ada", "Eve"]
    assert run.named == 8


def test_a_face_of_nobody_gets_a_person(album: Connection) -> None:
    done = reply(album, Reply("name:nobody-0", "name", "Zoe"))
    assert done.text == "face nobody-0 is Zoe"
    assert ("Zoe", 1) in listed(album)
    undo(album)
    assert ("Zoe", 1) not in listed(album)


def test_two_without_a_name_become_one(graph: Connection) -> None:
    write(graph, {"one": "aaa", "nobody": "a"}, {})
    run = Review(graph)
    joining = next(one for one in run.questions(5) if one.question.kind == "same")
    assert joining.text.startswith("Are these two the same person? person 1 (3 faces)")
    run.answer(joining, "y")
    assert listed(graph) == [(None, 4)]
    assert run.answer(run.questions()[0], "name", "Ada") == "person 1 (4 faces) is Ada"
    assert run.questions() == []
    assert run.progress == "answered 2, 4 faces named of 4"


@pytest.mark.parametrize("together", [True, False])
def test_people_of_one_photo_are_not_asked_about(graph: Connection, together: bool) -> None:
    """Ada and somebody who looks like her; side by side in one picture, they are two people."""
    pin_space(graph, SPACE)
    base, aside = vectors("ac")
    faces = [
        Face(f"{name}-{k}", Box(10 + 40 * k, 20, 30, 30), 1.0, 0.9, base + shift * aside)
        for k in range(2)
        for name, shift in (("ada", 0.0), ("eve", 0.25))
    ]
    photos = [faces[:2], faces[2:]] if together else [[one] for one in faces]
    blank = np.zeros((100, 100, 3), np.uint8)
    for number, some in enumerate(photos):
        picture = Picture(Path(f"/photos/{number}.jpg"), f"photo-{number}", 1, 1, blank)
        write_batch(graph, [picture], [some], [(picture.id, str(picture.path), 1)], [])

    def two(run: Run) -> tuple[str, Assignments]:
        (ada, first), (eve, second) = new_person(run), new_person(run)
        persons: dict[str, Known | None] = {ada: Known(first, "Ada"), eve: Known(second)}
        whose = {one.id: ada if one.id.startswith("ada") else eve for one in faces}
        return "made", Assignments({f: Belongs(p, "cluster") for f, p in whose.items()}, persons)

    change(graph, "test", two)
    asked = kinds(Review(graph).questions(9))
    assert (("same", ["Ada", "person 2"]) in asked) is not together
    assert ("name", ["person 2"]) in asked


def test_hidden_persons_are_not_asked_about(album: Connection) -> None:
    change(album, "test", lambda _: ("hide", Assignments(persons={"p3": Known(3, hidden=True)})))
    labels = [label for _, sides in kinds(Review(album).questions(20)) for label in sides]
    assert "person 3" not in labels
    assert "person 2" in labels


def test_what_changed_meanwhile_is_said_and_nothing_written(album: Connection) -> None:
    run, other = Review(album), Review(album)
    same = run.questions(2)[1]
    other.answer(same, "y")
    assert run.answer(same, "y") == "that is Ada (8 faces) already"
    late = Review(album)
    with pytest.raises(UsageError, match="both faces belong to Ada"):
        reply(album, Reply(same.id, "n"))
    album.run("forget-everything")
    with pytest.raises(NotFound):
        late.answer(late.questions()[0], "name", "Eve")


def test_two_names_are_never_joined(album: Connection) -> None:
    reply(album, Reply("name:bob-0", "name", "Bob"))
    with pytest.raises(UsageError, match="both have a name"):
        reply(album, Reply("same:ada-0:bob-0", "y"))
    with pytest.raises(UsageError, match="has a name already"):
        reply(album, Reply("name:ada-0", "name", "Eve"))
    assert ("Ada", 5) in listed(album)


def test_many_answers_and_one_that_makes_no_sense(album: Connection) -> None:
    given = [
        {"id": "same:ada-0:piece-0", "answer": "y"},
        {"id": "name:gone", "answer": "name", "name": "Eve"},
        {"id": "name:bob-0", "answer": "name", "name": "Bob"},
        {"id": "name:loner-0"},
        {"id": "name:loner-0", "answer": "skip"},
    ]
    done = reply_all(album, replies(given))
    assert done.answers[0] == Outcome(given[0]["id"], "person 2 (3 faces) is Ada (5 faces)")
    error = done.answers[1].error
    assert error is not None
    assert error.code == "face-not-found"
    assert "gone" in error.message
    assert len(done.answers) == 4
    assert (done.faces_named, done.faces) == (14, 16)


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        ({}, "JSON list"),
        ([{"answer": "y"}], "answer 1 has no id"),
        ([{"id": "same:a", "answer": "y"}], "id of no question"),
        ([{"id": "name:a", "answer": "y"}], "answer 1 is 'y'"),
        ([{"id": "name:a", "answer": "name"}], "gives no name"),
        ([{"id": "name:a", "answer": "name", "name": "x" * 10_000}], "10000 characters"),
        ([{"id": "same:a:b", "answer": "n"}, {"id": "same:a:b", "answer": []}], "answer 2"),
    ],
)
def test_wrong_answers_are_refused_before_anything_is_written(entries: object, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        replies(entries)


def test_an_empty_graph_says_what_to_do(graph: Connection) -> None:
    with pytest.raises(NotFound, match=r"build\(folders=\.\.\.\)"):
        Review(graph)
