from __future__ import annotations

import contextlib
import hashlib
import io
import os
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps, TiffImagePlugin
from PIL.TiffImagePlugin import IFDRational

from graphface.errors import PictureError, UsageError
from graphface.records import Location
from graphface.vision.pictures import MAX_PIXELS, SUFFIXES, picture_id, read_picture
from tests.pictures_bad import encoded, gradient, huge_png, make_bad_pictures, png_chunk

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


# pytest sets its own filters over ours; test_nothing_on_standard_error looks at a plain process.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")


def heic(image: Image.Image, **options: object) -> bytes:
    import pillow_heif

    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, **options)
    return buffer.getvalue()


def read(tmp_path: Path, data: bytes, name: str = "picture.bin", **options: int):
    path = tmp_path / name
    path.write_bytes(data)
    return read_picture(path, **options)


def saved(tmp_path: Path, image: Image.Image, form: str, **options: object):
    return read(tmp_path, encoded(image, form, **options))


def apart(pixels: np.ndarray, image: Image.Image) -> float:
    """Mean difference of all values: 0 for the same picture, some 85 for an unrelated one."""
    return float(np.abs(pixels.astype(int) - np.asarray(image.convert("RGB")).astype(int)).mean())


def problem(path: Path, **options: int) -> str:
    with pytest.raises(PictureError) as caught:
        read_picture(path, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("form", "options", "tolerance"),
    [
        ("JPEG", {"quality": 95}, 2),
        ("JPEG", {"quality": 95, "progressive": True}, 2),
        ("PNG", {}, 0),
        ("WEBP", {"quality": 95}, 3),
        ("WEBP", {"lossless": True}, 0),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("BMP", {}, 0),
        ("GIF", {}, 9),
        ("AVIF", {"quality": 95}, 3),
    ],
)
def test_formats(tmp_path, form, options, tolerance):
    if form == "AVIF":
        from PIL import features

        if not features.check("avif"):
            pytest.skip("this Pillow cannot write AVIF")
    picture = saved(tmp_path, gradient(), form, **options)
    assert picture.pixels.shape == (120, 160, 3)
    assert picture.pixels.dtype == np.uint8
    assert apart(picture.pixels, gradient()) <= tolerance


def test_heic(tmp_path):
    picture = read(tmp_path, heic(gradient(), quality=95), "IMG_0001.HEIC")
    assert (picture.width, picture.height) == (160, 120)
    assert apart(picture.pixels, gradient()) < 4


def test_every_suffix_that_is_scanned_can_be_read():
    from PIL import features

    Image.init()
    known = set(Image.registered_extensions()) | {".heic", ".heif"}
    known |= set() if features.check("avif") else {".avif"}
    assert known >= SUFFIXES


def test_id_size_and_time_are_those_of_the_file(tmp_path):
    data = encoded(gradient(), "PNG")
    path = tmp_path / "a.png"
    path.write_bytes(data)
    os.utime(path, ns=(1, 1_234_567_890_123_456_000))
    picture = read_picture(path)
    assert picture.id == hashlib.sha256(data).hexdigest()
    assert picture.size == len(data)
    assert picture.modified == 1_234_567_890_123_456_000
    assert picture_id(path) == (picture.id, picture.modified)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "YCbCr"])
def test_opaque_modes(tmp_path, mode):
    image = gradient().convert(mode)
    form = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    picture = saved(tmp_path, image, form, **({"quality": 95} if form == "JPEG" else {}))
    assert apart(picture.pixels, image) < 3


def test_lab_tiff(tmp_path):
    from PIL import ImageCms

    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    lab = ImageCms.profileToProfile(gradient(), *profiles, outputMode="LAB")
    assert apart(saved(tmp_path, lab, "TIFF").pixels, gradient()) < 6


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_transparent_is_white(tmp_path, form):
    image = gradient().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    expected = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    assert apart(saved(tmp_path, image, form, **options).pixels, expected) < 1


def test_transparent_grey_and_palette_are_white(tmp_path):
    grey = Image.new("LA", (8, 8), (0, 0))
    assert (saved(tmp_path, grey, "PNG").pixels == 255).all()
    palette = Image.new("P", (8, 8), 3)
    palette.putpalette([0] * 768)
    assert (saved(tmp_path, palette, "PNG", transparency=3).pixels == 255).all()
    assert (saved(tmp_path, palette, "PNG").pixels == 0).all()
    keyed = Image.new("RGB", (8, 8), (1, 2, 3))
    assert (saved(tmp_path, keyed, "PNG", transparency=(1, 2, 3)).pixels == 255).all()


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bit_grey_keeps_its_high_byte(tmp_path, form):
    values = np.arange(256, dtype=np.uint16).reshape(16, 16) * 257
    picture = saved(tmp_path, Image.fromarray(values), form)
    assert (picture.pixels[..., 0] == values >> 8).all()
    assert (picture.pixels[..., 0] == picture.pixels[..., 2]).all()


def test_16_bit_colour_png(tmp_path):
    import struct
    import zlib

    values = np.stack([np.arange(256).reshape(16, 16) * 257] * 3, -1)
    values[..., 1] = 65535 - values[..., 1]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    data = b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)
    assert (read(tmp_path, data).pixels == values >> 8).all()


def test_16_bit_colour_tiff(tmp_path):
    values = (np.arange(16 * 16 * 3, dtype=np.uint32).reshape(16, 16, 3) * 85).astype("<u2")
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in {256: 16, 257: 16, 259: 1, 262: 2, 277: 3, 278: 16, 279: 1536}.items():
        tags[tag] = value
    tags[258] = (16, 16, 16)
    tags[273] = 0  # Pillow counts from the end of the tags
    data = b"II*\0\x08\0\0\0" + tags.tobytes(8) + values.tobytes()
    assert (read(tmp_path, data).pixels == values >> 8).all()


@pytest.mark.parametrize("top", [1.0, 255.0, 65535.0, 1e9])
def test_float_tiff(tmp_path, top):
    values = np.linspace(0, top, 256, dtype=np.float32).reshape(16, 16)
    picture = saved(tmp_path, Image.fromarray(values), "TIFF")
    assert np.abs(picture.pixels[..., 1].ravel() - np.arange(256.0)).max() <= 1


def test_float_tiff_with_nan_and_nothing_else(tmp_path):
    values = np.array([[np.nan, np.inf], [-1.0, 0.0]], dtype=np.float32)
    assert (saved(tmp_path, Image.fromarray(values), "TIFF").pixels == 0).all()


def test_32_bit_integers(tmp_path):
    values = np.arange(256, dtype=np.int32).reshape(16, 16)
    for shift in (8, 23):
        picture = saved(tmp_path, Image.fromarray(values << shift), "TIFF")
        assert (picture.pixels[..., 0] == values >> (0 if shift == 8 else 1)).all()


@pytest.mark.parametrize("form", ["GIF", "WEBP", "TIFF", "PNG"])
def test_first_of_several_frames(tmp_path, form):
    frames = [Image.new("RGB", (40, 30), c) for c in ("red", "green", "blue")]
    options = {"lossless": True} if form == "WEBP" else {}
    data = encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)
    assert (read(tmp_path, data).pixels == (255, 0, 0)).all()


def oriented(orientation: int, form: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(gradient(), form, exif=exif, **({"quality": 95} if form == "JPEG" else {}))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(tmp_path, form, orientation):
    if form == "AVIF":
        from PIL import features

        if not features.check("avif"):
            pytest.skip("this Pillow cannot write AVIF")
    tagged = gradient()
    tagged.getexif()[0x0112] = orientation
    expected = ImageOps.exif_transpose(tagged)
    picture = read(tmp_path, oriented(orientation, form))
    assert (picture.width, picture.height) == expected.size
    assert apart(picture.pixels, expected) < 6


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_orientation_of_heic_is_applied_once(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    tagged = gradient()
    tagged.getexif()[0x0112] = orientation
    expected = ImageOps.exif_transpose(tagged)
    picture = read(tmp_path, heic(gradient(), quality=95, exif=exif.tobytes()))
    assert (picture.width, picture.height) == expected.size
    assert apart(picture.pixels, expected) < 6


def test_orientation_that_makes_no_sense_is_none(tmp_path):
    assert apart(read(tmp_path, oriented(99, "JPEG")).pixels, gradient()) < 3


def with_exif(photo: dict[int, object] | None = None, gps: dict[int, object] | None = None):
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(photo or {})
    exif.get_ifd(0x8825).update(gps or {})
    return encoded(gradient(), "JPEG", exif=exif)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({0x9003: "2019:07:21 13:05:59"}, datetime(2019, 7, 21, 13, 5, 59)),
        (
            {0x9003: "2019:07:21 13:05:59", 0x9291: "25", 0x9011: "+05:30"},
            datetime(2019, 7, 21, 13, 5, 59, 250_000, timezone(timedelta(hours=5, minutes=30))),
        ),
        (
            {0x9003: "2019:07:21 13:05:59", 0x9011: "-03:00"},
            datetime(2019, 7, 21, 13, 5, 59, tzinfo=timezone(-timedelta(hours=3))),
        ),
        (
            {0x9003: "2019:07:21 13:05:59", 0x9011: "Z"},
            datetime(2019, 7, 21, 13, 5, 59, 0, timezone.utc),
        ),
        ({0x9003: "2019:07:21 13:05:59", 0x9011: "+99:00"}, datetime(2019, 7, 21, 13, 5, 59)),
        ({0x9003: "2019-07-21T13:05:59"}, datetime(2019, 7, 21, 13, 5, 59)),
        ({0x9004: "2001:01:01 00:00:00"}, datetime(2001, 1, 1)),
        ({0x9003: "0000:00:00 00:00:00", 0x9004: "2001:01:01 00:00:00"}, datetime(2001, 1, 1)),
        ({0x9003: "2019:13:45 99:99:99"}, None),
        ({0x9003: "    :  :     :  :  "}, None),
        ({}, None),
    ],
)
def test_time(tmp_path, tags, expected):
    taken = read(tmp_path, with_exif(tags)).taken_at
    assert taken == expected
    assert (taken and taken.utcoffset()) == (expected and expected.utcoffset())


def dms(*parts: tuple[int, int]) -> tuple[IFDRational, ...]:
    return tuple(IFDRational(*part) for part in parts)


NORTH, EAST = dms((48, 1), (12, 1), (3600, 100)), dms((16, 1), (30, 1), (0, 1))


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({1: "N", 2: NORTH, 3: "E", 4: EAST}, (48.21, 16.5)),
        ({1: "S", 2: NORTH, 3: "W", 4: EAST}, (-48.21, -16.5)),
        ({1: "N", 2: dms((48, 1), (1260, 100), (0, 0)), 3: "E", 4: EAST}, (48.21, 16.5)),
        ({1: "N", 2: dms((0, 0), (0, 0), (0, 0)), 3: "E", 4: EAST}, None),
        ({1: "N", 2: dms((0, 1), (0, 1), (0, 1)), 3: "E", 4: dms((0, 1), (0, 1), (0, 1))}, None),
        ({1: "N", 2: dms((91, 1), (0, 1), (0, 1)), 3: "E", 4: EAST}, None),
        ({1: "N", 2: NORTH, 3: "E", 4: dms((181, 1), (0, 1), (0, 1))}, None),
        ({2: NORTH, 4: EAST}, None),
        ({1: "N", 2: NORTH}, None),
        ({}, None),
    ],
)
def test_place(tmp_path, tags, expected):
    location = read(tmp_path, with_exif(gps=tags)).location
    if expected is None:
        assert location is None
    else:
        assert isinstance(location, Location)
        assert (location.latitude, location.longitude) == pytest.approx(expected, abs=1e-6)


def test_exif_of_heic(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:07:21 13:05:59"
    picture = read(tmp_path, heic(gradient(), exif=exif.tobytes()))
    assert picture.taken_at == datetime(2019, 7, 21, 13, 5, 59)


def test_broken_exif_never_costs_the_picture(tmp_path):
    """Every byte of a real EXIF block in turn is damaged; each picture is still read."""
    data = with_exif({0x9003: "2019:07:21 13:05:59"}, {1: "N", 2: NORTH, 3: "E", 4: EAST})
    start = data.index(b"Exif\0\0") + 6
    end = start + int.from_bytes(data[start - 8 : start - 6], "big") - 8
    for at in range(start, end, 2):
        for value in (0x00, 0xFF):
            damaged = data[:at] + bytes([value]) + data[at + 1 :]
            assert read(tmp_path, damaged).pixels.size == 160 * 120 * 3


def bits_apart(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def photo(seed: int) -> Image.Image:
    cells = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(cells).resize((320, 240), Image.Resampling.BICUBIC)


def test_perceptual_hash_fits_a_signed_integer_and_both_signs_occur(tmp_path):
    hashes = [saved(tmp_path, photo(seed), "PNG").phash for seed in range(12)]
    assert all(-(2**63) <= value < 2**63 for value in hashes)
    assert min(hashes) < 0 < max(hashes)
    assert len(set(hashes)) == 12


def test_perceptual_hash_is_near_for_copies_only(tmp_path):
    original = saved(tmp_path, photo(1), "PNG").phash
    smaller = saved(tmp_path, photo(1).resize((200, 150)), "JPEG", quality=60).phash
    other = saved(tmp_path, photo(2), "PNG").phash
    assert bits_apart(original, smaller) <= 4
    assert bits_apart(original, other) >= 16


def test_perceptual_hash_is_of_the_upright_picture(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = photo(3).transpose(Image.Transpose.ROTATE_90)
    turned = saved(tmp_path, lying, "PNG", exif=exif).phash
    assert turned == saved(tmp_path, photo(3), "PNG").phash


# ---------------------------------------------------------------- what is no picture


EXPECTED = {
    "empty": "the file is empty (0 bytes)",
    "text": "the file holds text, not a picture",
    "html": "the file holds text, not a picture",
    "noise": "not a picture of a known kind",
    "truncated_jpeg": "cut off",
    "zeroed_jpeg": "cut off",
    "truncated_png": "cut off",
    "truncated_heic": "cut off",
    "huge_png": "20,000 x 20,000 pixels are more than the limit of 200 million",
    "bomb_png": "60,000 x 3,500 pixels are more than the limit of 200 million",
    "fifo": "this is a pipe, not a picture file",
    "link_nowhere": "no such file",
    "link_loop": "cannot be read",
    "io_error": "cannot be read (Input/output error)",
}


@pytest.fixture(scope="module")
def bad(tmp_path_factory) -> dict[str, Path]:
    return make_bad_pictures(tmp_path_factory.mktemp("bad pictures"))


@pytest.mark.parametrize("key", EXPECTED)
def test_bad_file_is_one_clear_line(bad, key):
    if key not in bad:
        pytest.skip("this system has no such files")
    started = time.monotonic()
    message = problem(bad[key])
    assert message.startswith(f"{bad[key]}: ")
    assert EXPECTED[key] in message
    assert "\n" not in message
    assert ". " in message, "says what to do"
    assert time.monotonic() - started < 5


def test_every_bad_file_is_expected(bad):
    assert set(bad) <= set(EXPECTED)


def test_refused_by_its_header_without_memory_for_its_pixels(bad):
    """In a process that may not have the 1.2 GB that decoding 400 million pixels takes."""
    pytest.importorskip("resource")
    code = (
        "import resource, sys; from pathlib import Path\n"
        "import PIL.Image, numpy; from graphface.vision.pictures import read_picture\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try: read_picture(Path(sys.argv[1]))\n"
        "except Exception as error: print(error)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    for key in ("huge_png", "bomb_png"):
        done = subprocess.run(
            [sys.executable, "-c", code, bad[key]], capture_output=True, text=True, check=True
        )
        message, grown = done.stdout.splitlines()
        assert "more than the limit" in message
        assert int(grown) < 60_000, "kilobytes"


def test_limit_by_argument_and_environment(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(huge_png(400, 300))
    assert "set GRAPHFACE_MAX_PIXELS=120000" in problem(path, max_pixels=119_999)
    assert read_picture(path, max_pixels=120_000).width == 400
    monkeypatch.setenv("GRAPHFACE_MAX_PIXELS", "1000")
    assert "more than the limit" in problem(path)
    monkeypatch.setenv("GRAPHFACE_MAX_PIXELS", "120000")
    assert read_picture(path).width == 400
    for nonsense in ("lots", "-5", "0"):
        monkeypatch.setenv("GRAPHFACE_MAX_PIXELS", nonsense)
        with pytest.raises(UsageError, match="GRAPHFACE_MAX_PIXELS"):
            read_picture(path)


def test_a_phone_with_200_megapixels_is_within_the_limit():
    assert MAX_PIXELS >= 16_320 * 12_240


@pytest.mark.parametrize("tail", ["cut", "zeros"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_cut_anywhere_is_an_error(tmp_path, progressive, tail):
    thumbnail = encoded(gradient(32, 24), "JPEG")  # its own end marker must not count
    whole = encoded(gradient(), "JPEG", quality=90, progressive=progressive)
    segment = b"Exif\0\0" + thumbnail
    whole = whole[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + whole[2:]
    assert apart(read(tmp_path, whole).pixels, gradient()) < 3
    for kept in [*range(1, len(whole) - 1, len(whole) // 80), len(whole) - 2, len(whole) - 1]:
        path = tmp_path / f"cut at {kept}.jpg"
        path.write_bytes(whole[:kept] + (bytes(len(whole) - kept) if tail == "zeros" else b""))
        assert problem(path).startswith(f"{path}: ")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIC"])
def test_other_formats_cut_anywhere_give_all_or_nothing(tmp_path, form):
    whole = heic(gradient()) if form == "HEIC" else encoded(gradient(), form)
    expected = read(tmp_path, whole).pixels
    refused = 0
    cuts = range(1, len(whole), max(1, len(whole) // 60))
    for kept in cuts:
        try:
            assert (read(tmp_path, whole[:kept]).pixels == expected).all()
        except PictureError:
            refused += 1
    assert refused >= len(cuts) - 2  # only what follows the pixels may be missing


def test_png_with_zeros_for_its_end_is_an_error(tmp_path):
    whole = encoded(gradient(), "PNG")
    path = tmp_path / "zeros.png"
    path.write_bytes(whole[:200] + bytes(len(whole) - 200))
    assert "cut off" in problem(path)


def test_bytes_after_the_end_do_no_harm(tmp_path):
    whole = encoded(gradient(), "JPEG", quality=95)
    motion = whole + b"\0\0\0\x18ftypmp42" + b"\xff\xda\xff\x00" * 99
    assert apart(read(tmp_path, motion).pixels, gradient()) < 3


def test_a_folder_called_like_a_picture(tmp_path):
    path = tmp_path / "folder.jpg"
    path.mkdir()
    assert "this is a folder, not a picture file" in problem(path)


@POSIX
def test_socket_and_device(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket may not be long
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind("socket.jpg")
        assert "this is a socket" in problem(Path("socket.jpg"))
    (tmp_path / "device.jpg").symlink_to("/dev/zero")
    assert "this is a device" in problem(Path("device.jpg"))


@POSIX
def test_permission_denied(tmp_path):
    path = tmp_path / "private.jpg"
    path.write_bytes(encoded(gradient(), "JPEG"))
    path.chmod(0)
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    am_root = os.geteuid() == 0
    try:
        if am_root:  # for root no permission is denied
            os.seteuid(65534)
        message = problem(path)
    finally:
        if am_root:
            os.seteuid(0)
    assert f"{path}: permission denied" in message


def test_vanished_and_impossible_paths(tmp_path):
    assert "no such file" in problem(tmp_path / "gone.jpg")
    assert "cannot be read" in problem(tmp_path / ("x" * 300 + ".jpg"))
    assert "cannot be read" in problem(Path("nul\0byte.jpg"))


def test_enormous_file_is_not_read(tmp_path):
    path = tmp_path / "disk image.jpg"
    with open(path, "wb") as file:
        file.truncate(5 * 2**30)
    started = time.monotonic()
    assert "5.4 GB are too much for a picture" in problem(path)
    assert time.monotonic() - started < 1


@POSIX
@pytest.mark.parametrize(
    "name", ["with space.png", "quo'te\".png", "emoji 🙂.png", "new\nline.png", b"bad \xff\xfe.png"]
)
def test_names(tmp_path, name):
    path = tmp_path / os.fsdecode(name)
    try:
        path.write_bytes(encoded(gradient(), "PNG"))
    except OSError:
        pytest.skip("this file system has no such names")
    assert read_picture(path).path == path
    path.write_bytes(b"no picture")
    message = problem(path)
    message.encode()
    assert message.isprintable()


def test_formats_that_run_programs_are_never_tried(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\n")
    assert "text, not a picture" in problem(path)


@pytest.mark.slow
def test_nothing_on_standard_error(bad, tmp_path):
    """Pillow warns and logs about broken EXIF and TIFF, and large sizes; libtiff prints."""
    tiff = bytearray(encoded(gradient(), "TIFF", compression="tiff_lzw"))
    tiff[len(tiff) // 3 : len(tiff) // 2] = bytes(len(tiff) // 2 - len(tiff) // 3)
    (tmp_path / "damaged.tif").write_bytes(tiff)
    (tmp_path / "large.png").write_bytes(huge_png(12_000, 8_000))
    data = with_exif({0x9003: "2019:07:21 13:05:59"})
    start = data.index(b"Exif\0\0") + 6
    (tmp_path / "exif.jpg").write_bytes(data[: start + 14] + b"\0\xff\xff\xff" + data[start + 18 :])
    code = (
        "import sys; from pathlib import Path; from graphface.errors import PictureError\n"
        "from graphface.vision.pictures import read_picture\n"
        "for name in sys.argv[1:]:\n"
        "    try: read_picture(Path(name)); print('read')\n"
        "    except PictureError: print('refused')\n"
    )
    files = [*bad.values(), *sorted(tmp_path.iterdir())]
    command = [sys.executable, "-W", "default", "-c", code, *files]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.split().count("refused") >= len(bad)


def test_importing_costs_no_heavy_library():
    code = (
        "import sys, graphface.vision.pictures, graphface.ingest.library\n"
        "import graphface.drawing.annotate\n"
        "print([name for name in ('PIL', 'pi_heif') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
