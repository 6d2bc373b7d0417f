"""A Neo4j elsewhere that lacks something: one line says what, and nothing is half done."""

from __future__ import annotations

import socket
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_bad_input import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.sample.album import Album
    from graphface.server.embedded import EmbeddedServer
    from tests.conftest import Cli


@contextmanager
def bare_server(server: EmbeddedServer, home: Path, **settings: str) -> Iterator[str]:
    """The address of a second Neo4j in `home`, without GDS."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    for name in ("conf", "plugins"):
        (home / name).mkdir(exist_ok=True)
    lines = {
        "server.bolt.listen_address": address,
        "server.http.enabled": "false",
        "server.directories.plugins": str(home / "plugins"),
        "dbms.security.auth_enabled": "false",
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": "128m",
        **settings,
    }
    conf = "\n".join(f"{key}={value}" for key, value in lines.items())
    (home / "conf" / "neo4j.conf").write_text(conf)
    process = subprocess.Popen(
        _command(server, home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=home,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.rstrip().endswith("Started."):
                break
        assert process.poll() is None, said
        yield f"bolt://{address}"
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _command(server: EmbeddedServer, home: Path) -> list[str]:
    """The running server's own command line, for another home and without the plugins."""
    import psutil

    java, arguments = psutil.Process(server.status().pid).cmdline()
    command = [java]
    for line in (server.home / "conf" / "java.args").read_text("utf-8").splitlines():
        text = line.strip().strip('"').replace("\\\\", "\\")
        if "/plugins/" in text:
            text = ":".join(jar for jar in text.split(":") if "/plugins/" not in jar)
        if not text.startswith(("-XX:SharedArchiveFile", "-XX:ArchiveClasses", "-Xmx", "-Xlog")):
            command.append(text.replace(str(server.home), str(home)))
    assert arguments.startswith("@")
    return command


@pytest.mark.slow
def test_gds_missing_and_read_only(
    cli: Cli, server: EmbeddedServer, album: Album, tmp_path: Path
) -> None:
    with bare_server(server, tmp_path) as uri:
        done = cli("query", "gds-version", NEO4J_URI=uri)
        assert done.code == 1
        one_line(done.err, uri, "has no Graph Data Science")
        done = cli("build", album.folder, NEO4J_URI=uri)
        assert done.code == 1
        one_line(done.err, uri, "has no Graph Data Science")
        photos = cli("stats", "--json", NEO4J_URI=uri).json["photos"]
        assert photos == len(album.pictures), "what needed no GDS was done, and stays"
    read_only = {"server.databases.default_to_read_only": "true"}
    with bare_server(server, tmp_path, **read_only) as uri:
        assert cli("stats", "--json", NEO4J_URI=uri).json["photos"] == photos
        done = cli("name", "1", "Ada", NEO4J_URI=uri)
        assert done.code == 1
        done = cli("ingest", album.ask[0].path, NEO4J_URI=uri)
        assert done.code == 1
        one_line(done.err, uri, "refuses writes")
