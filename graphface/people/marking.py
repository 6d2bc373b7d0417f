"""Faces that people marked in photos of the graph, where no face had been found.

A photo's picture is read again, and must still be the one that was ingested. What a mark says is
one place in one picture, so a mark where a face is known means that face.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graphface.errors import Action, NotFound, PictureError, UsageError
from graphface.files import path_from_text, path_text, shown
from graphface.people.selectors import path_texts
from graphface.records import Box, Face
from graphface.vision.extractor import face_id
from graphface.vision.marked import marked_faces
from graphface.vision.pictures import picture_id, read_picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphface.db import Connection, Row, Run
    from graphface.vision.extractor import Extractor

New = tuple[str, Face]
"""The id of a photo, and a face to create in it."""


@dataclass(frozen=True, slots=True)
class KnownFace:
    """A face of a photo: where it is, and whether it was ignored."""

    id: str
    box: Box | None
    """None if it came with a table of embeddings that had none."""
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class MarkedPhoto:
    """A photo of the graph with the faces known in it."""

    id: str
    files: tuple[Path, ...]
    width: int | None
    """Pixels of the upright picture."""
    height: int | None
    faces: tuple[KnownFace, ...]
    """Left to right, ignored ones too."""

    @property
    def taking_part(self) -> tuple[KnownFace, ...]:
        """The faces that are not ignored."""
        return tuple(face for face in self.faces if not face.ignored)

    def face_at(self, box: Box) -> KnownFace | None:
        """The known face that `box` is of: of several, the one that it overlaps most."""
        same = [
            (one.box.overlap(box), one) for one in self.faces if one.box and one.box.same_face(box)
        ]
        return max(same, key=lambda pair: pair[0], default=(0.0, None))[1]


def photos_with_boxes(run: Run, photos: Sequence[str]) -> dict[str, MarkedPhoto]:
    """These photos by their ids."""
    return {row["photo"]: _photo(row) for row in run("boxes-of-photos", photos=photos)}


def photo_at(graph: Connection, picture: str) -> tuple[MarkedPhoto, Path]:
    """The photo of the graph that `picture` means, and a file that holds it.

    `picture` is a file with the content of a photo, or a path of the photo in the graph. Raises
    NotFound when the graph does not have it, PictureError when its file was changed or is gone.
    """
    file = Path(picture)
    rows = graph.run("faces-by-path", paths=path_texts(picture))
    if file.is_file():
        photo, _ = picture_id(file)
        found = photos_with_boxes(graph.run, [photo])
        if found:
            return found[photo], file
        raise _changed(file) if rows else _unknown(file)
    if not rows:
        raise _unknown(file)
    one = photos_with_boxes(graph.run, [rows[0]["photo"]])[rows[0]["photo"]]
    return one, file_of(one)


def file_of(photo: MarkedPhoto, near: Iterable[Path] = ()) -> Path:
    """A file that holds the photo: one of `near`, or where it was ingested. Raises PictureError."""
    there = [file for file in dict.fromkeys((*near, *photo.files)) if file.is_file()]
    for file in there:
        if picture_id(file)[0] == photo.id:
            return file
    if there:
        raise _changed(there[0])
    raise PictureError(
        f"{shown(photo.files[0]) if photo.files else photo.id}: the picture is not there any more",
        "Bring it back, or ingest it where it is now",
        code="file-not-found",
    )


def embedded_marks(
    extractor: Extractor, photo: MarkedPhoto, file: Path, boxes: Sequence[Box]
) -> dict[str, New]:
    """The faces in `boxes` of the photo by their ids, embedded and ready to be created.

    Raises PictureError when the file is not the photo any more, UsageError for a box outside the
    picture.
    """
    picture = read_picture(file)
    if picture.id != photo.id:
        raise _changed(file)
    inside = [clipped(box, picture.width, picture.height, file) for box in boxes]
    return {face.id: (photo.id, face) for face in marked_faces(extractor, picture, inside)}


def planned_marks(photo: MarkedPhoto, boxes: Sequence[Box]) -> dict[str, New]:
    """The same without embeddings, for a plan that is not carried out."""
    none = np.zeros(0, np.float32)
    faces = (Face(face_id(photo.id, box), box, None, 0.0, none) for box in boxes)
    return {face.id: (photo.id, face) for face in faces}


def clipped(box: Box, width: int, height: int, file: Path) -> Box:
    """The part of `box` inside a picture of this size. Raises UsageError when there is none."""
    left, top = max(box.x, 0), max(box.y, 0)
    right, bottom = min(box.x + box.width, width), min(box.y + box.height, height)
    if right - left < SMALLEST or bottom - top < SMALLEST:
        raise UsageError(
            f"{shown(file)}: the box {box.x},{box.y},{box.width},{box.height} holds no face: "
            f"the picture is {width} x {height} pixels",
            f"Give x, y, width and height in pixels of the picture as it is shown, {SMALLEST} or "
            "more each way",
            code="box-invalid",
            file=file,
        )
    return Box(left, top, right - left, bottom - top)


SMALLEST = 8
"""Pixels each way that a marked face has at least."""


def still_missing(run: Run, new: Mapping[str, New]) -> dict[str, New]:
    """Those of the marked faces that nobody has added since, as the running change sees it."""
    photos = photos_with_boxes(run, sorted({photo for photo, _ in new.values()}))
    return {
        id: (photo, face)
        for id, (photo, face) in new.items()
        if photo in photos and photos[photo].face_at(face.box) is None
    }


def _photo(row: Row) -> MarkedPhoto:
    faces = (KnownFace(one["id"], _box(one), one["ignored"]) for one in row["faces"])
    # Only a photo with a size was read from a file; others came with a table of embeddings.
    files = row["paths"] if row["size"] is not None else []
    return MarkedPhoto(
        row["photo"], tuple(map(path_from_text, files)), row["width"], row["height"], tuple(faces)
    )


def _box(row: Row) -> Box | None:
    sides = [row[side] for side in ("x", "y", "width", "height")]
    return None if None in sides else Box(*map(int, sides))


def _changed(file: Path) -> PictureError:
    return PictureError(
        f"{shown(file)}: was changed since it was ingested",
        "Ingest it again",
        code="picture-changed",
        action=Action("ingest", {"folders": [path_text(file)]}),
        file=file,
    )


def _unknown(file: Path) -> NotFound:
    there = file.is_file()
    return NotFound(
        f"{shown(file)}: this picture is not in the graph",
        "Bring it in" if there else "Check the path",
        code="picture-not-in-graph",
        action=Action("ingest", {"folders": [path_text(file)]}) if there else None,
        file=file,
    )
