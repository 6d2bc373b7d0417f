"""The server on the loopback interface: its port, and what it does with odd requests."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from graphface.browser.listener import PORT, Server, listen, serving
from graphface.browser.login import Login
from graphface.browser.site import Site
from graphface.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served() -> Iterator[Server]:
    nothing: Any = None
    server = listen(0)
    login = Login("bolt://127.0.0.1:7687", "neo4j", "x", "in x", None, None)
    server.site = Site(nothing, nothing, login, None, server.server_address[1])
    with serving(server):
        yield server


def talk(server: Server, text: str) -> str:
    """What is sent back until the server closes the connection, or has nothing more to say."""
    port = server.server_address[1]
    with socket.create_connection(("127.0.0.1", port), 10) as there:
        there.sendall(text.replace("HOST", f"127.0.0.1:{port}").encode())
        there.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: there.recv(65536), b"")).decode()


def test_only_this_machine_is_served() -> None:
    server = listen(0)
    try:
        assert server.server_address[0] == "127.0.0.1"
    finally:
        server.server_close()


def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(ServerError, match=rf"port {taken} cannot be had: something else") as e:
            listen(taken)
        assert "\n" not in str(e.value)
        assert "`port` 0" in e.value.hint


def test_the_next_port_is_taken_where_nobody_said_which() -> None:
    first = listen()
    second = listen()
    try:
        assert first.server_address[1] >= PORT
        assert second.server_address[1] != first.server_address[1]
    finally:
        first.server_close()
        second.server_close()


def test_several_requests_over_one_connection() -> None:
    with served() as server:
        one = "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n"
        last = "HEAD /graphface.grass HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n"
        said = talk(server, one + one + last)
    assert said.count("HTTP/1.1 200 OK") == 3
    assert said.count('{"bolt_direct"') == 2
    assert said.endswith("\r\n\r\n"), "HEAD has no body"
    assert "Server: graphface\r\n" in said, "and nothing of its version"


def test_what_is_sent_is_not_read() -> None:
    with served() as server:
        said = talk(
            server, "POST /guide HTTP/1.1\r\nHost: HOST\r\nContent-Length: 30\r\n\r\nGET / HTTP/1.1"
        )
        assert said.startswith("HTTP/1.1 405 ")
        assert said.count("HTTP/1.1") == 1
        assert talk(server, "GET / HTTP/1.1\r\nHost: a\r\nHost: HOST\r\n\r\n").startswith(
            "HTTP/1.1 421 "
        )
        assert "Error code: 400" in talk(server, "GET / nonsense\r\n\r\n")
