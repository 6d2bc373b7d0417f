"""The base of all calls: the connection, and the model that reads pictures."""

from __future__ import annotations

import functools
import inspect
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from graphface.api.results import Stats
from graphface.db import Connection, connect, statement
from graphface.errors import UsageError
from graphface.progress import reporting_to
from graphface.records import Table
from graphface.sinks import sink_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import TypeAlias

    from typing_extensions import Self

    from graphface.browser.login import Login
    from graphface.db import Row, Statement
    from graphface.events import Sink
    from graphface.records import Pixels, Space, Upright
    from graphface.vision.extractor import Extractor

    PathLike: TypeAlias = str | os.PathLike[str]
    Image: TypeAlias = PathLike | Pixels
    """A file, or a picture in memory: uint8 [height, width, 3], RGB, upright."""
    Who: TypeAlias = str | int
    """A person, by number or name."""

G = TypeVar("G", bound="Opened")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a graph is: in a folder, at an address, or, with neither, the default of commands."""

    home: Path | None = None
    uri: str | None = None
    username: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str | None = None

    def login(self) -> Login:
        """The login for Neo4j Browser there."""
        from graphface.browser.login import Login, find_login

        if self.uri:
            given = "as it was given to Graph.open"
            return Login(self.uri, self.username, self.password, given, self.database, None)
        return find_login(self.home)

    def connect(self) -> Connection:
        if self.uri:
            return Connection(self.uri, self.username, self.password, self.database)
        return connect(self.home)


class Opened:
    """A connection with the choice of a model; see `graphface.Graph`."""

    def __init__(self, at: Connection | Place, sink: Sink | None = None, **choice: Any) -> None:
        """Use an open connection or a place; `choice` is that of `open`."""
        self._place = at if isinstance(at, Place) else Place()
        self._connection = at if isinstance(at, Connection) else None
        self._sink = sink
        self._choice = choice
        self._extractors: dict[tuple[bool, int | None], Extractor] = {}

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
        upright: Upright = "auto",
        progress: Sink | str | None = None,
    ) -> Self:
        """Open the graph in the folder `home`, that of a Neo4j at `uri`, or the default one.

        The default is that of the commands: the Neo4j of `NEO4J_URI`, else the embedded database in
        the user's data folder. The first call that needs the database connects. It starts an
        embedded one unless it runs, and fetches it before its first start. An embedded database
        keeps running until `graphface db stop`.

        `model` and `detector` are for an empty graph (see `graphface models list`; the default is
        the best available); a graph with faces knows its own. `min_face` is the width in pixels of
        the smallest face, `min_confidence` the lowest score of the detector, in [0, 1]. `upright`
        turns pictures that lie: "auto" where no face stands and EXIF does not tell the way up,
        "never", or "always" to try all four ways (docs/models.md).

        `progress` receives the events of every call: any callable, or "terminal", "lines",
        "logging" or "none". By default they go to the logger "graphface" (docs/progress.md).

        Raises UsageError for a home and an address together. The first call that connects raises
        ServerError when an embedded Neo4j cannot start, and AuthenticationFailed.
        """
        if uri and home is not None:
            raise UsageError(
                "a graph is in a folder or at an address, not both",
                "Give `home` or `uri`",
                code="two-graphs",
            )
        folder = None if home is None else path_of(home)
        return cls(
            Place(folder, uri, username, password, database),
            sink_of(progress),
            model=model,
            detector=detector,
            min_face=min_face,
            min_confidence=min_confidence,
            upright=upright,
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
        """Close the connection. An embedded database keeps running for the next call."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def connection(self) -> Connection:
        """The connection to Neo4j, opened on first use.

        Raises ServerError when an embedded Neo4j cannot start, DatabaseUnavailable,
        AuthenticationFailed.
        """
        if self._connection is None:
            self._connection = self._place.connect()
        return self._connection

    @property
    def space(self) -> Space | None:
        """Model, alignment, dimensions, metric and threshold of all faces; None if empty."""
        return self.connection.space()

    def _at_hand(self) -> Connection | None:
        """The graph to compare two pictures with: the open one, the named one, or one that runs.

        Returns None if a model but no graph was named.
        """
        from graphface.recognition.verify import graph_at_hand

        if self._connection is None and (self._place.uri or self._place.home):
            return self.connection
        if self._connection is None:
            self._connection = graph_at_hand(model=self._choice.get("model"))
        return self._connection

    @property
    def extractor(self) -> Extractor:
        """The extractor that finds and embeds faces for this graph, loaded on first use.

        Raises SpaceMismatch when the graph was made with another model, ModelError.
        """
        return self._extractor()

    def _extractor(self, *, alone: bool = False, min_face: int | None = None) -> Extractor:
        """The extractor for this graph or, `alone`, for pictures that need no graph."""
        from graphface.ingest.photos import extractor_for

        smallest = min_face or self._choice.get("min_face", 20)
        if (alone, smallest) not in self._extractors:
            space = None if alone else self.space
            if space is None and not alone:
                return self._extractor(alone=True, min_face=min_face)
            choice = {**self._choice, "min_face": smallest}
            self._extractors[alone, smallest] = extractor_for(space, **choice)
        return self._extractors[alone, smallest]

    def query(self, name: str, /, **parameters: Any) -> Table[Row]:
        """Run the statement `name` of `cypher/` and return its rows as dictionaries.

        Raises NotFound, which lists the nearest names, and UsageError for unknown parameters.
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
        return Table(self.connection.run(name, **parameters))

    @staticmethod
    def statements(group: str | None = None) -> Table[Statement]:
        """The statements of `cypher/` for `query`, all or those of a group.

        Raises UsageError for an unknown group.
        """
        from graphface.api.catalogue import statements

        return statements(group)

    def stats(self) -> Stats:
        """Count everything in the graph, and tell how its embeddings were made."""
        counts = self.connection.run("stats")[0]
        return Stats(
            photos=counts["photos"],
            photos_without_face=counts["photosWithoutFace"],
            faces=counts["faces"],
            same=counts["same"],
            people=counts["people"],
            named=counts["named"],
            faces_without_person=counts["facesWithoutPerson"],
            ignored_faces=counts["ignoredFaces"],
            space=self.space,
        )


def every_call_reports(kind: type[G]) -> type[G]:
    """Make each public call of a class send its events to the sink given to `open`."""
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
    """A path as users write it: `~` is the home folder."""
    return Path(path).expanduser()


def paths_of(paths: PathLike | Iterable[PathLike]) -> list[Path]:
    """One path or several."""
    if isinstance(paths, str | os.PathLike):
        return [path_of(paths)]
    return [path_of(path) for path in paths]
