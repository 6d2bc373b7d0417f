"""Every statement of cypher/ on a real graph: what it answers or writes, and not a word of warning.

The server is one of its own: a server warns of names that it has never seen, and on the shared one
other tests have used every name there is.
"""

from __future__ import annotations

import json
import logging
import re
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import neo4j
import pytest

from graphface.db import Connection, statement, statements
from graphface.db.parameters import example_values, parameters
from tests.integration.cypher_cases import Rows, cases
from tests.integration.cypher_cases_graph import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db.embedded.server import EmbeddedServer

CASES = cases()
IN_TRANSACTION = [name for name, one in statements().items() if one.mode != "auto"]
OUTSIDE = [name for name, one in statements().items() if one.mode == "auto"]
BY_NAME = [name for name, one in statements().items() if one.step_of is None]

ALL_PAIRS = ("link-all-pairs", "recipe-same", "without-index")
"""Statements that compare each face with each other one, or one with all: that is what they are
for. Of link-all-pairs it is the method (`link --method cypher`: no shortcut), the rest teaches."""

INDEXES = {
    "face_embedding",
    "person_name",
    "person_name_key",
    "person_number",
    "photo_path",
    "photo_taken_at",
}


class Laboratory:
    """A graph that can be spoiled: it is built anew when it is next asked for."""

    def __init__(self, server: EmbeddedServer) -> None:
        status = server.status()
        login = (status.username, server.password())
        logging.getLogger("neo4j").setLevel(logging.CRITICAL)
        self.connection = Connection(status.uri, *login)
        self.driver = neo4j.GraphDatabase.driver(
            status.uri, auth=login, notifications_min_severity="INFORMATION"
        )
        self.spoiled = True

    def graph(self) -> neo4j.Driver:
        if self.spoiled:
            self.connection.run("forget-everything")
            build(self.connection)
            self.spoiled = False
        return self.driver

    def close(self) -> None:
        self.driver.close()
        self.connection.close()


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    embedded = EmbeddedServer(tmp_path_factory.mktemp("cypher"), settings().cache)
    embedded.start()
    yield embedded
    embedded.stop()


@pytest.fixture(scope="module")
def laboratory(own_server: EmbeddedServer) -> Iterator[Laboratory]:
    made = Laboratory(own_server)
    yield made
    made.close()


def warnings(summary: neo4j.ResultSummary) -> list[str]:
    return [
        f"{status.raw_classification}: {status.status_description}"
        for status in summary.gql_status_objects
        if isinstance(status, neo4j.GqlStatusObject) and status.is_notification
    ]


def not_meant(name: str, said: list[str]) -> list[str]:
    return [one for one in said if name not in ALL_PAIRS or "cartesian" not in one.lower()]


def rows_of(result: neo4j.Result) -> Rows:
    return [dict(record.items()) for record in result]


def drop_projections(tx: neo4j.Transaction) -> None:
    """The catalogue of GDS knows no transactions."""
    tx.run(
        "CALL gds.graph.list() YIELD graphName AS name "
        "CALL gds.graph.drop(name) YIELD graphName RETURN count(*)"
    ).consume()


def test_every_statement_has_a_case() -> None:
    assert sorted(CASES) == sorted(statements())


def test_every_name_is_made_known_from_the_start(laboratory: Laboratory) -> None:
    """What the graph holds is in `vocabulary`, so that a young graph is warned of nothing either.

    A name that is neither there nor in the graph is a warning of the tests below.
    """
    listed = set(re.findall(r"'(\w+)'", statement("vocabulary").text))
    with laboratory.graph().session() as session:
        for kind, column in (
            ("labels", "label"),
            ("relationshipTypes", "relationshipType"),
            ("propertyKeys", "propertyKey"),
        ):
            known = set(session.run(f"CALL db.{kind}()").value(column))  # type: ignore[arg-type]
            assert known
            assert known <= listed


@pytest.mark.parametrize("name", IN_TRANSACTION)
def test_it_does_what_it_says(laboratory: Laboratory, name: str) -> None:
    """In a transaction that is rolled back, so that no case sees another."""
    one = CASES[name]
    with laboratory.graph().session() as session, session.begin_transaction() as tx:

        def see(query: str, **parameters: Any) -> Rows:
            return rows_of(tx.run(query, parameters))  # type: ignore[arg-type]

        try:
            for step, given in one.before:
                tx.run(statement(step).text, given).consume()  # type: ignore[arg-type]
            result = tx.run(statement(name).text, one.given(see))  # type: ignore[arg-type]
            rows = rows_of(result)
            summary = result.consume()
            one.check(rows, see)
            left = [row["graphName"] for row in see("CALL gds.graph.list() YIELD graphName")]
        finally:
            drop_projections(tx)
            tx.rollback()
    assert not not_meant(name, warnings(summary))
    assert summary.query_type == ("r" if statement(name).mode == "read" else summary.query_type)
    if statement(name).group == "teaching":
        assert not left, "a projection of its own is dropped"


@pytest.mark.parametrize("name", OUTSIDE)
def test_it_does_what_it_says_outside_of_a_transaction(laboratory: Laboratory, name: str) -> None:
    one = CASES[name]
    with laboratory.graph().session() as session:

        def see(query: str, **parameters: Any) -> Rows:
            return rows_of(session.run(query, parameters))  # type: ignore[arg-type]

        laboratory.spoiled = statement(name).group != "schema" or name == "forget-everything"
        _drop_what_it_makes(see, name)
        for step, given in one.before:
            see(statement(step).text, **given)
        result = session.run(statement(name).text, one.given(see))  # type: ignore[arg-type]
        rows = rows_of(result)
        said = warnings(result.consume())
        see("CALL db.awaitIndexes(60)")
        one.check(rows, see)
        if name.startswith("drop-index"):
            laboratory.connection.run("index-face-embedding", dimensions=128, similarity="cosine")
    assert not not_meant(name, said)


def _drop_what_it_makes(see: Any, name: str) -> None:
    made = re.search(r"CREATE \w+(?: \w+)? (\w+) IF NOT EXISTS", statement(name).text)
    if made:
        kind = "INDEX" if made[1] in INDEXES else "CONSTRAINT"
        see(f"DROP {kind} {made[1]} IF EXISTS")


@pytest.mark.parametrize("name", BY_NAME)
def test_its_example_runs(laboratory: Laboratory, name: str) -> None:
    """As `graphface query` would run it: the parameters of the example, on a graph."""
    words = shlex.split(statement(name).example)
    assert words[:3] == ["graphface", "query", name]
    given = [after for word, after in pairwise(words) if word in ("-p", "--param")]
    if words[3:] == ["--show"]:
        return  # is to be looked at; it takes no parameters
    assert parameters(statement(name), given) == example_values(statement(name))
    if statement(name).mode == "auto":
        return  # has run as it is typed: none takes a parameter that its case does not have
    with laboratory.graph().session() as session, session.begin_transaction() as tx:
        values = example_values(statement(name))
        if "graph" in values:
            project = "project-faces" if name == "project-faces" else "project-same"
            if name not in ("project-faces", "project-same", "audit-project-within"):
                tx.run(statement(project).text, graph=values["graph"]).consume()  # type: ignore[arg-type]
        tx.run(statement(name).text, values).consume()  # type: ignore[arg-type]
        drop_projections(tx)
        tx.rollback()


def test_what_browser_draws_is_readable_in_a_terminal(
    laboratory: Laboratory, capsys: pytest.CaptureFixture[str]
) -> None:
    from graphface.cli.output import cell, print_json

    with laboratory.graph().session() as session:
        rows = rows_of(session.run(statement("contradictions").text))  # type: ignore[arg-type]
    assert cell(rows[0]["a"]) == "(:Face bob3)"
    assert cell(rows[0]["said"]) == "[:NOT_SAME user]"
    assert cell(rows[0]["path"]) == "(:Face bob3)-[:SAME 0.3301]-(:Face lost)"
    print_json(rows)
    first = json.loads(capsys.readouterr().out)[0]
    assert first["said"] == {
        "type": "NOT_SAME", "start": "bob3", "end": "lost", "properties": {"source": "user"},
    }  # fmt: skip
    assert [node["properties"]["id"] for node in first["path"]["nodes"]] == ["bob3", "lost"]
