"""A Neo4j elsewhere that lacks something: one line says what, and nothing is half done."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.test_bad_input import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.sample.album import Album
    from graphface.server.embedded import EmbeddedServer
    from tests.conftest import Cli


@pytest.fixture(scope="module")
def bare(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a second Neo4j, without GDS, whose database is read-only."""
    home = tmp_path_factory.mktemp("bare")
    (home / "conf").mkdir()
    (home / "plugins").mkdir()
    settings = {
        "server.bolt.listen_address": "127.0.0.1:17687",
        "server.http.enabled": "false",
        "server.directories.plugins": str(home / "plugins"),
        "server.databases.default_to_read_only": "true",
        "dbms.security.auth_enabled": "false",
        "dbms.usage_report.enabled": "false",
        "server.memory.pagecache.size": "128m",
    }
    lines = (f"{key}={value}" for key, value in settings.items())
    (home / "conf" / "neo4j.conf").write_text("\n".join(lines))
    process = subprocess.Popen(
        _command(server, home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=home,
    )
    assert process.stdout is not None
    deadline = time.monotonic() + 120
    for line in process.stdout:
        if "Started." in line or time.monotonic() > deadline:
            break
    yield "bolt://127.0.0.1:17687"
    process.kill()
    process.wait()


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
def test_gds_missing_and_read_only(cli: Cli, bare: str, album: Album) -> None:
    done = cli("query", "gds-version", NEO4J_URI=bare)
    assert done.code == 1
    one_line(done.err, bare, "has no Graph Data Science")
    done = cli("build", album.folder, NEO4J_URI=bare)
    assert done.code == 1
    one_line(done.err, bare, "refuses writes")
