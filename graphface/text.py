"""Text that is safe to show: nothing in it can control a terminal or hide its content."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
"""ZWNJ and ZWJ: Persian and Indic words need them, and so do emoji of several people."""

_TAGS = range(0xE0020, 0xE0080)
"""Letters of the flags of England, Scotland and Wales. They follow a black flag."""

_EMOJI = range(0x1F000, 0x1FB00)
"""Where emoji are added that this Python's Unicode does not know yet."""


def printable(text: str) -> str:
    """`text` with invisible characters written out: controls, bidi overrides, lone surrogates.

    Joiners inside words and emoji stay, and so does the white space of other scripts.
    """
    if text.isprintable():
        return text
    return "".join(
        c if is_visible(text, k) else c.encode("unicode_escape", "surrogatepass").decode()
        for k, c in enumerate(text)
    )


def visible(text: str, instead: str) -> str:
    """`text` with `instead` for each character that `printable` writes out."""
    if text.isprintable():
        return text
    return "".join(c if is_visible(text, k) else instead for k, c in enumerate(text))


def is_visible(text: str, place: int) -> bool:
    """Whether the character at `place` is shown as it is."""
    c = text[place]
    if c.isprintable() or unicodedata.category(c) == "Zs":
        return True
    if c in JOINERS:
        return _joins(text, place)
    if ord(c) in _TAGS:
        return place > 0 and (text[place - 1] == "\U0001f3f4" or ord(text[place - 1]) in _TAGS)
    return ord(c) in _EMOJI


def _joins(text: str, place: int) -> bool:
    """Whether a joiner is between two visible characters; elsewhere it only hides things."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    return len(around) == 2 and all(one.isprintable() and not one.isspace() for one in around)
