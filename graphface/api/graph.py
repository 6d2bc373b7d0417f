"""`graphface.Graph`: a graph of people, opened."""

from __future__ import annotations

from graphface.api.asking import Asking
from graphface.api.building import Building
from graphface.api.deciding import Deciding
from graphface.api.exchanging import Exchanging
from graphface.api.opened import every_call_reports


@every_call_reports
class Graph(Building, Asking, Deciding, Exchanging):
    """A graph of people in one Neo4j database: every command of `graphface`, as a call.

    >>> import graphface
    >>> with graphface.Graph.open() as graph:
    ...     graph.build("~/Pictures")
    ...     graph.name(1, "Ada Lovelace")
    ...     for face in graph.who("party.jpg"):
    ...         print(face.label, face.confidence, face.box)

    Open it with `Graph.open` and close it, or use it in a `with` block. The first call that looks
    at a picture loads the model, which is kept. Pictures are paths, or pixels where stated. Persons
    are given by number or name, faces by id, a prefix of the id, a picture's path, or `PATH#2`.
    Distances are in the graph's metric (`graph.space.metric`).

    Calls raise subclasses of `graphface.GraphfaceError`, with one line that says what happened and
    a `hint` of what to do. Any call may raise `DatabaseUnavailable` if no Neo4j answers, and
    `DatabaseError` if it refuses. Other errors are documented with each call. Each change is one
    transaction. Use a `Graph` from one thread at a time; many may be open on one database.
    """
