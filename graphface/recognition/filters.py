"""Filters of a search in the graph: who, when, where, with whom, which folder, any condition."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphface.errors import UsageError
from graphface.files import path_text
from graphface.people.selectors import find_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphface.db import Connection, Row
    from graphface.records import Location

_DATE = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?(?:[T ](\d\d?):(\d\d)(?::(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which faces a search looks at. With nothing set, it looks at all of them."""

    people: tuple[str, ...] = ()
    """Faces of one of these persons, by name or number."""
    together: tuple[str, ...] = ()
    """Faces on photos that show each of these persons too."""
    after: datetime | None = None
    """Photos taken then or later, by the camera's clock."""
    before: datetime | None = None
    near: tuple[Location, float] | None = None
    """Photos taken within a number of kilometres of a place."""
    folders: tuple[Path, ...] = ()
    """Photos with a file below one of these folders."""
    min_face: int = 0
    """Faces with at least this width, in pixels."""
    where: str | None = None
    """A Cypher condition on `f` (the face) and `p` (its photo)."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """The parameters of `where`."""

    @property
    def any(self) -> bool:
        return self != Filters()

    def parameters(self, graph: Connection) -> Row:
        """The filters as parameters of statements. Raises NotFound or UsageError for persons."""
        place, kilometres = self.near or (None, None)
        return {
            "people": [find_person(graph, text).id for text in self.people] or None,
            "together": [find_person(graph, text).id for text in self.together],
            "after": self.after,
            "before": self.before,
            "latitude": place.latitude if place else None,
            "longitude": place.longitude if place else None,
            "metres": kilometres * 1000 if kilometres is not None else None,
            "folders": [_prefix(folder) for folder in self.folders] or None,
            "width": self.min_face,
        }


def read_date(text: str) -> datetime:
    """The first moment of 2019, 2019-06, 2019-06-30 or 2019-06-30T12:00. Raises UsageError."""
    match = _DATE.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError("it does not look like a date")
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        return datetime(year, month or 1, day or 1, hour, minute, second)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no date: {error}",
            "Like 2019, 2019-06, 2019-06-30 or 2019-06-30T12:00",
            code="date-invalid",
            text=text,
            reason=str(error),
        ) from None


def read_near(text: str) -> tuple[Location, float]:
    """Read `48.2,16.37,5`: latitude, longitude (degrees, WGS 84), kilometres. Raises UsageError."""
    from graphface.records import Location

    try:
        latitude, longitude, kilometres = map(float, text.split(","))
    except ValueError:
        latitude = longitude = kilometres = math.nan
    if abs(latitude) <= 90 and abs(longitude) <= 180 and 0 <= kilometres < math.inf:
        return Location(latitude, longitude), kilometres
    raise UsageError(
        f"{text!r} is no place",
        "Give latitude,longitude,kilometres: 48.2,16.37,5 (south and west -)",
        code="place-invalid",
        text=text,
    )


def _prefix(folder: Path) -> str:
    """The text that paths of photos below a folder begin with; for a file, its own path."""
    # Only the file system can resolve `..` behind a link (as in scan).
    path = folder.resolve() if ".." in folder.parts else Path(os.path.abspath(folder))
    text = path_text(path)
    return text if path.is_file() or text.endswith(os.sep) else text + os.sep
