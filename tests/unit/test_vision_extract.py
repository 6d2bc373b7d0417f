"""Pictures to faces, as the pipeline uses it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graphface.errors import UsageError
from graphface.records import Box, Space
from graphface.vision.extractor import Extractor, face_id
from tests.unit._faces import needs_data, photos, picture

if TYPE_CHECKING:
    from graphface.records import Picture


def offline_extractor(**options: Any) -> Extractor:
    return Extractor.create("Dlib", "dlib", **options)


def test_the_space_says_how_embeddings_are_made() -> None:
    extractor = offline_extractor()
    assert extractor.space() == Space(
        "Dlib", "dlib", "dlib-5-150", 128, "euclidean_l2", extractor.spec.links["euclidean_l2"]
    )
    assert extractor.space(metric="euclidean").threshold == extractor.spec.links["euclidean"]
    assert extractor.space(0.5, "cosine").threshold == 0.5


def test_nothing_is_loaded_before_it_is_needed(offline: Path) -> None:
    extractor = offline_extractor()
    extractor.space()
    extractor.detect(picture(Path("x"), np.zeros((50, 50, 3), np.uint8)))
    assert extractor._encoder is None


def test_no_picture_and_no_face_give_none() -> None:
    extractor = offline_extractor()
    assert extractor.extract([]) == []
    assert extractor.extract([picture(Path("x"), np.zeros((80, 80, 3), np.uint8))]) == [[]]
    assert extractor.embed([]).shape == (0, 128)


def test_the_choice_is_told_in_plain_sentences(offline: Path) -> None:
    told = Extractor.create().reasons
    assert len(told) == 2
    assert all(sentence.endswith(".") for sentence in told)


def test_senseless_limits_are_refused() -> None:
    with pytest.raises(UsageError, match="`min_face`"):
        offline_extractor(min_face=0)
    with pytest.raises(UsageError, match="`min_confidence`"):
        offline_extractor(min_confidence=1.5)


def test_a_face_keeps_its_id() -> None:
    assert face_id("ab" * 32, Box(1, 2, 3, 4)) == "ab" * 16 + "-1-2-3-4"


@pytest.fixture(scope="module")
def shown() -> list[Picture]:
    return [picture(path) for path in photos(10, 200)]


@needs_data
def test_faces_are_the_same_alone_together_and_from_threads(shown: list[Picture]) -> None:
    extractor = offline_extractor()
    together = extractor.extract(shown)
    alone = [extractor.extract([one])[0] for one in shown]
    with ThreadPoolExecutor(4) as pool:
        threaded = list(pool.map(lambda one: extractor.extract([one])[0], shown))
    assert sum(len(faces) for faces in together) >= 10
    for other in (alone, threaded):
        for a, b in zip(chain(*together), chain(*other), strict=True):
            assert (a.id, a.box, a.quality) == (b.id, b.box, b.quality)
            assert np.array_equal(a.embedding, b.embedding)


@needs_data
def test_small_faces_fall_out(shown: list[Picture]) -> None:
    everyone = offline_extractor().extract(shown)
    large = offline_extractor(min_face=90).extract(shown)
    assert 0 < sum(map(len, large)) < sum(map(len, everyone))
    assert all(face.box.width >= 90 for faces in large for face in faces)


@needs_data
def test_a_face_whose_embedding_is_no_number_falls_out_with_a_reason(
    shown: list[Picture],
) -> None:
    extractor = offline_extractor()
    found = extractor.detect(shown[0])
    vectors = extractor.embed([face.chip for face in found])
    assert len(extractor.faces(shown[0], found, vectors)[0]) == len(found)
    vectors[0, 7] = np.nan
    faces, dropped = extractor.faces(shown[0], found, vectors)
    assert len(faces) == len(found) - 1
    assert dropped[0].startswith(str(shown[0].path))
    assert dropped[0].endswith("not a number")


@pytest.mark.slow
@needs_data
def test_embeddings_agree_with_those_computed_elsewhere() -> None:
    """The shared embeddings were made by dlib itself, from HOG boxes and dlib's chips."""
    from tests.unit._faces import DATA

    stored = np.load(DATA / "embeddings" / "lfw-dev-dlib.npz")
    where = {str(path): i for i, path in enumerate(stored["path"])}
    paths = photos(30, 90)
    apart = []
    found = offline_extractor().extract([picture(path) for path in paths])
    for path, faces in zip(paths, found, strict=True):
        expected = stored["embedding"][where[f"{path.parent.name}/{path.name}"]]
        apart.append(min(float(np.linalg.norm(face.embedding - expected)) for face in faces))
    assert np.median(apart) < 0.1
    assert np.mean(np.array(apart) < 0.3) > 0.9
