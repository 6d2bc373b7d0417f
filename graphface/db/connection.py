"""The connection to Neo4j: statements by name, retries by the driver, errors in plain words."""

from __future__ import annotations

import logging
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar

from graphface.db.predicate import filled
from graphface.db.statements import statement
from graphface.errors import (
    Action,
    AuthenticationFailed,
    DatabaseError,
    DatabaseReadOnly,
    DatabaseUnavailable,
    GdsMissing,
    NotFound,
    UsageError,
)
from graphface.progress import say, wanted
from graphface.records import Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from neo4j import Driver, ManagedTransaction, Session

Row = dict[str, Any]
T = TypeVar("T")


class Run(Protocol):
    """Runs a statement by name and returns its rows."""

    def __call__(self, name: str, /, **parameters: Any) -> list[Row]: ...


RETRY_SECONDS = 20.0
"""How long the driver goes on trying when a server is away for a moment."""

CONDITION_SECONDS = 120.0
"""How long a statement with a user's condition in it may take."""


class Connection:
    """A graph of people in one Neo4j database. Use it as a context manager, or close it."""

    def __init__(self, uri: str, username: str, password: str, database: str | None = None) -> None:
        """Connect. Raises DatabaseUnavailable, AuthenticationFailed."""
        import neo4j

        # Its problems reach users as our errors.
        logging.getLogger("neo4j").setLevel(logging.CRITICAL)
        self.uri, self.database = uri, database
        if not _ADDRESS.match(uri):
            raise DatabaseUnavailable(
                f"{uri!r} is no address of a Neo4j",
                "An address looks like neo4j://host:7687 or bolt://127.0.0.1:7687",
                code="address-invalid",
                uri=uri,
            )
        with self._plain_errors():
            self.driver: Driver = neo4j.GraphDatabase.driver(
                uri,
                auth=(username, password),
                connection_timeout=10.0,
                max_transaction_retry_time=RETRY_SECONDS,
                notifications_min_severity="OFF",
            )
        try:
            with self._plain_errors():
                self.driver.verify_connectivity()
        except BaseException:
            self.driver.close()
            raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self.driver.close()

    def run(self, name: str, /, **parameters: Any) -> list[Row]:
        """Run the statement `name` to its end and return its rows."""
        found, started = statement(name), time.monotonic()
        with self._plain_errors(), self.session(found.mode) as session:
            if found.mode == "auto":
                rows = _rows(session.run(found.text, parameters))
            else:
                execute = session.execute_read if found.mode == "read" else session.execute_write
                rows = execute(lambda tx: _rows(tx.run(found.text, parameters)))
        _tell(name, len(rows), started)
        return rows

    def run_where(
        self, name: str, predicate: str | None, values: Mapping[str, Any], /, **parameters: Any
    ) -> list[Row]:
        """Run the reading statement `name` with a user's condition in its place.

        `values` are the parameters of `predicate`. Raises UsageError before anything runs if the
        condition is invalid, and later if it takes more than CONDITION_SECONDS.
        """
        if predicate is None:
            if values:
                raise UsageError(
                    "values are given, and no condition",
                    "`param` goes with `where`",
                    code="condition-missing",
                )
            return self.run(name, **parameters)
        text = filled(statement(name), predicate, values, parameters)
        given = {**parameters, **values}
        started = time.monotonic()
        with self._plain_errors(), _condition_errors(), self.session("read") as session:
            plan = session.run(f"EXPLAIN {text}", given).consume()
            if plan.query_type != "r":
                raise UsageError(
                    "the condition would write",
                    "Only reading is allowed here",
                    code="condition-refused",
                )
            rows = session.execute_read(_limited(text, given))
        _tell(name, len(rows), started)
        return rows

    def transact(self, work: Callable[[Run], T]) -> T:
        """Run several statements as one transaction: all of them, or none.

        `work` receives a function like `run`. It may be called again when the driver retries.
        """

        def once(tx: ManagedTransaction) -> T:
            def run(name: str, /, **parameters: Any) -> list[Row]:
                started = time.monotonic()
                rows = _rows(tx.run(statement(name).text, parameters))
                _tell(name, len(rows), started)
                return rows

            return work(run)

        with self._plain_errors(), self.session("write") as session:
            return session.execute_write(once)

    def stream(self, name: str, /, fetch_size: int = 5_000, **parameters: Any) -> Iterator[Row]:
        """Run a statement and yield its rows as they arrive, `fetch_size` at a time."""
        found, started, count = statement(name), time.monotonic(), 0
        with self._plain_errors(), self.session(found.mode, fetch_size=fetch_size) as session:
            for record in session.run(found.text, parameters):
                count += 1
                yield _row(record)
        _tell(name, count, started)

    def space(self) -> Space | None:
        """How the embeddings of this graph were made; None if it has none."""
        rows = self.run("read-space")
        return Space(**rows[0]["space"]) if rows else None

    def require_space(self) -> Space:
        """The space of this graph. Raises NotFound if the graph has no faces yet."""
        space = self.space()
        if space is None:
            raise NotFound(
                "this graph has no faces yet",
                "Bring photos in",
                code="graph-empty",
                action=Action("build", missing=("folders",)),
            )
        return space

    def gds_version(self) -> str:
        """The version of Graph Data Science. Raises GdsMissing."""
        return str(self.run("gds-version")[0]["version"])

    def session(self, mode: str = "write", **options: Any) -> Session:
        import neo4j

        access = neo4j.READ_ACCESS if mode == "read" else neo4j.WRITE_ACCESS
        return self.driver.session(database=self.database, default_access_mode=access, **options)

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        from neo4j.exceptions import DriverError, Neo4jError

        try:
            yield
        except (Neo4jError, DriverError, OSError) as error:
            self._raise_plainly(error)

    def _raise_plainly(self, error: Exception) -> NoReturn:
        from neo4j import exceptions as driver

        where = self.uri
        code = getattr(error, "code", None) or ""
        text = str(getattr(error, "message", None) or error).split("\n")[0]
        if isinstance(error, driver.AuthError):
            raise AuthenticationFailed(
                f"the Neo4j at {where} refuses this name or password",
                "Set NEO4J_USERNAME and NEO4J_PASSWORD, or NEO4J_AUTH_FILE; "
                "or unset NEO4J_URI to use the embedded one",
                where=where,
            ) from error
        if "gds." in text and ("Unknown function" in text or "no procedure" in text):
            raise GdsMissing(
                f"the Neo4j at {where} has no Graph Data Science",
                "Install the GDS plugin there (NEO4J_PLUGINS='[\"graph-data-science\"]' in Docker)",
                where=where,
            ) from error
        if code in _READ_ONLY:
            raise DatabaseReadOnly(
                f"the Neo4j at {where} refuses writes",
                "Is it a read replica, or read-only?",
                where=where,
            ) from error
        if code == "Neo.ClientError.Database.DatabaseNotFound":
            raise DatabaseError(
                f"the Neo4j at {where}: {text}",
                "Set NEO4J_DATABASE",
                code="database-refused",
                where=where,
                text=text,
            ) from error
        if isinstance(error, driver.ServiceUnavailable | driver.SessionExpired | OSError):
            raise DatabaseUnavailable(
                f"no Neo4j answers at {where}",
                "Check NEO4J_URI; what was written is kept, and the same again goes on from there. "
                "See whether it runs",
                action=Action("db.status"),
                where=where,
            ) from error
        raise DatabaseError(
            f"the Neo4j at {where}: {text}", code="database-refused", where=where, text=text
        ) from error


_ADDRESS = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?://[^/\s]+")

_READ_ONLY = frozenset(
    {
        "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
        "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
        "Neo.ClientError.Cluster.NotALeader",
        "Neo.ClientError.Security.Forbidden",
    }
)


@contextmanager
def _condition_errors() -> Iterator[None]:
    """Report a condition's error without its position in a text that the user never saw."""
    from neo4j.exceptions import Neo4jError

    try:
        yield
    except Neo4jError as error:
        code, text = error.code or "", str(error.message or error).split("\n")[0]
        if "TransactionTimedOut" in code:
            raise UsageError(
                f"the condition takes more than {CONDITION_SECONDS:.0f} s",
                "Ask for less",
                code="condition-slow",
                condition_seconds=CONDITION_SECONDS,
            ) from error
        if not code.startswith("Neo.ClientError.Statement") or "gds." in text:
            raise
        reason = re.sub(r"\s*\(line \d+, column \d+ \(offset: \d+\)\)", "", text).rstrip(". ")
        raise UsageError(
            f"the condition is refused by the server: {reason}",
            "It is about f (a :Face) and p (its :Photo); the statements of a search show examples",
            action=Action("statements"),
            code="condition-refused",
            reason=reason,
        ) from error


def _limited(text: str, parameters: Row) -> Callable[[ManagedTransaction], list[Row]]:
    from neo4j import unit_of_work

    @unit_of_work(timeout=CONDITION_SECONDS)
    def work(tx: ManagedTransaction) -> list[Row]:
        return _rows(tx.run(text, parameters))

    return work


def _tell(name: str, rows: int, started: float) -> None:
    """Report a statement that ran, as a detail."""
    if wanted("detail"):
        took = 1000 * (time.monotonic() - started)
        say(f"{name}: {rows:,} row{'' if rows == 1 else 's'} in {took:,.0f} ms", "detail")


def _rows(result: Any) -> list[Row]:
    return [_row(record) for record in result]


def _row(record: Any) -> Row:
    return dict(record.items())
