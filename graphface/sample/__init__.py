"""People who do not exist, drawn for the demo and the tests: no real person is in any picture."""

from __future__ import annotations

from graphface.sample.album import (
    Album,
    Drawn,
    Shown,
    make_album,
    make_crowd,
    make_portrait,
    make_scene,
)  # fmt: skip
from graphface.sample.identity import Identity, identities, random_identity

__all__ = [
    "Album", "Drawn", "Identity", "Shown", "identities", "make_album", "make_crowd",
    "make_portrait", "make_scene", "random_identity",
]  # fmt: skip
