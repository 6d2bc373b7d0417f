"""The commands as calls of one object, `graphface.Graph`."""

from graphface.api.graph import Graph

__all__ = ["Graph"]
