"""The default method on drawn embeddings: laws that hold for every graph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.clustering.cannot_link import apart_pairs, kept_apart
from graphface.clustering.distances_only import vectors_tell
from graphface.clustering.face_graph import FaceGraph
from graphface.clustering.metrics import measure
from graphface.clustering.relative import relative
from graphface.linking.exact import joined, pairs_within
from graphface.records import Space

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

NOWHERE = np.empty(0, np.int32)


def face_graph(vectors: NDArray[np.float32], threshold: float, model: str = "a.onnx") -> FaceGraph:
    count = len(vectors)
    none = (NOWHERE, NOWHERE, np.empty(0))
    left, right, distance = joined([none, *_blocks(vectors, threshold)])
    return FaceGraph(
        tuple(f"f{k:05}" for k in range(count)), vectors, left, right,
        distance.astype(np.float32), np.ones(count, np.float32), np.full(count, -1, np.int32),
        NOWHERE, NOWHERE, Space(model, "x", "x", vectors.shape[1], "euclidean_l2", threshold),
    )  # fmt: skip


def _blocks(vectors: NDArray[np.float32], threshold: float):  # type: ignore[no-untyped-def]
    for block in pairs_within(vectors, threshold, metric="euclidean_l2"):
        yield block.left, block.right, block.distance


def drawn(people: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Faces of `people`, from 1 to 12 each: a centre in 64 dimensions and noise around it."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(people), rng.geometric(0.4, people).clip(1, 12))
    truth = rng.permutation(truth)
    faces = rng.normal(size=(people, 64))[truth] + 0.6 * rng.normal(size=(len(truth), 64))
    return faces.astype(np.float32), truth


def as_sets(labels: Sequence[int], names: Sequence[object]) -> set[frozenset[object]]:
    groups: dict[int, set[object]] = {}
    for label, name in zip(labels, names, strict=True):
        groups.setdefault(label, set()).add(name)
    return {frozenset(group) for group in groups.values()}


@pytest.mark.parametrize("threshold", [0.85, 1.0, 1.1])
def test_people_far_apart_are_found_whatever_the_threshold(threshold: float) -> None:
    vectors, truth = drawn(300)
    found = measure(truth.tolist(), relative(None, face_graph(vectors, threshold)).tolist())
    assert found.pairwise.f1 > 0.98
    assert found.bcubed.f1 > 0.98


def test_the_order_of_the_faces_changes_nothing() -> None:
    vectors, _ = drawn(150, seed=4)
    names = np.arange(len(vectors))
    once = as_sets(relative(None, face_graph(vectors, 1.0)).tolist(), names.tolist())
    for seed in (1, 2):
        mixed = np.random.default_rng(seed).permutation(len(vectors))
        again = relative(None, face_graph(vectors[mixed], 1.0)).tolist()
        assert as_sets(again, mixed.tolist()) == once


def test_the_scale_of_the_vectors_changes_nothing() -> None:
    vectors, _ = drawn(100, seed=5)
    plain = relative(None, face_graph(vectors, 1.0))
    grown = relative(None, face_graph(vectors * 37, 1.0))
    assert plain.tolist() == grown.tolist()


def test_two_faces_of_one_photo_are_two_people() -> None:
    vectors, truth = drawn(60, seed=6)
    faces = face_graph(vectors, 1.1)
    twins = np.flatnonzero(truth == np.bincount(truth).argmax())[:2]
    photo = faces.photo.copy()
    photo[twins] = 0
    before = relative(None, faces)
    assert before[twins[0]] == before[twins[1]]
    after = relative(None, replace(faces, photo=photo))
    assert after[twins[0]] != after[twins[1]]


def test_not_same_is_respected_by_every_method() -> None:
    vectors, truth = drawn(60, seed=6)
    one, other = np.flatnonzero(truth == np.bincount(truth).argmax())[:2].astype(np.int32)
    faces = replace(
        face_graph(vectors, 1.1), apart_left=np.array([one]), apart_right=np.array([other])
    )
    together = np.zeros(len(vectors), np.int32)  # the worst method: everybody is one person
    labels = kept_apart(together, faces, apart_pairs(faces))
    assert labels[one] != labels[other]
    assert relative(None, faces)[one] != relative(None, faces)[other]


def test_clusters_without_a_quarrel_are_left_alone() -> None:
    vectors, truth = drawn(40, seed=7)
    faces = face_graph(vectors, 1.0)
    labels = truth.astype(np.int32)
    assert kept_apart(labels, faces, apart_pairs(faces)) is labels
    a, b = np.flatnonzero(truth == np.bincount(truth).argmax())[:2].astype(np.int32)
    quarrel = replace(faces, apart_left=np.array([a]), apart_right=np.array([b]))
    split = kept_apart(labels, quarrel, apart_pairs(quarrel))
    others = truth != truth[a]
    assert as_sets(split[others].tolist(), np.flatnonzero(others).tolist()) == as_sets(
        labels[others].tolist(), np.flatnonzero(others).tolist()
    )


def test_one_person_in_a_mirror_is_one_person() -> None:
    vectors, truth = drawn(60, seed=6)
    one, other = np.flatnonzero(truth == np.bincount(truth).argmax())[:2]
    vectors[other] = vectors[one] + 0.01
    faces = face_graph(vectors, 1.1)
    photo = faces.photo.copy()
    photo[[one, other]] = 0
    labels = relative(None, replace(faces, photo=photo))
    assert labels[one] == labels[other]


def test_poor_faces_join_but_neither_found_nor_bridge() -> None:
    vectors, truth = drawn(80, seed=8)
    faces = face_graph(vectors, 1.1)
    sizes = np.bincount(truth)
    quality = np.ones(len(vectors), np.float32)
    member = np.flatnonzero(truth == sizes.argmax())[0]
    loner = np.flatnonzero(sizes[truth] == 1)[0]
    big, second = np.argsort(-sizes)[:2]
    bridge = np.flatnonzero(sizes[truth] == 1)[1]
    vectors[bridge] = vectors[truth == big].mean(0) + vectors[truth == second].mean(0)
    faces = face_graph(vectors, 1.1)
    quality[[member, loner, bridge]] = 0.05
    labels = relative(None, replace(faces, quality=quality), 0.1)
    assert labels[loner] == -1
    fellows = np.flatnonzero(truth == sizes.argmax())
    assert labels[member] == labels[fellows[1]] >= 0
    assert labels[fellows[1]] != labels[np.flatnonzero(truth == second)[0]]


def test_a_graph_without_embeddings_goes_by_its_distances() -> None:
    vectors, truth = drawn(60, seed=9)
    faces = face_graph(vectors, 0.95)
    bare = replace(faces, vectors=np.empty((len(vectors), 0), np.float32))
    other = replace(faces, vectors=np.roll(vectors, 1, axis=0))
    assert vectors_tell(faces)
    assert not vectors_tell(bare)
    assert not vectors_tell(other), "SAME came from other embeddings"
    assert measure(truth.tolist(), relative(None, bare).tolist()).pairwise.f1 > 0.95
    assert relative(None, other).tolist() == relative(None, bare).tolist()


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_handful_of_faces(count: int) -> None:
    vectors = np.eye(8, dtype=np.float32)[:count]
    assert sorted(relative(None, face_graph(vectors, 1.0)).tolist()) == list(range(count))


REAL = [
    ("lfw-dev", "dlib", "Dlib", (0.33, 0.37, 0.45), 0.979, 0.957),
    ("lfw-dev", "mobilefacenet", "a.onnx", (1.0, 1.15), 0.989, 0.983),
    ("lfw-dev", "mfn192", "a.onnx", (1.08,), 0.986, 0.978),
    ("lfw-dev", "facenet", "Facenet", (0.94,), 0.978, 0.968),
    ("lfw-dev2", "dlib", "Dlib", (0.37,), 0.986, 0.964),
    ("lfw-dev2", "mobilefacenet", "a.onnx", (1.08,), 0.995, 0.989),
    ("lfw-dev2", "mfn192", "a.onnx", (1.08,), 0.993, 0.982),
    ("lfw-dev2", "facenet", "Facenet", (0.94,), 0.994, 0.977),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("people", "embeddings", "model", "thresholds", "pairwise", "bcubed"), REAL
)
def test_real_people(
    data: Path, people: str, embeddings: str, model: str, thresholds: tuple[float, ...],
    pairwise: float, bcubed: float,
) -> None:  # fmt: skip
    """Four networks by the same constants; nobody with eight faces is taken for another."""
    file = data / "embeddings" / f"{people}-{embeddings}.npz"
    if not file.exists():
        pytest.skip(f"needs {file.name}")
    stored = np.load(file)
    mixed = np.random.default_rng(0).permutation(len(stored["person"]))
    truth = stored["person"][mixed]
    for threshold in thresholds:
        faces = face_graph(stored["embedding"][mixed], threshold, model)
        labels = relative(None, faces)
        found = measure(truth.tolist(), labels.tolist())
        assert found.pairwise.f1 > pairwise, threshold
        assert found.bcubed.f1 > bcubed, threshold
        assert large_merges(truth, labels) == [], threshold


def large_merges(truth: NDArray[np.str_], labels: NDArray[np.int32]) -> list[list[str]]:
    """The people with eight faces and more in one group, for each group that has two of them."""
    found = []
    for label in np.unique(labels):
        people, count = np.unique(truth[labels == label], return_counts=True)
        if (count >= 8).sum() > 1:
            found.append(people[count >= 8].tolist())
    return found
