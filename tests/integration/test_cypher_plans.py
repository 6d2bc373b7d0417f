"""How the server runs the statements of cypher/ on a graph of some size: by index, and no detours.

`benchmarks/plans.py` makes the graph and reads the plans; its page is docs/cypher-plans.md.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphface.db import Connection, statement, statements
from tests.integration.cypher_cases import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db.embedded.server import EmbeddedServer

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
import plans

FACES = 1_000
CASES = cases()
HOT = plans.hot(FACES)
DOCS = Path(__file__).resolve().parents[2] / "docs" / "cypher-plans.md"

ALL_NODES = {
    "forget-everything": "deletes all nodes, whatever they are",
    "backup-nodes": "reads all nodes, whatever they are",
    "backup-relationships": "reads all relationships, from the nodes where they start",
    "backup-counts": "counts all nodes but one mark",
    "find-traces": "looks whether anything, anywhere, still speaks of somebody who was forgotten",
}
"""Statements that are about every node there is, with the reason."""

SCHEMA = tuple(name for name in statements() if name.startswith(("constraint", "index-", "drop-")))


@pytest.fixture(scope="module")
def graph_of_some_size(server: EmbeddedServer) -> Iterator[Connection]:
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    status = server.status()
    with Connection(status.uri, status.username, server.password()) as graph:
        graph.run("forget-everything")
        plans.fill(graph, FACES)
        yield graph
        graph.run("forget-everything")


def nothing(query: str, **parameters: Any) -> list[dict[str, Any]]:
    return [{"e": ""}]


@pytest.mark.parametrize(
    "name",
    [n for n in CASES if n in statements() and not (n in SCHEMA and statement(n).mode == "auto")],
)
def test_no_scan_of_all_nodes_and_no_cartesian_product(
    graph_of_some_size: Connection, name: str
) -> None:
    found = plans.explain(graph_of_some_size.driver, name, CASES[name].given(nothing))
    scans = [one for one in found if one.scans_all]
    assert bool(scans) == (name in ALL_NODES), plans.tree(found)
    if statement(name).group != "teaching":
        assert not plans.products(found), plans.tree(found)


@pytest.mark.parametrize("name", HOT)
def test_what_runs_most_starts_from_an_index(graph_of_some_size: Connection, name: str) -> None:
    """Under PROFILE: a scan in a way that is not taken touches nothing."""
    found = plans.profile(graph_of_some_size.driver, name, HOT[name][1])
    assert sum(one.hits or 0 for one in found) > 0, "it did something"
    assert found[0].rows or statement(name).mode == "write", "it found something"
    assert not plans.products(found)
    scanned = [one for one in found if one.scans and one.hits]
    if name in plans.WHOLE:
        assert len(scanned) == 1, plans.tree(found)
        assert "ByLabelScan" in scanned[0].name
    else:
        assert not scanned, plans.tree(found)
        assert any(one.seeks for one in found)


def test_the_test_sees_a_scan_and_a_product(graph_of_some_size: Connection) -> None:
    """The recipe's statement multiplies, a backup scans; two ids are no product."""
    driver = graph_of_some_size.driver
    assert plans.products(plans.explain(driver, "recipe-same", {"threshold": 1.0}))
    assert any(one.scans_all for one in plans.explain(driver, "backup-nodes", {}))
    pair = plans.explain(driver, "explain-pair", {"a": "x", "b": "y"})
    assert any("CartesianProduct" in one.name for one in pair)
    assert not plans.products(pair)


def test_the_page_shows_every_hot_statement() -> None:
    page = DOCS.read_text("utf-8")
    assert [line[3:] for line in page.splitlines() if line.startswith("## ")] == list(HOT)
    assert "AllNodesScan" not in page
    assert "CartesianProduct" not in page
