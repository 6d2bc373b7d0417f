"""The work of `Graph.browse`: write thumbnails, serve pages, sign in to Neo4j Browser."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.browser.browser_app import browser_app
from graphface.browser.crops import Crops
from graphface.browser.listener import listen, serving
from graphface.browser.site import Site
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.browser.login import Login
    from graphface.db import Connection


AT_ONCE = 2_000
"""Faces written in one transaction."""


@dataclass(frozen=True, slots=True)
class Thumbnails(Record):
    """The number of nodes changed."""

    faces: int
    persons: int


def write_thumbnails(graph: Connection, address: str) -> Thumbnails:
    """Give each face the URL of its picture, and each person that of its best face.

    URLs are below `address`. Hidden persons and faces without a box have none. Repeating it changes
    nothing.
    """
    rows = graph.run("thumbnails-to-write", address=address)
    with task("writing thumbnails", total=len(rows), unit="faces") as bar:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            graph.run("write-thumbnails", rows=some)
            bar.advance(len(some))
    persons = graph.run("write-person-thumbnails")[0]["persons"]
    return Thumbnails(len(rows), persons)


def remove_thumbnails(graph: Connection) -> int:
    """Remove all of them; returns the number of nodes changed."""
    return int(graph.run("remove-thumbnails")[0]["removed"])


@dataclass(frozen=True, slots=True)
class Browsing(Record):
    """The addresses of what is served."""

    address: str
    guide: str
    """The guide; anyone with this address has access as long as it is served."""
    browser: str | None
    """Neo4j Browser, signed in; None if its jar is unavailable."""
    style: str
    """For `:style` in any other Neo4j Browser."""
    play: str
    """For `:play` there."""
    login: Login
    thumbnails: Thumbnails
    to_open: str
    """The address for the web browser to open. It works only once, since other users of this
    machine can see the arguments of programs.
    """


@contextmanager
def browsing(graph: Connection, login: Login, port: int | None = None) -> Iterator[Browsing]:
    """Serve the graph on the loopback interface while the block runs.

    `login` is that of the graph's Neo4j. If `port` is None, it is the first free one from 7475 on.
    Raises ServerError, DatabaseError.
    """
    from graphface.settings import settings

    app = browser_app(settings().cache)
    server = listen(port)
    site = Site(graph, Crops(graph), login, app, int(server.server_address[1]))
    server.site = site
    try:
        thumbnails = write_thumbnails(graph, site.address)
    except BaseException:
        server.server_close()
        raise
    first = "/open" if app else "/guide"
    localhost = f"http://localhost:{site.port}"
    with serving(server):
        yield Browsing(
            address=site.address,
            guide=site.link("/guide"),
            browser=site.link("/open") if app else login.browser_url,
            style=f"{localhost}/graphface.grass",
            play=f"{localhost}/play.html",
            login=login,
            thumbnails=thumbnails,
            to_open=site.link(first, once=True),
        )
