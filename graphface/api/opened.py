"""What all calls stand on: the connection, and the model that reads pictures."""

from __future__ import annotations

import functools
import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from graphface.db import Connection, connect, statement
from graphface.errors import UsageError
from graphface.progress import reporting_to
from graphface.sinks import sink_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import TypeAlias

    from typing_extensions import Self

    from graphface.db import Row
    from graphface.progress import Sink
    from graphface.records import Pixels, Space
    from graphface.vision.extractor import Extractor

    PathLike: TypeAlias = str | os.PathLike[str]
    Image: TypeAlias = PathLike | Pixels
    """A file, or a picture in memory: uint8 [height, width, 3], RGB, upright."""
    Who: TypeAlias = str | int
    """A person, by number or name."""

G = TypeVar("G", bound="Opened")


class Opened:
    """A connection with the choice of a model; see `graphface.Graph`."""

    def __init__(self, connection: Connection, sink: Sink | None = None, **choice: Any) -> None:
        """Work on a `connection` that is open; `choice` is that of `open`."""
        self.connection = connection
        self._sink = sink
        self._choice = choice
        self._extractor: Extractor | None = None

    @classmethod
    def open(
        cls,
        home: PathLike | None = None,
        *,
        uri: str | None = None,
        username: str = "neo4j",
        password: str = "",
        database: str | None = None,
        model: str | None = None,
        detector: str | None = None,
        min_face: int = 20,
        min_confidence: float | None = None,
        progress: Sink | str | None = None,
    ) -> Self:
        """Open the graph in the folder `home`, that of a Neo4j at `uri`, or the usual one.

        The usual one is that of the commands: the Neo4j of `NEO4J_URI`, else the embedded
        database in the user's data folder. An embedded database is started if it does not run (and
        fetched before its first start), and goes on running; `graphface db stop` stops it.

        `model` and `detector` are for an empty graph (see `graphface models list`; unset, the best
        that is here); a graph that has faces knows its own. `min_face`: width in pixels of the
        smallest face; `min_confidence`: lowest score of the detector, in [0, 1].

        `progress` takes the events of every call: any callable, or "terminal", "lines", "logging"
        or "none". Without it they go to the logger "graphface" (docs/progress.md).

        Raises ServerError when an embedded Neo4j cannot start, AuthenticationFailed.
        """
        if uri and home is not None:
            raise UsageError(
                "a graph is in a folder or at an address, not both",
                "home, or uri",
                code="two-graphs",
            )
        sink = sink_of(progress)
        with reporting_to(sink):
            connection = (
                Connection(uri, username, password, database)
                if uri
                else connect(None if home is None else path_of(home))
            )
        return cls(
            connection,
            sink,
            model=model,
            detector=detector,
            min_face=min_face,
            min_confidence=min_confidence,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection. An embedded database goes on running for the next call."""
        self.connection.close()

    @property
    def space(self) -> Space | None:
        """Model, alignment, dimensions, metric and threshold of all faces; None while empty."""
        return self.connection.space()

    @property
    def extractor(self) -> Extractor:
        """What finds and embeds faces for this graph; loaded when first asked for.

        Raises SpaceMismatch when the graph was made with another model, ModelError.
        """
        if self._extractor is None:
            from graphface.ingest.choice import extractor_for

            self._extractor = extractor_for(self.space, **self._choice)
        return self._extractor

    def query(self, name: str, /, **parameters: Any) -> list[Row]:
        """Run the statement `name` of `cypher/` and return its rows as dictionaries.

        Raises NotFound with the nearest names, UsageError for parameters that it does not take.
        """
        wanted = {parameter.name for parameter in statement(name).parameters}
        if wanted != set(parameters):
            takes = ", ".join(sorted(wanted)) or "none"
            raise UsageError(
                f"{name} takes other parameters",
                f"It takes: {takes}",
                code="parameter-unknown",
                name=name,
            )
        return self.connection.run(name, **parameters)

    def stats(self) -> dict[str, int]:
        """How much of everything the graph holds: photos, faces, people, SAME and so on."""
        return self.connection.run("stats")[0]


def every_call_reports(kind: type[G]) -> type[G]:
    """Let each public call of a class send its events to the sink that `open` was given."""
    for name in dir(kind):
        found = inspect.getattr_static(kind, name)
        if name.startswith("_") or name == "open":
            continue
        if inspect.isfunction(found):
            setattr(kind, name, _reporting(found))
        elif isinstance(found, property) and found.fget:
            setattr(kind, name, property(_reporting(found.fget)))
    return kind


def _reporting(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def reporting(self: Opened, /, *args: Any, **options: Any) -> Any:
        with reporting_to(self._sink):
            return call(self, *args, **options)

    return reporting


def path_of(path: PathLike) -> Path:
    """A path as a user writes it: `~` is the home folder."""
    return Path(path).expanduser()


def paths_of(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """One path or several."""
    if isinstance(paths, str | os.PathLike):
        return [path_of(paths)]
    return [path_of(path) for path in paths]
