"""A Neo4j that graphface did not start: what `NEO4J_URI` speaks of."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.db.embedded import archive, config, jars
from graphface.db.embedded.credentials import ensure_password
from graphface.db.embedded.fetching import fetch
from graphface.db.embedded.java import Java, find_java
from graphface.db.embedded.process_state import answers
from graphface.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Result

START_SECONDS = 120.0
MEMORY = config.Memory(heap=1024, page_cache=128)


@dataclass(frozen=True)
class Version:
    """Which Neo4j: its locked jars, the class that starts it, and the Java it wants."""

    lock: Path = jars.LOCK
    main: str = config.MAIN
    java: Path | None = None


@dataclass(frozen=True)
class Elsewhere:
    """A running Neo4j and what a user must set to use it."""

    ports: config.Ports
    password: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def uri(self) -> str:
        return f"bolt://{config.HOST}:{self.ports.bolt}"

    def settings(self, **more: str) -> dict[str, str]:
        unused = str(self.home / "unused")  # where an embedded one would leave its traces
        return {
            "NEO4J_URI": self.uri,
            "NEO4J_PASSWORD": self.password,
            "GRAPHFACE_HOME": unused,
            **more,
        }


@contextmanager
def neo4j(
    home: Path, version: Version | None = None, *, gds: bool = True, **more: str
) -> Iterator[Elsewhere]:
    """A Neo4j whose data lies in `home`, with `more` settings in its neo4j.conf."""
    version = version or Version()
    locked = jars.read_lock(version.lock)
    folder = fetch(settings().cache, locked)
    paths = [jar.path(folder) for jar in locked if gds or jar.folder == "lib"]
    ports = config.Ports(_free(), _free())
    _configure(home, ports, folder / "plugins" if gds else home / "no-plugins", more)
    password = ensure_password(home)
    command = _command(home, version, paths, folder)
    with (home / "logs" / "console.log").open("wb") as console:
        process = subprocess.Popen(command, cwd=home, stdout=console, stderr=console)
    try:
        _wait(process, ports, home)
        yield Elsewhere(ports, password, home, process)
    finally:
        process.terminate()
        process.wait(60)


def one_line(done: Result, *said: str) -> None:
    """The command failed, and standard error says all of `said` in one `error:` line."""
    lines = [line for line in done.err.splitlines() if line.startswith("error:")]
    assert done.code == 1, done
    assert len(lines) == 1, done.err
    for part in said:
        assert part in lines[0], lines[0]


def _configure(home: Path, ports: config.Ports, plugins: Path, more: dict[str, str]) -> None:
    for folder in (home / "conf", home / "logs", home / "import", plugins):
        folder.mkdir(parents=True, exist_ok=True)
    lines = config.neo4j_conf(ports, plugins, MEMORY).splitlines()
    kept = [line for line in lines if line.partition("=")[0] not in more]
    text = "\n".join([*kept, *(f"{name}={value}" for name, value in more.items())])
    (home / "conf" / "neo4j.conf").write_text(text + "\n", "utf-8")


def _command(home: Path, version: Version, paths: list[Path], folder: Path) -> list[str]:
    java = Java(version.java, "21") if version.java else find_java()
    quicker = archive.options(java, folder, paths, home / "conf" / "archive.json")
    options = [option for option in quicker if "SharedArchiveFile" in option]
    arguments = [
        version.main if argument == config.MAIN else argument
        for argument in config.java_arguments(home, paths, MEMORY, options)
    ]
    file = home / "conf" / "java.args"
    file.write_text(config.argument_file(arguments), "utf-8")
    return [os.fspath(java.path), f"@{file}"]


def _wait(process: subprocess.Popen[bytes], ports: config.Ports, home: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not answers(ports):
        assert process.poll() is None, (home / "logs" / "console.log").read_text("utf-8")
        assert time.monotonic() < end, "it does not start"
        time.sleep(0.1)


def _free() -> int:
    with socket.create_server((config.HOST, 0)) as free:
        port: int = free.getsockname()[1]
        return port
