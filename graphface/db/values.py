"""Lossless conversion of Neo4j properties to JSON and back."""

from __future__ import annotations

import base64
from importlib import import_module
from typing import Any

from graphface.errors import DatabaseError

_TIMES = {
    "DateTime": "datetime",
    "Date": "date",
    "Time": "time",
}
"""Classes of the driver, and how they are marked in JSON."""


def to_json(value: Any) -> Any:
    """Convert a property's value to a form that `json.dumps` accepts.

    Lists of floats become the base64 of their bytes, with 32 bits each if that loses nothing: an
    embedding then takes a quarter of its text. Raises DatabaseError for a value that no property
    can have.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if abs(value) < float("inf") else {"$float": repr(value)}
    if isinstance(value, list):
        return _floats(value) or [to_json(item) for item in value]
    if isinstance(value, dict):
        return {name: to_json(item) for name, item in value.items()}
    if isinstance(value, bytes | bytearray):
        return {"$bytes": base64.b64encode(value).decode()}
    return _special(value)


def from_json(value: Any) -> Any:
    """Restore the value that `to_json` converted."""
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (mark, inner), *_ = value.items()
        if mark.startswith("$"):
            return _from_special(mark[1:], inner)
    return {name: from_json(item) for name, item in value.items()}


def _floats(values: list[Any]) -> dict[str, str] | None:
    import numpy as np

    if not values or not all(type(item) is float for item in values):
        return None
    wide = np.array(values, "<f8")
    with np.errstate(over="ignore"):
        narrow = wide.astype("<f4")
    same = np.array_equal(narrow.astype("<f8"), wide)
    mark, data = ("$f4", narrow) if same else ("$f8", wide)
    return {mark: base64.b64encode(data.tobytes()).decode()}


def _special(value: Any) -> dict[str, Any]:
    if hasattr(value, "srid"):
        return {"$point": [value.srid, *value]}
    kind = type(value).__name__
    if kind == "Duration":
        return {"$duration": list(value)}
    if kind not in _TIMES:
        raise DatabaseError(
            f"a property holds {kind}, which graphface does not know",
            code="value-unknown",
            kind=kind,
        )
    zone = getattr(value, "tzinfo", None)
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    text = value.iso_format()
    return {f"${_TIMES[kind]}": [text, name] if name and name != "UTC" else [text]}


def _from_special(kind: str, inner: Any) -> Any:
    import numpy as np
    from neo4j import spatial
    from neo4j import time as times

    if kind in ("f4", "f8"):
        return np.frombuffer(base64.b64decode(inner), f"<{kind}").astype(float).tolist()
    if kind == "float":
        return float(inner)
    if kind == "bytes":
        return base64.b64decode(inner)
    if kind == "duration":
        months, days, seconds, nanoseconds = inner
        return times.Duration(months=months, days=days, seconds=seconds, nanoseconds=nanoseconds)
    if kind == "point":
        return _point(spatial, *inner)
    known: dict[str, Any] = {"datetime": times.DateTime, "date": times.Date, "time": times.Time}
    if kind not in known:
        raise DatabaseError(
            f"a value of the kind {kind!r}, which this graphface does not know",
            code="value-unknown",
            kind=kind,
        )
    read = known[kind].from_iso_format(inner[0])
    return _in_zone(read, inner[1]) if len(inner) > 1 else read


def _point(spatial: Any, srid: int, *numbers: float) -> Any:
    kinds = {4326: spatial.WGS84Point, 4979: spatial.WGS84Point}
    if srid in kinds:
        return kinds[srid](numbers)
    return spatial.CartesianPoint(numbers)


def _in_zone(moment: Any, name: str) -> Any:
    """A time in a named zone, since its text alone lacks the zone."""
    pytz = import_module("pytz")  # the driver itself uses it for zones; it has no types
    return moment.as_timezone(pytz.timezone(name))
