"""Embeddings kept for searches: nothing twice, nothing broken, nothing left when forgotten."""

from __future__ import annotations

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.drawing.annotate import crop
from graphface.errors import GraphfaceError
from graphface.ingest import cache as search_cache
from graphface.ingest import pipeline
from graphface.ingest.cache import embedded, forget_cached
from graphface.vision.detectors.dlib_hog import DlibHog
from graphface.vision.extractor import Extractor
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.sample.album import Album


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.create("Dlib", "dlib")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "search"
    monkeypatch.setattr(search_cache, "_folder", lambda: folder)
    return folder


@pytest.fixture(scope="module")
def portraits(album: Album, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four faces, cut out of their pictures: small, so that they are quickly looked at."""
    folder = tmp_path_factory.mktemp("portraits")
    for number, drawn in enumerate(album.pictures[:4]):
        face = crop(read_picture(drawn.path), drawn.people[0].box, 240, 0.5)
        face.save(folder / f"{number}.jpg", quality=92)
    return folder


@pytest.fixture
def photos(portraits: Path, tmp_path: Path) -> list[Path]:
    """Four files of its own, which a test may change."""
    return sorted(shutil.copytree(portraits, tmp_path / "photos").iterdir())


def vectors(found: list[search_cache.Embedded]) -> np.ndarray:
    return np.stack([face.embedding for one in found for face in one.faces])


def only(cache: Path) -> Path:
    (file,) = cache.glob("*.sqlite")
    return file


def test_the_second_time_no_file_is_opened(
    cache: Path,
    photos: list[Path],
    extractor: Extractor,
    decoded: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, problems = embedded(photos, extractor)
    assert not problems
    assert len(decoded) == 4
    expected = extractor.extract([read_picture(path) for path in photos])
    assert [[f.id for f in one.faces] for one in first] == [[f.id for f in e] for e in expected]
    decoded.clear()
    monkeypatch.delattr(pipeline, "picture_id")
    again = Extractor.create("Dlib", "dlib")
    second, _ = embedded(photos, again)
    assert not decoded
    assert np.array_equal(vectors(second), vectors(first))
    assert [one.photo for one in second] == [one.photo for one in first]
    assert [[f.box for f in one.faces] for one in second] == [[f.box for f in e] for e in expected]
    assert again._encoder is None, "no network is loaded for what is known"


def test_a_copy_is_not_decoded_and_a_changed_file_is(
    cache: Path, photos: list[Path], extractor: Extractor, decoded: list[str]
) -> None:
    first, _ = embedded(photos, extractor)
    decoded.clear()
    copy = photos[0].with_name("copy.jpg")
    shutil.copy(photos[0], copy)
    found, _ = embedded([copy], extractor)
    assert not decoded
    assert np.array_equal(vectors(found), vectors(first[:1]))
    shutil.copy(photos[1], copy)
    found, _ = embedded([copy], extractor)
    assert not decoded, "its bytes are known"
    assert found[0].photo == first[1].photo
    copy.write_bytes(photos[2].read_bytes() + b"\n")
    embedded([copy], extractor)
    assert decoded == ["copy.jpg"]


@pytest.mark.parametrize("faces", [b"", b"short", None, "text"])
def test_a_broken_entry_is_made_anew(
    cache: Path, photos: list[Path], extractor: Extractor, decoded: list[str], faces: object
) -> None:
    first, _ = embedded(photos[:2], extractor)
    decoded.clear()
    with sqlite3.connect(only(cache)) as raw:
        raw.execute("UPDATE photos SET faces = ? WHERE photo = ?", (faces, first[0].photo))
    raw.close()
    second, _ = embedded(photos[:2], extractor)
    assert decoded == ["0.jpg"]
    assert np.array_equal(vectors(second), vectors(first))
    embedded(photos[:2], extractor)
    assert decoded == ["0.jpg"]


@pytest.mark.parametrize("cut", ["garbage", "header", "middle"])
def test_a_broken_file_is_made_anew(
    cache: Path, photos: list[Path], extractor: Extractor, cut: str
) -> None:
    first, _ = embedded(photos[:2], extractor)
    file = only(cache)
    data = file.read_bytes()
    broken = {"garbage": b"no database" * 400, "header": data[:50], "middle": data[:5000]}
    file.write_bytes(broken[cut])
    second, _ = embedded(photos[:2], extractor)
    assert np.array_equal(vectors(second), vectors(first))


def test_nobody_else_may_read_it(cache: Path, photos: list[Path], extractor: Extractor) -> None:
    embedded(photos[:1], extractor)
    assert cache.stat().st_mode & 0o777 == 0o700
    assert only(cache).stat().st_mode & 0o777 == 0o600


def test_what_is_forgotten_is_overwritten(
    cache: Path, photos: list[Path], extractor: Extractor, decoded: list[str]
) -> None:
    found, _ = embedded(photos, extractor)
    gone = found[0]
    traces = [gone.photo.encode(), gone.faces[0].embedding.tobytes()]
    assert all(trace in only(cache).read_bytes() for trace in traces)
    assert forget_cached([gone.photo, "0" * 64]) == 1
    assert not any(trace in only(cache).read_bytes() for trace in traces)
    assert list(cache.iterdir()) == [only(cache)], "no journal stays"
    assert forget_cached([gone.photo]) == 0
    decoded.clear()
    embedded(photos, extractor)
    assert decoded == ["0.jpg"]
    only(cache).write_bytes(b"no database" * 400)
    assert forget_cached([gone.photo]) == 0
    assert not list(cache.iterdir()), "nobody can say what was in it"


def test_unreadable_pictures_are_named_and_the_rest_goes_on(
    cache: Path, photos: list[Path], extractor: Extractor
) -> None:
    photos[1].write_bytes(b"no picture")
    photos[2].unlink()
    found, problems = embedded(photos, extractor)
    assert [one.path for one in found] == [photos[0], photos[3]]
    assert [problem.path for problem in problems] == photos[1:3]
    assert "1.jpg" in problems[0].reason


def test_the_smallest_face_is_no_part_of_what_is_kept(
    cache: Path, photos: list[Path], extractor: Extractor, decoded: list[str]
) -> None:
    large = Extractor(extractor.model, extractor.spec, extractor.detector, 5_000, ())
    first, _ = embedded(photos, large)
    assert all(one.faces for one in first)
    decoded.clear()
    embedded(photos, extractor)
    assert not decoded


def test_other_embeddings_are_kept_apart(
    cache: Path, photos: list[Path], extractor: Extractor, decoded: list[str]
) -> None:
    embedded(photos[:1], extractor)
    strict = Extractor(extractor.model, extractor.spec, DlibHog(0.999), 20, ())
    found, _ = embedded(photos[:1], strict)
    assert len(decoded) == 2
    assert not found[0].faces
    assert len(list(cache.glob("*.sqlite"))) == 2
    assert forget_cached([found[0].photo]) == 1, "one picture, in both"
    assert embedded(photos[:1], strict)[0][0].faces == ()


def test_a_disk_that_refuses_is_said(cache: Path, photos: list[Path], extractor: Extractor) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(GraphfaceError, match="GRAPHFACE_CACHE"):
        embedded(photos[:1], extractor)


def test_two_searches_at_once(cache: Path, photos: list[Path], extractor: Extractor) -> None:
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(embedded, photos, extractor) for _ in range(2)]
        results = [job.result()[0] for job in jobs]
    assert all(np.array_equal(vectors(found), vectors(results[0])) for found in results)
    assert len(embedded(photos, extractor)[0]) == 4
