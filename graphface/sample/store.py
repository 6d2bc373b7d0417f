"""Drawn pictures as JPEG files that say what they were drawn from, so that none is drawn twice."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from PIL import Image

    from graphface.records import Location, Pixels
    from graphface.sample.identity import Identity
    from graphface.sample.pose import Pose, Shot

EXIF_IFD, GPS_IFD = 0x8769, 0x8825
DATE_TAKEN, UNIQUE_ID, DESCRIPTION, SOFTWARE = 36867, 42016, 270, 305
QUALITY = 91
MARK = "graphface sample"
"""What the file says it was made with."""
HEAD = 4096
"""Bytes of a file within which its EXIF data ends."""
END_OF_JPEG = b"\xff\xd9"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be drawn: everything that its file depends on, and where it goes."""

    path: Path
    people: tuple[tuple[Identity, Pose], ...]
    shot: Shot
    taken_at: datetime | None = None
    location: Location | None = None

    @property
    def fingerprint(self) -> str:
        """32 hexadecimal digits: the same only for the same parameters drawn by the same code."""
        parts = (_code(), self.people, self.shot, self.taken_at, self.location)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def write_drawing(drawing: Drawing, draw: Callable[[], Pixels]) -> bool:
    """Draw it unless its file is there already; whether it was drawn.

    A file appears under its name only when it is complete. UsageError where a file of that name
    was not drawn by graphface: nobody's photo is overwritten.
    """
    if _is_there(drawing):
        return False
    from PIL import Image

    picture = Image.fromarray(draw())
    drawing.path.parent.mkdir(parents=True, exist_ok=True)
    part = drawing.path.with_name(f".{drawing.path.name}.part")
    try:
        picture.save(part, "JPEG", quality=QUALITY, subsampling=0, exif=_exif(drawing))
        os.replace(part, drawing.path)
    finally:
        part.unlink(missing_ok=True)
    return True


def _is_there(drawing: Drawing) -> bool:
    """Whether the file holds this drawing, whole."""
    try:
        data = drawing.path.read_bytes()
    except FileNotFoundError:
        return False
    if MARK.encode() not in data[:HEAD]:
        raise UsageError(
            f"{drawing.path} is not a drawn picture",
            "Choose another folder",
            code="file-exists",
            path=drawing.path,
        )
    return drawing.fingerprint.encode() in data[:HEAD] and data.endswith(END_OF_JPEG)


@lru_cache(maxsize=1)
def _code() -> str:
    """Digest of the code that draws, so that a better renderer draws again."""
    files = sorted(resources.files("graphface.sample").iterdir(), key=lambda entry: entry.name)
    digest = hashlib.sha256()
    for entry in files:
        if entry.name.endswith(".py"):
            digest.update(entry.read_bytes())
    return digest.hexdigest()


def _exif(drawing: Drawing) -> Image.Exif:
    from PIL import Image

    exif = Image.Exif()
    exif[DESCRIPTION] = "People who do not exist, drawn by graphface"
    exif[SOFTWARE] = MARK
    inner = exif.get_ifd(EXIF_IFD)
    inner[UNIQUE_ID] = drawing.fingerprint
    if drawing.taken_at:
        inner[DATE_TAKEN] = drawing.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    if drawing.location:
        place = drawing.location
        exif.get_ifd(GPS_IFD).update({
            1: "N" if place.latitude >= 0 else "S", 2: _degrees(place.latitude),
            3: "E" if place.longitude >= 0 else "W", 4: _degrees(place.longitude),
        })  # fmt: skip
    return exif


def _degrees(angle: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds, as EXIF has them."""
    whole = abs(angle)
    minutes = whole % 1 * 60
    return float(int(whole)), float(int(minutes)), round(minutes % 1 * 60, 2)
