"""Draw names in any script with the fonts of this machine."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from graphface.text import JOINERS, visible

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as BitmapFont

    Font = FreeTypeFont | BitmapFont

_SMALLEST_TEXT = 10

# Pillow's own font knows ASCII only. By name: Pillow looks in each system's font folders.
_SYSTEM_FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "Arial Unicode.ttf",
    "arial.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
    "wqy-microhei.ttc",
)


def fitted(pen: ImageDraw, text: str, points: int, room: float) -> tuple[str, Font]:
    """A text and a font for it, of about `points` pixels, that fit `room` pixels across.

    The text is first made smaller, then shortened (…). Letters that no font of this machine has
    lose their accents, or become question marks.
    """
    text = " ".join(visible(text, " ").split())
    points = max(_SMALLEST_TEXT + 2, points)
    smallest = max(_SMALLEST_TEXT, points * 7 // 10)
    font = _font_for(text, points)
    while points > smallest and pen.textlength(text, font=font) > room:
        points -= 1
        font = _font_for(text, points)
    dots = "…" if _knows(font, "…") else "..."
    whole = text
    while len(whole) > 1 and pen.textlength(text, font=font) > room:
        whole = whole[:-1]
        text = whole.rstrip() + dots
    return _writable(text, font), font


def heights(font: Font) -> tuple[int, int]:
    """Pixels above and below the baseline."""
    from PIL.ImageFont import FreeTypeFont

    return font.getmetrics() if isinstance(font, FreeTypeFont) else (11, 0)


def _font_for(text: str, points: int) -> Font:
    """The first font that has every letter of `text`, or the one that has most of them."""
    return min(_fonts(points), key=lambda font: sum(not _knows(font, c) for c in set(text)))


@lru_cache(maxsize=64)
def _fonts(points: int) -> tuple[Font, ...]:
    from PIL import ImageFont

    found: list[Font] = []
    for name in _SYSTEM_FONTS:
        with suppress(OSError):
            found.append(ImageFont.truetype(name, points))
    return (*found, ImageFont.load_default(points))


@lru_cache(maxsize=4096)
def _knows(font: Font, character: str) -> bool:
    """Whether a font has a glyph for a letter: a missing one looks like one that no font has."""
    if character.isspace():
        return True
    return bytes(font.getmask(character)) != bytes(font.getmask("\U0010fffd"))


def _writable(text: str, font: Font) -> str:
    return "".join(c if _knows(font, c) else _plain(c, font) for c in text)


def _plain(character: str, font: Font) -> str:
    if character in JOINERS:
        return ""
    base = unicodedata.normalize("NFKD", character)[0]
    return base if _knows(font, base) else "?"
