"""Decode a file to an upright 8-bit RGB picture, or raise one clear error with its name.

The bytes are read once, for both hash and decoder. The header is checked for the size before
anything is decoded. Only plain files are opened. A damaged picture is an error, never half a
picture.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import PictureError, UsageError
from graphface.files import shown
from graphface.records import Picture
from graphface.vision import exif

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from graphface.records import Pixels

SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif"}
    | {".heic", ".heif", ".avif"}
)
"""Suffixes of picture files, in lower case. What a file holds is decided by its bytes."""

MAX_PIXELS = 200_000_000
"""Pictures with more pixels are refused, unless GRAPHFACE_MAX_PIXELS allows more: the largest
that a phone's sensor makes. Decoding one takes about 7 bytes a pixel."""

MAX_BYTES = 2**31
"""Larger files are refused unread: videos and disk images with a picture's name."""

IN_MEMORY = Path("<pixels>")
"""Stands for the file of a picture that has none."""

# Only these are tried, since Pillow also knows formats that start other programs (EPS).
_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")
_KINDS = "JPEG, PNG, WebP, TIFF, BMP, GIF, HEIC and AVIF can be read"
_COPY_AGAIN = "Copy it again from where it came from"
_STRIP = 65_536


def read_picture(path: Path, *, max_pixels: int | None = None) -> Picture:
    """Read and decode one file (the first frame of several).

    `max_pixels` bounds width x height; None takes GRAPHFACE_MAX_PIXELS, or MAX_PIXELS. Colour
    profiles are not applied, transparency is laid over white, 16-bit values keep their high byte.
    Raises PictureError (one line: file, reason, what to do) for anything but a complete picture.
    """
    data, facts = _read(path)
    image = _decode(path, data, max_pixels if max_pixels is not None else _pixel_limit())
    taken_at, location = exif.time_and_place(image)
    orientation = exif.orientation(image)
    turned = upright(_rgb(image), orientation or 1)
    return Picture(
        path=path,
        id=hashlib.sha256(data).hexdigest(),
        size=len(data),
        modified=facts.st_mtime_ns,
        pixels=_pixels(turned),
        taken_at=taken_at,
        location=location,
        oriented=orientation is not None or "original_orientation" in image.info,
        phash=_difference_hash(turned),
    )


def picture_of(pixels: Pixels) -> Picture:
    """A picture from memory: uint8 [height, width, 3], RGB, upright.

    Its id is the SHA-256 of the pixels, and it has no file. Raises UsageError for another shape or
    type.
    """
    array = np.asarray(pixels)
    if array.dtype != np.uint8 or array.ndim != 3 or array.shape[2] != 3 or not array.size:
        raise UsageError(
            f"pixels are uint8 [height, width, 3], and these are {array.dtype} {array.shape}",
            "OpenCV's are BGR: frame[:, :, ::-1]",
            code="pixels-invalid",
            dtype=array.dtype,
            shape=array.shape,
        )
    whole = np.ascontiguousarray(array)
    digest = hashlib.sha256(whole.tobytes()).hexdigest()
    return Picture(IN_MEMORY, digest, whole.nbytes, 0, whole)


def picture_id(path: Path) -> tuple[str, int]:
    """Id (SHA-256 of the bytes) and time of modification (ns) of a file, without decoding it."""
    data, facts = _read(path)
    return hashlib.sha256(data).hexdigest(), facts.st_mtime_ns


def kind_of(mode: int) -> str:
    """The kind of a path, by its `st_mode`, in plain words."""
    kinds = {
        stat.S_IFREG: "a file",
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "a device")


def _pixel_limit() -> int:
    text = os.environ.get("GRAPHFACE_MAX_PIXELS")
    if not text:
        return MAX_PIXELS
    try:
        limit = int(text)
    except ValueError:
        limit = 0
    if limit < 1:
        raise UsageError(
            f"GRAPHFACE_MAX_PIXELS is {text!r}",
            "Give a whole number of pixels, 400000000 say",
            code="setting-invalid",
            text=text,
        )
    return limit


def _read(path: Path) -> tuple[bytes, os.stat_result]:
    """Read all bytes of a plain file; a pipe or device is never opened, so nothing can hang."""
    try:
        _check_kind(path, os.stat(path))
        # Non-blocking, in case a pipe has replaced the file in between.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(path, flags), "rb", buffering=0) as file:
            facts = os.fstat(file.fileno())
            _check_kind(path, facts)
            data = file.read()
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not data:
        raise PictureError(
            f"{shown(path)}: the file is empty (0 bytes)",
            _COPY_AGAIN,
            code="picture-damaged",
            path=path,
        )
    return data, facts


def _check_kind(path: Path, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise PictureError(
            f"{shown(path)}: this is {kind_of(facts.st_mode)}, not a picture file",
            "Name the pictures, or the folder that holds them",
            code="not-a-picture",
            path=path,
        )
    if facts.st_size > MAX_BYTES:
        raise PictureError(
            f"{shown(path)}: {facts.st_size / 1e9:.1f} GB are too much for a picture",
            "If it is one, save it smaller",
            code="picture-too-large",
            path=path,
        )


def _unreadable(path: Path, error: OSError | ValueError) -> PictureError:
    if isinstance(error, FileNotFoundError):
        return PictureError(
            f"{shown(path)}: no such file", "Check the path", code="file-not-found", path=path
        )
    if isinstance(error, PermissionError):
        return PictureError(
            f"{shown(path)}: permission denied",
            "Allow reading it: chmod u+r",
            code="permission-denied",
            path=path,
        )
    reason = getattr(error, "strerror", None) or str(error)
    return PictureError(
        f"{shown(path)}: cannot be read ({reason})",
        "Check the disk and the path",
        code="file-unreadable",
        path=path,
        reason=reason,
    )


def _decode(path: Path, data: bytes, max_pixels: int) -> Image:
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(data), formats=_formats(data[4:8] == b"ftyp"))
        _check_size(path, image.size, max_pixels)
        if not _has_end(data):
            raise PictureError(
                f"{shown(path)}: the picture is cut off before its end",
                _COPY_AGAIN,
                code="picture-damaged",
                path=path,
            )
        image.load()
    except UnidentifiedImageError as error:
        raise PictureError(
            f"{shown(path)}: {_not_a_picture(data)}", _KINDS, code="not-a-picture", path=path
        ) from error
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError(
            f"{shown(path)}: too large for this machine's free memory",
            "Use fewer workers",
            code="memory-full",
            path=path,
        ) from error
    except Exception as error:  # decoders raise almost any exception for a damaged file
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PictureError(
            f"{shown(path)}: damaged or cut off ({reason})",
            _COPY_AGAIN,
            code="picture-damaged",
            path=path,
            reason=reason,
        ) from error
    return image


@lru_cache(maxsize=2)
def _formats(heif: bool) -> tuple[str, ...]:
    """Prepare Pillow once: load its plugins, lift its own limit, and silence its warnings."""
    import logging
    import warnings

    from PIL import Image, ImageFile

    Image.init()
    # Our own limit is checked instead, and is an error, not a warning.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.filterwarnings("ignore", module=r"PIL\.")
    logging.getLogger("PIL").addHandler(logging.NullHandler())
    _silence_libtiff()
    known = tuple(name for name in _FORMATS if name in Image.OPEN)
    if not heif:
        return known
    import pi_heif

    pi_heif.register_heif_opener()
    return ("HEIF", *known)


def _silence_libtiff() -> None:
    """Silence libtiff's messages about damaged files, since exceptions say the same."""
    import ctypes

    from PIL import _imaging

    with suppress(OSError, AttributeError):  # if its linking makes it unreachable
        library = ctypes.CDLL(_imaging.__file__)
        library.TIFFSetErrorHandler(None)
        library.TIFFSetWarningHandler(None)


def _check_size(path: Path, size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise PictureError(
            f"{shown(path)}: {width:,} x {height:,} pixels are more than the limit of "
            f"{max_pixels / 1e6:,.4g} million",
            f"Scale it down, or set GRAPHFACE_MAX_PIXELS={width * height}",
            code="picture-too-large",
            path=path,
            width=width,
            height=height,
        )


def _not_a_picture(data: bytes) -> str:
    start = data[:512]
    is_text = b"\0" not in start and sum(c < 32 and c not in b"\t\n\r\f" for c in start) == 0
    return "the file holds text, not a picture" if is_text else "not a picture of a known kind"


def _has_end(data: bytes) -> bool:
    """Whether a JPEG or PNG has its end marker; other formats are left to their decoders.

    If a broken copy ends in zeros, libjpeg fills in grey and libpng black, without an error.
    """
    if data.startswith(b"\x89PNG"):
        return data.rfind(b"IEND") >= 0
    return data[:2] != b"\xff\xd8" or data.find(b"\xff\xd9", _scan_start(data)) >= 0


def _scan_start(data: bytes) -> int:
    """The start of a JPEG's scan: it contains no end marker, but every thumbnail before it does."""
    at = 2
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] != b"\xda":
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        at += 1 if data[at + 1 : at + 2] == b"\xff" else 2 + length
    return at


def _rgb(image: Image) -> Image:
    """Convert a loaded picture of any mode to 8-bit RGB, with transparency over white."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return _from_deep(image)
    if image.has_transparency_data:
        return _over_white(image.convert("RGBA"))
    if image.mode == "LAB":
        return _from_lab(image)
    return image.convert("RGB")


def _over_white(image: Image) -> Image:
    from PIL import Image as Images

    page = Images.new("RGB", image.size, "white")
    page.paste(image, mask=image.getchannel("A"))
    return page


def _from_lab(image: Image) -> Image:
    from PIL import ImageCms

    profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, *profiles, outputMode="RGB")
    assert converted is not None  # returns None only when it works in place
    return converted


def _from_deep(image: Image) -> Image:
    """Convert grey values of more than 8 bits: the high byte of integers, the range of floats.

    Floats are read as 0 to 1, or 0 to 255, or 0 to 65535, by the largest one; 32-bit integers
    as 16-bit ones where they fit.
    """
    from PIL import Image as Images

    values: NDArray[Any] = np.asarray(image)
    if image.mode == "F":
        values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
        top = next((t for t in (1.0, 255.0, 65535.0) if values.max() <= t), float(values.max()))
        values = values * (255.0 / top)
    else:
        values = values >> (24 if values.max() > 65535 else 8)
    return Images.fromarray(np.clip(values, 0, 255).astype(np.uint8)).convert("RGB")


def upright(image: Image, orientation: int) -> Image:
    """Rotate and mirror a picture by its EXIF orientation (1 to 8)."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _pixels(image: Image) -> Pixels:
    """The pixels, [height, width, 3], in strips that fit the CPU's cache: three times as fast."""
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    rows = max(1, _STRIP // image.width)
    for top in range(0, image.height, rows):
        bottom = min(top + rows, image.height)
        strip = image.crop((0, top, image.width, bottom)).tobytes()
        pixels[top:bottom] = np.frombuffer(strip, np.uint8).reshape(-1, image.width, 3)
    return pixels


def _difference_hash(image: Image) -> int:
    """Whether each of 8 x 8 cells is brighter than its left neighbour: 64 bits, as a signed int.

    Hashes of near copies differ in only a few bits. Source: Neal Krawetz, "Kind of Like That",
    2013.
    """
    from PIL.Image import Resampling

    # With a box filter, copies at 2/3 of the size would differ in 4.8 bits instead of 0.6.
    small = image.resize((9, 8), Resampling.LANCZOS, reducing_gap=3.0)
    grey = np.asarray(small.convert("L"))
    bits = np.packbits(grey[:, 1:] > grey[:, :-1])
    return int.from_bytes(bits.tobytes(), "big", signed=True)
