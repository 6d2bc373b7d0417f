"""Real pictures that lie on their side or upside down: faces stand, boxes are where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from graphface.drawing.annotate import crop
from graphface.errors import UsageError, WeightsMissing
from graphface.ingest.cache import embedded
from graphface.records import Box, Detection
from graphface.vision.extractor import Extractor
from graphface.vision.pictures import read_picture
from graphface.vision.upright import Found, leans
from tests.unit._faces import needs_data, photos, pixels

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.records import Face, Upright

STEP, COUNT = 150, 12


def extractor_of(detector: str, upright: Upright = "auto") -> Extractor:
    try:
        return Extractor.create("Dlib", detector, 60, upright=upright)
    except WeightsMissing as error:
        pytest.skip(str(error))


def saved(path: Path, shown: np.ndarray, rotation: int, **options: object) -> Path:
    """A picture that has to be turned so many degrees clockwise to be upright."""
    Image.fromarray(np.rot90(shown, rotation // 90)).save(path, quality=95, **options)
    return path


def central(faces: list[Face]) -> Face | None:
    middle = 125
    inside = [f for f in faces if f.box.x < middle < f.box.x + f.box.width
              and f.box.y < middle < f.box.y + f.box.height]  # fmt: skip
    return max(inside, key=lambda face: face.confidence, default=None)


def unit(face: Face) -> np.ndarray:
    return face.embedding / np.linalg.norm(face.embedding)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_box_in_a_turned_picture_is_told_in_the_picture_as_shown(rotation: int) -> None:
    shown = np.zeros((60, 100, 3), np.uint8)
    shown[10:30, 70:80] = 255  # a face of 10 x 20 at 70, 10
    turned = np.ascontiguousarray(np.rot90(shown, -rotation // 90))
    rows, columns = np.nonzero(turned[:, :, 0])
    box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    found = Found(Detection(box, 1.0, None), turned, rotation)
    assert found.box == Box(70, 10, 10, 20, rotation)
    middle = np.array([[box.x + box.width / 2, box.y + box.height / 2]])
    assert found.shown(middle).tolist() == [[75, 20]]


def test_a_face_leans_by_its_own_up() -> None:
    points = np.array([[0, 0], [10, 0], [5, 5], [2, 10], [8, 10]], np.float32)
    assert leans(points) == pytest.approx(0)
    assert leans(points[:, ::-1] * (-1, 1)) == pytest.approx(90)
    assert leans(-points) == pytest.approx(180)


@needs_data
@pytest.mark.slow
@pytest.mark.parametrize("detector", ["centerface", "dlib"])
def test_scans_that_lie_give_the_same_faces(detector: str, tmp_path: Path) -> None:
    extractor = extractor_of(detector)
    right, known, apart = 0, 0, []
    for number, path in enumerate(photos(COUNT, STEP)):
        expected = central(extractor.extract([read_picture(path)])[0])
        if expected is None:
            continue
        rotation = (90, 180, 270)[number % 3]
        file = saved(tmp_path / f"{number}.jpg", pixels(path), rotation)
        picture = read_picture(file)
        face = central(extractor.extract([picture])[0])
        known += 1
        if face is None or face.box.rotation != rotation:
            continue
        right += 1
        apart.append(float(np.linalg.norm(unit(face) - unit(expected))))
        # The crop is turned: it looks like that of the upright picture.
        one = np.asarray(crop(picture, face.box, 64).convert("L"), float)
        other = np.asarray(crop(read_picture(path), expected.box, 64).convert("L"), float)
        alike = [np.corrcoef(np.rot90(one, k).ravel(), other.ravel())[0, 1] for k in range(4)]
        assert int(np.argmax(alike)) == 0
        assert face.landmarks is not None
        inside = (face.landmarks >= (face.box.x, face.box.y)) & (
            face.landmarks <= (face.box.x + face.box.width, face.box.y + face.box.height)
        )
        assert inside.mean() > 0.8
    assert known >= COUNT - 1
    assert right >= known - 1
    assert np.median(apart) < 0.15
    assert max(apart) < 0.37  # SAME, by Dlib's own threshold


@needs_data
def test_what_exif_tells_is_believed_and_never_means_never(tmp_path: Path) -> None:
    shown = pixels(photos(1)[0])
    tag = Image.Exif()
    tag[0x0112] = 1
    told = saved(tmp_path / "told.jpg", shown, 90, exif=tag)
    silent = saved(tmp_path / "silent.jpg", shown, 90)
    auto, never, always = (extractor_of("dlib", way) for way in ("auto", "never", "always"))
    assert [bool(auto.detect(read_picture(file))) for file in (told, silent)] == [False, True]
    assert not never.detect(read_picture(silent))
    assert always.detect(read_picture(told))[0].box.rotation == 90
    with pytest.raises(UsageError, match="`upright`"):
        extractor_of("dlib", "sideways")  # type: ignore[arg-type]


@needs_data
def test_always_finds_faces_that_stand_in_four_ways(tmp_path: Path) -> None:
    """A page of an album, its pictures pasted in as they fitted; each face is found once."""
    page = np.full((520, 520, 3), 200, np.uint8)
    for number, path in enumerate(photos(4, 300)):
        x, y = number % 2 * 265, number // 2 * 265
        page[y : y + 250, x : x + 250] = np.rot90(pixels(path), number)
    file = saved(tmp_path / "page.png", page, 0)
    faces = extractor_of("centerface", "always").detect(read_picture(file))
    assert sorted(face.box.rotation for face in faces) == [0, 90, 180, 270]
    auto = extractor_of("centerface").detect(read_picture(file))
    assert {face.box.rotation for face in auto} == {0}, "one face stands, so the page does"


@needs_data
def test_the_cache_keeps_the_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from graphface.settings import settings

    monkeypatch.setenv("GRAPHFACE_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    try:
        file = saved(tmp_path / "lies.jpg", pixels(photos(1)[0]), 270)
        extractor = extractor_of("dlib")
        first, second = (embedded([file], extractor)[0][0].faces for _ in range(2))
        assert first[0].box == second[0].box
        assert first[0].box.rotation == 270
        assert embedded([file], extractor_of("dlib", "never"))[0][0].faces == ()
    finally:
        settings.cache_clear()
