"""Faces with names in an XMP packet, whoever wrote it.

Known are the regions of the Metadata Working Group (Picasa, Lightroom, digiKam, Immich), of IPTC
(2019) and of Microsoft (Photo Gallery, digiKam).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.exchange.areas import Area
from graphface.exchange.xmp import Element, Xmp, fields, items, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """Empty where it has none."""
    area: Area
    """In the picture that the packet's dimensions speak of."""
    element: Element


def applied_size(xmp: Xmp) -> tuple[float, float] | None:
    """Width and height of the picture that the MWG regions were drawn in."""
    regions = xmp.property((MWG, "Regions"))
    size = fields(regions).get((MWG, "AppliedToDimensions")) if regions is not None else None
    if not isinstance(size, Element):
        return None
    found = fields(size)
    width, height = _number(found.get((SIZE, "w"))), _number(found.get((SIZE, "h")))
    return (width, height) if width and height else None


def named_regions(xmp: Xmp) -> list[Region]:
    """All faces that the packet gives a name; one that is in several forms comes once."""
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
            if area and name != "ffffffffffffffff":  # how it marks a face to be left alone
                found.append(Region(name, area, item))
    return found


def _mwg_area(area: str | Element | None, applied: tuple[float, float] | None) -> Area | None:
    if not isinstance(area, Element):
        return None
    found = fields(area)
    x, y, w, h = (_number(found.get((AREA, name))) for name in ("x", "y", "w", "h"))
    return _checked(x, y, w, h, plain(found.get((AREA, "unit"))), applied)


def _iptc_area(bounds: str | Element | None, applied: tuple[float, float] | None) -> Area | None:
    if not isinstance(bounds, Element):
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
    return " ".join(_texts(item)).casefold()


def _texts(element: Element) -> Iterator[str]:
    for child in element.childNodes:
        if child.nodeType == child.ELEMENT_NODE:
            yield from _texts(child)
        elif child.nodeType == child.TEXT_NODE:
            yield child.data


def _number(value: str | Element | None) -> float | None:
    try:
        number = float(plain(value))
    except ValueError:
        return None
    return number if abs(number) < 1e9 else None
