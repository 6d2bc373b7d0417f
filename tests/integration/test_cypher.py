"""Every statement of cypher/ is one the server accepts, with nothing deprecated in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import neo4j
import pytest

from graphface.graph.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.server.embedded import EmbeddedServer

SCHEMA = ("index-face-embedding", "drop-index-face-embedding", "list-vector-indexes")


@pytest.fixture(scope="module")
def session(server: EmbeddedServer) -> Iterator[neo4j.Session]:
    status = server.status()
    auth = (status.username, server.password())
    with neo4j.GraphDatabase.driver(status.uri, auth=auth) as driver, driver.session() as session:
        yield session


@pytest.mark.parametrize("name", [name for name in statements() if name not in SCHEMA])
def test_the_server_accepts_it(session: neo4j.Session, name: str) -> None:
    found = statements()[name]
    blank = {parameter.name: _blank(parameter.type) for parameter in found.parameters}
    summary = session.run(f"EXPLAIN {found.text}", blank).consume()  # type: ignore[arg-type]
    deprecated = [
        status.status_description
        for status in summary.gql_status_objects
        if isinstance(status, neo4j.GqlStatusObject)
        and getattr(status, "raw_classification", None) == "DEPRECATION"
    ]
    assert not deprecated
    said = " ".join(status.status_description for status in summary.gql_status_objects)
    cartesian = "cartesian product" in said.lower()
    assert not cartesian or found.group == "teaching" or name == "link-all-pairs"


def _blank(kind: str) -> object:
    blanks = {"STRING": "x", "INTEGER": 1, "FLOAT": 0.5, "BOOLEAN": True, "MAP": {}}
    return blanks.get(kind, [])
