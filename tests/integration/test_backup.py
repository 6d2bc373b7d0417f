"""A whole graph into one file and back: every value, refused when damaged, begun anew when cut."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graphface.db.values import from_json, to_json
from graphface.errors import DatabaseError, UsageError
from graphface.exchange.backup import backup, restore
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.changes import change, new_person
from tests.integration.faces import PLACES, add_embeddings, add_faces

if TYPE_CHECKING:
    from graphface.db import Connection, Run
    from tests.conftest import Cli

# One of each kind that a property can be, on nodes that graphface knows nothing of.
ODD = """
CREATE (:Odd:Thing {
  zoned: datetime('2020-07-01T10:00:00.123456789[Europe/Berlin]'), offset: datetime(),
  local: localdatetime('2019-02-03T04:05:06.7'), time: time('10:00+02:00'), clock: localtime(),
  date: date('2020-02-29'), lasts: duration('P1Y2M3DT4.5S'), flat: point({x: 1.5, y: 2}),
  place: point({latitude: 50.9, longitude: 7.1, height: 3}), deep: point({x: 1, y: 2, z: 3}),
  flags: [true, false], empty: [], names: ['a', 'ä\\n"\\''], wide: [0.1, 0.2], narrow: [0.5, 2.0],
  whole: [1, -9223372036854775808], none: 0.0 / 0.0, most: [1.0 / 0.0, 1.0], big: 1e300,
  dates: [date('2020-01-01')], text: '{"$f4": 1}'
})-[:KNOWS {since: date('2001-01-01')}]->(:Odd)-[:KNOWS]->({})
"""


@pytest.fixture
def full(graph: Connection) -> Connection:
    """Faces, photos, persons, all relationships, a change, and nodes of somebody else's."""
    add_faces(graph, PLACES)

    def work(run: Run) -> tuple[str, Assignments]:
        ada, number = new_person(run)
        return "named", Assignments(
            {"a0": Belongs(ada), "a1": Belongs(ada, "cluster", 0.75)},
            {ada: Known(number, "Ada", hidden=True)},
            {("a0", "b0"): "user"},
        )

    change(graph, "name", work)
    with graph.session() as session:
        session.run(
            "MATCH (a:Face {id: 'a0'}), (b:Face {id: 'a1'}) "
            "CREATE (a)-[:SAME {distance: 0.5}]->(b), (a)-[:SAME {distance: 0.1}]->(a)"
        ).consume()
        session.run("MATCH (p:Person) CREATE (p)-[:APPEARS_WITH {photos: 3}]->(p)").consume()
        session.run(ODD).consume()
    return graph  # fmt: skip


def dump(graph: Connection) -> tuple[list[Any], list[Any]]:
    """All that Bolt shows of a graph, in an order of its own."""
    with graph.session() as session:
        nodes = session.run("MATCH (n) RETURN labels(n) AS l, properties(n) AS p").values()
        edges = session.run(
            "MATCH (a)-[r]->(b) RETURN type(r), properties(r), properties(a), properties(b)"
        ).values()
    return sorted(map(_text, nodes)), sorted(map(_text, edges))


def _text(row: list[Any]) -> str:
    return repr([sorted(part.items()) if isinstance(part, dict) else part for part in row])


def test_everything_comes_back(full: Connection, tmp_path: Path) -> None:
    before, file = dump(full), tmp_path / "faces.backup"
    made = backup(full, file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (made.nodes, made.relationships) == (len(before[0]), len(before[1]))
    assert {"'Change'", "'Space'", "'Person'", "'Photo'", "'Face'"} <= {
        label for label in ("'Change'", "'Space'", "'Person'", "'Photo'", "'Face'")
        if any(label in node for node in before[0])
    }  # fmt: skip
    full.run("forget-everything")
    done = restore(full, file)
    assert dump(full) == before
    assert done.digest == made.digest
    near = full.run("nearest-faces", embedding=[1.0] * 128, metric="euclidean", count=6)
    assert [row["face"] for row in near] == [*PLACES], "the vector index answers"
    with full.session() as session:
        names = {row["name"] for row in session.run("SHOW CONSTRAINTS YIELD name RETURN name")}
    assert {"face_id", "person_id", "photo_id", "space_id", "change_number"} <= names
    assert new_person(lambda name, **p: full.run(name, **p))[0] == "p2", "numbers go on"


@pytest.mark.parametrize("at", ["start", "header", "middle", "seal", "end"])
def test_a_changed_file_is_refused_before_anything_is_written(
    full: Connection, tmp_path: Path, at: str
) -> None:
    file = tmp_path / "faces.backup"
    backup(full, file)
    whole = file.read_bytes()
    place = {"start": 0, "header": 5, "middle": len(whole) // 2, "seal": -60, "end": -1}[at]
    data = bytearray(whole)
    data[place] ^= 1
    full.run("forget-everything")
    for damaged in (bytes(data), whole[:place], b""):
        file.write_bytes(damaged)
        with pytest.raises(UsageError, match=r"no backup|cut off|changed"):
            restore(full, file)
    assert full.run("backup-counts")[0]["nodes"] == 0


def test_only_into_an_empty_graph_unless_told(full: Connection, tmp_path: Path) -> None:
    file = tmp_path / "faces.backup"
    backup(full, file)
    before = dump(full)
    with pytest.raises(UsageError, match="not empty"):
        restore(full, file)
    with full.session() as session:
        session.run("CREATE (:Extra)").consume()
    restore(full, file, replace=True)
    assert dump(full) == before
    with pytest.raises(UsageError, match="there already"):
        backup(full, file)


def test_a_backup_of_an_empty_graph(graph: Connection, tmp_path: Path) -> None:
    file = tmp_path / "none.backup"
    assert backup(graph, file).nodes == 0
    assert restore(graph, file).nodes == 0
    assert graph.space() is None


def test_what_differs_after_a_restore_is_an_error(
    full: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that writes in between is caught by the digest, not only by counts."""
    from graphface.exchange import backup as room

    file = tmp_path / "faces.backup"
    backup(full, file)
    write = room._write_restore

    def and_meddle(graph: Connection, *rest: Any) -> Any:
        end = write(graph, *rest)
        with graph.session() as session:
            session.run("MATCH (f:Face {id: 'b0'}) SET f.quality = 0.5").consume()
        return end

    monkeypatch.setattr(room, "_write_restore", and_meddle)
    with pytest.raises(DatabaseError, match="is not what"):
        restore(full, file, replace=True)
    monkeypatch.undo()
    with pytest.raises(UsageError, match="half restored"):
        backup(full, tmp_path / "other.backup")
    assert restore(full, file).nodes > 0, "without --replace: what is there is half a restore"


def test_killed_in_the_middle_and_begun_anew(graph: Connection, cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    count = 1_500
    names = [f"f{i:05}" for i in range(count)]
    add_embeddings(graph, names, rng.normal(size=(count, 128)).astype(np.float32))
    file = tmp_path / "faces.backup"
    made = backup(graph, file)
    graph.run("forget-everything")
    process = cli.start("restore", file)
    deadline = time.monotonic() + 60
    while graph.run("backup-counts")[0]["nodes"] < 500 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    cut = graph.run("backup-counts")[0]
    assert cut["unfinished"]
    assert 0 < cut["nodes"] < made.nodes, "it was killed in the middle"
    done = cli("restore", file, "--json")
    assert done.code == 0, done.err
    assert done.json["digest"] == made.digest
    assert "begun anew" in done.err
    assert not graph.run("backup-counts")[0]["unfinished"]


def test_values_in_json() -> None:
    embedding = np.linspace(-1, 1, 128).astype(np.float32).tolist()
    packed = to_json(embedding)
    assert len(packed["$f4"]) < 700
    for value in (embedding, [0.1], [], [1, 2], ["a"], {"a": 1}, b"\0\1", None, True, 1 << 60):
        assert from_json(to_json(value)) == value
    with pytest.raises(DatabaseError, match="object"):
        to_json(object())
