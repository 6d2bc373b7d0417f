"""The known faces around a face that is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.recognition.identify import MORE, NEAREST, enough

if TYPE_CHECKING:
    from graphface.db import Connection, Row
    from graphface.records import Space, Vectors


def known_faces(graph: Connection, space: Space, embedding: Vectors) -> list[Row]:
    """The faces nearest to `embedding` [d], nearest first: the rows of `nearest-faces`.

    They are `NEAREST`, or more while too few people are among them.
    """
    count, there = NEAREST, 0
    while True:
        rows = graph.run(
            "nearest-faces", embedding=embedding.tolist(), metric=space.metric, count=count
        )
        if len(rows) < count:  # all there are
            return rows
        there = there or graph.run("count-people")[0]["people"]
        if enough(count, len({row["person"] for row in rows} - {None}), there):
            return rows
        count *= MORE
