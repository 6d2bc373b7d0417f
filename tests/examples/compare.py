"""Is what a document shows what came out? Words and order must be right, figures may differ."""

from __future__ import annotations

import re

_RULES = (
    (re.compile(r"\x1b\[[0-9;]*[A-Za-z]"), ""),  # colours
    (re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{7,}(?:-\d+){0,4}"), "ID"),  # ids, digests
    (re.compile(r"(?<!\w)[-+]?\d[\d,]*(?:[.:/-]\d+)*(?:e[-+]?\d+)?|\d+"), "0"),  # numbers, dates
    (re.compile(r"─+"), "─"),
    (re.compile(r"(?<=\S) {2,}"), "  "),  # columns are as wide as what is in them
    (re.compile(r"^ {2,}(?=(0|ID)\b)"), "  "),
    (re.compile(r" +$"), ""),
)
ANYTHING = ("...", "…")
"""A line of these stands for any lines, a line that ends in them for any rest of it."""


def loosened(line: str) -> str:
    """A line without what may differ from machine to machine and from run to run."""
    for pattern, stands in _RULES:
        line = pattern.sub(stands, line)
    return line


def matches(shown: list[str], printed: list[str]) -> bool:
    """Whether the lines that a document shows are the lines that were printed."""
    return _match([loosened(line) for line in shown], [loosened(line) for line in printed])


def _match(shown: list[str], printed: list[str]) -> bool:
    if not shown:
        return not printed
    if shown[0].strip() in ANYTHING:
        return any(_match(shown[1:], printed[at:]) for at in range(len(printed) + 1))
    return bool(printed) and _same(shown[0], printed[0]) and _match(shown[1:], printed[1:])


def _same(shown: str, printed: str) -> bool:
    for sign in ANYTHING:
        if shown.endswith(sign):
            return printed.startswith(shown.removesuffix(sign).rstrip())
    return shown == printed
