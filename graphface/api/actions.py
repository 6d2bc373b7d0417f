"""Perform an `Action`, as the command line does for a pasted command, or a page for a button."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from graphface.api.machine import Database, Models

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.api.graph import Graph
    from graphface.api.opened import PathLike
    from graphface.errors import Action


def perform(graph: Graph, action: Action, **missing: Any) -> Any:
    """Make the call that `action` names and return its result.

    `missing` gives the arguments that only the user knows. Raises TypeError if one is missing, and
    any error of the call.
    """
    call = call_of(graph, action.call)
    values: dict[str, Any] = {**action.arguments, **missing}
    several: tuple[Any, ...] = ()
    for name, parameter in inspect.signature(call).parameters.items():
        if parameter.kind is parameter.VAR_POSITIONAL:
            several = tuple(values.pop(name, ()))
    return call(*several, **values)


def call_of(graph: Graph, name: str) -> Callable[..., Any]:
    """The method of `graph`, `Database` or `Models` with this name. Raises KeyError."""
    room, _, method = name.rpartition(".")
    if room == "db":
        return _of_database(method)
    place: Any = Models if room == "models" else graph
    if method.startswith("_") or room not in ("", "models") or not hasattr(place, method):
        raise KeyError(name)
    return getattr(place, method)  # type: ignore[no-any-return]


def _of_database(name: str) -> Callable[..., Any]:
    def call(home: PathLike | None = None, **options: Any) -> Any:
        return getattr(Database(home), name)(**options)

    return call
