"""Makes the files that a photo archive should not hold but does; tests of every room use them."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

HUGE = 20_000


def gradient(width: int = 160, height: int = 120) -> Image.Image:
    """A picture in which every pixel says where it stands, smooth enough for lossy formats."""
    y, x = np.mgrid[:height, :width]
    red, green = x * 255 / max(width - 1, 1), y * 255 / max(height - 1, 1)
    return Image.fromarray(np.stack([red, green, 255 - red], -1).astype(np.uint8))


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def huge_png(width: int = HUGE, height: int = HUGE, depth: int = 1) -> bytes:
    """A valid grey PNG of any size whose pixels are all zero: a bomb of some kilobytes."""
    row = bytes(1 + (width * depth + 7) // 8)
    packer = zlib.compressobj(1)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", body), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def make_bad_pictures(folder: Path) -> dict[str, Path]:
    """Write one file of each bad kind into `folder`; reading any of them must be one clear error.

    Keys: empty, text, html, noise, truncated_jpeg, zeroed_jpeg, truncated_png, truncated_heic,
    huge_png, bomb_png; where the system has them fifo, link_nowhere, link_loop, io_error.
    """
    jpeg = encoded(gradient(), "JPEG", quality=90)
    png = encoded(gradient().resize((400, 300)), "PNG")
    contents = {
        "empty": ("empty.jpg", b""),
        "text": ("text.jpg", b"These are my holiday pictures.\n" * 9),
        "html": ("login page.png", b"<!DOCTYPE html><html><body>Please log in</body></html>"),
        "noise": ("noise.webp", bytes(range(256)) * 16),
        "truncated_jpeg": ("truncated.jpg", jpeg[: len(jpeg) // 2]),
        "zeroed_jpeg": ("zeroed.jpg", jpeg[: len(jpeg) // 2] + bytes(len(jpeg) // 2)),
        "truncated_png": ("truncated.png", png[: len(png) // 2]),
        "truncated_heic": ("truncated.heic", _heic()[:-40]),
        "huge_png": ("huge.png", huge_png()),
        "bomb_png": ("bomb.png", huge_png(60_000, 3_500, depth=8)),
    }
    folder.mkdir(parents=True, exist_ok=True)
    made = {key: folder / name for key, (name, _) in contents.items()}
    for key, (_, data) in contents.items():
        made[key].write_bytes(data)
    return made | _special_files(folder)


def _heic() -> bytes:
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(gradient()).save(buffer, quality=80)
    return buffer.getvalue()


def _special_files(folder: Path) -> dict[str, Path]:
    if os.name != "posix":
        return {}
    links = {
        "link_nowhere": (folder / "nowhere.jpg", "was/deleted.jpg"),
        "link_loop": (folder / "loop.jpg", "loop.jpg"),
    }
    if os.path.exists("/proc/self/mem"):  # a plain file of which nothing can be read: EIO
        links["io_error"] = (folder / "io error.jpg", "/proc/self/mem")
    for path, target in links.values():
        path.symlink_to(target)
    os.mkfifo(folder / "pipe.jpg")
    return {key: path for key, (path, _) in links.items()} | {"fifo": folder / "pipe.jpg"}
