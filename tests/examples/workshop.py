"""Where examples run: two servers, a warm process, a home that is furnished for each reader."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.command_line import chosen
from tests.examples import prepare, session, tables, warm
from tests.examples.parse import ROOT, steps
from tests.examples.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from tests.examples.parse import Block, Step
    from tests.examples.prepare import Library
    from tests.examples.tables import Preparation


@dataclass(frozen=True)
class Workshop:
    """What all readers share."""

    folder: Path
    server: EmbeddedServer
    spare: EmbeddedServer
    """A second server, for what starts, stops and empties one. It runs when somebody starts it."""

    @property
    def home(self) -> Path:
        """The home of the user who reads, at one place for all: paths are in the graph."""
        return self.folder / "home" / "me"

    def environment(self, server: EmbeddedServer) -> dict[str, str]:
        """A user's environment, whose embedded database is this one."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "GRAPHFACE_"))}
        return {
            **kept,
            "HOME": str(self.home),
            "PATH": f"{self.folder}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "GRAPHFACE_HOME": str(server.home),
            "GRAPHFACE_CACHE": str(server.cache),
            **chosen(),
            "MPLBACKEND": "agg",
            "BROWSER": "true",  # a web browser that opens nothing
            "TERM": "xterm-256color",
        }

    def clear_spare(self) -> None:
        """Make the second server as one that was never started, or an empty one if it runs."""
        if self.spare.status().state == "running":
            with connected(self.spare) as graph:
                graph.run("forget-everything")
        elif (self.spare.home / "server.json").exists():
            self.spare.reset()


@contextmanager
def opened(server: EmbeddedServer, folder: Path) -> Iterator[Workshop]:
    """A workshop in an empty folder; its processes end with it."""
    from graphface.db.embedded.server import EmbeddedServer

    made = Workshop(folder, server, EmbeddedServer(folder / "spare", server.cache))
    for place in (folder / "bin", folder / "scratch", made.home, made.spare.home):
        place.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as short:  # a socket's address has 100 characters at most
        address = f"{short}/graphface"
        warm.write_shims(folder / "bin", address)
        process = subprocess.Popen(
            [sys.executable, ROOT / "tests/examples/warm.py", address],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "ready\n"
            yield made
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()
            made.spare.stop()


@contextmanager
def connected(server: EmbeddedServer) -> Iterator[Connection]:
    """The graph of a server, which is started if it does not run."""
    from graphface.db import Connection

    status = server.start()
    with Connection(status.uri, status.username, server.password()) as graph:
        yield graph


def stocked(workshop: Workshop) -> Library:
    """The album, and its graph as a backup: a document's graph is there in half a second."""
    from graphface import Graph
    from graphface.exchange.backup import backup

    album = prepare.draw(workshop.folder)
    prepare.furnish(workshop.home, album)
    built = workshop.folder / "built.backup"
    with connected(workshop.server) as graph:
        graph.run("forget-everything")
        photos = [workshop.home / "photos", workshop.home / "party.jpg"]
        Graph(graph).build(photos)
        prepare.embeddings(workshop.folder / "embeddings.npz", graph)
        backup(graph, built)
        numbers = prepare.numbers_of(graph, album, workshop.home / "photos")
    return prepare.Library(workshop.folder, album, built, numbers)


@dataclass(frozen=True)
class Reader:
    """Somebody who does what a document says, from its first command to its last."""

    workshop: Workshop
    server: EmbeddedServer
    shell: Session

    def step(self, step: Step) -> str | None:
        """Run one command; what is wrong with how it went."""
        if tables.not_run(step.command):
            return None
        command = tables.with_real_address(step.command, self.workshop.server)
        done = self.shell.run(command, tables.typed(step.command))
        return session.failure(step, done, tables.codes(step))

    def block(self, block: Block) -> list[str]:
        """Run one block of a document; what is wrong with it."""
        if block.language in ("sh", "console"):
            return [wrong for step in steps(block) if (wrong := self.step(step))]
        if block.language == "python":
            return list(session.python_failures(block, self.shell.python(block)))
        if block.language == "cypher":
            with connected(self.server) as graph:
                return list(session.cypher_failures(block, graph.driver))
        return []


@contextmanager
def reader(
    workshop: Workshop, library: Library, prepared: Preparation, text: str
) -> Iterator[Reader]:
    """A reader in a fresh home, the graph as it is presumed, who will type `text`."""
    server = workshop.spare if prepared.home == "own" else workshop.server
    _furnish(workshop, library)
    others = prepare.other_homes(workshop.home, text, workshop.spare.home)
    if others or server is workshop.spare:
        workshop.clear_spare()
    if prepared.graph == "built" or server is workshop.server:
        with connected(server) as graph:
            prepare.graph(graph, library, prepared)
    shell = Session(
        workshop.home,
        workshop.environment(server),
        workshop.folder / "scratch",
        workshop.folder / "bin" / "python",
    )
    try:
        done = shell.run(prepared.commands)
        assert done.code == 0, done
        yield Reader(workshop, server, shell)
    finally:
        shell.close()


def _furnish(workshop: Workshop, library: Library) -> None:
    home = workshop.home
    prepare.empty(home)
    prepare.furnish(home, library.album)
    shutil.copy(workshop.folder / "embeddings.npz", home)
    shutil.copytree(ROOT / "docker", home / "docker")
