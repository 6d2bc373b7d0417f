"""How to sign in to the Neo4j that `graphface.db.connect` would use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphface.records import Record

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Login(Record):
    """Address, user and password of a Neo4j, and where to find them."""

    uri: str
    username: str
    password: str = field(repr=False)
    password_place: str
    """Where the password is, in words, since it is never printed."""
    database: str | None
    browser_url: str | None
    """The server's own Neo4j Browser; None if unknown."""


def find_login(home: Path | None = None) -> Login:
    """The Neo4j of `NEO4J_URI`, or the embedded one (started if it is not running)."""
    from graphface.settings import settings

    ours = settings()
    if ours.neo4j_uri and home is None:
        user, password = ours.neo4j_login()
        place = f"in {ours.neo4j_auth_file}" if ours.neo4j_auth_file else "in NEO4J_PASSWORD"
        return Login(ours.neo4j_uri, user, password, place, ours.neo4j_database, None)
    from graphface.db.embedded.server import EmbeddedServer

    server = EmbeddedServer(home or ours.home, ours.cache)
    status = server.start()
    return Login(
        uri=status.uri,
        username=status.username,
        password=server.password(),
        password_place=f"in {status.password_file}",
        database=None,
        browser_url=status.browser_url,
    )
