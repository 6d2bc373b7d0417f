"""Photos that come in batches: the same people in the end, and hardly anybody moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.clustering.assignment import Standing, assign
from graphface.clustering.metrics import measure
from graphface.clustering.relative import relative
from tests.unit.test_clustering_albums import LOOSE, stored
from tests.unit.test_clustering_relative import face_graph

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Persons = dict[str, str]


pytestmark = pytest.mark.slow


def some(data: Path, which: str) -> tuple[NDArray[np.float32], NDArray[np.str_]]:
    """Half of the people, in random order."""
    vectors, truth, people = stored(data, which)
    rng = np.random.default_rng(0)
    kept = rng.permutation(np.flatnonzero(np.isin(truth, rng.permutation(people)[::2])))
    return vectors[kept], truth[kept]


def clustered(vectors: NDArray[np.float32], which: str, before: Persons) -> Persons:
    """Who each face is after `cluster`, which met the persons there were `before`."""
    model, threshold = LOOSE[which]
    labels = relative(None, face_graph(vectors, threshold, model))
    groups: dict[int, list[str]] = {}
    for face, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(f"f{face:05}")
    standing = {f"f{k:05}": Standing(before.get(f"f{k:05}"), False) for k in range(len(vectors))}
    plan = assign(groups.values(), standing, lambda faces: ())
    first = len(before) + 1_000_000 * len(vectors)
    made = {face: f"p{first + k}" for k, faces in enumerate(plan.founded) for face in faces}
    return {**plan.joins, **made}


def bcubed(persons: Persons, truth: NDArray[np.str_]) -> float:
    found = [persons[f"f{k:05}"] for k in range(len(truth))]
    return measure(truth.tolist(), found).bcubed.f1


def test_ten_batches_end_where_all_at_once_does(data: Path) -> None:
    for which in LOOSE:
        vectors, truth = some(data, which)
        persons: Persons = {}
        for stop in np.linspace(0, len(vectors), 11).astype(int)[1:]:
            persons = clustered(vectors[:stop], which, persons)
        at_once = clustered(vectors, which, {})
        assert abs(bcubed(persons, truth) - bcubed(at_once, truth)) < 0.01


def test_one_face_in_a_hundred_more_moves_fewer_than_one_in_a_hundred(data: Path) -> None:
    for which in LOOSE:
        vectors, _ = some(data, which)
        most = len(vectors) - len(vectors) // 100
        before = clustered(vectors[:most], which, {})
        after = clustered(vectors, which, before)
        moved = sum(after[face] != person for face, person in before.items())
        assert moved < 0.01 * len(before)
