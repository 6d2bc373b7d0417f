"""Processes that ingest, register, cluster, merge, split, undo and forget on one database."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from graphface.clustering.cluster import cluster
from graphface.errors import NotFound, UsageError
from graphface.linking.link import link
from graphface.people.changes import history, undo
from graphface.people.naming import name_by_file
from tests.integration.faces import add_faces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.db import Connection
    from graphface.sample.album import Album
    from tests.conftest import Cli

ROLES = ("ingest", "curate", "curate", "forget", "register")
KEPT = 3


@pytest.fixture
def crowd(cli: Cli, graph: Connection, album: Album) -> Iterator[list[subprocess.Popen[str]]]:
    """Six clusters of faces; half of them are people from folders. Workers that change them."""
    places = {f"f{k}": k % 6 * 10 + k // 6 * 0.2 for k in range(48)}
    add_faces(graph, {**places, **{f"keep{k}": k * 10.0 for k in range(KEPT)}})
    name_by_file(graph, {f"keep{k}": f"Keep {k}" for k in range(KEPT)}, "a test")
    with graph.session() as session:  # so that no `undo` of a worker comes to it
        session.run("MATCH (change:Change) DELETE change").consume()
    link(graph)
    cluster(graph)
    workers = [worker(cli, role, seed, album.folder) for seed, role in enumerate(ROLES)]
    yield workers
    for one in workers:
        one.kill()
        one.wait()


def worker(cli: Cli, role: str, seed: int, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.people_worker", role, str(seed), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=cli.environment(),
    )


def test_the_graph_stays_consistent(
    cli: Cli, graph: Connection, album: Album, crowd: list[subprocess.Popen[str]]
) -> None:
    for one in crowd:
        begin(one)
    for _ in range(2):  # killed in the middle of whatever it does, and another takes over
        time.sleep(0.7)
        crowd[1].kill()
        crowd[1].wait()
        crowd[1] = worker(cli, "curate", 100 + crowd[1].pid, album.folder)
        begin(crowd[1])
        check(graph)
    crowd[3].kill()
    total = added = 0
    for role, one in zip(ROLES, crowd, strict=True):
        out, err = one.communicate(timeout=120)
        if one is not crowd[3]:
            assert one.returncode == 0, err
            total += int(out.split()[-2])
            added += int(out.split()[-2]) if role in ("ingest", "register") else 0
    assert total > 10
    assert added > 0
    check(graph)
    cluster(graph)
    check(graph)
    while history(graph, last=1):
        try:
            undo(graph)
        except (UsageError, NotFound):
            break
        check(graph)


def begin(one: subprocess.Popen[str]) -> None:
    assert one.stdout is not None
    assert one.stdin is not None
    assert one.stdout.readline() == "ready\n", one.communicate()[1]
    one.stdin.write("go\n")
    one.stdin.flush()


def check(graph: Connection) -> None:
    """No face with two persons, no empty person, no lost name, no change of what is gone.

    A statement that reads while others write may see half of what they do. What is wrong in the
    graph itself is wrong at the second look as well.
    """
    first = complaints(graph)
    if first:
        time.sleep(0.5)
    assert first & complaints(graph) == set()


def complaints(graph: Connection) -> set[str]:
    faces = Counter(row["face"] for row in graph.run("face-people"))
    persons = graph.run("list-people", minFaces=0)
    numbers = Counter(one["number"] for one in persons)
    names = Counter(one["name"] for one in persons if one["name"])
    empty = [one["number"] for one in persons if not one["faces"] and one["name"] is None]
    with graph.session("read") as session:
        gone = session.run(
            "MATCH (c:Change) UNWIND c.faces AS id WITH c, id "
            "WHERE NOT EXISTS { (:Face {id: id}) } RETURN c.number AS number, id"
        ).data()
    return {
        *(f"{face} belongs to two persons" for face, times in faces.items() if times > 1),
        *(f"two persons have the number {one}" for one, times in numbers.items() if times > 1),
        *(f"two persons are called {one}" for one, times in names.items() if times > 1),
        *(f"person {one} has no face" for one in empty),
        *(f"nobody is called Keep {k}" for k in range(KEPT) if not names[f"Keep {k}"]),
        *(f"change {one['number']} speaks of {one['id']}" for one in gone),
    }
