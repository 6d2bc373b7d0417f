"""Linking on the real database: against the all-pairs Cypher, again, further, and cut off."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.errors import DatabaseError, EmbeddingError, UsageError
from graphface.linking import same_writer
from graphface.linking.link import link
from graphface.records import METRICS

from .faces import add_embeddings

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.records import Metric, Vectors

Same = dict[tuple[str, str], float]

THRESHOLDS: dict[Metric, float] = {"euclidean": 0.6, "euclidean_l2": 0.4, "cosine": 0.08}
link_module = importlib.import_module("graphface.linking.link")


def made_up(count: int, people: int = 40, seed: int = 3) -> Vectors:
    """Faces of some people, near each other as dlib's are, with a few exact copies."""
    rng = np.random.default_rng(seed)
    centres = 0.04 * rng.normal(size=(people, 128)) + 0.1
    vectors = centres[rng.integers(0, people, count)] + 0.03 * rng.normal(size=(count, 128))
    vectors[1] = vectors[0]
    return vectors.astype(np.float32)


def names(count: int, seed: int = 5) -> list[str]:
    """Ids whose order has nothing to do with the order in which faces come."""
    order = np.random.default_rng(seed).permutation(count)
    return [f"face-{i:05}" for i in order.tolist()]


def same(graph: Connection) -> Same:
    """The SAME of the graph; fails if a pair is there twice or points from the larger id."""
    rows = graph.run("read-same")
    found = {(row["start"], row["end"]): row["distance"] for row in rows}
    assert len(found) == len(rows), "a pair is there twice"
    assert all(start < end for start, end in found)
    return found


def by_cypher(graph: Connection, metric: Metric, threshold: float) -> Same:
    """What the plain all-pairs statement leaves; the graph is as if never linked before."""
    link(graph, method="cypher", metric=metric, threshold=threshold)
    return same(graph)


def whole(graph: Connection, **options: object) -> Same:
    """What linking from scratch leaves."""
    graph.run("forget-linked")
    graph.run("drop-stray-same")
    assert same(graph) == {}
    link(graph, **options)  # type: ignore[arg-type]
    return same(graph)


@pytest.fixture
def linked(graph: Connection) -> Connection:
    """300 faces of 40 people, linked."""
    add_embeddings(graph, names(300), made_up(300))
    link(graph, threshold=0.6, metric="euclidean")
    return graph


@pytest.mark.parametrize("metric", METRICS)
def test_exact_leaves_what_cypher_leaves(graph: Connection, metric: Metric) -> None:
    add_embeddings(graph, names(300), made_up(300))
    expected = by_cypher(graph, metric, THRESHOLDS[metric])
    assert 300 < len(expected) < 20_000
    found = whole(graph, method="exact", metric=metric, threshold=THRESHOLDS[metric])
    assert found == expected  # distances to the last bit


def test_exact_leaves_what_cypher_leaves_on_real_faces(graph: Connection, data: Path) -> None:
    with np.load(data / "embeddings" / "lfw-dev-dlib.npz") as real:
        people, vectors = real["person"], real["embedding"]
    _, person, pictures = np.unique(people, return_inverse=True, return_counts=True)
    add_embeddings(graph, names(500), vectors[pictures[person] > 4][:500])
    expected = by_cypher(graph, "euclidean", 0.5)
    assert len(expected) > 1_000
    assert whole(graph, method="exact", threshold=0.5) == expected


def test_linking_again_does_nothing(linked: Connection) -> None:
    before = same(linked)
    report = link(linked)
    assert (report.pairs_compared, report.written, report.removed) == (0, 0, 0)
    assert same(linked) == before


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_faces_added_in_any_order_give_what_all_at_once_give(graph: Connection, seed: int) -> None:
    vectors, ids = made_up(240), names(240)
    rng = np.random.default_rng(seed)
    parts = np.array_split(rng.permutation(240), sorted(rng.integers(1, 239, 3).tolist()))
    there = 0
    for part in parts:
        add_embeddings(graph, [ids[i] for i in part], vectors[part])
        report = link(graph, threshold=0.6)
        new = len(part)
        assert report.new_faces == new
        assert report.pairs_compared == new * there + new * (new - 1) // 2
        there += new
    assert same(graph) == whole(graph, threshold=0.6)


@pytest.mark.parametrize("threshold", [0.45, 0.55, 0.7])
def test_another_threshold_leaves_exactly_its_own_pairs(
    linked: Connection, threshold: float
) -> None:
    before = same(linked)
    report = link(linked, threshold=threshold)
    after = same(linked)
    assert len(after) - len(before) == report.written - report.removed != 0
    assert 0 in (report.written, report.removed)  # nothing is removed and written again
    assert linked.space().threshold == threshold  # type: ignore[union-attr]
    assert after == whole(linked, threshold=threshold)


def test_new_faces_and_a_wider_threshold_at_once(linked: Connection) -> None:
    add_embeddings(linked, [f"new-{i}" for i in range(50)], made_up(50, seed=9))
    link(linked, threshold=0.7)
    after = same(linked)
    assert any(start.startswith("new") or end.startswith("new") for start, end in after)
    assert after == whole(linked, threshold=0.7)


def test_another_metric_replaces_all(linked: Connection) -> None:
    link(linked, metric="cosine", threshold=0.08)
    assert same(linked) == by_cypher(linked, "cosine", 0.08)
    assert linked.space().metric == "cosine"  # type: ignore[union-attr]


def test_a_face_whose_mark_is_gone_is_linked_anew(linked: Connection) -> None:
    """What ingest does to a face whose embedding it writes again."""
    before = same(linked)
    face = next(iter(before))[0]
    with linked.session() as session:
        session.run(
            "MATCH (f:Face {id: $id}) SET f.linkedUnder = null "
            "WITH f MATCH (f)-[r:SAME]-() SET r.distance = 0.123",
            id=face,
        ).consume()
    report = link(linked)
    assert report.new_faces == 1
    assert report.pairs_compared == 299
    assert same(linked) == before


class CutOff(Exception):
    pass


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_run_cut_off_is_completed_by_the_next(
    graph: Connection, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    add_embeddings(graph, names(300), made_up(300))
    expected = whole(graph, threshold=0.6)
    graph.run("forget-linked")
    graph.run("drop-stray-same")
    plain, calls = same_writer.Writer._write, []

    def cut(*args: object) -> None:
        if len(calls) == after:
            raise CutOff
        calls.append(args)
        plain(*args)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(same_writer, "PAIRS_AT_ONCE", len(expected) // 5)
        patch.setattr(same_writer.Writer, "_write", cut)
        with pytest.raises(CutOff):
            link(graph, threshold=0.6)
    there = same(graph)
    assert there.items() <= expected.items()
    assert bool(there) == bool(after)
    report = link(graph, threshold=0.6)
    assert report.written == len(expected) - len(there)
    assert same(graph) == expected


def test_a_run_cut_off_while_the_threshold_falls(
    linked: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        state = importlib.import_module("graphface.linking.state")
        patch.setattr(state, "pin", lambda *_, **__: (_ for _ in ()).throw(CutOff()))
        with pytest.raises(CutOff):
            link(linked, threshold=0.45)
    assert max(same(linked).values()) > 0.45  # marks fell, relationships did not yet
    link(linked, threshold=0.45)
    assert same(linked) == whole(linked, threshold=0.45)


def test_a_second_run_stops_the_first(graph: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    add_embeddings(graph, names(300), made_up(300))
    plain = link_module.read_faces

    def overtaken(*args: object) -> object:
        graph.run("begin-link", run="another")
        return plain(*args)

    with monkeypatch.context() as patch:
        patch.setattr(link_module, "read_faces", overtaken)
        with pytest.raises(DatabaseError, match="another graphface"):
            link(graph, threshold=0.6)
    assert same(graph) == {}


@pytest.mark.parametrize("neighbors", [1, 4])
def test_each_face_keeps_its_nearest_and_persons_stay_whole(
    linked: Connection, neighbors: int
) -> None:
    every = same(linked)
    report = link(linked, max_neighbors=neighbors)
    prune = same(linked)
    assert prune.items() < every.items()
    assert report.left_out == len(every) - len(prune) == report.removed
    assert persons(prune) == persons(every)
    for face in {face for pair in every for face in pair}:
        near = sorted((d, pair) for pair, d in every.items() if face in pair)
        assert all(pair in prune for _, pair in near[:neighbors])
    assert prune == whole(linked, max_neighbors=neighbors)
    link(linked, max_neighbors=0)
    assert same(linked) == every


def persons(pairs: Same) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for a, b in pairs:
        both = groups.get(a, {a}) | groups.get(b, {b})
        groups.update(dict.fromkeys(both, both))
    return {frozenset(group) for group in groups.values()}


def test_thinned_linking_is_incremental(graph: Connection) -> None:
    vectors, ids = made_up(300), names(300)
    add_embeddings(graph, ids[:200], vectors[:200])
    link(graph, threshold=0.6, max_neighbors=3)
    add_embeddings(graph, ids[200:], vectors[200:])
    report = link(graph)  # the limit is remembered
    assert (report.new_faces, report.max_neighbors) == (100, 3)
    assert report.removed > 0  # nearer faces came
    after = same(graph)
    assert after == whole(graph, threshold=0.6, max_neighbors=3)


def test_dense_people_are_thinned_unasked(
    graph: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "DENSE", 50)
    monkeypatch.setattr(link_module, "NEIGHBORS", 5)
    add_embeddings(graph, names(200), made_up(200, people=2))
    report = link(graph, threshold=0.6)
    assert report.max_neighbors == 5
    assert report.left_out > 0
    assert str(report.left_out) in report.summary().replace(",", "")
    assert link(graph, threshold=0.6, max_neighbors=0).kept == report.kept + report.left_out


@pytest.mark.parametrize("metric", METRICS)
def test_knn_writes_true_pairs_and_measures_its_recall(graph: Connection, metric: Metric) -> None:
    add_embeddings(graph, names(300), made_up(300))
    threshold = THRESHOLDS[metric]
    report = link(graph, method="knn", metric=metric, threshold=threshold)
    found = same(graph)
    link(graph, method="exact")  # misses none, so what knn left does not do
    every = same(graph)
    assert found.items() <= every.items()
    assert report.recall == pytest.approx(len(found) / len(every), abs=0.02)
    assert len(found) > 0.9 * len(every)


def test_knn_looks_from_new_faces_only(linked: Connection) -> None:
    before = same(linked)
    add_embeddings(linked, [f"new-{i}" for i in range(20)], made_up(20, seed=9))
    report = link(linked, method="knn")
    after = same(linked)
    assert report.new_faces == 20
    assert all("new" in start + end for start, end in after.keys() - before.keys())
    assert before.items() <= after.items() <= whole(linked, method="exact").items()


def test_index_finds_what_it_promises(graph: Connection) -> None:
    add_embeddings(graph, names(1500), made_up(1500, people=300))
    every = whole(graph, threshold=0.6)
    found = whole(graph, method="index", threshold=0.6)
    assert found.items() <= every.items()
    assert len(found) >= 0.99 * len(every)


def test_auto_builds_upon_what_an_index_left(
    graph: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_embeddings(graph, names(300), made_up(300))
    monkeypatch.setattr(link_module, "EXACT_PAIRS", 20_000)
    assert link(graph, threshold=0.6).method == "index"  # 44,850 pairs
    add_embeddings(graph, [f"new-{i}" for i in range(20)], made_up(20, seed=9))
    report = link(graph)
    assert (report.method, report.new_faces, report.removed) == ("exact", 20, 0)
    assert link(graph, method="exact").new_faces == 320  # misses none: all are compared


def test_dry_run_writes_nothing_and_is_near(graph: Connection) -> None:
    add_embeddings(graph, names(300), made_up(300))
    guess = link(graph, threshold=0.6, dry_run=True)
    assert same(graph) == {}
    assert graph.run("link-state")[0]["metric"] is None
    real = link(graph, threshold=0.6)
    assert guess.written == real.written  # the sample was all of them
    assert (guess.pairs_compared, guess.new_faces) == (real.pairs_compared, 300)
    assert guess.disk
    assert link(graph, threshold=0.6, dry_run=True).written == 0


def test_an_empty_graph_has_nothing_to_link(graph: Connection) -> None:
    report = link(graph)
    assert (report.faces, report.kept) == (0, 0)


@pytest.mark.parametrize("bad", [[float("nan")] * 128, [float("inf")] * 128, [1.0] * 64, None])
def test_a_broken_embedding_is_named(linked: Connection, bad: list[float] | None) -> None:
    """Neo4j refuses such vectors where graphface writes them; other programs may write plainly."""
    before = same(linked)
    with linked.session() as session:
        session.run("CREATE (:Face {id: 'broken', embedding: $embedding})", embedding=bad).consume()
    with pytest.raises(EmbeddingError, match="broken"):
        link(linked)
    assert same(linked) == before


@pytest.mark.parametrize(
    "options",
    [{"method": "magic"}, {"threshold": 0.0}, {"threshold": np.nan}, {"metric": "manhattan"}],
)
def test_nonsense_is_a_usage_error(linked: Connection, options: dict[str, object]) -> None:
    before = same(linked)
    with pytest.raises(UsageError):
        link(linked, **options)  # type: ignore[arg-type]
    assert same(linked) == before


def test_distances_of_strangers_and_of_known_people(linked: Connection, tmp_path: Path) -> None:
    from graphface.linking.histogram import distances, plot

    one = distances(linked, pairs=5_000)
    assert [curve.kind for curve in one.curves] == ["all"]
    assert sum(one.curves[0].counts) == 5_000
    share = len(same(linked)) / (300 * 299 / 2)
    assert one.curves[0].under == pytest.approx(share, abs=0.02)
    with linked.session() as session:  # two people, of 30 faces each
        session.run(
            "MATCH (f:Face) WITH f ORDER BY f.id LIMIT 60 WITH collect(f) AS fs "
            "UNWIND range(0, 59) AS i WITH fs[i] AS f, 'p' + toString(i % 2) AS id "
            "MERGE (p:Person {id: id}) CREATE (f)-[:BELONGS_TO {source: 'user'}]->(p)"
        ).consume()
    both = distances(linked, pairs=5_000)
    assert [curve.kind for curve in both.curves] == ["one person", "two people"]
    assert both.curves[0].pairs == 5_000
    assert "<- threshold" in both.summary()
    pytest.importorskip("matplotlib")
    plot(both, tmp_path / "out.png")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_distances_of_nothing(graph: Connection) -> None:
    from graphface.errors import NotFound
    from graphface.linking.histogram import distances

    with pytest.raises(NotFound):
        distances(graph)
