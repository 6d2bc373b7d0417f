"""A user's condition, and the place for it in a statement.

A statement that accepts a condition has `PLACE` in a WHERE with `f` (a :Face) and `p` (its :Photo)
as the only variables. The condition must be an expression. This module rejects other text by its
tokens. The server rejects it again, when it plans the statement before running it, for reading
only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphface.db.statements import Statement

PLACE = "true /* predicate */"
"""What stands in the statement's file, and stays there when nothing is asked for."""

LONGEST = 10_000
"""Characters."""

# No backslash anywhere: Cypher decodes \u0027 to a quote before it parses quotes.
_TOKEN = re.compile(
    r"""
    (?P<quoted> '[^'\\]*' | "[^"\\]*" | `[^`\\]*` )
  | \$(?P<parameter> [^\W\d]\w* )
  | (?P<property> \.\s*[^\W\d]\w* )
  | (?P<word> [^\W\d]\w* )
  | (?P<number> \d[\w.]* )
  | (?P<bracket> [()\[\]{}] )
  | (?P<comment> // | /\* | \*/ )
  | (?P<sign> [-+*/%^<>=!|:,.&~] )
  | (?P<space> [ \t\r\n]+ )
    """,
    re.VERBOSE,
)

_CLAUSES = frozenset({
    "ALTER", "CALL", "CREATE", "CYPHER", "DELETE", "DENY", "DETACH", "DROP", "EXPLAIN", "FILTER",
    "FINISH", "FOREACH", "GRANT", "INSERT", "LET", "LIMIT", "LOAD", "MATCH", "MERGE", "NEXT",
    "NODETACH", "OFFSET", "OPTIONAL", "ORDER", "PROFILE", "REMOVE", "RETURN", "REVOKE", "SET",
    "SHOW", "SKIP", "TERMINATE", "UNION", "UNWIND", "USE", "USING", "YIELD",
})  # fmt: skip

# Functions of plugins can do anything, such as run other statements, so only these are allowed.
_NAMESPACES = ("point.", "date.", "datetime.", "localdatetime.", "time.", "localtime.", "duration.",
               "gds.similarity.", "vector.similarity.")  # fmt: skip

_CLOSING = {")": "(", "]": "[", "}": "{"}


def filled(
    found: Statement, predicate: str, values: Mapping[str, Any], taken: Mapping[str, Any]
) -> str:
    """The statement's text with `predicate` in its place.

    `values` are the predicate's own parameters, `taken` the statement's. Raises UsageError, which
    says what is wrong, and ValueError if the statement has no place for one.
    """
    if found.text.count(PLACE) != 1 or found.mode != "read":
        raise ValueError(f"{found.name} keeps no place for a predicate")
    check(predicate, values, taken)
    return found.text.replace(PLACE, f"(\n{predicate}\n)")


def check(predicate: str, values: Mapping[str, Any], taken: Mapping[str, Any]) -> None:
    """Raise UsageError unless `predicate` consists of tokens of an expression."""
    if not predicate.strip():
        raise _wrong("is empty")
    if len(predicate) > LONGEST:
        raise _wrong(f"has {len(predicate):,} characters, {LONGEST:,} at most")
    if both := sorted(set(values) & set(taken)):
        raise UsageError(
            f"the parameter {both[0]!r} is one of graphface's own",
            "Give yours another name",
            code="parameter-reserved",
        )
    tokens = list(_tokens(predicate))
    _check_brackets(tokens)
    _check_words(tokens)
    _check_functions(tokens)
    _check_parameters(tokens, values)


def _tokens(predicate: str) -> Iterator[tuple[str, str]]:
    """(kind, text) from left to right."""
    at = 0
    while at < len(predicate):
        match = _TOKEN.match(predicate, at)
        if match is None:
            raise _wrong(_why_not(predicate[at]))
        kind = match.lastgroup or ""
        if kind == "comment":
            raise _wrong(f"holds a comment ({match[0]})")
        if kind != "space":
            yield kind, match[kind]
        at = match.end()


def _why_not(character: str) -> str:
    if character == ";":
        return "holds a semicolon: one condition, not several statements"
    if character == "\\":
        return "holds a backslash"
    if character in "'\"`":
        return f"holds a quote ({character}) that is not closed, or a backslash within quotes"
    return f"holds {character!r}, which no condition needs"


def _check_brackets(tokens: list[tuple[str, str]]) -> None:
    open_: list[str] = []
    for kind, text in tokens:
        if kind == "bracket" and text not in _CLOSING:
            open_.append(text)
        elif kind == "bracket" and (not open_ or open_.pop() != _CLOSING[text]):
            raise _wrong(f"closes a bracket ({text}) that was not opened")
    if open_:
        raise _wrong(f"opens a bracket ({open_[-1]}) and does not close it")


def _check_words(tokens: list[tuple[str, str]]) -> None:
    before = ""
    for kind, text in tokens:
        word = text.upper()
        if kind == "word" and word == "RANGE":  # a loop that no server timeout stops
            raise _wrong("uses range(), which can run for ever: give the list by `param`")
        clause = word in _CLAUSES or (word == "WITH" and before not in ("STARTS", "ENDS"))
        if kind == "word" and clause:
            raise _wrong(f"holds the clause {word}: only a condition can stand here")
        before = word


def _check_functions(tokens: list[tuple[str, str]]) -> None:
    parts: list[str] = []  # of the name that ends here, which may contain spaces and backticks
    dotted = False
    for kind, text in tokens:
        if kind == "property":
            parts.append(text.lstrip(". \t\r\n"))
        elif kind == "word" or text.startswith("`"):
            parts = [*(parts if dotted else []), text.strip("`")]
        elif text != ".":
            name = ".".join(parts)
            if text == "(" and len(parts) > 1 and not name.lower().startswith(_NAMESPACES):
                raise _wrong(f"calls {name}(): functions of plugins are not let in")
            parts = []
        dotted = text == "."


def _check_parameters(tokens: list[tuple[str, str]], values: Mapping[str, Any]) -> None:
    used = {text for kind, text in tokens if kind == "parameter"}
    if missing := sorted(used - set(values)):
        raise UsageError(
            f"the condition uses ${missing[0]}, and no value was given for it",
            f"Give it with `param` {missing[0]}=VALUE",
            code="parameter-missing",
        )
    if unused := sorted(set(values) - used):
        raise UsageError(
            f"the parameter {unused[0]!r} is not in the condition",
            f"Write it there as ${unused[0]}",
            code="parameter-unknown",
        )


def _wrong(why: str) -> UsageError:
    return UsageError(
        f"the condition {why}",
        "It is a Cypher condition on f (face) and p (photo), as in 'p.width > $least'; "
        "values go by `param`",
        code="condition-refused",
        why=why,
    )
