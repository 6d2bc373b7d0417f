"""Serve Neo4j Browser unchanged from its jar, except three places of its script.

Browser's style sheets have one size per label, one thickness per relationship type, and no
pictures. Those three places hand each node and relationship to `pages/faces.js`, which sizes faces
by their quality and `SAME` by nearness, and draws thumbnails. The jar itself is not changed.
"""

from __future__ import annotations

import mimetypes
import re
import zipfile
from functools import lru_cache
from typing import TYPE_CHECKING

from graphface.errors import ServerError

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = '<script src="/static/faces.js"></script>'

PLACES = (
    (
        "this.setDefaultNodeStyle(t,e),this.calculateStyle(t)}",
        "this.setDefaultNodeStyle(t,e),graphface.node(this.calculateStyle(t),e)}",
    ),
    (
        "const t=this.relationshipSelector(e);return this.calculateStyle(t)}",
        "const t=this.relationshipSelector(e);"
        "return graphface.relationship(this.calculateStyle(t),e)}",
    ),
    ("h=[s,a,l];t.node=h;", "h=[s,a,l,new i.default(graphface.renderer)];t.node=h;"),
)
"""What stands in Browser 5.24's script, and what is served instead."""

_APP = re.compile(r"app-[0-9a-f]+\.js")


class BrowserApp:
    """The files below `/browser/`."""

    def __init__(self, jar: Path) -> None:
        self._jar = jar
        with zipfile.ZipFile(jar) as archive:
            self._names = frozenset(
                name for name in archive.namelist() if name.startswith("browser/")
            )

    def file(self, path: str) -> tuple[bytes, str] | None:
        """The file at `browser/...` and its media type; None if the jar does not contain it."""
        name = f"{path}index.html" if path.endswith("/") else path
        if name not in self._names:
            return None
        return _read(self._jar, name), mimetypes.guess_type(name)[0] or "application/octet-stream"


def browser_app(cache: Path) -> BrowserApp | None:
    """Browser from the embedded Neo4j's jar, fetched if missing; None if unavailable."""
    from graphface.db.embedded.fetching import fetch
    from graphface.db.embedded.jars import read_lock

    wanted = ("neo4j-browser", "neo4j", "proc")  # the last two parts name the folder of the jars
    jars = [jar for jar in read_lock() if jar.artifact in wanted]
    try:
        folder = fetch(cache, jars)
    except ServerError:
        return None
    return BrowserApp(next(jar.path(folder) for jar in jars if jar.artifact == wanted[0]))


def patched(script: str) -> str:
    """Browser's script with faces; unchanged if a place is missing, or occurs twice."""
    if any(script.count(old) != 1 for old, _ in PLACES):
        return script
    for old, new in PLACES:
        script = script.replace(old, new)
    return script


@lru_cache(maxsize=64)
def _read(jar: Path, name: str) -> bytes:
    with zipfile.ZipFile(jar) as archive:
        data = archive.read(name)
    if name == "browser/index.html":
        return data.replace(b'<div id="mount">', SCRIPT.encode() + b'<div id="mount">')
    if _APP.fullmatch(name.removeprefix("browser/")):
        return patched(data.decode("utf-8")).encode("utf-8")
    return data
