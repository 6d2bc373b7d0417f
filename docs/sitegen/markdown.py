"""Text from the code as Markdown shows it."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\<>*_|\[\]])")


def escaped(text: str) -> str:
    """One line that reads as it stands in the code; `code` in backquotes is code."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    parts[::2] = [_SPECIAL.sub(r"\\\1", part) for part in parts[::2]]
    parts[1::2] = [part.replace("|", "\\|") for part in parts[1::2]]
    return "".join(parts)
