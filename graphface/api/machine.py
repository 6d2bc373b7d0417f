"""Resources of this machine, independent of a graph: the embedded Neo4j and the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.api.opened import path_of
from graphface.records import Table

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.api.opened import PathLike
    from graphface.db.embedded.process_state import ServerStatus
    from graphface.vision.inventory import Listed


class Database:
    """The embedded Neo4j of a home: what `graphface db` does."""

    def __init__(self, home: PathLike | None = None) -> None:
        """Use the data in `home`, by default in `GRAPHFACE_HOME` or the user's data folder."""
        from graphface.db.embedded.server import EmbeddedServer
        from graphface.settings import settings

        folder = settings().home if home is None else path_of(home)
        self._server = EmbeddedServer(folder, settings().cache)

    @property
    def home(self) -> Path:
        """The folder of its data."""
        return self._server.home

    def start(self) -> ServerStatus:
        """Start it and wait until it answers; fetch Neo4j the first time. Raises ServerError."""
        return self._server.start()

    def stop(self) -> bool:
        """Stop it; False if it was not running. Its data stays. Raises ServerError."""
        return self._server.stop()

    def status(self) -> ServerStatus:
        """Whether it runs, on which ports, and where its data and password are."""
        return self._server.status()

    def logs(self, lines: int = 100) -> str:
        """The last lines of its log."""
        return self._server.logs(lines)

    def reset(self) -> None:
        """Stop it and delete all its data permanently. Raises ServerError."""
        self._server.reset()


class Models:
    """The embedding models and detectors: what `graphface models` does."""

    @staticmethod
    def list() -> Table[Listed]:
        """Every model: whether it is here, its length, metric and thresholds, which is used."""
        from graphface.vision.inventory import inventory

        return Table(inventory())

    @staticmethod
    def fetch(name: str) -> Path:
        """Download the weights of a model or a detector; returns their path.

        Raises UsageError for an unknown name, WeightsMissing when nothing can be fetched.
        """
        from graphface.vision.inventory import fetch_model

        return fetch_model(name)

    @staticmethod
    def path(name: str | None = None) -> Path:
        """The path of a model's or detector's weights, present or not; without a name, the folder.

        Raises UsageError for an unknown name, WeightsMissing for a missing `.onnx` file.
        """
        from graphface.vision.inventory import model_path

        return model_path(name)
