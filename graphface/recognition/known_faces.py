"""The known faces around a face that is asked about: of enough people to compare with each other.

The nearest faces may all be one person's: somebody has a thousand pictures here. Then nobody is
left to compare that person with, and whoever looks a little like them would be taken for them. So
more faces are read until several people are among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.recognition.identify import NEAREST

if TYPE_CHECKING:
    from graphface.db import Connection, Row
    from graphface.records import Space, Vectors

PEOPLE = 10
"""People that should be among the faces that are read."""

MOST = 3_200
"""Faces that are read at most: half a second's work."""


def known_faces(graph: Connection, space: Space, embedding: Vectors) -> list[Row]:
    """The faces nearest to `embedding` [d], nearest first: the rows of `nearest-faces`.

    They are `NEAREST`, or more if those show fewer than `PEOPLE` people and the graph has others.
    """
    count, there = NEAREST, 0
    while True:
        rows = graph.run(
            "nearest-faces", embedding=embedding.tolist(), metric=space.metric, count=count
        )
        seen = len({row["person"] for row in rows} - {None})
        if seen >= PEOPLE or len(rows) < count or count >= MOST:
            return rows
        there = there or graph.run("count-people")[0]["people"]
        if seen >= there:
            return rows
        count *= 4
