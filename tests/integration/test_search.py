"""Search in the graph: exactly what comparing with every face gives, whatever the filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graphface.db.schema import pin_space
from graphface.errors import NotFound, UsageError
from graphface.ingest.photo_writer import write_batch
from graphface.people.naming import name_by_file
from graphface.recognition import search as room
from graphface.recognition.filters import Filters
from graphface.recognition.search import Match, nearest
from graphface.records import Box, Face, Location, Picture
from tests.integration.faces import SPACE

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.db import Connection

PHOTOS, PEOPLE = 600, 6
START = datetime(2019, 1, 1)
VIENNA = Location(48.2, 16.37)


@dataclass(frozen=True)
class One:
    """A face as the test knows it."""

    id: str
    vector: np.ndarray
    people: int
    photo: int
    box: Box


@pytest.fixture
def faces(graph: Connection) -> list[One]:
    """Two faces a photo, of six people whose embeddings lie around six places."""
    rng = np.random.default_rng(3)
    middles = rng.normal(size=(PEOPLE, 128))
    pin_space(graph, SPACE)
    ones, pictures, found = [], [], []
    blank = np.zeros((100, 100, 3), np.uint8)
    for photo in range(PHOTOS):
        taken = START + timedelta(days=photo)
        place = Location(VIENNA.latitude + photo / 1000, VIENNA.longitude) if photo % 2 else None
        path = Path(f"/photos/{photo % 3}/{photo:04}.jpg")
        pictures.append(Picture(path, f"photo-{photo:04}", 1, photo, blank, taken, place))
        here = []
        for side, person in enumerate((photo % PEOPLE, (photo * 7 + 3) % PEOPLE)):
            vector = (middles[person] + rng.normal(size=128) / 3).astype(np.float32)
            box = Box(20 + 100 * side, 20, 30 + photo % 90, 60)
            ones.append(One(f"f{photo:04}-{side}", vector, person, photo, box))
            here.append(Face(ones[-1].id, box, 1.0, 0.9, vector))
        found.append(here)
    places = [(p.id, str(p.path), p.modified) for p in pictures]
    write_batch(graph, pictures, found, places, [])
    name_by_file(graph, {one.id: f"Name {one.people}" for one in ones}, "a test")
    return ones


def brute(
    faces: list[One], query: np.ndarray, top: int, keep: Callable[[One], bool]
) -> list[tuple[str, float]]:
    """(face, distance) by comparing with each, as one would by hand."""
    away = [
        (float(np.linalg.norm(one.vector.astype(float) - query.astype(float))), one.id)
        for one in faces
        if keep(one)
    ]
    return [(face, distance) for distance, face in sorted(away)[:top]]


def check_same(found: tuple[Match, ...], expected: list[tuple[str, float]]) -> None:
    assert [match.face for match in found] == [face for face, _ in expected]
    away = [match.distance for match in found]
    assert away == pytest.approx([distance for _, distance in expected], abs=1e-9)


def together(faces: list[One], number: int) -> Callable[[One], bool]:
    return lambda one: any(
        other.photo == one.photo and other.id != one.id and other.people == number
        for other in faces
    )


def kilometres(photo: int) -> float:
    """Along a meridian, on the sphere that Neo4j takes the earth for."""
    return float(np.radians(photo / 1000) * 6378.14)


def cases(faces: list[One]) -> list[tuple[Filters, Callable[[One], bool]]]:
    day = START + timedelta(days=300)
    least = Filters(where="f.width > $least AND p.id <> 'photo-0007'", values={"least": 110})
    return [
        (Filters(), lambda one: True),
        (Filters(people=("Name 4",)), lambda one: one.people == 4),
        (Filters(people=("name 1", "Name 5")), lambda one: one.people in (1, 5)),
        (Filters(after=day), lambda one: one.photo >= 300),
        (Filters(before=day), lambda one: one.photo < 300),
        (Filters(after=day, before=day + timedelta(days=3)), lambda one: 300 <= one.photo < 303),
        (Filters(near=(VIENNA, 5.0)), lambda one: one.photo % 2 == 1 and kilometres(one.photo) < 5),
        (Filters(folders=(Path("/photos/2"),)), lambda one: one.photo % 3 == 2),
        (Filters(together=("Name 2",)), together(faces, 2)),
        (Filters(min_face=115), lambda one: one.box.width >= 115),
        (least, lambda one: one.box.width > 110 and one.photo != 7),
        (Filters(people=("Name 1",), where="p.takenAt.year = 2020"),
         lambda one: one.people == 1 and 365 <= one.photo < 731),
        (Filters(where="f.width > 1000"), lambda one: False),
    ]  # fmt: skip


def test_filters_lose_nothing(
    graph: Connection, faces: list[One], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = faces[100].vector + np.float32(0.01)
    expected = [(filters, brute(faces, query, 10, keep)) for filters, keep in cases(faces)]
    assert [not wanted for _, wanted in expected].count(True) == 1, "one leaves nothing"
    # Each with each, the index with many candidates, and with too few for what the filters leave.
    for compare_all, fewest in ((20_000, 500), (0, 500), (0, 10)):
        monkeypatch.setattr(room, "COMPARE_ALL", compare_all)
        monkeypatch.setattr(room, "FEWEST", fewest)
        for filters, wanted in expected:
            check_same(nearest(graph, query, top=10, filters=filters), wanted)


def test_what_a_match_says(graph: Connection, faces: list[One]) -> None:
    (first, *others) = nearest(graph, faces[5].vector, top=5)
    one = faces[5]
    assert first == Match(
        0.0, f"/photos/{one.photo % 3}/{one.photo:04}.jpg", one.box, one.id, f"Name {one.people}"
    )
    assert len(others) == 4
    limit = others[1].distance
    found = nearest(graph, one.vector, top=5, threshold=limit)
    assert [match.face for match in found] == [first.face, others[0].face], "nearer, not as near"
    assert nearest(graph, one.vector, threshold=0.0) == ()


def everything(graph: Connection) -> list[Any]:
    with graph.session("read") as session:
        text = (
            "MATCH (n) RETURN labels(n) AS labels, n {.*, embedding: 0} AS properties, "
            "COUNT { (n)--() } AS degree"
        )
        return sorted(map(repr, session.run(text)))


ATTACKS = [
    "true SET f.width = 0",
    "true) DETACH DELETE f //",
    "true) DETACH DELETE f WITH 1 AS x WHERE (true",
    "true\n) SET f.x = 1 WITH *, 1 AS y WHERE (\ntrue",
    "EXISTS { MATCH (n) SET n.x = 1 }",
    "EXISTS { CALL db.createLabel('Bad') }",
    "f.x = 1; MATCH (n) DETACH DELETE n",
    "'\\u0027) DETACH DELETE f \\u002f\\u002f' = 1",
    "embedding = 1",
    "person.name = 'Ada'",
    "distance < 1",
    "f.x +",
    "f.quality",
    "size(f) > 1",
    "count(f) > 1",
    "1 / 0 = 1",
    "load csv from 'file:///etc/passwd' as x",
]


def test_a_condition_can_do_nothing_but_choose(graph: Connection, faces: list[One]) -> None:
    before = everything(graph)
    for attack in ATTACKS:
        with pytest.raises(UsageError, match="the condition"):
            nearest(graph, faces[0].vector, filters=Filters(where=attack))
    assert everything(graph) == before


def test_a_refused_condition_names_what_is_wrong(graph: Connection, faces: list[One]) -> None:
    with pytest.raises(UsageError, match=r"Variable `person` not defined\.") as error:
        nearest(graph, faces[0].vector, filters=Filters(where="person.name = 'Ada'"))
    assert "line" not in str(error.value)
    assert "\n" not in str(error.value)


def test_an_endless_condition_is_stopped(
    graph: Connection, faces: list[One], monkeypatch: pytest.MonkeyPatch
) -> None:
    from graphface.db import connection

    monkeypatch.setattr(connection, "CONDITION_SECONDS", 1.0)
    endless = "COUNT { (f)-[*1..20]-()-[*1..20]-() } < 0"
    with pytest.raises(UsageError, match="takes more than 1 s"):
        nearest(graph, faces[0].vector, filters=Filters(where=endless))


def test_unknown_people_and_an_empty_graph(graph: Connection) -> None:
    with pytest.raises(NotFound, match=r"build\(folders=\.\.\.\)"):
        nearest(graph, np.zeros(128, np.float32))
    pin_space(graph, SPACE)
    assert nearest(graph, np.ones(128, np.float32)) == ()
    with pytest.raises(NotFound, match="nobody at all"):
        nearest(graph, np.ones(128, np.float32), filters=Filters(together=("nobody at all",)))
