"""Read EXIF: orientation, time and place.

Cameras, phones and editors write malformed EXIF in many ways. None may cost the picture, so
whatever cannot be parsed is left out.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from graphface.records import Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.Image import Image

ORIENTATION = 0x0112
_PHOTO, _GPS = 0x8769, 0x8825
# Original is when the shutter opened; scans and some phones have only digitized. The plain DateTime
# tag is ignored, since editors set it to the time of the last save.
_TIMES = ((0x9003, 0x9011, 0x9291), (0x9004, 0x9012, 0x9292))
_TIME = re.compile(r"(\d{4})\D(\d\d)\D(\d\d)\D(\d\d):(\d\d)(?::(\d\d))?")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def orientation(image: Image) -> int | None:
    """EXIF orientation of a loaded picture, 1 to 8; None if there is none."""
    try:
        value = int(image.getexif().get(ORIENTATION, 0))
    except Exception:  # noqa: BLE001 - broken EXIF has no last kind of error
        return None
    return value if 1 <= value <= 8 else None


def time_and_place(image: Image) -> tuple[datetime | None, Location | None]:
    """When and where a loaded picture was taken, if known.

    The time has a zone if the camera wrote one (OffsetTimeOriginal), else it is local time without
    a zone. A place outside the ranges of WGS 84 is ignored. So is exactly 0, 0, which a receiver
    without a fix writes.
    """
    return _guarded(_time, image, _PHOTO), _guarded(_place, image, _GPS)


def _guarded(read: Any, image: Image, directory: int) -> Any:
    try:
        return read(image.getexif().get_ifd(directory))
    except Exception:  # noqa: BLE001 - broken EXIF has no last kind of error
        return None


def _time(tags: Mapping[int, Any]) -> datetime | None:
    for time_tag, offset_tag, fraction_tag in _TIMES:
        match = _TIME.match(_text(tags.get(time_tag)))
        if match and int(match[1]):
            digits = re.match(r"\d*", _text(tags.get(fraction_tag)))
            fraction = int((digits[0] if digits else "").ljust(6, "0")[:6])
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            zone = _zone(_text(tags.get(offset_tag)))
            return datetime(year, month, day, hour, minute, second, fraction, zone)
    return None


def _zone(text: str) -> timezone | None:
    match = _OFFSET.fullmatch(text)
    if not match:
        return timezone.utc if text == "Z" else None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    if offset > timedelta(hours=14):  # no zone on earth has this offset: a fault of the camera
        return None
    return timezone(-offset if match[1] == "-" else offset)


def _place(tags: Mapping[int, Any]) -> Location | None:
    latitude = _degrees(tags.get(2), _text(tags.get(1)), "N", "S")
    longitude = _degrees(tags.get(4), _text(tags.get(3)), "E", "W")
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Location(latitude, longitude)


def _degrees(value: Any, side: str, positive: str, negative: str) -> float | None:
    """Degrees, minutes and seconds as one number; None without the hemisphere."""
    parts = [float(part) for part in (value if isinstance(value, tuple | list) else (value,))]
    # 0/0 stands for unknown seconds, and for minutes in files that use decimal degrees.
    parts = [parts[0], *(0.0 if math.isnan(part) else part for part in parts[1:])]
    total = sum(part / 60**place for place, part in enumerate(parts[:3]))
    sign = {positive: 1.0, negative: -1.0}.get(side[:1].upper())
    return sign * total if sign and math.isfinite(total) else None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\0 \t\r\n") if isinstance(value, str) else ""
