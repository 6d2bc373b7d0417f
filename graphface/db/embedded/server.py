"""A real Neo4j as a background process of this user: start, stop, status, logs, reset."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from graphface.db.embedded import archive, config, jars
from graphface.db.embedded.credentials import USERNAME, ensure_password, read_password
from graphface.db.embedded.fetching import fetch
from graphface.db.embedded.java import Java, find_java
from graphface.db.embedded.process_state import (
    ProcessRecord,
    ServerStatus,
    State,
    answers,
    choose_ports,
    died,
    listens,
    read_record,
    write_record,
)
from graphface.errors import ServerError
from graphface.progress import say, task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psutil


START_TIMEOUT = 300.0
"""Seconds. It takes 5 to 15; recovery of a large store on a busy machine takes minutes."""
STOP_TIMEOUT = 120.0
POLL = 0.1
NEEDED = 100_000_000
"""Bytes free on the disk below which a start is refused: a full disk can harm a store."""

OURS = ("data", "logs", "conf", "run", "licenses", "password", "server.json")
"""What a server makes in its home, and all that `reset` deletes: `import` holds a user's files."""


class EmbeddedServer:
    """The Neo4j with its data in `home`; its jars are in `cache`, which all homes share."""

    def __init__(self, home: Path, cache: Path) -> None:
        self.home, self.cache = home.expanduser().absolute(), cache.expanduser().absolute()

    def start(self) -> ServerStatus:
        """Start the server unless it runs, and return when it answers.

        Callers in several processes get the same server. The server keeps running when the caller
        ends. Raises ServerError (jars, Java, disk, ports, or why the server ended).
        """
        status = self.status()
        if status.state == "running":
            return status
        with self._alone():
            # Look again, since another process may have started it meanwhile.
            state = self.status().state
            if state == "stopped":
                self._start_stopped()
            elif state == "starting":
                with task("Waiting for Neo4j"):
                    self._wait(self._record, 0)
        return self.status()

    def stop(self) -> bool:
        """Stop the server and wait until its store is closed; False if it was not running."""
        process = self._record.process()
        if not process:
            return False
        with task("Stopping Neo4j"):
            self._end(process)
        archive.begin(self._archive_plan)
        return True

    def _end(self, process: psutil.Process) -> None:
        import psutil

        deadline = time.monotonic() + STOP_TIMEOUT
        with suppress(psutil.NoSuchProcess):
            process.terminate()
            # An ended process stays in the process table until its parent collects it, which a
            # long-running program may never do. A plain wait would wait for that.
            while self._record.process():
                with suppress(psutil.TimeoutExpired):
                    process.wait(0.2)
                if time.monotonic() > deadline:
                    raise ServerError(
                        f"Neo4j (process {process.pid}) does not end in {STOP_TIMEOUT:.0f} s",
                        f"It may still be writing. Its log: {self._log}",
                        code="server-slow",
                        pid=process.pid,
                        stop_timeout=STOP_TIMEOUT,
                    )

    def status(self) -> ServerStatus:
        """The current state; starts nothing and takes a few milliseconds."""
        record = self._record
        process = record.process()
        ports = record.ports
        return ServerStatus(
            state=self._state(process, ports),
            pid=process.pid if process else None,
            uri=f"bolt://{config.HOST}:{ports.bolt}",
            browser_url=f"http://{config.HOST}:{ports.http}/browser/",
            username=USERNAME,
            password_file=self.home / "password",
            bolt_port=ports.bolt,
            http_port=ports.http,
            home=self.home,
            version=jars.neo4j_version(jars.read_lock()),
            java=record.java,
            started_at=record.started_at() if process else None,
        )

    def password(self) -> str:
        """The password. Raises ServerError before the first start."""
        return read_password(self.home)

    def logs(self, lines: int = 100) -> str:
        """The last lines of the server's log; empty before the first start."""
        return "\n".join(self._written().splitlines()[-lines:]) if lines > 0 else ""

    def reset(self) -> None:
        """Stop the server and delete its data, logs and password, without confirmation.

        Raises ServerError if `home` is not the folder of such a server; nothing is deleted then.
        """
        if not self._record_file.is_file():
            raise ServerError(
                f"{self.home} is no home of a graphface database",
                "Nothing was deleted; `home` names another folder",
                code="home-invalid",
                home=self.home,
            )
        with self._alone():
            self.stop()
            for name in OURS:
                self._delete(self.home / name)

    # Implementation

    @property
    def _record_file(self) -> Path:
        return self.home / "server.json"

    @property
    def _record(self) -> ProcessRecord:
        return read_record(self._record_file)

    @property
    def _log(self) -> Path:
        return self.home / "logs" / "neo4j.log"

    @property
    def _archive_plan(self) -> Path:
        return self.home / "conf" / "archive.json"

    @property
    def _console(self) -> Path:
        return self.home / "logs" / "console.log"

    @staticmethod
    def _state(process: psutil.Process | None, ports: config.Ports) -> State:
        if not process:
            return "stopped"
        # Another server may answer at a port that ours wanted, so check the owner of the port, too.
        return "running" if listens(process, ports) and answers(ports) else "starting"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Allow one start or reset at a time in this home."""
        from filelock import FileLock

        try:
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise ServerError(
                f"cannot make {self.home}: {error.strerror}",
                "Choose another folder with `home`",
                code="home-invalid",
                home=self.home,
                strerror=error.strerror,
            ) from error
        with FileLock(self.home / ".lock"):
            yield

    def _start_stopped(self) -> None:
        java = find_java()
        folder = fetch(self.cache)
        self._check_room()
        try:
            self._launch_and_wait(java, folder)
        except ServerError:
            # A second try fixes two problems: a corrupt jar in the cache, and a port that was taken
            # between the check and the start.
            mended = jars.remove_corrupted(folder, jars.read_lock())
            if mended:
                fetch(self.cache)
            elif "already in use" not in self._written():
                raise
            self._launch_and_wait(java, folder)

    def _launch_and_wait(self, java: Java, folder: Path) -> None:
        written_before = self._log.stat().st_size if self._log.exists() else 0
        record = self._launch(java, folder)
        say(f"Starting Neo4j {jars.neo4j_version(jars.read_lock())} in {self.home}")
        with task("Starting Neo4j"):
            self._wait(record, written_before)

    def _launch(self, java: Java, folder: Path) -> ProcessRecord:
        """Write the server's configuration, start its process, and record the process."""
        import psutil

        ports = choose_ports(self._record.ports)
        self._configure(java, folder, ports)
        arguments = f"@{self.home / 'conf' / 'java.args'}"
        process = self._spawn([str(java.path), arguments])
        created = psutil.Process(process.pid).create_time()
        record = ProcessRecord(
            process.pid, created, f"{java.path} ({java.version})", ports, arguments
        )
        write_record(self._record_file, record)
        return record

    def _configure(self, java: Java, folder: Path, ports: config.Ports) -> None:
        for name in ("conf", "logs", "import"):
            (self.home / name).mkdir(exist_ok=True)
        ensure_password(self.home)
        memory = config.Memory.of_machine(config.machine_memory())
        conf = config.neo4j_conf(ports, folder / "plugins", memory)
        (self.home / "conf" / "neo4j.conf").write_text(conf, "utf-8")
        paths = [jar.path(folder) for jar in jars.read_lock()]
        options = archive.options(java, folder, paths, self._archive_plan)
        arguments = config.java_arguments(self.home, paths, memory, options)
        (self.home / "conf" / "java.args").write_text(config.argument_file(arguments), "utf-8")

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in the terminal ends the command, not the database.
        with self._console.open("wb") as console:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd=self.home,
                env=_environment(),
                start_new_session=os.name == "posix",
            )

    def _wait(self, record: ProcessRecord, written_before: int) -> None:
        end = time.monotonic() + START_TIMEOUT
        while (state := self._state(record.process(), record.ports)) != "running":
            if state == "stopped":
                raise died(self.home, self._written(written_before), self._log)
            if time.monotonic() > end:
                raise ServerError(
                    f"Neo4j does not answer after {START_TIMEOUT:.0f} s",
                    f"It may still be starting. Its log: {self._log}",
                    code="server-slow",
                    start_timeout=START_TIMEOUT,
                )
            time.sleep(POLL)

    def _written(self, start: int = 0) -> str:
        """The server's log from byte `start` on, and its output before it had a log."""
        texts = []
        for path, begin in ((self._console, 0), (self._log, start)):
            if path.exists():
                with path.open("rb") as file:
                    file.seek(begin)
                    texts.append(file.read().decode("utf-8", "replace"))
        return "".join(texts)

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < NEEDED:
            raise ServerError(
                f"no room for the database in {self.home}: {free / 1e6:.0f} MB are "
                f"free, {NEEDED / 1e6:.0f} are needed",
                "Free some room, or choose another folder with `home`",
                code="disk-full",
                home=self.home,
            )

    @staticmethod
    def _delete(path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """The environment, with a locale: with plain C, Java on Linux cannot open non-ASCII names."""
    return {**os.environ, "LC_ALL": "C.UTF-8"} if sys.platform == "linux" else dict(os.environ)
