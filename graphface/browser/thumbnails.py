"""`thumbnail` on faces and persons: the URL at which `browse` shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from graphface.db import Connection

AT_ONCE = 2_000
"""Faces written in one transaction."""


@dataclass(frozen=True, slots=True)
class Thumbnails(Record):
    """How many nodes were changed."""

    faces: int
    persons: int


def write_thumbnails(graph: Connection, address: str) -> Thumbnails:
    """See that each face has the URL of its picture below `address`, and each person that of its
    best face. Hidden persons and faces without a box have none. Doing it again changes nothing."""
    rows = graph.run("thumbnails-to-write", address=address)
    with task("writing thumbnails", total=len(rows), unit="faces") as bar:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            graph.run("write-thumbnails", rows=some)
            bar.advance(len(some))
    persons = graph.run("write-person-thumbnails")[0]["persons"]
    return Thumbnails(len(rows), persons)


def remove_thumbnails(graph: Connection) -> int:
    """Take them all off; returns from how many nodes."""
    return int(graph.run("remove-thumbnails")[0]["removed"])
