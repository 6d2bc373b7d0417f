"""A picture of an explanation: the faces along the chain, with the distances between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.drawing import lettering
from graphface.drawing.annotate import PALETTE, Colour, crop, form_of, save
from graphface.errors import GraphfaceError
from graphface.files import path_from_text
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from graphface.insights.verdict import ChainStep, Explanation

SIZE, STEP, ROW = 176, 96, 7
"""Pixels of a face's side and of the way to the next, and faces in a row, at most."""

SHARP = 2
"""Everything is drawn so many times larger than described, for screens of high density."""

_MARGIN, _TITLE, _BELOW, _FOOT = 40, 92, 62, 52
_PAPER: Colour = (250, 250, 248)
_INK: Colour = (28, 30, 34)
_GREY: Colour = (112, 116, 122)
_LINE: Colour = (196, 199, 204)
_MISSING: Colour = (226, 227, 229)
_WEAK: Colour = (204, 71, 20)
_VERDICTS: dict[str, Colour] = {"one": (0, 121, 88), "two": _WEAK, "unsure": (150, 110, 0)}


def strip(found: Explanation, out: Path) -> None:
    """Draw the chain of `found`, or only its two faces if no chain joins them, into a file.

    A face whose photo cannot be read becomes a grey tile with the file's name. The suffix of `out`
    sets the format. Raises UsageError for a suffix that cannot be written, PictureError.
    """
    tiles = [_Tile(step, weak) for step, weak in _shown(found)]
    image = _draw(found, tiles)
    photos = [path_from_text(tile.step.path) for tile in tiles if tile.step.path]
    save(image, out, form_of(out, image.size, photos))


@dataclass(frozen=True, slots=True)
class _Tile:
    step: ChainStep
    weak: bool
    """Whether the step to it is the weakest."""


def _shown(found: Explanation) -> list[tuple[ChainStep, bool]]:
    from graphface.insights.verdict import ChainStep

    if found.chain:
        return [(step, k == found.weakest) for k, step in enumerate(found.chain)]
    ends = [
        ChainStep(end.face.id, end.face.path, end.face.box, end.face.label, None)
        for end in (found.a, found.b)
    ]
    return [(end, False) for end in ends]


def _draw(found: Explanation, tiles: Sequence[_Tile]) -> Image:
    from PIL import Image as Images
    from PIL import ImageDraw

    rows = -(-len(tiles) // ROW)
    columns = -(-len(tiles) // rows)
    width = _left(columns - 1, rows > 1) + SIZE + _MARGIN
    width = max(width, 760)
    height = _TITLE + _MARGIN + rows * (SIZE + _BELOW) + _FOOT + 8
    image = Images.new("RGB", (width * SHARP, height * SHARP), _PAPER)
    pen = ImageDraw.Draw(image)
    _title(pen, found, width)
    colours = _colours(tiles)
    for index, tile in enumerate(tiles):
        x = _left(index % columns, rows > 1)
        y = _TITLE + _MARGIN + index // columns * (SIZE + _BELOW)
        if index:
            _way(pen, tile, x - STEP, y + SIZE // 2)
        _face(image, pen, tile, x, y, colours[tile.step.person])
    _foot(pen, found, width, height)
    return image


def _left(column: int, wrapped: bool) -> int:
    """A second row begins with the line to its first face, so all rows keep room for one."""
    return _MARGIN + (STEP if wrapped else 0) + column * (SIZE + STEP)


def _colours(tiles: Sequence[_Tile]) -> dict[str | None, Colour]:
    people = list(dict.fromkeys(tile.step.person for tile in tiles))
    return {person: PALETTE[k % len(PALETTE)] for k, person in enumerate(people)}


def _title(pen: ImageDraw, found: Explanation, width: int) -> None:
    names = [end.whole.label if end.whole else end.face.label for end in (found.a, found.b)]
    same = names[0] == names[1]
    title = f"Two faces of {names[0]}" if same else f"{names[0]}  and  {names[1]}"
    if found.a.face.number is None and same:
        title = "Two faces of nobody"
    room = width - 2 * _MARGIN
    _text(pen, title, _MARGIN, 28, 26, room, _INK)
    _text(pen, found.text, _MARGIN, 66, 17, room, _VERDICTS[found.verdict])


def _way(pen: ImageDraw, tile: _Tile, x: int, y: int) -> None:
    """The line to the next face with the distance on it."""
    colour = _WEAK if tile.weak else _LINE
    if tile.step.distance is None:
        for dot in range(x + 8, x + STEP - 8, 14):
            _line(pen, dot, y, dot + 6, y, _LINE, 3)
        _text(pen, "no chain", x + STEP // 2, y - 30, 13, STEP, _GREY, centre=True)
        return
    _line(pen, x + 6, y, x + STEP - 6, y, colour, 3)
    pill = [(x + STEP // 2 - 30) * SHARP, (y - 14) * SHARP]
    pill += [(x + STEP // 2 + 30) * SHARP, (y + 14) * SHARP]
    pen.rounded_rectangle(pill, 14 * SHARP, fill=colour if tile.weak else _PAPER, outline=colour,
                          width=2 * SHARP)  # fmt: skip
    ink = (255, 255, 255) if tile.weak else _INK
    _text(pen, f"{tile.step.distance:.3f}", x + STEP // 2, y - 9, 14, 56, ink, centre=True)
    if tile.weak:
        _text(pen, "weakest", x + STEP // 2, y + 20, 13, STEP, _WEAK, centre=True)


def _face(image: Image, pen: ImageDraw, tile: _Tile, x: int, y: int, colour: Colour) -> None:
    side, ring, radius = SIZE * SHARP, 4 * SHARP, 18 * SHARP
    left, top = x * SHARP, y * SHARP
    pen.rounded_rectangle(
        (left - ring, top - ring, left + side + ring - 1, top + side + ring - 1),
        radius + ring, fill=colour if tile.step.person else _LINE,
    )  # fmt: skip
    image.paste(_picture(tile.step, side), (left, top), _mask(side, radius))
    who = tile.step.person or "nobody"
    _text(pen, who, x + SIZE // 2, y + SIZE + 10, 15, SIZE + STEP // 2, _INK, centre=True)
    file = _file_name(tile.step)
    _text(pen, file, x + SIZE // 2, y + SIZE + 31, 12, SIZE + STEP // 2, _GREY, centre=True)


def _picture(step: ChainStep, side: int) -> Image:
    """The face, or a grey tile with the file's name."""
    from PIL import Image as Images
    from PIL import ImageDraw

    if step.path and step.box:
        try:
            return crop(read_picture(path_from_text(step.path)), step.box, side)
        except GraphfaceError:
            pass  # gone or damaged since: the tile says which file
    blank = Images.new("RGB", (side, side), _MISSING)
    pen = ImageDraw.Draw(blank)
    middle = SIZE // 2
    why = "no picture" if step.path is None or step.box is None else "not found"
    _text(pen, _file_name(step), middle, middle - 22, 14, SIZE - 24, _GREY, centre=True)
    _text(pen, why, middle, middle + 4, 13, SIZE - 24, _GREY, centre=True)
    return blank


def _file_name(step: ChainStep) -> str:
    return path_from_text(step.path).name if step.path else f"face {step.face[:12]}"


def _mask(side: int, radius: int) -> Image:
    from PIL import Image as Images
    from PIL import ImageDraw
    from PIL.Image import Resampling

    mask = Images.new("L", (2 * side, 2 * side), 0)
    corner = (0, 0, 2 * side - 1, 2 * side - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corner, 2 * radius, fill=255)
    return mask.resize((side, side), Resampling.LANCZOS)


def _foot(pen: ImageDraw, found: Explanation, width: int, height: int) -> None:
    parts = [f"the two faces are {found.distance:.3f} apart", f"SAME under {found.threshold:.3g}"]
    if found.weakest is not None:
        parts.append(f"weakest step {found.chain[found.weakest].distance:.3f}")
    shared = len(found.shared)
    parts.append(f"{shared or 'no'} shared neighbour{'' if shared == 1 else 's'}")
    text = "  ·  ".join(parts)
    _line(pen, _MARGIN, height - _FOOT, width - _MARGIN, height - _FOOT, (230, 231, 233), 1)
    _text(pen, text, _MARGIN, height - _FOOT + 16, 14, width - 2 * _MARGIN, _GREY)


def _line(pen: ImageDraw, x: int, y: int, to_x: int, to_y: int, colour: Colour, wide: int) -> None:
    pen.line((x * SHARP, y * SHARP, to_x * SHARP, to_y * SHARP), colour, wide * SHARP)


def _text(
    pen: ImageDraw, text: str, x: int, y: int, points: int, room: int, colour: Colour,
    *, centre: bool = False,
) -> None:  # fmt: skip
    """Draw a line of text with its top at y, cut to the room there is."""
    written, font = lettering.fitted(pen, text, points * SHARP, room * SHARP)
    at = x * SHARP - (pen.textlength(written, font=font) / 2 if centre else 0)
    pen.text((at, y * SHARP), written, font=font, fill=colour)
