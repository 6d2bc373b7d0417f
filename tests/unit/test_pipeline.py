"""The one way to look at pictures: what passes through, what is kept, who does the work."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graphface.drawing.annotate import crop
from graphface.errors import PictureError
from graphface.ingest import pipeline as stages
from graphface.ingest.pipeline import (
    NO_HINT,
    Hint,
    NothingKnown,
    Pipeline,
    Serial,
    Threads,
    look_at,
)
from graphface.vision.extractor import Extractor
from graphface.vision.pictures import picture_id, picture_of, read_picture
from tests.processes import Processes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from graphface.ingest.pipeline import Executor, Failed, Photo
    from graphface.sample.album import Album


@dataclass
class Collected:
    """A sink that keeps all it gets."""

    batches: list[list[Photo[Any]]] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)

    def write(self, photos: Sequence[Photo[Any]]) -> None:
        self.batches.append(list(photos))

    def fail(self, failed: Failed) -> None:
        self.failed.append(failed)

    @property
    def photos(self) -> list[Photo[Any]]:
        return [photo for batch in self.batches for photo in batch]


@dataclass
class Remembered:
    """What a test says is known."""

    hints: dict[Path, Hint]
    photos: dict[str, str]
    asked: list[list[str]] = field(default_factory=list)

    def hint(self, path: Path) -> Hint:
        return self.hints.get(path, NO_HINT)

    def recall(self, photos: Sequence[str]) -> dict[str, str]:
        self.asked.append(list(photos))
        return {photo: self.photos[photo] for photo in photos if photo in self.photos}


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.create("Dlib", "dlib")


@pytest.fixture(scope="module")
def portraits(album: Album, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three faces, cut out of their pictures: small, so that they are quickly looked at."""
    folder = tmp_path_factory.mktemp("portraits")
    files = [folder / f"{number}.jpg" for number in range(3)]
    for file, drawn in zip(files, album.pictures, strict=False):
        crop(read_picture(drawn.path), drawn.people[0].box, 240, 0.5).save(file, quality=92)
    return files


def run(extractor: Extractor, source: Iterable[Any], known: Any = None, **how: Any) -> Collected:
    sink = Collected()
    Pipeline(extractor, known or NothingKnown(), **how).run(source, sink)
    return sink


@pytest.mark.slow
@pytest.mark.parametrize("executor", [Serial(), Threads(2), Processes()], ids=repr)
def test_the_executor_changes_nothing(
    executor: Executor, portraits: list[Path], extractor: Extractor, tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    source = [portraits[0], tmp_path / "text.jpg", *portraits[1:]]
    found = run(extractor, source, executor=executor)
    assert [photo.number for photo in found.photos] == [0, 2, 3]
    (failed,) = found.failed
    assert (failed.number, failed.path) == (1, source[1])
    assert "text.jpg: the file holds text" in str(failed.error)
    assert failed.error.hint
    expected = extractor.extract([read_picture(path) for path in portraits])
    for photo, path, faces in zip(found.photos, portraits, expected, strict=True):
        assert (photo.path, photo.id) == (path, read_picture(path).id)
        assert [face.box for face in photo.faces] == [face.box for face in faces]
        assert [face.id for face in photo.faces] == [face.id for face in faces]
        assert np.array_equal(photo.faces[0].embedding, faces[0].embedding)
        assert photo.faces[0].landmarks is not None


def test_pixels_go_unless_they_are_wanted(portraits: list[Path], extractor: Extractor) -> None:
    (photo,) = run(extractor, portraits[:1]).photos
    whole = read_picture(portraits[0])
    assert photo.picture is not None
    assert photo.picture.pixels.nbytes == 0
    assert (photo.picture.width, photo.picture.height) == (whole.width, whole.height)
    assert (photo.picture.phash, photo.size) == (whole.phash, portraits[0].stat().st_size)
    (photo,) = run(extractor, portraits[:1], keep_pixels=True).photos
    assert photo.picture is not None
    assert np.array_equal(photo.picture.pixels, whole.pixels)


def test_a_picture_in_memory_and_mirror_images(portraits: list[Path], extractor: Extractor) -> None:
    frame = picture_of(read_picture(portraits[0]).pixels)
    file, memory = run(extractor, [portraits[0], frame], mirrored=True, executor=Serial()).photos
    assert memory.id == frame.id
    assert [face.box for face in memory.faces] == [face.box for face in file.faces]
    (found,) = extractor.detect(read_picture(portraits[0]))
    (expected,) = extractor.embed([np.ascontiguousarray(found.chip[:, ::-1])])
    assert np.array_equal(file.mirrored[0], expected)
    assert np.array_equal(memory.mirrored[0], expected)
    assert not np.array_equal(file.mirrored[0], file.faces[0].embedding)


def test_one_picture_here_and_now(
    portraits: list[Path], extractor: Extractor, tmp_path: Path
) -> None:
    photo = look_at(portraits[0], extractor, mirrored=True)
    (expected,) = extractor.extract([read_picture(portraits[0])])
    assert [face.id for face in photo.faces] == [face.id for face in expected]
    assert len(photo.mirrored) == 1
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(PictureError, match=r"text\.jpg: the file holds text"):
        look_at(tmp_path / "text.jpg", extractor)


def test_what_is_known_is_not_decoded(
    portraits: list[Path], extractor: Extractor, decoded: list[str], tmp_path: Path
) -> None:
    unchanged, copy, other = tmp_path / "unchanged.jpg", *portraits[:2]
    photo, modified = picture_id(copy)
    known = Remembered(
        {
            unchanged: Hint([photo], 7, 11),  # there is no such file: it is not opened
            copy: Hint(["0" * 64, photo], copy.stat().st_size),
            other: Hint([photo], other.stat().st_size),  # as many bytes, another picture
        },
        {photo: "Ada"},
    )
    first, second, third = run(extractor, [unchanged, copy, other], known).photos
    assert (first.id, first.size, first.modified, first.known) == (photo, 7, 11, "Ada")
    assert (second.id, second.modified, second.known) == (photo, modified, "Ada")
    assert (first.faces, first.picture) == ((), None)
    assert third.known is None
    assert len(third.faces) == 1
    assert decoded == [other.name]
    assert known.asked == [[photo, photo]], "all of a batch at once"


def test_what_is_lost_is_looked_at_again(
    portraits: list[Path], extractor: Extractor, decoded: list[str], tmp_path: Path
) -> None:
    lost, (photo, _) = portraits[0], picture_id(portraits[0])
    gone = tmp_path / "gone.jpg"
    hints = {lost: Hint([photo], 1, 1), gone: Hint(["0" * 64], 1, 1)}
    found = run(extractor, [gone, portraits[1], lost], Remembered(hints, {}))
    assert [(one.number, len(one.faces)) for one in found.photos] == [(1, 1), (2, 1)]
    assert [(one.number, one.path) for one in found.failed] == [(0, gone)]
    assert sorted(decoded) == ["0.jpg", "1.jpg", "gone.jpg"]


def test_too_large_for_the_memory_is_no_end(
    portraits: list[Path], extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(path: Path) -> object:
        if path == portraits[0]:
            raise MemoryError
        return read_picture(path)

    monkeypatch.setattr(stages, "read_picture", refuses)
    found = run(extractor, portraits[:2])
    assert [photo.path for photo in found.photos] == [portraits[1]]
    assert "0.jpg: too large for this machine's memory" in str(found.failed[0].error)


def test_only_a_few_are_taken_ahead(portraits: list[Path], extractor: Extractor) -> None:
    taken = 0

    def endless() -> Iterable[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = Threads(2).map_ordered(lambda number: -number, endless())
    assert [next(results) for _ in range(5)] == [-1, -2, -3, -4, -5]
    assert taken == 5 + stages.AHEAD * 2 - 1
    results.close()


def test_batches_and_progress(
    portraits: list[Path], extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages, "BATCH", 2)
    sink, counted = Collected(), []
    source = [*portraits, portraits[0].with_name("nowhere.jpg")]
    Pipeline(extractor, NothingKnown()).run(source, sink, lambda: counted.append(1))
    assert [len(batch) for batch in sink.batches] == [2, 1]
    assert len(counted) == 4
    assert run(extractor, []).batches == []


def test_a_sink_that_stops_keeps_what_it_took(
    portraits: list[Path], extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(Collected):
        def write(self, photos: Sequence[Photo[Any]]) -> None:
            if self.batches:
                raise KeyboardInterrupt
            super().write(photos)

    monkeypatch.setattr(stages, "BATCH", 1)
    sink = Full()
    with pytest.raises(KeyboardInterrupt):
        Pipeline(extractor, NothingKnown()).run(portraits, sink)
    assert [photo.number for photo in sink.photos] == [0]


def test_an_extractor_travels_as_its_choices(extractor: Extractor) -> None:
    one, two = (pickle.loads(pickle.dumps(extractor)) for _ in range(2))
    assert one is two, "loaded once in each process"
    assert (one.space(), one.min_face) == (extractor.space(), extractor.min_face)
    assert len(pickle.dumps(extractor)) < 500
