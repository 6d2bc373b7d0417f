"""The law of names: which are equal, and which nobody can have."""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from graphface.errors import UsageError
from graphface.names import NAME_LENGTH, clean_name, name_key, number_meant, same_name
from graphface.vision.pictures import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = st.text(min_size=1, max_size=20) | st.text(
    "aAäÄßẞſıİΣςσǅ  \u0301\u0345\u00a0\u3000", max_size=8
)
SPACES = st.text(" \t\u00a0\u2003\u3000", min_size=1, max_size=3)


def clean(name: str) -> str | None:
    try:
        return clean_name(name)
    except UsageError:
        return None


@pytest.mark.slow
@given(NAMES)
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
    assert unicodedata.is_normalized("NFC", name_key(name))


def test_every_character_has_a_key_that_stays() -> None:
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code < 0xE000:
            continue
        key = name_key(chr(code))
        assert name_key(key) == key, hex(code)


@given(NAMES)
def test_spellings_are_one_name(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert name_key(unicodedata.normalize(form, name)) == name_key(name)
    assert name_key(unicodedata.normalize("NFD", name).casefold()) == name_key(name)


@given(st.lists(st.text("AaBbÄä", min_size=1, max_size=4), min_size=1, max_size=4), SPACES, SPACES)
def test_white_space_is_one_space(words: list[str], between: str, around: str) -> None:
    spread = around + between.join(words) + around
    assert name_key(spread) == name_key(" ".join(words))
    assert same_name(spread, " ".join(words).swapcase())


@given(NAMES, NAMES, NAMES)
def test_to_be_one_name_is_an_equivalence(a: str, b: str, c: str) -> None:
    assert same_name(a, a)
    assert same_name(a, b) == same_name(b, a)
    if same_name(a, b) and same_name(b, c):
        assert same_name(a, c)
    assert not same_name(a, None)
    assert not same_name(None, None), "who has no name has none in common"


@given(NAMES)
def test_a_stored_name_is_the_same_name_and_stays_as_it_is(name: str) -> None:
    stored = clean(name)
    assume(stored is not None)
    assert stored is not None
    assert clean_name(stored) == stored
    assert same_name(stored, name)
    assert 0 < len(stored) <= NAME_LENGTH
    assert number_meant(stored) is None


@given(NAMES, st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_whether_a_name_can_be_had_depends_on_no_spelling(
    name: str, other: Callable[[str], str]
) -> None:
    spelled = other(name)
    assume(same_name(name, spelled) and len(name) < NAME_LENGTH / 4)
    assert (clean(name) is None) == (clean(spelled) is None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ada"),
        ("Ada  Lovelace ", " ADA\u00a0lovelace"),
        ("Zoë", "Zoe\u0308"),
        ("STRASSE", "Straße"),
        ("ΣΙΣΥΦΟΣ", "σισυφος"),
        ("İnci", "i\u0307nci"),
        ("\uac00\uc628", "\u1100\u1161\u110b\u1169\u11ab"),
    ],
)
def test_one_name_spelled_twice(one: str, other: str) -> None:
    assert same_name(one, other)
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Zoë", "Zoe"), ("Ada B", "AdaB"), ("Ａda", "Ada")])
def test_two_names(one: str, other: str) -> None:
    assert not same_name(one, other)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        (" \t\u00a0", "empty"),
        ("\u200b\u2060", "empty"),
        ("\u0301", "empty"),
        ("x" * (NAME_LENGTH + 1), "too long"),
        ("A\x07da", "control"),
        ("A\ud800", "control"),
        ("7", "person's number"),
        ("2019", "person's number"),
        ("20 19", "person's number"),
        ("007", "person's number"),
        ("٧", "person's number"),
        ("²", "person's number"),
        ("p7", "person's number"),
        ("P12", "person's number"),
        ("Person 17", "person's number"),
        ("person  p3", "person's number"),
        ("new", "something else"),
        ("Nobody", "something else"),
        ("party#2", "face of a picture"),
        ("party.jpg#12", "face of a picture"),
        ("party.JPG", "name of a picture"),
        ("5f85e3dd5baf2e9ce192aa76311a278a-296-135-105-104", "id of a face"),
        ("5F85e3dd5baf2e9ce192aa76311a278a", "id of a face"),
    ],
)
def test_nobody_can_be_called_so(name: str, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        clean_name(name)


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_nobody_is_called_as_a_picture_file(suffix: str) -> None:
    with pytest.raises(UsageError, match="name of a picture"):
        clean_name(f"party{suffix}")


@pytest.mark.parametrize(
    "name",
    ["Ada", "Person of Interest", "person Ada", "Room 7", "7 of 9", "R2-D2", "p", "px7", "P!nk",
     "AC/DC", "Abba", "Newton", "New York", "#1 Mum", "Ada # 2", "St. Exupéry", "三", "Ⅷ", "😀",
     "👩\u200d🚒", "Dr. Who", "ادا\u200cعلی"],
)  # fmt: skip
def test_somebody_can_be_called_so(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("text", "number"),
    [("17", "17"), ("p17", "17"), ("P17", "17"), ("person 17", "17"), (" Person  p17 ", "17"),
     ("Ada", None), ("17a", None), ("person Ada", None), ("pp1", None), ("", None)],
)  # fmt: skip
def test_a_number_is_read(text: str, number: str | None) -> None:
    assert number_meant(text) == number
