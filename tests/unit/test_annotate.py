from __future__ import annotations

import os
import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from graphface.drawing.annotate import FORMATS, PALETTE, annotate, crop, draw
from graphface.errors import PictureError, UsageError
from graphface.records import Box, Picture
from tests.pictures_bad import gradient

GREY = 120


def plain(width: int = 400, height: int = 300, value: int = GREY) -> Picture:
    pixels = np.full((height, width, 3), value, np.uint8)
    return Picture(Path("plain.png"), "", 0, 0, pixels)


def changed(picture: Picture, image: Image.Image) -> np.ndarray:
    return (np.asarray(image) != picture.pixels).any(-1)


def inner(box: Box, size: tuple[int, int] = (400, 300), margin: int = 6) -> tuple[slice, slice]:
    bottom, right = min(box.y + box.height, size[1]), min(box.x + box.width, size[0])
    rows = slice(max(box.y, 0) + margin, bottom - margin)
    return rows, slice(max(box.x, 0) + margin, right - margin)


def label_area(image: Image.Image, colour: tuple[int, int, int]) -> np.ndarray:
    """Pixels of exactly the colour of a label's ground and frame."""
    return (np.asarray(image) == colour).all(-1)


def test_the_picture_itself_is_not_drawn_on():
    picture = plain()
    before = picture.pixels.copy()
    assert changed(picture, draw(picture, [(Box(50, 50, 80, 90), "Ada")])).any()
    assert (picture.pixels == before).all()


def test_frame_and_name_are_drawn_in_the_given_colour_and_faces_stay_free():
    picture, box = plain(), Box(150, 80, 90, 100)
    image = draw(picture, [(box, "Ada Lovelace", (10, 200, 30))])
    area = label_area(image, (10, 200, 30))
    assert area[box.y, box.x + 5 : box.x + box.width - 5].all(), "upper edge"
    assert area[box.y + box.height + 2 :].sum() > 500, "the label's ground, below the box"
    assert not changed(picture, image)[inner(box)].any()


def test_colours_differ_without_being_asked():
    boxes = [Box(20 + 130 * i, 80, 90, 100) for i in range(3)]
    image = draw(plain(), [(box, "x") for box in boxes])
    for i, box in enumerate(boxes):
        assert label_area(image, PALETTE[i])[box.y, box.x + 20]


def ground(box: Box, text: str, colour: tuple[int, int, int]) -> int:
    """Pixels of a label without its frame."""
    with_text, without = (
        label_area(draw(plain(), [(box, words, colour)]), colour) for words in (text, "")
    )
    return int((with_text & ~without).sum())


@pytest.mark.parametrize(
    "box",
    [
        Box(0, 0, 80, 80),
        Box(320, 0, 80, 80),
        Box(0, 220, 80, 80),
        Box(320, 220, 80, 80),
        Box(-30, -20, 80, 80),
        Box(360, 270, 80, 80),
        Box(5, 0, 390, 270),
        Box(0, 40, 300, 255),
    ],
)
@pytest.mark.parametrize("text", ["Bo", "Ada Lovelace, Countess"])
def test_label_is_whole_and_beside_the_face_wherever_the_face_is(box, text):
    colour = (250, 10, 250)
    image = draw(plain(), [(box, text, colour)])
    assert not changed(plain(), image)[inner(box)].any()
    whole = ground(Box(150, 60, 80, 80), text, colour)
    assert ground(box, text, colour) >= 0.97 * whole, "the picture's edge cuts nothing off"


def test_twelve_faces_none_covered_and_all_named():
    picture = plain(900, 600)
    boxes = [Box(20 + i % 6 * 145, 60 + i // 6 * 230, 130, 160) for i in range(12)]
    colours = [(200, 20 * i, 255 - 20 * i) for i in range(12)]
    labels = [
        (b, f"Person number {i}", c) for i, (b, c) in enumerate(zip(boxes, colours, strict=True))
    ]
    image = draw(picture, labels)
    for box, colour in zip(boxes, colours, strict=True):
        assert not changed(picture, image)[inner(box, image.size)].any()
        area = label_area(image, colour)
        area[box.y : box.y + box.height + 1, box.x : box.x + box.width + 1] = False
        assert area.sum() > 600


def test_face_that_fills_the_picture_keeps_most_of_itself():
    picture = plain(250, 250)
    image = draw(picture, [(Box(0, 0, 250, 250), "Ada Lovelace")])
    assert label_area(image, PALETTE[0])[200:].sum() > 500
    assert changed(picture, image)[10:200, 10:240].mean() < 0.01


def test_long_name_is_cut_and_leaves_room():
    picture = plain(1000, 300)
    image = draw(picture, [(Box(100, 50, 100, 100), "A long name " * 40, (250, 10, 250))])
    columns = np.flatnonzero(label_area(image, (250, 10, 250)).any(0))
    assert columns.max() - columns.min() <= 310


@pytest.mark.parametrize("size", [(1, 1), (3, 50), (40, 40), (3000, 40), (2000, 1500)])
def test_any_size_of_picture(size):
    picture = plain(*size)
    image = draw(picture, [(Box(0, 0, size[0], size[1]), "Ada"), (Box(0, 0, 1, 1), "")])
    assert image.size == size


def test_text_grows_with_the_picture():
    def height(scale: int) -> int:
        box = Box(100 * scale, 50 * scale, 100 * scale, 100 * scale)
        image = draw(plain(400 * scale, 300 * scale), [(box, "Ada", (250, 10, 250))])
        below = label_area(image, (250, 10, 250))[box.y + box.height + 4 * scale :]
        return int(below.any(1).sum())

    assert 3 < height(5) / height(1) < 7


def test_dark_ground_has_light_letters():
    image = np.asarray(draw(plain(), [(Box(50, 50, 100, 100), "Ada", (0, 0, 120))]))
    assert (image == 255).all(-1).any()


def has_dejavu() -> bool:
    try:
        ImageFont.truetype("DejaVuSans.ttf", 12)
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_dejavu(), reason="needs the DejaVu font")
@pytest.mark.parametrize("pair", ["ŁŻ", "ЮД", "ελ", "محمد"])
def test_letters_beyond_ascii_are_letters(pair):
    """Two letters that the font does not know would look the same."""
    one, other = (
        np.asarray(draw(plain(), [(Box(50, 50, 100, 100), text, (250, 10, 250))]))
        for text in (pair[0] * 3, pair[1] * 3)
    )
    assert one.shape == other.shape
    assert (one != other).any()
    question = np.asarray(draw(plain(), [(Box(50, 50, 100, 100), "???", (250, 10, 250))]))
    assert (one != question).any()


def test_letters_no_font_knows_lose_their_accents_or_become_question_marks():
    from graphface.drawing.lettering import _writable

    own = ImageFont.load_default(14)
    assert _writable("Ada", own) == "Ada"
    assert _writable("José Čapek", own) == "Jose Capek"
    assert _writable("\U0010fffd!", own) == "?!"


@pytest.mark.parametrize("text", ["two\nlines", "nul\0 and \x1b[31m", "  ", "🙂", "\u202eevil"])
def test_odd_texts(text):
    assert draw(plain(), [(Box(50, 50, 100, 100), text)]).size == (400, 300)


@pytest.mark.parametrize("suffix", [*FORMATS, ".PNG"])
def test_written_in_the_format_of_the_suffix(tmp_path, suffix):
    out = tmp_path / f"out{suffix}"
    annotate(plain(), [(Box(50, 50, 100, 100), "Ada")], out)
    with Image.open(out) as image:
        assert image.format == FORMATS[suffix.lower()]
        assert image.size == (400, 300)
    assert os.listdir(tmp_path) == [out.name]


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_written_with_the_rights_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    annotate(plain(), [], tmp_path / "out.png")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "out.png")]
    assert modes[0] == modes[1]


@pytest.mark.parametrize("name", ["out.xyz", "out", "out.mp4"])
def test_unknown_suffix(tmp_path, name):
    with pytest.raises(UsageError, match=r"Use one of \.jpg"):
        annotate(plain(), [], tmp_path / name)
    assert not os.listdir(tmp_path)


def test_unwritable_places(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.png").mkdir()
    places = ["nowhere/out.png", "file/out.png", "folder.png", "x" * 300 + ".png"]
    for place in places:
        with pytest.raises(PictureError, match="cannot be written") as caught:
            annotate(plain(), [], tmp_path / place)
        assert str(tmp_path / place) in str(caught.value)
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.png"]


@pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")
def test_full_disk_keeps_the_file_that_was_there(tmp_path):
    import resource

    out = tmp_path / "out.bmp"
    out.write_bytes(b"what was there")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
    try:
        with pytest.raises(PictureError, match="cannot be written"):
            annotate(plain(), [], out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert out.read_bytes() == b"what was there"
    assert os.listdir(tmp_path) == ["out.bmp"]


@pytest.mark.parametrize(
    ("suffix", "longest"), [("jpg", 65_500), ("gif", 65_535), ("webp", 16_383)]
)
def test_longest_side_of_each_format(tmp_path, suffix, longest):
    out = tmp_path / f"out.{suffix}"
    with pytest.raises(UsageError, match=r"pixels a side\. Write a \.png"):
        annotate(plain(longest + 1, 1), [], out)
    annotate(plain(longest, 1), [], out)
    with Image.open(out) as image:
        assert image.size == (longest, 1)


def test_the_picture_itself_is_never_overwritten(tmp_path):
    path = tmp_path / "a.png"
    gradient().save(path)
    before = path.read_bytes()
    picture = Picture(path, "", 0, 0, np.asarray(gradient()))
    with pytest.raises(UsageError, match="this is the picture itself"):
        annotate(picture, [], tmp_path / "." / "a.png")
    assert path.read_bytes() == before


def centre_of(thumbnail: Image.Image) -> tuple[float, float]:
    """Which place of the gradient lies in the middle, as shares of its width and height."""
    red, green, _ = np.asarray(thumbnail).astype(float)[70:90, 70:90].mean((0, 1))
    return red / 255, green / 255


def test_crop_shows_the_face_in_the_middle():
    picture = Picture(Path("a"), "", 0, 0, np.asarray(gradient(400, 300)))
    thumbnail = crop(picture, Box(180, 120, 60, 80))
    assert thumbnail.size == (160, 160)
    assert centre_of(thumbnail) == pytest.approx((210 / 400, 160 / 300), abs=0.02)
    seen = np.asarray(thumbnail)[80, :, 0] / 255 * 400
    assert seen.max() - seen.min() == pytest.approx(80 * 1.6, rel=0.05)


@pytest.mark.parametrize("box", [Box(0, 0, 40, 40), Box(380, 280, 20, 20), Box(-20, 250, 60, 60)])
def test_crop_at_the_edge_moves_inside(box):
    picture = plain(value=10)
    assert (np.asarray(crop(picture, box, size=64)) == 10).all()


def test_crop_of_all_and_of_more_than_all():
    assert (np.asarray(crop(plain(300, 300, 10), Box(0, 0, 300, 300))) == 10).all()
    beyond = np.asarray(crop(plain(300, 100, 10), Box(0, -100, 300, 300), size=90))
    assert beyond.shape == (90, 90, 3)
    assert (beyond[45] == 10).all()
    assert (beyond[5] == 128).all()
    assert crop(plain(), Box(10, 10, 0, 0), size=8).size == (8, 8)
