"""What the tests share: one real Neo4j for the whole run, the command line as a process, albums."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.sample.album import Album

ROOT = Path(__file__).resolve().parents[1]


def shared_data() -> Path | None:
    """Real pictures and embeddings, which are not part of the project; None where absent."""
    places = [os.environ.get("GRAPHFACE_DATA"), ROOT.parent / "shared" / "data"]
    found = [Path(place) for place in places if place and Path(place).is_dir()]
    return found[0] if found else None


@pytest.fixture(scope="session")
def data() -> Path:
    found = shared_data()
    if found is None:
        pytest.skip("no real pictures here (../shared/data or GRAPHFACE_DATA)")
    return found


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[EmbeddedServer]:
    """A real Neo4j with GDS, started once; jars are kept in the user's cache."""
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    embedded = EmbeddedServer(home, settings().cache)
    embedded.start()
    yield embedded
    embedded.stop()


@pytest.fixture
def graph(server: EmbeddedServer) -> Iterator[Connection]:
    """An empty graph on the real server."""
    from graphface.db import Connection

    status = server.status()
    with Connection(status.uri, status.username, server.password()) as connected:
        connected.run("forget-everything")
        yield connected


@dataclass(frozen=True)
class Result:
    """What a run of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cli:
    """`graphface` as a process of its own, as a user runs it."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def environment(self, **extra: str) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "GRAPHFACE_"))}
        if cache := os.environ.get("GRAPHFACE_CACHE"):
            plain["GRAPHFACE_CACHE"] = cache
        return {**plain, "GRAPHFACE_HOME": str(self.home), "PYTHONPATH": str(ROOT), **extra}

    def start(self, *args: str | Path, **extra: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "graphface", *map(os.fspath, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            env=self.environment(**extra),
        )

    def __call__(self, *args: str | Path, **extra: str) -> Result:
        process = self.start(*args, **extra)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in err, err
        return Result(process.returncode, out, err)


@pytest.fixture
def cli(graph: Connection, home: Path) -> Cli:
    """The command line on an empty graph of the running server."""
    return Cli(home)


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """Drawn people: portraits and scenes, one picture more of each to ask about, a stranger."""
    from graphface.sample import make_album

    folder = tmp_path_factory.mktemp("album")
    return make_album(folder / "photos", people=4, pictures=4, scenes=2, ask=folder / "ask")


@pytest.fixture(scope="session")
def named_album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """The same people, a sub-folder each."""
    from graphface.sample import make_album

    folder = tmp_path_factory.mktemp("named")
    return make_album(
        folder / "photos", people=3, pictures=4, scenes=1, ask=folder / "ask", layout="named"
    )
