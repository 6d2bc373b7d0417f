"""Albums of drawn people, each drawn once on a machine: drawing takes longer than most tests."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from graphface.sample.album import Album


def drawn(folder: Path, **asked: Any) -> Album:
    """What `make_album` draws, in `folder`/photos and `folder`/ask.

    It is drawn in the user's cache and copied. Each file says which code drew it from what, so that
    `make_album` draws anew what another renderer left there.
    """
    from graphface.sample import make_album

    name = "-".join(f"{key}-{value}" for key, value in sorted(asked.items()))
    kept = user_cache_path("graphface-tests", appauthor=False) / "albums" / name
    kept.mkdir(parents=True, exist_ok=True)
    with FileLock(kept.with_suffix(".lock")):
        make_album(kept / "photos", ask=kept / "ask", **asked)
        for place in ("photos", "ask"):
            shutil.copytree(kept / place, folder / place)
    return make_album(folder / "photos", ask=folder / "ask", **asked)
