"""An `Action` made: what the command line does with a pasted command, a page with a button."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphface.api.graph import Graph
    from graphface.errors import Action


def perform(graph: Graph, action: Action, **missing: Any) -> Any:
    """Make the call that `action` names and return its result.

    `missing` gives the arguments that only the user knows. Raises TypeError where one lacks, and
    whatever the call raises.
    """
    call = call_of(graph, action.call)
    values: dict[str, Any] = {**action.arguments, **missing}
    several: tuple[Any, ...] = ()
    for name, parameter in inspect.signature(call).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            several = tuple(values.pop(name, ()))
    return call(*several, **values)


def call_of(graph: Graph, name: str) -> Callable[..., Any]:
    """The method of `graph`, or of the machine, that is called so. Raises KeyError."""
    if name in _MACHINE:
        return _MACHINE[name]
    if name.startswith("_") or not callable(getattr(graph, name, None)):
        raise KeyError(name)
    return getattr(graph, name)  # type: ignore[no-any-return]


def _server(home: str | None) -> Any:
    from pathlib import Path

    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    return EmbeddedServer(Path(home) if home else settings().home, settings().cache)


def _start(home: str | None = None) -> Any:
    return _server(home).start()


def _status(home: str | None = None) -> Any:
    return _server(home).status()


def _logs(home: str | None = None, lines: int = 100) -> Any:
    return _server(home).logs(lines)


def _reset(home: str | None = None) -> Any:
    return _server(home).reset()


def _models() -> Any:
    from graphface.vision.inventory import inventory

    return inventory()


def _fetch(name: str) -> Any:
    from graphface.vision.inventory import fetch_model

    return fetch_model(name)


def _statements() -> Any:
    from graphface.db import statements

    return list(statements().values())


_MACHINE: Mapping[str, Callable[..., Any]] = {
    "db.start": _start,
    "db.status": _status,
    "db.logs": _logs,
    "db.reset": _reset,
    "models.list": _models,
    "models.fetch": _fetch,
    "statements": _statements,
}
"""What needs no graph."""
