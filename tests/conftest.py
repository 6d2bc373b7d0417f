"""What the tests share: one real Neo4j for the whole run, the command line, albums."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

import graphface.cli.app  # noqa: F401 - its commands are those that actions are told as
from tests import albums
from tests.command_line import ROOT, Cli, Result, chosen

os.environ.update(chosen())

__all__ = ["ROOT", "Cli", "Result", "shared_data"]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.sample.album import Album


# A test's server lives for seconds: what Java's second compiler would make fast later costs 12 s of
# processor time at each start.
os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1")


def shared_data() -> Path | None:
    """Real pictures and embeddings, which are not part of the project; None where absent."""
    places = [os.environ.get("GRAPHFACE_DATA"), ROOT.parent / "shared" / "data"]
    found = [Path(place) for place in places if place and Path(place).is_dir()]
    return found[0] if found else None


LONGEST = (
    "test_examples.py", "test_actions.py", "test_wheel.py", "test_cypher.py", "test_notebooks.py",
    "test_interruptions.py",
)  # fmt: skip
"""Files that take minutes, the longest first."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the files, the long ones begin: none is left over at the end."""
    if not hasattr(config, "workerinput"):
        return
    rank = {name: place for place, name in enumerate(LONGEST)}
    rooms = {"e2e": 10, "integration": 11, "unit": 12}
    items.sort(key=lambda item: rank.get(item.path.name, rooms.get(item.path.parent.name, 13)))


@pytest.fixture(scope="session")
def data() -> Path:
    found = shared_data()
    if found is None:
        pytest.skip("no real pictures here (../shared/data or GRAPHFACE_DATA)")
    return found


@pytest.fixture(scope="session")
def facenet() -> dict[str, str]:
    """The environment in which FaceNet's real weights are here, in the user's cache of tests."""
    from graphface.errors import WeightsMissing
    from graphface.settings import settings
    from graphface.vision import encoders

    source = encoders.get("Facenet").weights
    assert source is not None
    if source.present:
        return {}
    environment = {"DEEPFACE_HOME": str(settings().cache / "tests")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DEEPFACE_HOME", environment["DEEPFACE_HOME"])
        try:
            source.obtain()
        except WeightsMissing as missing:
            pytest.skip(missing.message)
    return environment


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[EmbeddedServer]:
    """A real Neo4j with GDS, started once; jars are kept in the user's cache."""
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    embedded = EmbeddedServer(home, settings().cache)
    with FileLock(settings().cache / "tests-start.lock"):  # two processes would find one port free
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


@pytest.fixture
def cli(graph: Connection, home: Path) -> Cli:
    """The command line on an empty graph of the running server."""
    return Cli(home)


@pytest.fixture(scope="session")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """Drawn people: portraits and scenes, one picture more of each to ask about, a stranger."""
    return albums.drawn(tmp_path_factory.mktemp("album"), people=4, pictures=4, scenes=2)


@pytest.fixture(scope="session")
def named_album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    """The same people, a sub-folder each."""
    folder = tmp_path_factory.mktemp("named")
    return albums.drawn(folder, people=3, pictures=4, scenes=1, layout="named")
