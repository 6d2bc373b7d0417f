"""Faces that a person marked: boxes that are of one face, landmarks wherever the box is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.errors import UsageError
from graphface.people.add_face import box_from
from graphface.people.marking import clipped
from graphface.records import Box, Picture
from graphface.vision.extractor import Extractor
from graphface.vision.marked import marked_faces
from graphface.vision.pictures import read_picture
from tests import albums

if TYPE_CHECKING:
    from graphface.records import Face

FACE = Box(100, 100, 60, 60)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (FACE, True),
        (Box(110, 90, 70, 70), True),
        (Box(60, 50, 140, 160), True),  # a loose box around head and shoulders: a sixth is shared
        (Box(20, 20, 300, 300), False),  # a picture in which it is one of several
        (Box(150, 100, 60, 60), False),  # the next face
        (Box(100, 155, 60, 60), False),
        (Box(135, 130, 30, 30), False),  # a small face in the corner of its box
        (Box(112, 112, 36, 36), True),  # only eyes and nose
        (Box(400, 400, 60, 60), False),
    ],
)
def test_boxes_of_one_face(other: Box, same: bool) -> None:
    assert FACE.same_face(other) is same
    assert other.same_face(FACE) is same


def test_overlap_is_the_share_of_the_union() -> None:
    assert FACE.overlap(FACE) == 1
    assert FACE.overlap(Box(130, 100, 60, 60)) == pytest.approx(1 / 3)
    assert FACE.overlap(Box(160, 100, 60, 60)) == 0
    assert Box(0, 0, 0, 0).overlap(Box(0, 0, 0, 0)) == 0


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "1.5,2,3,4", "1 2 3 4"])
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="`box` is") as caught:
        box_from(text)
    assert caught.value.code == "box-invalid"


def test_a_box_is_clipped_to_the_picture() -> None:
    assert box_from(" -10, 20,60,70 ") == Box(-10, 20, 60, 70)
    assert clipped(Box(-10, 20, 60, 70), 200, 80, Path("a.jpg")) == Box(0, 20, 50, 60)
    for outside in (Box(300, 0, 50, 50), Box(0, 75, 50, 50), Box(10, 10, -5, 5)):
        with pytest.raises(UsageError, match="the picture is 200 x 80 pixels"):
            clipped(outside, 200, 80, Path("a.jpg"))


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.create("Dlib", "dlib")


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    folder = tmp_path_factory.mktemp("album")
    album = albums.drawn(folder, people=4, pictures=4, scenes=2)
    return read_picture(next(p.path for p in album.pictures if len(p.people) == 1))


@pytest.fixture(scope="module")
def found(extractor: Extractor, portrait: Picture) -> Face:
    (face,) = extractor.extract([portrait])[0]
    return face


def _away(a: Face, b: Face) -> float:
    """Distance between unit vectors; below .37 two faces of this model are SAME."""
    one, two = (face.embedding / np.linalg.norm(face.embedding) for face in (a, b))
    return float(np.linalg.norm(one - two))


@pytest.mark.parametrize("grown", [0, 0.15, 0.4])
def test_a_loose_box_gives_the_face_that_the_detector_sees(
    extractor: Extractor, portrait: Picture, found: Face, grown: float
) -> None:
    x, y = (round(side * grown) for side in (found.box.width, found.box.height))
    box = Box(
        found.box.x - x, found.box.y - 2 * y, found.box.width + 2 * x, found.box.height + 3 * y
    )
    box = clipped(box, portrait.width, portrait.height, portrait.path)
    (face,) = marked_faces(extractor, portrait, [box])
    assert (face.box, face.confidence) == (box, None)
    assert face.id.endswith(f"-{box.x}-{box.y}-{box.width}-{box.height}")
    assert _away(face, found) < 0.15
    assert face.quality == pytest.approx(found.quality, abs=0.15)
    assert face.landmarks is not None
    assert found.landmarks is not None
    assert np.abs(face.landmarks - found.landmarks).max() < 0.1 * found.box.width


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_face_that_lies_on_its_side(
    extractor: Extractor, portrait: Picture, found: Face, turns: int
) -> None:
    height, width = portrait.pixels.shape[:2]
    pixels = np.ascontiguousarray(np.rot90(portrait.pixels, turns))
    box, size = found.box, (height, width)
    points = np.asarray(found.landmarks, np.float64)
    for _ in range(turns):  # (x, y) goes to (y, w - 1 - x)
        box = Box(box.y, size[1] - box.x - box.width, box.height, box.width)
        points = np.stack([points[:, 1], size[1] - 1 - points[:, 0]], axis=1)
        size = (size[1], size[0])
    (face,) = marked_faces(extractor, replace(portrait, pixels=pixels), [box])
    assert face.box == box
    assert _away(face, found) < 0.2
    assert face.landmarks is not None
    assert np.abs(face.landmarks - points).max() < 0.1 * found.box.width


def test_where_nothing_is_a_face_is_made_but_not_trusted(
    extractor: Extractor, portrait: Picture, found: Face
) -> None:
    noise = np.random.default_rng(1).integers(90, 160, (200, 200, 3)).astype(np.uint8)
    plain = replace(portrait, pixels=noise)
    (face,) = marked_faces(extractor, plain, [Box(40, 40, 100, 100)])
    assert face.confidence is None
    assert face.quality < 0.15 < found.quality
    assert np.isfinite(face.embedding).all()
