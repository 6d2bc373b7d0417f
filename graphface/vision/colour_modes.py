"""Whatever way a file keeps its colours, and whichever way it lies: upright 8-bit RGB comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image


def rgb(image: Image) -> Image:
    """A loaded picture of any mode as 8-bit RGB, transparency over white."""
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
    assert converted is not None  # None only when it works in place
    return converted


def _from_deep(image: Image) -> Image:
    """Grey values of more than 8 bits: integers keep their high byte, floats their usual range.

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
    """Turn and mirror a picture as its EXIF orientation (1 to 8) says."""
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
