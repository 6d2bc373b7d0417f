"""What a person sees of a text: joiners stay, what could drive a terminal does not."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from graphface.drawing.lettering import fitted
from graphface.files import safe_name
from graphface.text import printable, visible

PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # mi-khaham, with a ZWNJ
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
HEART = "\u2764\ufe0f\u200d\U0001f525"
BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "text", [PERSIAN, FAMILY, HEART, ENGLAND, "Zo\u00eb", "山田\u3000太郎", ""]
)
def test_names_and_emoji_print_as_they_are(text: str) -> None:
    assert printable(text) == text
    assert visible(text, "?") == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202eevil", "\\u202eevil"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("a\u200b", "a\\u200b"),
        ("\u200dada", "\\u200dada"),
        ("ada\u200c", "ada\\u200c"),
        ("a\u200d\u200db", "a\\u200d\\u200db"),
        ("ada \u200dlovelace", "ada \\u200dlovelace"),
        ("\udc80", "\\udc80"),
        ("a\U000e0067", "a\\U000e0067"),
    ],
)
def test_what_hides_or_drives_is_written_out(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_is_left_that_is_a_control_or_turns_the_line(text: str) -> None:
    shown = printable(text)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )
    assert printable(shown) == shown


def test_names_keep_their_joiners_in_folders_and_pictures() -> None:
    assert safe_name(PERSIAN) == PERSIAN
    assert safe_name("a\u202eb") == "a_b"
    pen = ImageDraw.Draw(Image.new("RGB", (400, 40)))
    text, _ = fitted(pen, PERSIAN, 20, 400)
    assert "?" not in text
