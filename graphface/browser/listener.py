"""A small HTTP server on the loopback interface only."""

from __future__ import annotations

import errno
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from graphface.browser.site import complete
from graphface.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.browser.site import Answer, Site

HOST = "127.0.0.1"
PORT = 7475
"""The first that is tried where nobody says which: next to Neo4j's own 7474."""

TRIED = 20
SECONDS = 30.0
"""How long a connection may be silent."""


class Server(ThreadingHTTPServer):
    """Answers from its `site`, which is set once the port is known."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # on other systems it would take over a port in use
    site: Site

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a web browser that disconnects in the middle."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SECONDS
    server: Server

    def version_string(self) -> str:
        return "graphface"

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing, since addresses contain ids of faces."""

    def _respond(self) -> None:
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # the body of the request is not read
        self._send(self.server.site.answer(self.command, self.path, self.headers))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in complete(answer).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_DELETE = do_PATCH = _respond  # noqa: N815 - so they are named


def listen(port: int | None = None) -> Server:
    """Open a server at `port`, or at the first free one from PORT on. `serving` makes it answer.

    Raises ServerError if `port` is taken or cannot be opened.
    """
    if port is not None:
        return _bound(port)
    for candidate in range(PORT, PORT + TRIED):
        try:
            return _bound(candidate)
        except ServerError:
            continue
    return _bound(0)


def _bound(port: int) -> Server:
    try:
        return Server((HOST, port), _Handler)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "something else listens there" if taken else error.strerror
        raise ServerError(
            f"port {port} cannot be had: {why}",
            "Give another one: `port` 0 takes any that is free",
            code="port-taken",
            port=port,
            why=why,
        ) from error


@contextmanager
def serving(server: Server) -> Iterator[None]:
    """Answer requests in the background until the block ends."""
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
