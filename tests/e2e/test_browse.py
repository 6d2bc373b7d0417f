"""`graphface browse` as a process: what it prints, opens and serves, and how it ends."""

from __future__ import annotations

import io
import signal
import socket
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from tests.e2e.browsing import browse
from tests.integration.faces import add_faces
from tests.integration.pictured import add_two

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from tests.conftest import Cli


def test_faces_are_served_until_somebody_is_forgotten(
    cli: Cli, graph: Connection, home: Path, tmp_path: Path
) -> None:
    add_two(graph, tmp_path)
    with browse(cli) as (found, _):
        assert found["thumbnails"] == {"faces": 4, "persons": 2}
        for face in ("ada0", "ada1", "bob0"):
            answer = httpx.get(f"{found['faces']}{face}.jpg")
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert Image.open(io.BytesIO(answer.content)).size == (192, 192)
        assert cli("forget", "Ada", "--yes").code == 0
        codes = {f: httpx.get(f"{found['faces']}{f}.jpg").status_code for f in ("ada0", "bob0")}
        assert codes == {"ada0": 404, "bob0": 200}
        left = list(home.rglob("*.jpg"))
        assert left == [], "no picture of anybody is written to the disk"


def test_it_prints_how_to_sign_in_and_never_the_password(
    cli: Cli, server: EmbeddedServer, graph: Connection
) -> None:
    add_faces(graph, {"a0": 0.0})
    status = server.status()
    with browse(cli) as (found, process):
        assert found["uri"] == status.uri
        assert found["username"] == status.username
        assert found["password"] == f"in {status.password_file}"
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0
    assert server.password() not in str(found) + out + err


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGINT to send to another process")
def test_ctrl_c_ends_it_and_frees_the_port(cli: Cli) -> None:
    with browse(cli) as (found, process):
        port = urlsplit(found["style"]).port
        assert httpx.get(found["style"]).text.startswith("node {")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "Traceback" not in err
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))


def test_a_port_that_is_taken_is_one_line(cli: Cli) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = cli("browse", "--no-open", "--port", str(port))
    assert done.code == 1
    (line,) = [line for line in done.err.splitlines() if line.startswith("error")]
    assert f"port {port} cannot be had" in line


def test_a_neo4j_elsewhere(cli: Cli, server: EmbeddedServer) -> None:
    status, password = server.status(), server.password()
    login = {"NEO4J_URI": status.uri, "NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": password}
    with browse(cli, **login) as (found, _):
        assert found["uri"] == status.uri
        assert found["password"] == "in NEO4J_PASSWORD"
        with httpx.Client(follow_redirects=True) as client:
            assert "Neo4j Browser" in client.get(found["browser"]).text
            session = client.get(urlsplit(found["browser"])._replace(path="/session.json").geturl())
            assert session.json()["password"] == password
        assert httpx.get(str(session.url)).status_code == 403


@pytest.mark.skipif(sys.platform == "win32", reason="BROWSER is not looked at there")
def test_it_opens_a_web_browser_with_an_address_that_is_good_once(
    cli: Cli, tmp_path: Path, graph: Connection
) -> None:
    seen = tmp_path / "seen"
    opener = tmp_path / "opener"
    opener.write_text(f"#!/bin/sh\nprintf %s \"$1\" > '{seen}'\n", "utf-8")
    opener.chmod(0o755)
    process = cli.start("browse", "--port", "0", BROWSER=f"{opener} %s")
    try:
        end = time.monotonic() + 60
        while not (seen.exists() and seen.read_text("utf-8")):
            assert time.monotonic() < end
            time.sleep(0.1)
        address = seen.read_text("utf-8")
        assert httpx.get(address).status_code == 303
        assert httpx.get(address).status_code == 403
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=30)
    assert "password in " in " ".join(out.split())


def test_thumbnails_can_be_taken_off(cli: Cli, graph: Connection) -> None:
    add_faces(graph, {"a0": 0.0, "a1": 1.0})
    with browse(cli) as (found, _):
        assert found["thumbnails"] == {"faces": 2, "persons": 0}
    assert cli("browse", "--remove-thumbnails", "--json").json == {"removed": 2}
    assert cli("browse", "--remove-thumbnails").out == "thumbnails taken off 0 faces and persons\n"
