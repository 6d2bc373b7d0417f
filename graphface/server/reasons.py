"""Why a server died while it started, in one line, from what it wrote."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from graphface.errors import ServerError

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = (
    ("No space left on device", "the disk is full", "Free some room, then start again"),
    ("Disk quota exceeded", "your disk quota is used up", "Free some room, then start again"),
    ("already in use", "a port was taken meanwhile", "Start again: other ports are found"),
    (
        "locked by another process",
        "another Neo4j uses this folder",
        "Stop that one, or choose another folder with --home",
    ),
    ("Permission denied", "a file may not be written", "See who owns the files in the folder"),
    ("AccessDenied", "a file may not be written", "See who owns the files in the folder"),
    ("Could not reserve enough", "not enough memory", "Close other programs, then start again"),
    ("insufficient memory", "not enough memory", "Close other programs, then start again"),
    ("OutOfMemoryError", "not enough memory", "Close other programs, then start again"),
    ("NoClassDefFoundError", "a jar is missing or broken", "Start again: it is fetched again"),
)
CAUSE = re.compile(r"Caused by: (?:[\w.$]+: )?(.+)")
ERROR = re.compile(r" ERROR +(.+)")


def why(text: str) -> tuple[str, str]:
    """Reason and hint: a known trouble, else the innermost cause, else the last line."""
    for sign, reason, hint in KNOWN:
        if sign in text:
            return reason, hint
    for pattern in (CAUSE, ERROR):
        if found := pattern.findall(text):
            return str(found[-1]).strip()[:300], ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[-1][:300] if lines else "it wrote nothing"), ""


def died(home: Path, text: str, log: Path) -> ServerError:
    reason, hint = why(text)
    return ServerError(
        f"Neo4j in {home} stopped while it started: {reason}",
        f"{hint}. Its log: {log}".removeprefix(". "),
    )
