"""Rectangles in pictures: in the file as it is stored, and in the upright picture people see.

The Metadata Working Group's guidelines (2.0, section 5.9) say that regions apply to the stored
image; Lightroom, digiKam, Immich and the cameras of phones do so. A picture that its EXIF
orientation turns therefore has other regions in its file than boxes in the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.errors import PictureError
from graphface.faces.exif import orientation
from graphface.faces.pictures import shown

if TYPE_CHECKING:
    import io
    from collections.abc import Sequence
    from pathlib import Path

    from PIL.Image import Image

    from graphface.records import Box

LEAST_OVERLAP = 0.25
"""Two boxes that share less than this (intersection over union) are not of one face. Detectors
differ by half in how much of a head they take, and faces side by side hardly share anything."""

_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle as shares of a picture's width and height; x and y are its middle."""

    x: float
    y: float
    width: float
    height: float

    def upright(self, turned: int) -> Area:
        """From the stored picture to the upright one, by EXIF orientation 1 to 8."""
        x, y = {
            2: (1 - self.x, self.y),
            3: (1 - self.x, 1 - self.y),
            4: (self.x, 1 - self.y),
            5: (self.y, self.x),
            6: (1 - self.y, self.x),
            7: (1 - self.y, 1 - self.x),
            8: (self.y, 1 - self.x),
        }.get(turned, (self.x, self.y))
        size = (self.height, self.width) if turned >= 5 else (self.width, self.height)
        return Area(x, y, *size)

    def stored(self, turned: int) -> Area:
        """From the upright picture to the stored one."""
        return self.upright({6: 8, 8: 6}.get(turned, turned))

    def overlap(self, other: Area) -> float:
        """Intersection over union, 0 to 1."""
        wide = _shared(self.x, self.width, other.x, other.width)
        high = _shared(self.y, self.height, other.y, other.height)
        both = wide * high
        union = self.width * self.height + other.width * other.height - both
        return both / union if union > 0 else 0.0


def area_of(box: Box, width: int, height: int) -> Area:
    """A box in pixels as shares of the picture, as far as it lies in it."""
    left, right = max(box.x, 0) / width, min(box.x + box.width, width) / width
    top, bottom = max(box.y, 0) / height, min(box.y + box.height, height) / height
    return Area((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def pairs(ours: Sequence[Area], theirs: Sequence[Area]) -> dict[int, int]:
    """Which of `theirs` is which of `ours` (places in both): the most overlapping first."""
    found = sorted(
        (
            (-a.overlap(b), i, k)
            for i, a in enumerate(ours)
            for k, b in enumerate(theirs)
            if a.overlap(b) >= LEAST_OVERLAP
        ),
    )
    matched: dict[int, int] = {}
    for _, i, k in found:
        if i not in matched and k not in matched.values():
            matched[i] = k
    return matched


def fit(ours: Sequence[Area], theirs: Sequence[Area]) -> float:
    """How well two sets of rectangles lie on each other: the sum of the overlaps."""
    return sum(ours[i].overlap(theirs[k]) for i, k in pairs(ours, theirs).items())


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture file without its pixels: its stored size, how it is turned, and its XMP."""

    width: int
    height: int
    turned: int
    """EXIF orientation, 1 to 8."""
    xmp: bytes | None = None

    @property
    def upright(self) -> tuple[int, int]:
        size = (self.width, self.height)
        return (size[1], size[0]) if self.turned >= 5 else size

    def is_stored(self, applied: tuple[float, float] | None) -> bool | None:
        """Whether regions with these dimensions are of the stored picture; None: cannot be told.

        Some tools write regions of the upright picture, and say so by its width and height.
        """
        if self.turned == 1:
            return True
        if applied is None or self.turned < 5:
            return None
        sense = (applied[0] - applied[1]) * (self.width - self.height)
        return None if sense == 0 else sense > 0


def read_frame(path: Path) -> Frame:
    """Read the head of a picture file. Raises PictureError."""
    try:
        with path.open("rb") as file:
            start = file.read(12)
            file.seek(0)
            with _opened(file, start) as image:
                return _frame(image)
    except FileNotFoundError as error:
        raise PictureError(f"{shown(path)}: no such file", "Check the path") from error
    except Exception as error:  # decoders raise nearly every kind for a damaged file
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(f"{shown(path)}: cannot be read ({reason})") from error


def _opened(file: io.BufferedReader, start: bytes) -> Image:
    from PIL import Image as Images

    formats: tuple[str, ...] = _FORMATS
    if start[4:8] == b"ftyp":
        import pillow_heif

        pillow_heif.register_heif_opener()
        formats = ("HEIF", *_FORMATS)
    Images.init()
    return Images.open(file, formats=[name for name in formats if name in Images.OPEN])


def _frame(image: Image) -> Frame:
    width, height = image.size
    turned = orientation(image)
    # HEIC comes upright from its decoder, which remembers what the camera wrote.
    before = image.info.get("original_orientation")
    if isinstance(before, int) and 1 <= before <= 8:
        turned = before
        if turned >= 5:
            width, height = height, width
    xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if isinstance(xmp, str):
        xmp = xmp.encode()
    return Frame(width, height, turned, xmp if isinstance(xmp, bytes) else None)


def _shared(middle: float, size: float, other: float, other_size: float) -> float:
    low = max(middle - size / 2, other - other_size / 2)
    return max(0.0, min(middle + size / 2, other + other_size / 2) - low)
