"""A folder of photos becomes a graph of people in Neo4j.

>>> import graphface
>>> with graphface.Graph.open() as graph:
...     graph.build("~/Pictures")
...     for face in graph.who("party.jpg"):
...         print(face.label, face.confidence)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphface.errors import GraphfaceError

if TYPE_CHECKING:
    from graphface.api import Graph
    from graphface.api.machine import Database, Models

__version__ = "0.1.0"
__all__ = ["Database", "Graph", "GraphfaceError", "Models", "__version__"]

_PLACES = {
    "Database": "graphface.api.machine",
    "Graph": "graphface.api",
    "Models": "graphface.api.machine",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use, since `graphface --help` needs none of them."""
    from importlib import import_module

    if name not in _PLACES:
        raise AttributeError(f"module 'graphface' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
