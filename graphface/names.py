"""The law of names: what a person may be called, and when two names are one.

`graphface.people.naming` decides with it who is meant. It stands here because the database room
needs the same rule when it brings an older graph up to date.
"""

from __future__ import annotations

import re
import unicodedata

from graphface.errors import UsageError

NAME_LENGTH = 200
"""Longest name, in characters: longer ones are pasted by mistake."""

NEW, NOBODY = "new", "nobody"
"""What `move` takes instead of a person."""

_NUMBER = re.compile(r"(?:person )?p?(\d+)")
_PLACE = re.compile(r".*#\d+")
_PICTURE = re.compile(r".*\.(?:jpe?g|jpe|jfif|png|webp|tiff?|bmp|gif|hei[cf]|avif)")
_FACE = re.compile(r"[0-9a-f]{32}(?:-\d+){0,4}")


def name_key(name: str) -> str:
    """What two spellings of one name have in common: names are equal when their keys are.

    Composed and decomposed letters (NFC, NFD), upper and lower case, and white space of any kind
    and length make no difference. Accents do: Zoë is not Zoe.
    """
    # Case is folded on decomposed text, as Unicode's canonical caseless matching does: some letters
    # fold to others only when their marks stand apart.
    folded = unicodedata.normalize("NFD", name).casefold()
    return spelled(folded)


def spelled(name: str) -> str:
    """The name in composed letters (NFC), on one line, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def same_name(a: str | None, b: str | None) -> bool:
    """Whether both are names, and the same one."""
    return a is not None and b is not None and name_key(a) == name_key(b)


def number_meant(text: str) -> str | None:
    """The digits in `17`, `p17` and `person 17`, which mean a person by number; None for a name."""
    found = _NUMBER.fullmatch(name_key(text))
    return found[1] if found else None


def clean_name(name: str) -> str:
    """The name as it is stored: as `spelled` has it.

    Raises UsageError for a text that nobody can be called: an empty one, one with control
    characters, and one that commands would read as something else (a number, `new`, a picture).
    """
    clean, key = spelled(name), name_key(name)
    if not any(unicodedata.category(c)[0] in "LNPS" for c in key):
        raise UsageError("a name cannot be empty", code="name-invalid")
    if len(clean) > NAME_LENGTH:
        raise UsageError(
            f"a name of {len(clean)} characters is too long",
            f"At most {NAME_LENGTH}",
            code="name-invalid",
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in clean):
        raise UsageError(
            f"the name {clean!r} has control characters in it", code="name-invalid", clean=clean
        )
    if reading := _read_otherwise(key):
        raise UsageError(
            f"nobody can be called {clean!r}: {reading}",
            "Choose a name that is a word",
            code="name-is-number" if _is_number(key) else "name-invalid",
            clean=clean,
        )
    return clean


def _is_number(key: str) -> bool:
    return bool(number_meant(key)) or key.replace(" ", "").isdigit()


def _read_otherwise(key: str) -> str | None:
    """What commands take such a text for, where it is no name."""
    if _is_number(key):
        return "that is how a person's number is written"
    if key in (NEW, NOBODY):
        return f"commands take {key!r} for something else"
    if _PLACE.fullmatch(key):
        return "a number behind # is a face of a picture"
    if _PICTURE.fullmatch(key):
        return "that is the name of a picture"
    if _FACE.fullmatch(key):
        return "that is the id of a face"
    return None
