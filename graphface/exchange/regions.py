"""Read named faces from an XMP packet of any tool.

It reads the regions of the Metadata Working Group (Picasa, Lightroom, digiKam, Immich), of IPTC
(2019) and of Microsoft (Photo Gallery, digiKam).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.errors import PictureError
from graphface.exchange.xmp import Xmp, fields, items, plain
from graphface.files import shown
from graphface.records import LEAST_OVERLAP
from graphface.vision.exif import orientation

if TYPE_CHECKING:
    import io
    from collections.abc import Sequence
    from pathlib import Path

    from PIL.Image import Image

    from graphface.exchange.xmp import Element
    from graphface.records import Box


MWG = "http://www.metadataworkinggroup.com/schemas/regions/"
AREA = "http://ns.adobe.com/xmp/sType/Area#"
SIZE = "http://ns.adobe.com/xap/1.0/sType/Dimensions#"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
MICROSOFT = "http://ns.microsoft.com/photo/1.2/"
MP_INFO = "http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
MP_REGION = "http://ns.microsoft.com/photo/1.2/t/Region#"


@dataclass(frozen=True, slots=True)
class Region:
    """A face that an XMP packet names, or could name."""

    name: str
    """Empty if it has none."""
    area: Area
    """The area in the picture that the packet's dimensions describe."""
    element: Element


def applied_size(xmp: Xmp) -> tuple[float, float] | None:
    """Width and height of the picture that the MWG regions were drawn in."""
    regions = xmp.property((MWG, "Regions"))
    size = fields(regions).get((MWG, "AppliedToDimensions")) if regions is not None else None
    if size is None or isinstance(size, str):
        return None
    found = fields(size)
    width, height = _number(found.get((SIZE, "w"))), _number(found.get((SIZE, "h")))
    return (width, height) if width and height else None


def named_regions(xmp: Xmp) -> list[Region]:
    """All named faces of the packet, each once even if it has several forms."""
    found: list[Region] = []
    for region in (*mwg_regions(xmp), *iptc_regions(xmp), *microsoft_regions(xmp)):
        known = any(one.area.overlap(region.area) > 0.8 for one in found)
        if region.name and not known:
            found.append(region)
    return found


def mwg_regions(xmp: Xmp) -> list[Region]:
    """Faces among the regions of the Metadata Working Group."""
    regions = xmp.property((MWG, "Regions"))
    if regions is None:
        return []
    found = []
    for item in items(fields(regions).get((MWG, "RegionList"))):
        facts = fields(item)
        area = _mwg_area(facts.get((MWG, "Area")), applied_size(xmp))
        if area and plain(facts.get((MWG, "Type"))) in ("Face", ""):
            found.append(Region(plain(facts.get((MWG, "Name"))), area, item))
    return found


def iptc_regions(xmp: Xmp) -> list[Region]:
    """Rectangles of IPTC that show a person."""
    found = []
    for item in items(xmp.property((IPTC, "ImageRegion"))):
        facts = fields(item)
        area = _iptc_area(facts.get((IPTC, "RegionBoundary")), applied_size(xmp))
        kinds = [_kind(kind) for kind in items(facts.get((IPTC, "rCtype")))]
        person = plain(facts.get((IPTC, "PersonInImage")))
        if area and (person or not kinds or any("human" in kind for kind in kinds)):
            found.append(Region(person or plain(facts.get((IPTC, "Name"))), area, item))
    return found


def microsoft_regions(xmp: Xmp) -> list[Region]:
    """Faces of Windows Photo Gallery: left, top, width and height in one text."""
    info = xmp.property((MICROSOFT, "RegionInfo"))
    if info is None:
        return []
    found = []
    for item in items(fields(info).get((MP_INFO, "Regions"))):
        facts = fields(item)
        parts = plain(facts.get((MP_REGION, "Rectangle"))).split(",")
        numbers = [_number(part) for part in parts]
        if len(numbers) == 4:
            name = plain(facts.get((MP_REGION, "PersonDisplayName")))
            area = _from_corner(*numbers)
            if area and name != "ffffffffffffffff":  # its mark for a face to ignore
                found.append(Region(name, area, item))
    return found


def _mwg_area(area: str | Element | None, applied: tuple[float, float] | None) -> Area | None:
    if area is None or isinstance(area, str):
        return None
    found = fields(area)
    x, y, w, h = (_number(found.get((AREA, name))) for name in ("x", "y", "w", "h"))
    return _checked(x, y, w, h, plain(found.get((AREA, "unit"))), applied)


def _iptc_area(bounds: str | Element | None, applied: tuple[float, float] | None) -> Area | None:
    if bounds is None or isinstance(bounds, str):
        return None
    found = fields(bounds)
    if plain(found.get((IPTC, "rbShape"))) not in ("rectangle", ""):
        return None
    x, y, w, h = (_number(found.get((IPTC, f"rb{name}"))) for name in ("X", "Y", "W", "H"))
    corner = _from_corner(x, y, w, h)
    if corner is None:
        return None
    unit = plain(found.get((IPTC, "rbUnit")))
    return _checked(corner.x, corner.y, corner.width, corner.height, unit, applied)


def _from_corner(
    left: float | None, top: float | None, width: float | None, height: float | None
) -> Area | None:
    if left is None or top is None or not width or not height:
        return None
    return Area(left + width / 2, top + height / 2, width, height)


def _checked(
    x: float | None,
    y: float | None,
    w: float | None,
    h: float | None,
    unit: str,
    applied: tuple[float, float] | None,
) -> Area | None:
    if x is None or y is None or not w or not h or w < 0 or h < 0:
        return None
    if unit != "pixel":
        return Area(x, y, w, h)
    return Area(x / applied[0], y / applied[1], w / applied[0], h / applied[1]) if applied else None


def _kind(item: Element) -> str:
    """The content type of an IPTC region: its identifiers and names, as one text."""
    return " ".join(map(str, item.itertext())).casefold()


def _number(value: str | Element | None) -> float | None:
    try:
        number = float(plain(value))
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None


_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle as shares of a picture's width and height; x and y are its middle."""

    x: float
    y: float
    width: float
    height: float

    def upright(self, turned: int) -> Area:
        """Convert from the stored picture to the upright one, by EXIF orientation 1 to 8."""
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
        """Convert from the upright picture to the stored one."""
        return self.upright({6: 8, 8: 6}.get(turned, turned))

    def overlap(self, other: Area) -> float:
        """Intersection over union, 0 to 1."""
        wide = _shared(self.x, self.width, other.x, other.width)
        high = _shared(self.y, self.height, other.y, other.height)
        both = wide * high
        union = self.width * self.height + other.width * other.height - both
        return both / union if union > 0 else 0.0


def area_of(box: Box, width: int, height: int) -> Area:
    """A box in pixels as shares of the picture, clipped to it."""
    left, right = max(box.x, 0) / width, min(box.x + box.width, width) / width
    top, bottom = max(box.y, 0) / height, min(box.y + box.height, height) / height
    return Area((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)


def pairs(ours: Sequence[Area], theirs: Sequence[Area]) -> dict[int, int]:
    """Match `theirs` with `ours` (indices of both), the most overlapping first."""
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
    """How well two sets of rectangles match: the sum of the overlaps."""
    return sum(ours[i].overlap(theirs[k]) for i, k in pairs(ours, theirs).items())


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture file without its pixels: stored size, orientation and XMP."""

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
        """Whether regions with these dimensions are of the stored picture; None if unclear.

        Some tools write regions of the upright picture; its width and height reveal that.
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
        raise PictureError(
            f"{shown(path)}: no such file", "Check the path", code="file-not-found", path=path
        ) from error
    except Exception as error:  # decoders raise nearly every kind for a damaged file
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(
            f"{shown(path)}: cannot be read ({reason})",
            code="file-unreadable",
            path=path,
            reason=reason,
        ) from error


def _opened(file: io.BufferedReader, start: bytes) -> Image:
    from PIL import Image as Images

    formats: tuple[str, ...] = _FORMATS
    if start[4:8] == b"ftyp":
        import pi_heif

        pi_heif.register_heif_opener()
        formats = ("HEIF", *_FORMATS)
    Images.init()
    return Images.open(file, formats=[name for name in formats if name in Images.OPEN])


def _frame(image: Image) -> Frame:
    width, height = image.size
    turned = orientation(image) or 1
    # The decoder of HEIC returns upright pictures, and keeps the original orientation.
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
