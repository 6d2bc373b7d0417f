"""Sheets of faces: every face at its place, whole; what cannot be drawn is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graphface.drawing.annotate import PALETTE
from graphface.drawing.contact_sheet import SIZE, Entry, contact_sheet, draw
from graphface.errors import PictureError, UsageError
from graphface.records import Box

COLOURS = [(200, 30, 30), (30, 160, 60), (40, 60, 200), (190, 150, 20), (150, 40, 160)]
BOX = Box(100, 60, 80, 80)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Grey pictures, each with a square of its own colour where the face is."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = []
    for number, colour in enumerate(COLOURS):
        pixels = np.full((240, 320, 3), 90, np.uint8)
        pixels[BOX.y : BOX.y + BOX.height, BOX.x : BOX.x + BOX.width] = colour
        paths.append(folder / f"{number}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths


def area(sheet: Image.Image, colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Middle (x, y) of what is nearly of this colour, and how many pixels are."""
    near = (np.abs(np.asarray(sheet).astype(int) - colour) < 12).all(-1)
    y, x = np.nonzero(near)
    return (round(x.mean()), round(y.mean()), len(x)) if len(x) else (0, 0, 0)


def test_faces_stand_in_rows_in_their_order(pictures: list[Path]) -> None:
    sheet = draw([Entry(path, BOX, ("0.123", path.name)) for path in pictures], columns=3)
    middles = [area(sheet, colour) for colour in COLOURS]
    columns, rows = [x for x, _, _ in middles], [y for _, y, _ in middles]
    assert columns[0] < columns[1] < columns[2]
    assert columns[3:] == columns[:2]
    assert rows[0] == rows[1] == rows[2] < rows[3] == rows[4]
    face = (SIZE / 1.7) ** 2  # the box with its margin fills the tile
    assert all(0.9 * face < count < 1.1 * face for _, _, count in middles)
    assert len({x - columns[0] for x in columns}) == 3


def test_words_stand_under_their_face_and_long_ones_are_cut(pictures: list[Path]) -> None:
    words = ("0.123", "a very long name of a file in a folder " * 5, "日本語 Ωmega")
    with_words = draw([Entry(pictures[0], BOX, words), Entry(pictures[1], BOX)])
    without = draw([Entry(pictures[0], BOX), Entry(pictures[1], BOX)])
    assert with_words.width == without.width
    below = np.asarray(with_words)[without.height - 32 :]
    dark = np.nonzero((below < 160).all(-1))
    assert len(dark[0]) > 200
    assert dark[1].max() <= 32 + SIZE, "no word reaches under the next face"


def test_a_ring_and_a_new_row(pictures: list[Path]) -> None:
    ring = PALETTE[1]
    cards = [Entry(path, BOX) for path in pictures[:2]]
    sheet = draw([*cards, Entry(pictures[2], BOX, (), ring, True), Entry(pictures[3], BOX)])
    assert area(sheet, ring)[2] > 4 * SIZE
    first, third = area(sheet, COLOURS[0]), area(sheet, COLOURS[2])
    assert first[0] == third[0]
    assert third[1] > first[1] + SIZE
    assert area(draw(cards), ring)[2] == 0


def test_the_same_picture_shows_several_faces(pictures: list[Path]) -> None:
    other = Box(10, 150, 60, 60)
    sheet = draw([(Entry(pictures[0], BOX)), Entry(pictures[1], BOX), Entry(pictures[0], other)])
    grey = area(sheet.crop((2 * SIZE, 0, sheet.width, sheet.height)), (90, 90, 90))
    assert grey[2] > 0.9 * SIZE**2


def test_pictures_that_are_gone_leave_an_empty_tile(pictures: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    contact_sheet(
        [(pictures[0], BOX, ["0.1"]), (tmp_path / "gone.jpg", BOX, []), (broken, None, [])], out
    )
    sheet = Image.open(out)
    assert area(sheet, COLOURS[0])[2] > 0
    assert area(sheet, (226, 227, 229))[2] > 1.5 * SIZE**2


def test_without_a_box_the_middle_is_shown(pictures: list[Path]) -> None:
    tile = draw([Entry(pictures[0], None)])
    expected = BOX.width * BOX.height * (SIZE / 240) ** 2
    assert area(tile, COLOURS[0])[2] == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (5, 5), (6, 6), (11, 4), (24, 6), (200, 8)])
def test_it_chooses_how_many_columns(pictures: list[Path], count: int, columns: int) -> None:
    sheet = draw([Entry(pictures[0], BOX)] * count)
    assert (sheet.width - 64 + 22) // (SIZE + 22) == columns


def test_every_format(pictures: list[Path], tmp_path: Path) -> None:
    for suffix in (".jpg", ".png", ".webp"):
        contact_sheet([(pictures[0], BOX, ["x"])], tmp_path / f"sheet{suffix}")
        with Image.open(tmp_path / f"sheet{suffix}") as sheet:
            assert sheet.size[0] == SIZE + 64


def test_what_cannot_be_is_said(pictures: list[Path], tmp_path: Path) -> None:
    one = [(pictures[0], BOX, ["x"])]
    with pytest.raises(UsageError, match=r"\.txt"):
        contact_sheet(one, tmp_path / "sheet.txt")
    with pytest.raises(UsageError, match="0 faces"):
        contact_sheet([], tmp_path / "sheet.jpg")
    with pytest.raises(UsageError, match="2,001 faces"):
        contact_sheet(one * 2001, tmp_path / "sheet.jpg")
    with pytest.raises(UsageError, match="the picture itself"):
        contact_sheet(one, pictures[0])
    with pytest.raises(PictureError, match="cannot be written"):
        contact_sheet(one, tmp_path / "nowhere" / "sheet.jpg")
    assert not list(tmp_path.iterdir())
