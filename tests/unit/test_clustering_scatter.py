"""The limit of one person: what scatter, size and the others around change, and halves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.clustering.agglomerative import Clusters, sums_of
from graphface.clustering.bipartition import LEAST_HALF, halved
from graphface.clustering.impostors import surroundings
from graphface.clustering.relative import relative
from graphface.clustering.scatter import (
    EXPECTED_SCATTER,
    Limit,
    measured,
    scatter_within,
    typical_scatter,
)
from tests.unit.test_clustering_relative import drawn, face_graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Units = NDArray[np.float32]


def cluster(size: float, scatter: float = EXPECTED_SCATTER, impostor: float = 1.0) -> Clusters:
    return Clusters(np.float64(size), np.float64(scatter), np.float64(impostor))  # type: ignore[arg-type]


def person(faces: int, centre: NDArray[np.float64], wide: float, seed: int) -> Units:
    """Unit vectors around a centre in 64 dimensions, two of them `wide` apart on the mean."""
    rng = np.random.default_rng(seed)
    vectors = centre + wide / np.sqrt(128) * rng.normal(size=(faces, 64))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def brothers(apart: float, faces: int = 20) -> tuple[Units, NDArray[np.int64]]:
    """Two people of so many faces, `apart` of each other, and sixty others with five faces."""
    rng = np.random.default_rng(5)
    centres = np.linalg.qr(rng.normal(size=(64, 64)))[0]
    second = centres[0] + apart * centres[1]
    groups = [person(faces, centres[0], 0.6, 1), person(faces, second, 0.6, 2)]
    groups += [person(5, centres[k], 0.6, k + 10) for k in range(2, 62)]
    truth = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    return np.concatenate(groups), truth


def test_scatter_is_the_mean_squared_distance_of_two_faces() -> None:
    units = person(7, np.eye(64)[0], 0.8, 0).astype(np.float64)
    sums, sizes = sums_of(np.concatenate([units, units[:1]]).astype(np.float32),
                          np.array([0] * 7 + [1]))  # fmt: skip
    a, b = np.triu_indices(7, 1)
    by_hand = (np.linalg.norm(units[a] - units[b], axis=1) ** 2).mean()
    assert scatter_within(sums, sizes) == pytest.approx([by_hand, 0.0], rel=1e-5)


def test_joining_two_clusters_is_as_measuring_both_at_once() -> None:
    units = person(9, np.eye(64)[0], 0.8, 0)
    sums, sizes = sums_of(units, np.array([0] * 4 + [1] * 5))
    joined = Clusters(sizes, scatter_within(sums, sizes), np.array([1.0, 1.3]))
    joined.join(0, 1, sums.sum(axis=0))
    whole = scatter_within(sums.sum(axis=0, keepdims=True), np.array([9.0]))
    assert joined[0].scatter == pytest.approx(whole[0])
    assert joined[0].impostor == pytest.approx((4 * 1.0 + 5 * 1.3) / 9)


def test_two_single_faces_have_to_be_nearest_of_all() -> None:
    limit = Limit()
    single, pair, mixed = (
        float(limit.distance(cluster(a), cluster(b))) for a, b in ((1, 1), (2, 2), (1, 500))
    )
    assert single < pair < mixed < 1


def test_people_who_scatter_may_be_farther_apart() -> None:
    limit = Limit()
    near, far = (
        float(limit.distance(cluster(50, scatter), cluster(50, scatter))) for scatter in (0.3, 0.6)
    )
    assert near < far
    few = [float(limit.distance(cluster(2, s), cluster(2, s))) for s in (0.3, 0.6)]
    assert few[1] - few[0] < far - near, "few faces hardly know their scatter"


def test_where_strangers_are_near_one_person_has_to_be_nearer() -> None:
    limit = Limit()
    crowded = limit.distance(cluster(3, impostor=0.9), cluster(3, impostor=0.9))
    assert crowded < limit.distance(cluster(3), cluster(3))


def test_what_is_sure_is_nearer_than_what_is_allowed() -> None:
    sure = replace(Limit(), strictness=0.3)
    for a, b in ((1, 1), (1, 30), (30, 30)):
        assert sure.distance(cluster(a), cluster(b)) < Limit().distance(cluster(a), cluster(b))


def test_the_typical_scatter_is_that_of_the_larger_clusters() -> None:
    none = Clusters(np.ones(9), np.zeros(9), np.ones(9))
    assert typical_scatter(none) == pytest.approx(EXPECTED_SCATTER)
    many = Clusters(np.full(90, 12.0), np.full(90, 0.3), np.full(90, 1.0))
    assert typical_scatter(many) == pytest.approx(0.3, abs=0.01)


def test_a_few_others_tell_little_of_how_near_they_come() -> None:
    vectors, _ = drawn(300)
    units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    sums, sizes = sums_of(units, np.arange(len(units)))
    assert surroundings(sums[:6], sizes[:6], 1.2).impostor == pytest.approx(np.full(6, 1.2))
    assert not np.allclose(surroundings(sums, sizes, 1.2).impostor, 1.2)


@pytest.mark.parametrize(("apart", "people"), [(0.15, 1), (1.3, 2)])
def test_a_person_in_two_halves_is_two_people(apart: float, people: int) -> None:
    """All faces of both were joined by mistake: the halves fall apart where they are far apart."""
    units, truth = brothers(apart)
    joined = np.maximum(truth, 1) - 1
    labels = halved(units, joined, *measured(*sums_of(units, joined), 1.0))
    assert len(set(labels[truth <= 1].tolist())) == people
    assert (labels[truth > 1] == joined[truth > 1]).all(), "the others are whole"
    if people == 2:
        assert (
            len(set(zip(labels[truth <= 1].tolist(), truth[truth <= 1].tolist(), strict=True))) == 2
        )


def test_small_halves_stay_together() -> None:
    units, truth = brothers(1.3, LEAST_HALF - 1)
    joined = np.maximum(truth, 1) - 1
    assert (halved(units, joined, *measured(*sums_of(units, joined), 1.0)) == joined).all()


def test_brothers_are_two_people() -> None:
    """Nearer to each other than anybody else, and yet farther than either scatters."""
    units, truth = brothers(1.3)
    labels = relative(None, face_graph(units, 1.2))
    assert len(set(labels[truth == 0].tolist())) == len(set(labels[truth == 1].tolist())) == 1
    assert labels[truth == 0][0] != labels[truth == 1][0]
