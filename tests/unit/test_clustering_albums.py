"""Albums of few people with many pictures, and SAME without embeddings: real faces."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.clustering.face_graph import FaceGraph
from graphface.clustering.impostors import common_impostor_distance
from graphface.clustering.metrics import measure
from graphface.clustering.relative import relative
from graphface.numbers import unit_vectors
from graphface.records import Space
from tests.unit.test_clustering_relative import NOWHERE, face_graph

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Stored = tuple[NDArray[np.float32], NDArray[np.str_], NDArray[np.str_]]

LOOSE = {
    "dlib": ("Dlib", 0.37),
    "mobilefacenet": ("a.onnx", 1.08),
    "facenet": ("Facenet", 0.94),
}


def stored(data: Path, which: str) -> Stored:
    """Embeddings, their people, and the people from the most photographed on."""
    with np.load(data / "embeddings" / f"lfw-dev-{which}.npz") as file:
        people, counts = np.unique(file["person"], return_counts=True)
        return file["embedding"], file["person"], people[np.argsort(-counts)]


@pytest.mark.slow
@pytest.mark.parametrize("which", LOOSE)
@pytest.mark.parametrize("people", [1, 2, 5])
def test_few_people_with_many_pictures(data: Path, which: str, people: int) -> None:
    """Random pairs of such an album are often one person: they tell no impostor distance."""
    vectors, truth, largest = stored(data, which)
    kept = np.isin(truth, largest[:people])
    model, threshold = LOOSE[which]
    labels = relative(None, face_graph(vectors[kept], threshold, model))
    found = measure(truth[kept].tolist(), labels.tolist())
    assert found.pairwise.f1 > 0.985
    assert found.people <= people + 4


@pytest.mark.parametrize("which", LOOSE)
def test_how_near_strangers_come_is_not_measured_on_one_person(data: Path, which: str) -> None:
    vectors, truth, largest = stored(data, which)
    expected = {"dlib": 0.43, "mobilefacenet": 1.22, "facenet": 1.177}[which]
    for people in (1, 2, 3):
        units = unit_vectors(vectors[np.isin(truth, largest[:people])])
        assert common_impostor_distance(units, expected) == pytest.approx(expected, rel=0.05)


def pivot(data: Path, threshold: float) -> tuple[FaceGraph, NDArray[np.int64]]:
    """DeepFace's own test pictures: real FaceNet distances under `threshold`, and the people."""
    file = data / "deepface-tests" / "dataset" / "face-recognition-pivot.csv"
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    names = sorted({row[side] for row in rows for side in ("file_x", "file_y")})
    place = {name: k for k, name in enumerate(names)}
    ends = np.sort([[place[row["file_x"]], place[row["file_y"]]] for row in rows], axis=1)
    far = np.array([float(row["Facenet_euclidean"]) for row in rows])
    truth = np.arange(len(names))
    for (a, b), row in zip(ends.tolist(), rows, strict=True):
        if row["decision"] == "Yes":
            truth[truth == truth[b]] = truth[a]
    near = far < threshold
    count = len(names)
    faces = FaceGraph(
        tuple(names), np.empty((count, 0), np.float32), ends[near, 0].astype(np.int32),
        ends[near, 1].astype(np.int32), far[near].astype(np.float32), np.ones(count, np.float32),
        np.full(count, -1, np.int32), NOWHERE, NOWHERE,
        Space("Facenet", "x", "x", 128, "euclidean", threshold),
    )  # fmt: skip
    return faces, truth


@pytest.mark.parametrize("threshold", [11.0, 11.5, 12.0, 13.0])
def test_real_facenet_distances_give_every_group(data: Path, threshold: float) -> None:
    faces, truth = pivot(data, threshold)
    found = measure(truth.tolist(), relative(None, faces).tolist())
    assert (found.people, found.true_people) == (13, 13)
    assert found.pairwise.f1 == 1


def test_under_ten_one_group_falls_apart_by_itself(data: Path) -> None:
    """At the recipe's 10 two halves of one person have no SAME between them: nothing more is to
    be had from SAME, and nobody is mixed up."""
    faces, truth = pivot(data, 10.0)
    found = measure(truth.tolist(), relative(None, faces).tolist())
    assert found.pairwise.precision == 1
    held = np.arange(len(truth))
    for a, b in zip(faces.left.tolist(), faces.right.tolist(), strict=True):
        held[held == held[b]] = held[a]
    assert found.people == len(np.unique(held)) == 14
