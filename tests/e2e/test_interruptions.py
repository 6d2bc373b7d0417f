"""Stopped, killed, cut off: what was written stays whole, and the next run goes on."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.sample.album import Album
    from tests.conftest import Cli

COPIES = 40


@pytest.fixture
def many(album: Album, tmp_path: Path) -> Path:
    """Enough different files for a run that can be stopped in the middle."""
    folder = tmp_path / "many"
    folder.mkdir()
    for copy in range(COPIES):
        for picture in album.pictures[:10]:
            # Bytes after the end of a JPEG make another file of the same picture.
            (folder / f"{copy}-{picture.path.name}").write_bytes(
                picture.path.read_bytes() + bytes([copy])
            )
    return folder


def stop_half_way(
    process: subprocess.Popen[str], graph: Connection, stop: Callable[[], None]
) -> tuple[str, str]:
    """Wait until the first photos are in the graph, then stop the run."""
    for _ in range(600):
        if graph.run("stats")[0]["photos"]:
            break
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    stop()
    return process.communicate(timeout=120)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_ingest_goes_on(
    cli: Cli, graph: Connection, many: Path, how: signal.Signals
) -> None:
    process = cli.start("ingest", many, "--workers", "1")
    _, err = stop_half_way(process, graph, lambda: process.send_signal(how))
    half = graph.run("stats")[0]
    assert 0 < half["photos"] < COPIES * 10
    assert "Traceback" not in err
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert "goes on from there" in err

    done = cli("ingest", many, "--json").json
    assert done["skipped"] + done["new"] == COPIES * 10
    assert done["skipped"] == half["photos"], "nothing is read twice"
    whole = graph.run("stats")[0]
    assert (whole["photos"], whole["photosWithoutFace"]) == (COPIES * 10, 0)


@pytest.mark.slow
def test_a_server_killed_in_the_middle(
    cli: Cli, graph: Connection, many: Path, server: EmbeddedServer
) -> None:
    import psutil

    process = cli.start("ingest", many, "--workers", "1")
    pid = server.status().pid
    assert pid is not None
    _, err = stop_half_way(process, graph, psutil.Process(pid).kill)
    assert process.returncode == 1
    assert [line for line in err.splitlines() if "no Neo4j answers" in line], err
    assert "Traceback" not in err

    done = cli("ingest", many, "--json")  # starts the server again
    assert done.code == 0, done.err
    assert done.json["skipped"] + done.json["new"] == COPIES * 10
    assert cli("stats", "--json").json["photos"] == COPIES * 10
