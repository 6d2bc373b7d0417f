"""Draw faces of many pictures on one sheet: a grid of crops with a few words under each."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from graphface.drawing import lettering
from graphface.drawing.annotate import Colour, crop, form_of, save
from graphface.errors import PictureError, UsageError
from graphface.records import Box
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from graphface.records import Picture

MOST = 2_000
"""Faces on one sheet: nobody looks at more."""

WIDEST = 8
"""Columns where nobody says how many."""

SIZE = 200
"""Pixels of a crop's side."""

_GAP, _MARGIN, _RADIUS, _RING, _EDGE, _SHARP = 22, 32, 14, 5, 1, 4
_APART = 20
"""Pixels more above a row that begins something new."""

_PAPER: Colour = (250, 250, 248)
_INK: Colour = (28, 30, 34)
_GREY: Colour = (112, 116, 122)
_MISSING: Colour = (226, 227, 229)
_LINE: Colour = (218, 219, 220)
_TEXT, _LEADING = (16, 13), 1.25
"""Pixels of the first line's letters and of the others', and from line to line."""


class Entry(NamedTuple):
    """A face of a picture, and what to write under it."""

    path: Path
    box: Box | None
    """Where the face is; None shows the middle of the picture."""
    lines: Sequence[str] = ()
    """The first line is the largest."""
    ring: Colour | None = None
    """Colour of a ring around it, for the face that the others are compared with."""
    new_row: bool = False


def contact_sheet(
    entries: Sequence[Entry | tuple[Path, Box | None, Sequence[str]]],
    out: Path,
    *,
    columns: int | None = None,
) -> None:
    """Write a sheet of `entries`, in rows of `columns` (a suitable number if None).

    A picture that cannot be read becomes an empty tile. The suffix of `out` sets the format. The
    file is written whole or not at all. Raises UsageError for no entries, too many, or a suffix
    that cannot be written, PictureError when `out` cannot be written.
    """
    cards = [Entry(*entry) for entry in entries]
    if not 0 < len(cards) <= MOST:
        raise UsageError(
            f"{len(cards):,} faces make no contact sheet",
            f"Give 1 to {MOST:,}",
            code="out-of-range",
        )
    sheet = draw(cards, columns)
    save(sheet, out, form_of(out, sheet.size, [card.path for card in cards]))


def draw(cards: Sequence[Entry], columns: int | None = None) -> Image:
    """The picture that `contact_sheet` writes."""
    from PIL import Image as Images
    from PIL import ImageDraw

    places = _places(cards, columns or _columns(cards))
    tops, bottom = _tops(cards, places)
    width = 2 * _MARGIN + (max(x for x, _ in places) + 1) * (SIZE + _GAP) - _GAP
    sheet = Images.new("RGB", (width, bottom + _MARGIN), _PAPER)
    pen = ImageDraw.Draw(sheet)
    for index, tile in _tiles(cards):
        column, row = places[index]
        left, top = _MARGIN + column * (SIZE + _GAP), tops[row]
        _paste(sheet, tile, left, top, cards[index].ring)
        _write(pen, cards[index].lines, left, top + SIZE)
    return sheet


def _columns(cards: Sequence[Entry]) -> int:
    """About as many columns as rows, for tiles higher than wide, and no last row of one."""
    runs = [0]
    for card in cards:
        runs += [0] if card.new_row and runs[-1] else []
        runs[-1] += 1
    longest = max(runs)
    if longest <= WIDEST - 2:
        return longest
    most = min(WIDEST, max(4, round((1.5 * len(cards)) ** 0.5) + 1))
    return max(range(4, most + 1), key=lambda count: (-(-longest % count) / count, count))


def _places(cards: Sequence[Entry], columns: int) -> list[tuple[int, int]]:
    """Column and row of each."""
    places: list[tuple[int, int]] = []
    column, row = 0, 0
    for card in cards:
        if column == columns or (card.new_row and column):
            column, row = 0, row + 1
        places.append((column, row))
        column += 1
    return places


def _tops(cards: Sequence[Entry], places: list[tuple[int, int]]) -> tuple[list[int], int]:
    """Where each row begins, and where the last one ends."""
    tops, bottom = [], _MARGIN - _GAP
    for row in range(places[-1][1] + 1):
        there = [card for card, place in zip(cards, places, strict=True) if place[1] == row]
        tops.append(bottom + _GAP + (_APART if there[0].new_row and row else 0))
        bottom = tops[-1] + SIZE + _below(max(len(card.lines) for card in there))
    return tops, bottom


def _below(lines: int) -> int:
    """Pixels under a crop for a number of lines."""
    if not lines:
        return 0
    return round(10 + _LEADING * (_TEXT[0] + (lines - 1) * _TEXT[1]))


def _tiles(cards: Sequence[Entry]) -> Iterator[tuple[int, Image]]:
    """Each entry's number and its crop; a picture with several faces is decoded once."""
    order = sorted(range(len(cards)), key=lambda index: str(cards[index].path))
    last, picture = None, None
    for index in order:
        if cards[index].path != last:
            last, picture = cards[index].path, _read(cards[index].path)
        yield index, _tile(picture, cards[index].box)


def _read(path: Path) -> Picture | None:
    try:
        return read_picture(path)
    except PictureError:
        return None


def _tile(picture: Picture | None, box: Box | None) -> Image:
    from PIL import Image as Images
    from PIL import ImageDraw

    if picture is not None:
        side = min(picture.width, picture.height)
        middle = Box((picture.width - side) // 2, (picture.height - side) // 2, side, side)
        return crop(picture, box or middle, SIZE, 0.35 if box else 0.0)
    tile = Images.new("RGB", (SIZE, SIZE), _MISSING)
    pen = ImageDraw.Draw(tile)
    text, font = lettering.fitted(pen, "picture is gone", _TEXT[1], SIZE)
    pen.text((SIZE / 2, SIZE / 2), text, font=font, fill=_GREY, anchor="mm")
    return tile


def _paste(sheet: Image, tile: Image, left: int, top: int, ring: Colour | None) -> None:
    """Paste the crop with round corners.

    Corners are drawn large and scaled down, so that they are smooth.
    """
    wide = _RING if ring else _EDGE
    spot = (left - wide, top - wide, left + SIZE + wide, top + SIZE + wide)
    sheet.paste(ring or _LINE, spot, _rounded(SIZE + 2 * wide, _RADIUS + wide))
    sheet.paste(tile, (left, top), _rounded(SIZE, _RADIUS))


@lru_cache(maxsize=4)
def _rounded(side: int, radius: int) -> Image:
    from PIL import Image as Images
    from PIL import ImageDraw

    mask = Images.new("L", (side * _SHARP, side * _SHARP), 0)
    end = side * _SHARP - 1
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, end, end), radius * _SHARP, fill=255)
    return mask.resize((side, side))


def _write(pen: ImageDraw, lines: Sequence[str], left: int, bottom: int) -> None:
    y = float(bottom + 10)
    for number, line in enumerate(lines):
        points = _TEXT[min(number, 1)]
        text, font = lettering.fitted(pen, line, points, SIZE)
        pen.text((left, y), text, font=font, fill=_GREY if number else _INK)
        y += points * _LEADING
