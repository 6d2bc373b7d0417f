"""Faces computed elsewhere, on the real database: the same numbers, once, all or none, again."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from graphface.cli.exchange import import_
from graphface.cli.insights import distances
from graphface.errors import EmbeddingError, SpaceMismatch, UsageError
from graphface.events import Message
from graphface.exchange import bulk_load
from graphface.exchange.import_embeddings import import_embeddings
from graphface.linking.link import link
from graphface.people.naming import name
from graphface.progress import reporting_to
from tests.integration.faces import belongs

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.events import Event
    from graphface.records import Vectors

ROOT = Path(__file__).resolve().parents[2]
THRESHOLD = 0.37


def _faces(count: int, seed: int = 1) -> Vectors:
    """People of three faces each, on the scale of dlib's embeddings."""
    rng = np.random.default_rng(seed)
    people = rng.standard_normal((count // 3 + 1, 128)) * 0.12
    faces = np.repeat(people, 3, axis=0)[:count] + rng.standard_normal((count, 128)) * 0.015
    return faces.astype(np.float32)


def _file(file: Path, vectors: Vectors, **more: Any) -> Path:
    """Ids start with f, so that `bare-` ids of other writers never meet them."""
    ids = [f"f{i:05d}" for i in range(len(vectors))]
    np.savez(file, **{"id": ids, "embedding": vectors, **more})
    return file


def _stored(graph: Connection, prefix: str = "f") -> tuple[list[str], Vectors]:
    query = (
        "MATCH (f:Face) WHERE f.id STARTS WITH $prefix "
        "RETURN f.id AS id, f.embedding AS embedding ORDER BY id"
    )
    with graph.session("read") as session:
        rows = list(session.run(query, prefix=prefix))
    return [row["id"] for row in rows], np.array([row["embedding"] for row in rows], np.float64)


def _same(graph: Connection) -> set[tuple[str, str]]:
    return {(row["start"], row["end"]) for row in graph.run("read-same")}


def _expected_same(vectors: Vectors) -> set[tuple[str, str]]:
    unit = vectors.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    near = np.sqrt(np.maximum(2 - 2 * unit @ unit.T, 0)) < THRESHOLD
    left, right = np.nonzero(np.triu(near, 1))
    return {(f"f{a:05d}", f"f{b:05d}") for a, b in zip(left, right, strict=True)}


def _index_answers(graph: Connection, vectors: Vectors, faces: list[int] | None = None) -> None:
    for i in faces or (0, len(vectors) // 2, len(vectors) - 1):
        asked = {"embedding": vectors[i].tolist(), "metric": "euclidean_l2", "threshold": 1e-3}
        rows = graph.run("nearest-faces", count=5, **asked)
        assert rows[0]["face"] == f"f{i:05d}"


def test_the_same_floats_as_the_drivers_plain_way(graph: Connection, tmp_path: Path) -> None:
    vectors = _faces(2_500)
    vectors[0, :4] = [1e-45, -1e-38, 3.4028235e38, 0.1]  # the smallest, the largest, a rounded one
    import_embeddings(graph, _file(tmp_path / "a.npz", vectors), model="Dlib")
    rows = [{"id": f"bare-{i:05d}", "e": v.tolist()} for i, v in enumerate(vectors)]
    with graph.session() as session:
        session.run(
            "UNWIND $rows AS row CREATE (f:Face {id: row.id}) SET f.embedding = row.e", rows=rows
        )
    ids, ours = _stored(graph)
    _, plain = _stored(graph, "bare-")
    assert ids == [f"f{i:05d}" for i in range(2_500)]
    assert np.array_equal(ours.view(np.int64), plain.view(np.int64))
    assert np.array_equal(ours, vectors.astype(np.float64))


def test_import_again_changes_nothing_and_changes_are_linked_anew(
    graph: Connection, tmp_path: Path
) -> None:
    vectors = _faces(300)
    first = import_embeddings(graph, _file(tmp_path / "a.npz", vectors), model="Dlib")
    assert (first.new, first.changed, first.threshold) == (300, 0, THRESHOLD)
    link(graph)
    assert _same(graph) == _expected_same(vectors)
    assert len(_same(graph)) > 250

    again = import_embeddings(graph, tmp_path / "a.npz")
    assert (again.new, again.changed) == (0, 0)
    assert link(graph).new_faces == 0

    vectors[[0, 100]] = vectors[[200, 50]]  # these two are other people now
    changed = import_embeddings(graph, _file(tmp_path / "b.npz", vectors))
    assert (changed.new, changed.changed) == (0, 2)
    assert link(graph).new_faces == 2
    assert _same(graph) == _expected_same(vectors)
    _index_answers(graph, vectors, [1, 150, 299])


def test_one_wrong_row_and_nothing_is_written(graph: Connection, tmp_path: Path) -> None:
    vectors = _faces(2_000)
    vectors[1_990, 7] = np.nan
    told: list[Event] = []
    with (
        reporting_to(told.append),
        pytest.raises(EmbeddingError, match="1 of 2,000 rows"),
    ):
        import_embeddings(graph, _file(tmp_path / "a.npz", vectors), model="Dlib")
    assert [
        one.text for one in told if isinstance(one, Message) and "row 1,991 holds NaN" in one.text
    ]
    assert graph.run("stats")[0]["faces"] == 0
    assert graph.space() is None


KILLED = """
import sys
from pathlib import Path
from graphface.db import connect
from graphface.exchange import bulk_load
from graphface.exchange.import_embeddings import import_embeddings
bulk_load.NUMBERS_AT_ONCE, bulk_load.REBUILD = 128, 100
with connect() as graph:
    import_embeddings(graph, Path(sys.argv[1]), model="Dlib")
"""


def test_a_killed_import_goes_on(graph: Connection, server: EmbeddedServer, tmp_path: Path) -> None:
    """Killed in the middle of a large one, when the vector index is away."""
    vectors = _faces(3_000)
    file = _file(tmp_path / "a.npz", vectors)
    connection = {"NEO4J_URI": server.status().uri, "NEO4J_PASSWORD": server.password()}
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, file],
        env={**os.environ, **connection, "PYTHONPATH": str(ROOT)},
    )
    while graph.run("stats")[0]["faces"] < 100 and child.poll() is None:
        time.sleep(0.02)
    child.kill()
    child.wait()
    written = graph.run("stats")[0]["faces"]
    assert 100 <= written < 3_000, "killed in the middle"
    report = import_embeddings(graph, file)
    assert report.changed == 0
    assert report.new <= 3_000 - written, "what was written stays"
    assert np.array_equal(_stored(graph)[1], vectors)
    _index_answers(graph, vectors)


def test_many_new_faces_rebuild_the_index_even_after_a_failure(
    graph: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_load, "REBUILD", 500)
    vectors = _faces(1_500)
    file = _file(tmp_path / "a.npz", vectors)
    real, batches = bulk_load._write, []

    def fails_once(*args: Any) -> Any:
        batches.append(graph.run("list-vector-indexes"))
        if len(batches) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(bulk_load, "_write", fails_once)
    with pytest.raises(KeyboardInterrupt):
        import_embeddings(graph, file, model="Dlib")
    assert batches[0] == [], "the index is away while faces are written"
    assert graph.run("list-vector-indexes"), "and back whatever happens"
    import_embeddings(graph, file)
    _index_answers(graph, vectors)


def test_photos_boxes_and_people(graph: Connection, tmp_path: Path) -> None:
    people = ["Ada", "Ada", "", "Bo", "Bo", "Cy"]
    paths = ["1.jpg", "2.jpg", "2.jpg", "3.jpg", "", "1.jpg"]
    boxes = [[i, 2, 30, 40] for i in range(6)]
    more = {"person": people, "path": paths, "box": boxes}
    file = _file(tmp_path / "a.npz", _faces(6), **more)
    report = import_embeddings(graph, file, model="Dlib", people=True)
    assert report.named == 5
    held = graph.run("stats")[0]
    assert (held["photos"], held["faces"], held["people"], held["named"]) == (3, 6, 3, 3)
    rows = graph.run("people-of-photo", path="2.jpg")
    assert [(row["name"], row["source"], row["box"]) for row in rows] == [
        ("Ada", "folder", [1, 2, 30, 40, 0]),
        (None, None, [2, 2, 30, 40, 0]),
    ]
    assert import_embeddings(graph, file, people=True).named == 0
    assert graph.run("stats")[0] == held

    name(graph, belongs(graph)["f00005"], "Cyrus")
    more["person"] = ["Eve"] * 6
    import_embeddings(graph, _file(tmp_path / "b.npz", _faces(6), **more), people=True)
    names = {row["name"] for row in graph.run("people-of-photo", path="1.jpg")}
    assert names == {"Ada", "Cyrus"}, "what was said before stays"
    assert graph.run("people-of-photo", path="2.jpg")[1]["name"] == "Eve"


def test_a_face_that_moves_to_another_photo(graph: Connection, tmp_path: Path) -> None:
    import_embeddings(graph, _file(tmp_path / "a.npz", _faces(1), path=["1.jpg"]), model="Dlib")
    import_embeddings(graph, _file(tmp_path / "a.npz", _faces(1), path=["2.jpg"]))
    assert graph.run("people-of-photo", path="1.jpg") == []
    assert len(graph.run("people-of-photo", path="2.jpg")) == 1


def test_spaces_never_mix(graph: Connection, tmp_path: Path) -> None:
    file = _file(tmp_path / "a.npz", _faces(3))
    with pytest.raises(UsageError, match="which model"):
        import_embeddings(graph, file)
    with pytest.raises(UsageError, match="metric and threshold must be given"):
        import_embeddings(graph, file, model="Mine")
    with pytest.raises(EmbeddingError, match="128 numbers, not 512"):
        import_embeddings(graph, file, model="Facenet512")
    import_embeddings(graph, file, model="Mine", metric="cosine", threshold=0.1)
    space = graph.space()
    assert space is not None
    assert (space.model, space.dimensions, space.threshold) == ("Mine", 128, 0.1)
    with pytest.raises(SpaceMismatch, match=r"Mine.*Dlib"):
        import_embeddings(graph, file, model="Dlib")


def test_commands(graph: Connection, server: EmbeddedServer, tmp_path: Path) -> None:
    vectors = _faces(90)
    names = [f"Name {i // 3}" for i in range(90)]
    file = _file(tmp_path / "a.npz", vectors, person=names)
    commands = typer.Typer()
    commands.command("import")(import_)
    commands.command("distances")(distances)
    at = ["--home", str(server.home)]
    done = CliRunner().invoke(commands, ["import", str(file), "--model", "Dlib", "--people", *at])
    assert done.exit_code == 0, done.output
    assert "90 faces of Dlib, 128 numbers each: 90 new, 0 changed, 0 known" in done.stdout
    assert "90 faces named" in done.stdout
    shown = CliRunner().invoke(commands, ["distances", "--sample", "500", *at])
    assert "one person: 500 pairs" in shown.stdout
    assert "<- threshold" in shown.stdout


def test_real_embeddings_as_they_are(graph: Connection, data: Path) -> None:
    file = data / "embeddings" / "lfw-dev-dlib.npz"
    report = import_embeddings(graph, file, model="Dlib", people=True)
    assert (report.faces, report.new, report.named) == (6410, 6410, 6410)
    with np.load(file) as arrays:
        people = set(arrays["person"].tolist())
        sent = np.unique(arrays["embedding"].astype(np.float64), axis=0)
    assert {row["name"] for row in graph.run("person-names")} == people
    assert np.array_equal(np.unique(_stored(graph, "")[1], axis=0), sent)
