"""The only room that knows Neo4j's driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.db.connection import Connection, Row, Run
from graphface.db.statements import Statement, statement, statements

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Connection", "Row", "Run", "Statement", "connect", "statement", "statements"]


def connect(home: Path | None = None) -> Connection:
    """The graph of `NEO4J_URI`, or the embedded one (started if it is not running).

    `home` is the folder of an embedded database; it takes precedence over `NEO4J_URI`.
    """
    from graphface.settings import settings

    ours = settings()
    if ours.neo4j_uri and home is None:
        return Connection(ours.neo4j_uri, *ours.neo4j_login(), ours.neo4j_database)
    from graphface.db.embedded.server import EmbeddedServer

    server = EmbeddedServer(home or ours.home, ours.cache)
    status = server.start()
    return Connection(status.uri, status.username, server.password())
