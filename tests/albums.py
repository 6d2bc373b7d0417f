"""Albums of drawn people, each drawn once on a machine: drawing takes longer than most tests."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.sample.album import Album, Drawn


def drawn(folder: Path, **asked: Any) -> Album:
    """What `make_album` draws, in `folder`/photos and `folder`/ask.

    It is drawn in the user's cache and copied. Each file says which code drew it from what, so that
    `make_album` draws anew what another renderer left there.
    """
    from graphface.sample import make_album

    name = "-".join(f"{key}-{value}" for key, value in sorted(asked.items()))
    with _kept(name) as kept:
        make_album(kept / "photos", ask=kept / "ask", **asked)
        for place in ("photos", "ask"):
            shutil.copytree(kept / place, folder / place)
    return make_album(folder / "photos", ask=folder / "ask", **asked)


def crowd(path: Path, people: int) -> Drawn:
    """What `make_crowd` draws, at `path`."""
    from graphface.sample import make_crowd

    with _kept("crowds") as kept:
        drawn = make_crowd(kept / f"{people}.jpg", people)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(drawn.path, path)
    return make_crowd(path, people)


@contextmanager
def _kept(name: str) -> Iterator[Path]:
    """A folder that stays from run to run, for one process at a time."""
    folder = user_cache_path("graphface-tests", appauthor=False) / "drawn" / name
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        yield folder
