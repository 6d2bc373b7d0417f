"""The state of a server between two commands: `server.json`, and whether it is still valid."""

from __future__ import annotations

import json
import os
import re
import socket
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Literal

from graphface.db.embedded.config import HOST, Ports
from graphface.errors import ServerError
from graphface.records import Record

if TYPE_CHECKING:
    from pathlib import Path

    import psutil


State = Literal["running", "starting", "stopped"]

LET_GO = 1.5
"""Seconds that a port in use is waited for before another is taken."""

BOLT_HANDSHAKE = bytes.fromhex("6060b017 00000405 00000005 00000004 00000000")


@dataclass(frozen=True, slots=True)
class ServerStatus(Record):
    """The current state of the embedded server; a stopped one has the ports it would try first."""

    state: State
    pid: int | None
    uri: str
    browser_url: str
    username: str
    password_file: Path
    bolt_port: int
    http_port: int
    home: Path
    version: str
    java: str
    """Executable and version of its Java; empty before the first start."""
    started_at: datetime | None

    def rows(self) -> list[dict[str, object]]:
        """The status as labelled rows, for people."""
        process = f" (process {self.pid})" if self.pid else ""
        since = f" since {self.started_at:%Y-%m-%d %H:%M:%S} UTC" if self.started_at else ""
        shown = {
            "state": f"{self.state}{process}{since}",
            "browser": self.browser_url,
            "address": self.uri,
            "user": self.username,
            "password": f"in {self.password_file}",
            "home": str(self.home),
            "neo4j": self.version,
            "java": self.java or "found at the first start",
        }
        return [{"what": name, "is": text} for name, text in shown.items()]


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """The contents of `server.json`.

    The system reuses process ids, so the record includes when the process was created. That time
    moves when the clock is set, so the record includes its arguments, too. The ports are kept when
    the server stops.
    """

    pid: int | None = None
    created: float = 0.0
    java: str = ""
    ports: Ports = field(default_factory=Ports)
    arguments: str = ""

    def process(self) -> psutil.Process | None:
        """The server's process; None if it is gone, or if another process has its id now."""
        import psutil

        if self.pid is None:
            return None
        try:
            process = psutil.Process(self.pid)
            alive = process.status() != psutil.STATUS_ZOMBIE
            same_time = abs(process.create_time() - self.created) < 1.0
            ours = alive and (same_time or self.arguments in process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):  # gone, or another user's
            return None
        return process if ours else None

    def started_at(self) -> datetime | None:
        return datetime.fromtimestamp(self.created, timezone.utc) if self.created else None


def read_record(path: Path) -> ProcessRecord:
    """The record, or an empty one if it is missing or damaged."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        return ProcessRecord(
            raw["pid"], raw["created"], raw["java"], Ports(**raw["ports"]), raw["arguments"]
        )
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return ProcessRecord()


def write_record(path: Path, record: ProcessRecord) -> None:
    scratch = path.with_suffix(".tmp")
    scratch.write_text(json.dumps(asdict(record), indent=2) + "\n", "utf-8")
    scratch.replace(path)


def choose_ports(preferred: Ports) -> Ports:
    """The preferred ports if nobody listens there, else any free ones."""
    return Ports(
        preferred.bolt if _free_soon(preferred.bolt) else _any_free(),
        preferred.http if _free_soon(preferred.http) else _any_free(),
    )


def _free_soon(port: int) -> bool:
    """Whether a port becomes free soon: a killed server releases it shortly after its end."""
    end = time.monotonic() + LET_GO
    while not is_free(port):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":  # a port in TIME_WAIT counts as free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def listens(process: psutil.Process, ports: Ports) -> bool:
    """Whether this very process listens on both ports."""
    import psutil

    try:
        open_ports = {
            connection.laddr.port
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        }
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # the system does not tell, so an answer must suffice
        return True
    return {ports.bolt, ports.http} <= open_ports


def answers(ports: Ports, timeout: float = 2.0) -> bool:
    """Whether the server answers on Bolt and HTTP, which comes up last."""
    return _speaks_bolt(ports.bolt, timeout) and _speaks_http(ports.http, timeout)


def _speaks_bolt(port: int, timeout: float) -> bool:
    reply = _ask(port, BOLT_HANDSHAKE, timeout)
    return len(reply) == 4 and any(reply)


def _speaks_http(port: int, timeout: float) -> bool:
    request = f"HEAD / HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n"
    return _ask(port, request.encode("ascii"), timeout).startswith(b"HTTP")


def _ask(port: int, question: bytes, timeout: float) -> bytes:
    try:
        with socket.create_connection((HOST, port), timeout) as connection:
            connection.sendall(question)
            return connection.recv(4)
    except OSError:
        return b""


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


KNOWN = (
    ("No space left on device", "the disk is full", "Free some room, then start again"),
    ("Disk quota exceeded", "your disk quota is used up", "Free some room, then start again"),
    ("already in use", "a port was taken meanwhile", "Start again: other ports are found"),
    (
        "locked by another process",
        "another Neo4j uses this folder",
        "Stop that one, or choose another folder with `home`",
    ),
    ("Permission denied", "a file may not be written", "See who owns the files in the folder"),
    ("AccessDenied", "a file may not be written", "See who owns the files in the folder"),
    ("Could not reserve enough", "not enough memory", "Close other programs, then start again"),
    ("insufficient memory", "not enough memory", "Close other programs, then start again"),
    ("OutOfMemoryError", "not enough memory", "Close other programs, then start again"),
    ("NoClassDefFoundError", "a jar is missing or broken", "Start again: it is fetched again"),
)
CAUSE = re.compile(r"Caused by: (?:[\w.$]+: )?(.+)")
ERROR = re.compile(r" ERROR +(.+)")


def why(text: str) -> tuple[str, str]:
    """Reason and hint: a known problem, else the innermost cause, else the last line."""
    for sign, reason, hint in KNOWN:
        if sign in text:
            return reason, hint
    for pattern in (CAUSE, ERROR):
        if found := pattern.findall(text):
            return str(found[-1]).strip()[:300], ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[-1][:300] if lines else "it wrote nothing"), ""


def died(home: Path, text: str, log: Path) -> ServerError:
    reason, hint = why(text)
    return ServerError(
        f"Neo4j in {home} stopped while it started: {reason}",
        f"{hint}. Its log: {log}".removeprefix(". "),
        code="server-stopped",
        home=home,
        reason=reason,
    )
