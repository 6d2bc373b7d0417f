"""Catalogues for the command line: statements with their parameters, models, detectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphface.db import parameters, statement
from graphface.db import statements as loaded
from graphface.db.statements import GROUPS
from graphface.errors import UsageError
from graphface.records import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.db import Statement
    from graphface.vision.catalog import Registry
    from graphface.vision.detectors import DetectorSpec
    from graphface.vision.encoders import ModelSpec

__all__ = ["GROUPS", "detectors", "for_browser", "models", "statements", "values_of"]


def statements(group: str | None = None) -> Table[Statement]:
    """All statements, or those of a group. Raises UsageError for an unknown group."""
    if group is not None and group not in GROUPS:
        raise UsageError(
            f"no group is called {group!r}", f"There are: {', '.join(GROUPS)}", code="group-unknown"
        )
    return Table(one for one in loaded().values() if group in (None, one.group))


def values_of(name: str, param: Iterable[str]) -> dict[str, Any]:
    """Turn `name=value` texts into parameters of a statement. Raises NotFound, UsageError."""
    return parameters.parameters(statement(name), param)


def for_browser(name: str, param: Iterable[str] = ()) -> str:
    """A statement to paste into Neo4j Browser, with these values. Raises NotFound, UsageError."""
    return parameters.for_browser(statement(name), param)


def models() -> Registry[ModelSpec]:
    """The embedding models. Reading them imports numpy."""
    from graphface.vision.encoders import REGISTRY

    return REGISTRY


def detectors() -> Registry[DetectorSpec]:
    """The face detectors. Reading them imports numpy."""
    from graphface.vision.detectors import REGISTRY

    return REGISTRY
