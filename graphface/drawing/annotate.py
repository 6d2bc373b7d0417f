"""Draw boxes and names on a picture, legible on any background, and crop faces."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from graphface.drawing import lettering
from graphface.errors import PictureError, UsageError
from graphface.files import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

    from graphface.records import Box, Picture

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

# Okabe and Ito's palette ("Color Universal Design", 2008): colour-blind people can distinguish it,
# too.
PALETTE: tuple[Colour, ...] = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (240, 228, 66),
    (204, 121, 167),
    (213, 94, 0),
    (0, 114, 178),
)

FORMATS = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
    ".gif": "GIF",
}
"""What an annotated picture can be written as, by suffix."""

_LONGEST = {"JPEG": 65_500, "GIF": 65_535, "WEBP": 16_383}
_DARK: Colour = (16, 16, 16)
_LIGHT: Colour = (255, 255, 255)


class Label(NamedTuple):
    """A box with a text beside it; the default colour is the next of PALETTE."""

    box: Box
    text: str
    colour: Colour | None = None


def annotate(
    picture: Picture,
    labels: Sequence[tuple[Box, str] | tuple[Box, str, Colour | None]],
    out: Path,
) -> None:
    """Write a copy of `picture` with a box and a text for each of `labels`.

    Texts stay inside the picture, beside the faces if there is room, and are shortened (…) if there
    is too little. The suffix of `out` sets the format. The file is written whole or not at all.
    Raises UsageError for a suffix that cannot be written and for the picture's own file,
    PictureError when `out` cannot be written.
    """
    form = form_of(out, (picture.width, picture.height), [picture.path])
    save(draw(picture, labels), out, form)


def draw(
    picture: Picture, labels: Sequence[tuple[Box, str] | tuple[Box, str, Colour | None]]
) -> Image:
    """The picture that `annotate` writes."""
    from PIL import Image as Images
    from PIL import ImageDraw

    image = Images.fromarray(picture.pixels)
    pen = ImageDraw.Draw(image)
    named = [Label(*label) for label in labels]
    colours = [label.colour or PALETTE[i % len(PALETTE)] for i, label in enumerate(named)]
    for label, colour in zip(named, colours, strict=True):
        _frame(pen, label.box, colour, image.size)
    taken = [_Area.of(label.box) for label in named]
    for index, (label, colour) in enumerate(zip(named, colours, strict=True)):
        if label.text.strip():
            taken.append(_write(pen, label, colour, image.size, taken, index))
    return image


def crop(picture: Picture, box: Box, size: int = 160, margin: float = 0.3) -> Image:
    """A square thumbnail of a face, [size, size] RGB, `margin` of the box around it on each side.

    The crop is moved inside the picture, with less margin if the picture is too small. Parts of the
    box outside the picture are grey. A face that lies is turned upright.
    """
    from PIL import Image as Images
    from PIL.Image import Resampling

    height, width = picture.pixels.shape[:2]
    longer = max(1, box.width, box.height)
    side = min(round(longer * (1 + 2 * margin)), max(longer, min(width, height)))
    left = _inside(box.x + (box.width - side) // 2, side, width)
    top = _inside(box.y + (box.height - side) // 2, side, height)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    square = Images.new("RGB", (side, side), (128, 128, 128))
    if x1 > x0 and y1 > y0:
        square.paste(Images.fromarray(picture.pixels[y0:y1, x0:x1]), (x0 - left, y0 - top))
    square = square.resize((size, size), Resampling.LANCZOS, reducing_gap=3.0)
    return square.rotate(-box.rotation) if box.rotation else square


def _inside(start: int, length: int, room: int) -> int:
    """Move an interval into the room; centre it if the room is too short."""
    return (room - length) // 2 if length > room else min(max(start, 0), room - length)


class _Area(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, box: Box) -> _Area:
        return cls(box.x, box.y, box.x + box.width, box.y + box.height)

    def overlap(self, other: _Area) -> float:
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)


def _line_width(size: tuple[int, int]) -> int:
    return max(1, round(min(size) / 220))


def _frame(pen: ImageDraw, box: Box, colour: Colour, size: tuple[int, int]) -> None:
    """Draw the coloured frame, with a dark outline that shows on a background of that colour."""
    line = _line_width(size)
    edge = max(1, line // 2)
    area = _Area.of(box)
    left, right = max(area.left, edge), min(area.right, size[0] - 1 - edge)
    top, bottom = max(area.top, edge), min(area.bottom, size[1] - 1 - edge)
    if right <= left or bottom <= top:
        return
    pen.rectangle((left - edge, top - edge, right + edge, bottom + edge), outline=_DARK, width=edge)
    pen.rectangle((left, top, right, bottom), outline=colour, width=line)


def _write(
    pen: ImageDraw,
    label: Label,
    colour: Colour,
    size: tuple[int, int],
    taken: Sequence[_Area],
    own: int,
) -> _Area:
    pad = 1 + _line_width(size)
    points = round(min(size) / 28)
    # One long name must not take the space of all other names.
    room = min(size[0] - 2 * pad, max(3 * label.box.width, 15 * points))
    text, font = lettering.fitted(pen, label.text, points, room)
    ink = pen.textbbox((0, 0), text, font=font)
    ascent, descent = lettering.heights(font)
    width, height = ink[2] - ink[0] + 2 * pad, ascent + descent + pad
    area = min(_places(taken[own], width, height, size), key=lambda a: _cost(a, taken, own))
    pen.rectangle((area.left, area.top, area.right - 1, area.bottom - 1), fill=colour)
    spot = (area.left + pad - ink[0], area.top + pad / 2)
    pen.text(spot, text, font=font, fill=_DARK if _is_bright(colour) else _LIGHT)
    return area


def _places(face: _Area, width: float, height: float, size: tuple[int, int]) -> Iterator[_Area]:
    """Places for a text, the best first: below, above, beside; never outside the picture."""
    across = (face.left, (face.left + face.right - width) / 2, face.right - width)
    down = (face.top, (face.top + face.bottom - height) / 2, face.bottom - height)
    gap = _line_width(size)
    corners = [(x, face.bottom + gap) for x in across]
    corners += [(x, face.top - height - gap) for x in across]
    corners += [(face.right + gap, y) for y in down]
    corners += [(face.left - width - gap, y) for y in down]
    corners += [(x, face.bottom + gap + height * step) for step in (1, 2) for x in across]
    corners += [(x, face.top - gap - height * (step + 1)) for step in (1, 2) for x in across]
    # Over the chin, if everything else is worse.
    corners += [(face.left, face.bottom - height - gap)]
    for x, y in corners:
        left = max(0.0, min(x, size[0] - width))
        top = max(0.0, min(y, size[1] - height))
        yield _Area(round(left), round(top), round(left + width), round(top + height))


def _cost(area: _Area, taken: Sequence[_Area], own: int) -> float:
    """Hidden pixels of faces and of other texts; the text's own face counts most."""
    return sum(area.overlap(other) * (4 if i == own else 1) for i, other in enumerate(taken))


def _is_bright(colour: Colour) -> bool:
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue > 110


def form_of(out: Path, size: tuple[int, int], shows: Sequence[Path]) -> str:
    """The format for the suffix of `out`.

    Raises UsageError if there is none, if a picture of `size` (width, height) is too large for it,
    and if `out` is one of `shows`.
    """
    form = FORMATS.get(out.suffix.lower())
    if form is None:
        raise UsageError(
            f"{shown(out)}: a picture cannot be written as {out.suffix or 'a file without suffix'}",
            f"Use one of {' '.join(FORMATS)}",
            code="format-unknown",
            out=out,
        )
    longest = _LONGEST.get(form, sum(size))
    if max(size) > longest:
        raise UsageError(
            f"{shown(out)}: {form} holds at most {longest:,} pixels a side",
            "Write a .png",
            code="picture-too-large",
            out=out,
            form=form,
            longest=longest,
        )
    for path in shows:
        with suppress(OSError):  # neither need exist
            if os.path.samefile(out, path):
                raise UsageError(
                    f"{shown(out)}: this is the picture itself",
                    "Give another name",
                    code="file-exists",
                    out=out,
                )
    return form


def save(image: Image, out: Path, form: str) -> None:
    """Write a picture whole or not at all. Raises PictureError if it cannot be written."""
    part = out.with_name(f".graphface-{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb") as file:
            image.save(file, form, **({"quality": 92} if form in ("JPEG", "WEBP") else {}))
        os.replace(part, out)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PictureError(
            f"{shown(out)}: cannot be written ({reason})",
            "Give a folder that you may write to",
            code="not-writable",
            out=out,
            reason=reason,
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
