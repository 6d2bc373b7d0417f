"""Grouping methods of others, on two people whom every one of them must tell apart."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from graphface.clustering import methods
from graphface.clustering.face_graph import FaceGraph
from graphface.clustering.metrics import measure
from graphface.errors import UsageError
from graphface.linking.exact import joined, pairs_within
from graphface.records import Space

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.records import Vectors

LOCAL = ("chinese-whispers", "dbscan", "hdbscan", "infomap", "leiden-cpm")
WANTS = {
    "dbscan": "sklearn",
    "hdbscan": "sklearn",
    "infomap": "infomap",
    "leiden-cpm": "graspologic_native",
}
NO_GRAPH = cast("Connection", None)
SPACE = Space("Dlib", "dlib", "dlib-5-150", 128, "euclidean_l2", 0.33)


def face_graph(vectors: Vectors, space: Space = SPACE) -> FaceGraph:
    """Faces with every pair under the threshold of `space`."""
    blocks = pairs_within(vectors, space.threshold, metric=space.metric)
    left, right, distance = joined([(b.left, b.right, b.distance) for b in blocks])
    count, none = len(vectors), np.empty(0, np.int32)
    return FaceGraph(
        ids=tuple(f"{k:06}" for k in range(count)),
        vectors=vectors,
        left=left,
        right=right,
        distance=distance.astype(np.float32),
        quality=np.ones(count, np.float32),
        photo=np.full(count, -1, np.int32),
        apart_left=none,
        apart_right=none,
        space=space,
    )


def people(sizes: tuple[int, ...], spread: float = 0.015) -> tuple[Vectors, list[int]]:
    """Faces of people in directions of their own, and the person of each."""
    draw = np.random.default_rng(0)
    who = np.repeat(np.arange(len(sizes)), sizes)
    centres = draw.standard_normal((len(sizes), 128))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    vectors = centres[who] + spread * draw.standard_normal((len(who), 128))
    return vectors.astype(np.float32), who.tolist()


@pytest.fixture(params=LOCAL)
def method(request: pytest.FixtureRequest) -> str:
    if library := WANTS.get(request.param):
        pytest.importorskip(library, reason="pip install 'graphface[cluster,infomap]'")
    return str(request.param)


def test_plain_people_are_told_apart(method: str) -> None:
    vectors, who = people((12, 9, 7, 5))
    found = methods.PEERS[method](NO_GRAPH, face_graph(vectors))
    assert found.dtype == np.int32
    assert measure(who, found).clicks == 0


def test_a_face_that_is_near_nobody_stays_alone(method: str) -> None:
    vectors, who = people((8, 8, 1, 1))
    found = methods.PEERS[method](NO_GRAPH, face_graph(vectors))
    assert measure(who, found).people == 4


def test_no_same_no_company(method: str) -> None:
    vectors, _ = people((1,) * 6)
    assert len(set(methods.PEERS[method](NO_GRAPH, face_graph(vectors)).tolist())) == 6


def test_twice_is_the_same(method: str) -> None:
    vectors, _ = people((20, 15, 10, 5), spread=0.02)
    one, two = (methods.PEERS[method](NO_GRAPH, face_graph(vectors)) for _ in range(2))
    assert one.tolist() == two.tolist()


def test_chinese_whispers_cuts_a_bridge() -> None:
    """Two crowds and one wrong SAME between them: components would make them one person."""
    graph = face_graph(people((10, 10))[0])
    bridged = FaceGraph(
        **{
            **{name: getattr(graph, name) for name in FaceGraph.__slots__},
            "left": np.append(graph.left, np.int32(0)),
            "right": np.append(graph.right, np.int32(15)),
            "distance": np.append(graph.distance, np.float32(0.31)),
        }
    )
    found = methods.chinese_whispers(NO_GRAPH, bridged)
    assert measure([0] * 10 + [1] * 10, found).clicks == 0


@pytest.mark.parametrize(("name", "library"), WANTS.items())
def test_a_library_that_is_not_here_is_named(
    name: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [m for m in sys.modules if m.split(".")[0] == library]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError, match=rf"{name} needs {library}.*pip install 'graphface\["):
        methods.PEERS[name](NO_GRAPH, face_graph(people((3, 3))[0]))
