"""Crops of faces for the web, kept in memory only.

They are never on disk, so a person who is forgotten or hidden is gone with the next request.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING

from graphface.errors import PictureError
from graphface.records import Box

if TYPE_CHECKING:
    from PIL.Image import Image

    from graphface.db import Connection, Row
    from graphface.records import Picture

SIDE = 192
"""Pixels of a crop's side."""

MARGIN = 0.3
"""Of the box, added around it on each side."""

KEPT = 4_000
"""Crops kept in memory: some 30 MB."""


class Crops:
    """The pictures of the faces of one graph, as JPEG. Thread-safe."""

    def __init__(self, graph: Connection) -> None:
        self._graph = graph
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self._decoding = threading.Semaphore(2)  # a large photo takes half a gigabyte

    def jpeg(self, face: str) -> bytes | None:
        """The face's picture; a placeholder if its photo is gone.

        Returns None if the graph has no such face or its person is hidden. It asks the graph each
        time.
        """
        rows = self._graph.run("face-crop", face=face)
        if not rows:
            with self._lock:
                self._kept.pop(face, None)
            return None
        if None in rows[0]["box"] or not rows[0]["paths"]:
            return placeholder()
        if kept := self._look_up(face):
            return kept
        with self._decoding:  # another thread may have cut it meanwhile
            return self._look_up(face) or self._cut(face, rows[0])

    def _look_up(self, face: str) -> bytes | None:
        with self._lock:
            if face in self._kept:
                self._kept.move_to_end(face)
            return self._kept.get(face)

    def _cut(self, face: str, row: Row) -> bytes:
        """Crop all faces of a photo, so that it is decoded only once."""
        picture = _open(row["paths"], row["photo"])
        if picture is None:
            return placeholder()
        cut = {one["face"]: _crop(picture, Box(*one["box"])) for one in row["faces"]}
        with self._lock:
            self._kept.update(cut)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return cut[face]


def _open(paths: list[str], photo: str) -> Picture | None:
    """Open the first of the files that is still this photo; a changed file has other faces."""
    from graphface.files import path_from_text
    from graphface.vision.pictures import read_picture

    for path in paths:
        try:
            picture = read_picture(path_from_text(path))
        except PictureError:
            continue
        if picture.id == photo:
            return picture
    return None


def _crop(picture: Picture, box: Box) -> bytes:
    from graphface.drawing.annotate import crop

    return _jpeg(crop(picture, box, SIDE, MARGIN))


@lru_cache(maxsize=1)
def placeholder() -> bytes:
    """The placeholder for a face whose photo was moved, changed or cannot be read: a grey bust."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (4 * SIDE, 4 * SIDE), (226, 227, 229))
    pen, grey, unit = ImageDraw.Draw(image), (188, 191, 196), SIDE / 48
    pen.ellipse((60 * unit, 38 * unit, 132 * unit, 114 * unit), grey)
    pen.ellipse((32 * unit, 126 * unit, 160 * unit, 260 * unit), grey)
    return _jpeg(image.resize((SIDE, SIDE)))


def _jpeg(image: Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85, optimize=True)
    return file.getvalue()
