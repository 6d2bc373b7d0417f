"""The life of the embedded server: a real Neo4j with GDS, started, killed, stopped, deleted.

The tests of this file are one life, in the order in which they stand.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import psutil
import pytest

from graphface.db.embedded.config import Ports
from graphface.db.embedded.process_state import (
    ProcessRecord,
    choose_ports,
    read_record,
    write_record,
)
from graphface.db.embedded.server import EmbeddedServer
from graphface.errors import ServerError
from graphface.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

START = """
import json, sys
from pathlib import Path
from graphface.db.embedded.server import EmbeddedServer
status = EmbeddedServer(Path(sys.argv[1]), Path(sys.argv[2])).start()
print(json.dumps([status.state, status.pid, status.bolt_port, status.http_port]))
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server of this file only, in a folder whose name has a blank, a quote and an umlaut."""
    server = EmbeddedServer(tmp_path_factory.mktemp("life") / "Jörg's faces", settings().cache)
    yield server
    server.stop()


def ask(server: EmbeddedServer, statement: str, password: str | None = None) -> Any:
    """The first value of the first row, over HTTP."""
    status = server.status()
    reply = httpx.post(
        f"http://127.0.0.1:{status.http_port}/db/neo4j/tx/commit",
        json={"statements": [{"statement": statement}]},
        auth=(status.username, password or server.password()),
        timeout=120,
    )
    body = reply.json()
    if body["errors"]:
        return body["errors"][0]["code"]
    rows = body["results"][0]["data"]
    return rows[0]["row"][0] if rows else None


def start_in_processes(server: EmbeddedServer, count: int) -> list[list[Any]]:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(server.home), str(server.cache)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(count)
    ]
    return [json.loads(one.communicate(timeout=300)[0]) for one in running]


def test_two_starts_at_once_give_one_server_on_ports_that_were_free(own: EmbeddedServer) -> None:
    with ExitStack() as stack:
        for port in (7687, 7474):  # taken by us, unless somebody has them already
            taken = stack.enter_context(socket.socket())
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                taken.bind(("127.0.0.1", port))
                taken.listen()
            except OSError:
                pass
        first, second = start_in_processes(own, 2)
    assert first == second
    state, pid, bolt, http = first
    assert state == "running"
    assert bolt != 7687
    assert http != 7474
    status = own.status()
    assert (status.state, status.pid, status.bolt_port, status.http_port) == tuple(first)
    assert psutil.Process(pid).is_running()  # its starters are gone, it is not
    ask(own, "CREATE (:Kept {name: 'Ada'})")


def test_gds_works(own: EmbeddedServer) -> None:
    assert str(ask(own, "RETURN gds.version()")).startswith("2.13.")
    assert ask(own, "RETURN gds.similarity.euclideanDistance([0.0, 3.0], [4.0, 0.0])") == 5.0


def test_browser_is_served(own: EmbeddedServer) -> None:
    page = httpx.get(own.status().browser_url, timeout=60)
    assert page.status_code == 200
    assert "<title>Neo4j Browser</title>" in page.text


def test_the_server_tells_browser_its_real_port(own: EmbeddedServer) -> None:
    status = own.status()
    told = httpx.get(f"http://127.0.0.1:{status.http_port}/", timeout=60).json()
    assert told["bolt_direct"] == status.uri


def test_it_listens_on_loopback_only(own: EmbeddedServer) -> None:
    connections = psutil.Process(own.status().pid).net_connections("inet")
    listening = {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}
    assert listening
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}


def test_the_password_is_private_and_no_other_is_taken(own: EmbeddedServer) -> None:
    if os.name == "posix":
        assert stat.S_IMODE((own.home / "password").stat().st_mode) == 0o600
        assert stat.S_IMODE(own.home.stat().st_mode) == 0o700
    assert ask(own, "RETURN 1", password="neo4j") == "Neo.ClientError.Security.Unauthorized"
    assert ask(own, "RETURN 1") == 1


def test_start_when_running_is_quick(own: EmbeddedServer) -> None:
    pid, began = own.status().pid, time.monotonic()
    assert EmbeddedServer(own.home, own.cache).start().pid == pid
    assert time.monotonic() - began < 2


def test_status_on_the_command_line_is_quick_and_right(own: EmbeddedServer) -> None:
    code = "from graphface.cli.db import app; app()"
    command = [sys.executable, "-c", code, "status", "--json", "--home", str(own.home)]
    before = os.times()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = os.times()
    told, status = json.loads(done.stdout), own.status()
    assert (told["state"], told["pid"], told["bolt_port"]) == (
        "running",
        status.pid,
        status.bolt_port,
    )
    assert own.password() not in done.stdout
    # Work, not time: other programs may have the processor.
    spent = after.children_user + after.children_system
    assert spent - before.children_user - before.children_system < 1


def test_another_server_at_the_port_is_not_taken_for_ours(
    own: EmbeddedServer, tmp_path: Path
) -> None:
    """A process that wanted a port and did not get it: somebody else answers there."""
    ports = Ports(own.status().bolt_port, own.status().http_port)
    me = psutil.Process()
    write_record(tmp_path / "server.json", ProcessRecord(me.pid, me.create_time(), "", ports))
    assert EmbeddedServer(tmp_path, own.cache).status().state == "starting"


def test_a_server_without_its_record_is_not_started_twice(own: EmbeddedServer) -> None:
    """Two servers on one store would ruin it: Neo4j's own lock ends the second, and we say why."""
    record = own.home / "server.json"
    aside = record.rename(own.home / "aside.json")
    try:
        with pytest.raises(ServerError, match="another Neo4j uses this folder") as caught:
            own.start()
    finally:
        aside.replace(record)
    assert "neo4j.log" in caught.value.hint
    assert "\n" not in str(caught.value)
    assert ask(own, "RETURN 1") == 1


def test_kill_and_start_again_keeps_the_data(own: EmbeddedServer) -> None:
    before = own.status()
    psutil.Process(before.pid).kill()
    end = time.monotonic() + 30
    while own.status().state != "stopped" and time.monotonic() < end:
        time.sleep(0.05)
    assert own.status().pid is None
    after = own.start()
    assert after.state == "running"
    assert after.pid != before.pid
    assert after.bolt_port == before.bolt_port  # bookmarks and open Browser tabs still hold
    assert ask(own, "MATCH (kept:Kept) RETURN kept.name") == "Ada"
    assert "Started." in own.logs(20)


def test_another_process_stops_it_while_this_one_goes_on(own: EmbeddedServer) -> None:
    """This one started it and does not look: the ended server stays in the table of processes."""
    pid = own.status().pid
    assert pid is not None
    command = [sys.executable, "-m", "graphface", "db", "stop", "--home", str(own.home)]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert own.status().state == "stopped"
    assert own.stop() is False


def test_a_start_that_fails_says_why(own: EmbeddedServer, tmp_path: Path) -> None:
    """A store that belongs to another, newer Neo4j, or to nobody: data is not touched."""
    home = tmp_path / "home"
    shutil.copytree(own.home, home)
    write_record(home / "server.json", ProcessRecord(ports=choose_ports(Ports())))
    store = home / "data" / "databases" / "system" / "neostore"
    store.write_bytes(b"\0" * store.stat().st_size)
    broken = EmbeddedServer(home, own.cache)
    try:
        with pytest.raises(ServerError, match="stopped while it started") as caught:
            broken.start()
    finally:
        broken.stop()
    assert str(home / "logs" / "neo4j.log") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_reset_deletes_the_data_and_leaves_nothing_running(own: EmbeddedServer) -> None:
    code = "from graphface.cli.db import app; app()"
    command = [sys.executable, "-c", code, "reset", "--home", str(own.home)]
    asked = subprocess.run(command, input="n\n", capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert (own.home / "data").is_dir()
    subprocess.run([*command, "--yes"], check=True, capture_output=True)
    assert {path.name for path in own.home.iterdir()} <= {".lock", "import"}
    assert read_record(own.home / "server.json") == ProcessRecord()
