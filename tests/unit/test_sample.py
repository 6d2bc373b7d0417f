"""The drawn people: the same files again, true boxes, faces that the pipeline tells apart."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from graphface.errors import UsageError
from graphface.records import Box
from graphface.sample import (
    Album,
    Drawn,
    identities,
    make_album,
    make_portrait,
    make_scene,
    random_identity,
)  # fmt: skip
from graphface.sample.head import Expression, half_width, skull
from graphface.sample.identity import CHOICES, RANGES
from graphface.sample.pose import Pose, Shot, face_box
from graphface.sample.render import draw
from graphface.sample.shade import FLOOR
from graphface.vision.extractor import Extractor
from graphface.vision.pictures import read_picture
from tests import albums

SMALL = {"people": 3, "pictures": 2, "scenes": 1, "seed": 7}


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Album:
    return albums.drawn(tmp_path_factory.mktemp("drawn"), **SMALL)


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.create(model="Dlib", detector="dlib")


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def overlap(a: Box, b: Box) -> float:
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0, wide) * max(0, high)
    return shared / (a.width * a.height + b.width * b.height - shared)


def seen(extractor: Extractor, drawn: Drawn) -> dict[str, np.ndarray]:
    """Embedding of each drawn person that is found where the truth says."""
    found = extractor.detect(read_picture(drawn.path))
    embedded = extractor.embed([face.chip for face in found])
    return {
        shown.name: vector
        for face, vector in zip(found, embedded, strict=True)
        for shown in drawn.people
        if overlap(shown.box, face.box) > 0.3
    }


def test_album_holds_what_was_asked_for(album: Album) -> None:
    assert len(album.people) == 3
    assert len(album.pictures) == 3 * 2 + 1
    assert [len(p.people) for p in album.ask] == [1, 1, 1]
    assert [p.people[0].name for p in album.ask] == list(album.people)
    assert album.stranger is not None
    assert album.stranger.people[0].name not in album.people
    assert sorted(files(album.folder)) == sorted(
        str(p.path.relative_to(album.folder)) for p in album.pictures
    )


@pytest.mark.slow
def test_same_numbers_give_the_same_bytes(album: Album, tmp_path: Path) -> None:
    again = make_album(tmp_path / "album", ask=tmp_path / "ask", workers=1, **SMALL)
    assert again.drawn == 7 + 3 + 1
    assert files(tmp_path / "ask") == files(album.folder.parent / "ask")
    assert files(again.folder) == files(album.folder)


def test_second_run_draws_nothing(album: Album) -> None:
    before = {p.path: p.path.stat().st_mtime_ns for p in album.pictures}
    again = make_album(album.folder, ask=album.folder.parent / "ask", **SMALL)
    assert again.drawn == 0
    assert {p.path: p.path.stat().st_mtime_ns for p in again.pictures} == before
    assert dataclasses.replace(again, drawn=album.drawn) == album


@pytest.mark.slow
def test_damaged_file_is_drawn_again(album: Album) -> None:
    victim = album.pictures[0].path
    whole = victim.read_bytes()
    victim.write_bytes(whole[: len(whole) // 2])
    again = make_album(album.folder, **SMALL)
    assert again.drawn == 1
    assert victim.read_bytes() == whole
    assert not list(album.folder.rglob("*.part"))


def test_photo_of_the_same_name_is_not_overwritten(tmp_path: Path) -> None:
    photo = tmp_path / "IMG_0001.jpg"
    Image.new("RGB", (8, 8)).save(photo)
    before = photo.read_bytes()
    with pytest.raises(UsageError, match=r"IMG_0001\.jpg is not a drawn picture"):
        make_album(tmp_path, people=1, pictures=1, scenes=0)
    assert photo.read_bytes() == before
    assert list(tmp_path.iterdir()) == [photo]


@pytest.mark.slow
def test_another_seed_draws_other_pictures(tmp_path: Path) -> None:
    one, other = (make_portrait(tmp_path / f"{s}.jpg", identities()[0], seed=s) for s in (1, 2))
    assert one.path.read_bytes() != other.path.read_bytes()
    assert one.people[0].box != other.people[0].box


def test_exif_says_when_and_where(album: Album) -> None:
    pictures = [(truth, read_picture(truth.path)) for truth in album.pictures]
    placed = [truth for truth, _ in pictures if truth.location]
    assert 0 < len(placed) < len(pictures)
    for truth, picture in pictures:
        assert picture.taken_at is not None
        assert truth.taken_at is not None
        assert picture.taken_at.replace(tzinfo=None) == truth.taken_at
        assert (picture.location is None) == (truth.location is None)
        if truth.location and picture.location:
            assert picture.location.latitude == pytest.approx(truth.location.latitude, abs=1e-5)
            assert picture.location.longitude == pytest.approx(truth.location.longitude, abs=1e-5)


def test_every_face_is_found_in_its_box(album: Album, extractor: Extractor) -> None:
    for truth in (*album.pictures, *album.ask):
        assert set(seen(extractor, truth)) == {shown.name for shown in truth.people}, truth.path


def test_people_come_apart(album: Album, extractor: Extractor) -> None:
    faces = [pair for truth in album.pictures for pair in seen(extractor, truth).items()]
    within, between = [], []
    for i, (name, vector) in enumerate(faces):
        for other, second in faces[:i]:
            (within if name == other else between).append(np.linalg.norm(vector - second))
    assert max(within) < 0.40 < min(between)


def test_held_out_pictures_are_nearest_to_their_person(album: Album, extractor: Extractor) -> None:
    known = [pair for truth in album.pictures for pair in seen(extractor, truth).items()]
    for truth in album.ask:
        ((name, vector),) = seen(extractor, truth).items()
        nearest = min(known, key=lambda entry: float(np.linalg.norm(entry[1] - vector)))
        assert nearest[0] == name


@pytest.mark.slow
def test_named_layout_has_a_folder_a_person(tmp_path: Path) -> None:
    album = make_album(tmp_path, people=2, pictures=1, scenes=1, layout="named")
    for truth in album.pictures:
        parent = truth.path.parent
        if len(truth.people) == 1:
            assert parent == tmp_path / truth.people[0].name
        else:
            assert parent == tmp_path


@pytest.mark.slow
def test_event_layout_names_no_person(tmp_path: Path) -> None:
    album = make_album(tmp_path, people=2, pictures=2, scenes=0, layout="events")
    folders = {truth.path.parent.name for truth in album.pictures}
    assert len(folders) == 3
    assert not any(name.lower() in folder for name in album.people for folder in folders)


@pytest.mark.slow
def test_scene_lists_people_from_left_to_right(tmp_path: Path) -> None:
    truth = make_scene(tmp_path / "scene.jpg", identities()[:4], seed=3)
    assert [shown.name for shown in truth.people] == [person.name for person in identities()[:4]]
    with Image.open(truth.path) as picture:
        assert picture.width > 2 * picture.height


@pytest.mark.slow
def test_crowd_has_fifty_faces_apart_from_each_other(tmp_path: Path, extractor: Extractor) -> None:
    truth = albums.crowd(tmp_path / "crowd.jpg", 50)
    with Image.open(truth.path) as picture:
        assert picture.size == (2400, 1600)
    boxes = [shown.box for shown in truth.people]
    assert len(boxes) == 50
    assert all(overlap(a, b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])
    assert len(seen(extractor, truth)) >= 45


@pytest.mark.slow
def test_command_prints_the_truth(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "graphface",
        "sample",
        str(tmp_path / "album"),
        "--people",
        "1",
    ]
    command += ["--pictures", "1", "--scenes", "0", "--ask", str(tmp_path / "ask"), "--json"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=True)
    truth = json.loads(done.stdout)
    assert truth["people"] == [identities()[0].name]
    (picture,) = truth["pictures"]
    assert Path(picture["path"]).is_file()
    assert picture["people"][0]["name"] == identities()[0].name
    assert {path.name for path in (tmp_path / "ask").iterdir()} == {
        Path(truth["ask"][0]["path"]).name,
        "stranger.jpg",
    }


@pytest.mark.parametrize("people", [0, -1, 1000])
def test_impossible_number_of_people(tmp_path: Path, people: int) -> None:
    with pytest.raises(UsageError, match="Choose 1 to"):
        make_album(tmp_path, people=people)
    assert not list(tmp_path.iterdir())


def test_negative_number_of_pictures(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="negative"):
        make_album(tmp_path, pictures=-1)


def test_people_are_within_their_ranges() -> None:
    people = identities()
    assert len({person.name for person in people}) == len(people) >= 12
    for person in people:
        for key, (low, high) in RANGES.items():
            assert low <= getattr(person, key) <= high, (person.name, key)
        for key, options in CHOICES.items():
            assert getattr(person, key) in options, (person.name, key)


def test_random_people_follow_their_generator() -> None:
    first, second, other = (random_identity(np.random.default_rng(s)) for s in (1, 1, 2))
    assert first == second != other


def test_skull_is_as_wide_as_its_outline() -> None:
    person = identities()[0]
    heights = skull(person)
    assert heights.max() > 1.0
    eyes = np.flatnonzero(heights[round(2.5 * 128)] > FLOOR)
    width = float(half_width(person, np.zeros((1, 1), np.float32))[0, 0])
    assert len(eyes) / 128 == pytest.approx(2 * width, abs=0.04)


def test_face_box_turns_with_the_head() -> None:
    person = identities()[0]
    straight = face_box(person, Pose())
    turned = face_box(person, Pose(yaw=12))
    assert turned.x > straight.x
    assert face_box(person, Pose(scale=116)).width == pytest.approx(2 * straight.width, abs=2)


@pytest.mark.slow
def test_smile_changes_the_mouth_and_not_the_backdrop() -> None:
    person = identities()[0]
    shot = Shot(noise=0)
    rest, smile = (
        draw([(person, Pose(mood=Expression(smile=s)))], shot).astype(int) for s in (0, 0.8)
    )
    changed = np.abs(rest - smile).max(-1) > 12
    box = face_box(person, Pose())
    rows, columns = np.nonzero(changed)
    assert changed.sum() > 200
    assert rows.min() >= box.y - 30
    assert rows.max() <= box.y + box.height + 30
    assert columns.min() >= box.x - 25
    assert columns.max() <= box.x + box.width + 25


def test_person_outside_the_picture_leaves_it_empty() -> None:
    shot = Shot(width=80, height=60, noise=0)
    far_off = [(identities()[0], Pose(x=-4000))]
    assert np.array_equal(draw(far_off, shot), draw([], shot))
