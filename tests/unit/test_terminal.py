"""What is written to a terminal that shows pictures, read back as a terminal would."""

from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from graphface.cli.terminal import drawn, how_to_show, side_by_side, understood

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRUE = {"COLORTERM": "truecolor"}


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    draw = np.random.default_rng(0).integers(0, 4, (23, 40, 3))
    return Image.fromarray((draw * 85).astype(np.uint8))


@pytest.mark.parametrize(
    ("answer", "env", "shows"),
    [
        ("\x1b_Gi=31;OK\x1b\\\x1b[?62;c", {}, "kitty"),
        ("\x1bP>|iTerm2 3.5.0\x1b\\\x1b[?62;4c", {}, "iterm"),
        ("\x1bP>|WezTerm 20240203\x1b\\\x1b[?65;4;6;18;22c", {}, "iterm"),
        ("", {"TERM_PROGRAM": "iTerm.app"}, "iterm"),
        ("\x1bP>|XTerm(390)\x1b\\\x1b[?63;1;2;4;6;9;15;22c", {}, "sixel"),
        ("\x1b[?63;14;24c", TRUE, "blocks"),
        ("\x1b_Gi=31;ENOTSUPPORTED\x1b\\\x1b[?62c", TRUE, "blocks"),
        ("", TRUE, "blocks"),
        ("", {}, "none"),
    ],
)
def test_what_a_terminal_says_it_can(answer: str, env: dict[str, str], shows: str) -> None:
    assert understood(answer, env) == shows


def test_no_terminal_shows_nothing() -> None:
    assert how_to_show(TRUE) == "none"


def test_kitty_gets_the_picture_in_chunks() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3)).astype(np.uint8)
    text = drawn(Image.fromarray(noise), "kitty")
    parts = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", text)
    assert len(parts) > 1
    assert parts[0][0].startswith("a=T,f=100")
    assert [head[-3:] for head, _ in parts] == ["m=1"] * (len(parts) - 1) + ["m=0"]
    assert all(len(part) <= 4096 for _, part in parts)
    data = base64.b64decode("".join(part for _, part in parts))
    assert (np.asarray(Image.open(io.BytesIO(data))) == noise).all()


def test_iterm_gets_the_picture(picture: Image.Image) -> None:
    found = re.fullmatch(
        r"\x1b\]1337;File=inline=1;([^:]*):([^\x07]*)\x07\n", drawn(picture, "iterm")
    )
    assert found
    data = base64.b64decode(found[2])
    assert f"size={len(data)};" in found[1]
    assert (np.asarray(Image.open(io.BytesIO(data))) == np.asarray(picture)).all()


def test_sixels_are_the_picture(picture: Image.Image) -> None:
    seen = sixels(drawn(picture, "sixel"))
    assert seen.shape == (23, 40, 3)
    assert np.abs(seen.astype(int) - np.asarray(picture)).max() <= 3, "hundredths of a colour"


def test_sixels_of_one_colour_are_short() -> None:
    text = drawn(Image.new("RGB", (200, 60), (255, 0, 0)), "sixel")
    assert (sixels(text) == (255, 0, 0)).all()
    assert len(text) < 2000


def test_blocks_are_two_pixels_a_character(picture: Image.Image) -> None:
    lines = drawn(picture, "blocks").splitlines()
    assert len(lines) == 11
    cell = re.compile(r"\x1b\[38;2;(\d+);(\d+);(\d+)m\x1b\[48;2;(\d+);(\d+);(\d+)m▀")
    seen = np.array([[list(map(int, found)) for found in cell.findall(line)] for line in lines])
    assert (seen[:, :, :3] == np.asarray(picture)[0:22:2]).all()
    assert (seen[:, :, 3:] == np.asarray(picture)[1:22:2]).all()
    assert all(line.endswith("\x1b[0m") for line in lines)


def test_pictures_side_by_side() -> None:
    row = side_by_side([Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")], gap=2)
    assert row.size == (20, 9)
    assert row.getpixel((8, 4)) == (255, 0, 0)
    assert row.getpixel((11, 4)) == (0, 0, 255)
    assert drawn(row, "none") == ""


def sixels(text: str) -> NDArray[np.uint8]:
    """A terminal's reading of sixels: colours, repeats, carriage return and line feed."""
    body = re.fullmatch(r'\x1bP0;1q"1;1;(\d+);(\d+)(.*)\x1b\\\n', text, re.DOTALL)
    assert body
    width, height = int(body[1]), int(body[2])
    image = np.zeros((height + 6, width, 3), np.uint8)
    palette: dict[int, list[int]] = {}
    x = top = colour = 0
    token = re.compile(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])")
    for found in token.finditer(body[3]):
        if found[1]:
            palette[int(found[1])] = [round(int(part) * 2.55) for part in found.group(2, 3, 4)]
        elif found[5]:
            colour = int(found[5])
        elif found[9]:
            x, top = 0, top + (6 if found[9] == "-" else 0)
        else:
            count = int(found[6] or 1)
            bits = ord(found[7] or found[8]) - 63
            for row in range(6):
                if bits >> row & 1:
                    image[top + row, x : x + count] = palette[colour]
            x += count
    return image[:height]
