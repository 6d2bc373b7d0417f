"""Parameters of statements as users write them: `name=value` texts, `:param` in Browser."""

from __future__ import annotations

import json
import re
import shlex
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.db.statements import Statement

_KINDS: dict[str, type | tuple[type, ...]] = {
    "INTEGER": int,
    "FLOAT": (int, float),
    "BOOLEAN": bool,
    "MAP": dict,
    "LIST": list,
}
_BLANKS: dict[str, Any] = {"INTEGER": 1, "FLOAT": 1.0, "BOOLEAN": True, "MAP": {}, "LIST": []}


def parameters(found: Statement, given: Iterable[str]) -> dict[str, Any]:
    """Turn `name=value` texts into parameters of a statement; values are JSON, or else text.

    Raises UsageError for unknown, missing and malformed parameters.
    """
    values = _values(found, given)
    missing = [one for one in found.parameters if one.name not in values]
    if missing:
        first = missing[0]
        raise UsageError(
            f"{found.name} wants `param` {first.name}=... ({first.type}: {first.meaning})",
            f"Example: {found.example}" if found.example else "",
            code="parameter-missing",
            name=found.name,
            type=first.type,
            meaning=first.meaning,
        )
    return values


def example_values(found: Statement) -> dict[str, Any]:
    """The parameters in the example of a statement, or a sample value of each type."""
    words = shlex.split(found.example)
    given = [after for word, after in pairwise(words) if word in _PARAM]
    example = {} if found.step_of else _values(found, given)
    return {one.name: example.get(one.name, _blank(one.type)) for one in found.parameters}


def for_browser(found: Statement, given: Iterable[str] = ()) -> str:
    """The statement for Neo4j Browser: `:param` lines with the example's values, then the text.

    Values that are `given` are written into the text itself, which gives a single statement.
    Browser shows no result of a statement that is pasted together with `:param` lines.
    """
    values = _values(found, given)
    left = {name: value for name, value in example_values(found).items() if name not in values}
    lines = [f":param {name} => {_literal(value)};" for name, value in left.items()]
    text = re.sub(
        r"\$(\w+)",
        lambda match: _literal(values[match[1]], True) if match[1] in values else match[0],
        found.text,
    )
    return "\n".join([*lines, "", text]) if lines else text


_PARAM = ("--param", "-p")


def _values(found: Statement, given: Iterable[str]) -> dict[str, Any]:
    types = {one.name: one.type for one in found.parameters}
    values: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name not in types:
            wanted = ", ".join(f"{one} ({kind})" for one, kind in types.items()) or "none"
            raise UsageError(
                f"{found.name} takes no parameter {text!r}",
                f"It takes: {wanted}",
                code="parameter-unknown",
                name=found.name,
                text=text,
            )
        values[name] = _value(name, types[name], value)
    return values


def _value(name: str, kind: str, text: str) -> Any:
    if kind == "STRING":
        return text
    if text == "null":
        return None
    try:
        if kind == "LOCAL DATETIME":
            return datetime.fromisoformat(text)
        value: Any = json.loads(text)
    except ValueError:
        if kind == "ANY":
            return text
        raise _malformed(name, kind, text) from None
    wanted: Any = _KINDS.get(kind.partition("<")[0], object)
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "BOOLEAN"):
        raise _malformed(name, kind, text)
    return float(value) if kind == "FLOAT" else value


def _malformed(name: str, kind: str, text: str) -> UsageError:
    shown = {
        "LOCAL DATETIME": "2019-01-31 or 2019-01-31T12:00",
        "MAP": '{"key": "value"}',
        "LIST": '[1, 2] or \'["a", "b"]\'',
        "BOOLEAN": "true or false",
    }
    like = shown.get(kind.partition("<")[0], "12 or 0.5")
    return UsageError(
        f"{name}={text} is no {kind}",
        f"Such as: {name}={like}",
        code="parameter-invalid",
        name=name,
        text=text,
        kind=kind,
    )


def _blank(kind: str) -> Any:
    return _BLANKS.get(kind.partition("<")[0], datetime(2019, 1, 31) if "DATE" in kind else "...")


def _literal(value: Any, inner: bool = False) -> str:
    """A value as a Cypher literal; Browser needs a map in parentheses."""
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return f"localdatetime('{value.isoformat()}')"
    if isinstance(value, str):
        return "'" + re.sub(r"(['\\])", r"\\\1", value).replace("\n", "\\n") + "'"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(one, inner=True) for one in value) + "]"
    if isinstance(value, dict):
        text = ", ".join(f"`{key}`: {_literal(one, inner=True)}" for key, one in value.items())
        return f"{{{text}}}" if inner else f"({{{text}}})"
    return json.dumps(value)
