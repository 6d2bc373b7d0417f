"""Clustering methods on the SAME graph: each gives every face the number of its person."""

from __future__ import annotations

import importlib
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from graphface.clustering.match_probability import curve
from graphface.clustering.relative import relative
from graphface.errors import UsageError
from graphface.numbers import unit_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from graphface.clustering.face_graph import FaceGraph, Indices
    from graphface.db import Connection
    from graphface.records import Vectors

    Numbers = NDArray[np.int64]

    Weights = NDArray[np.float64]


DEFAULT = "relative"


class Method(Protocol):
    """A clustering method: faces -> person numbers [n] in any order; -1 for no person."""

    def __call__(self, graph: Connection, faces: FaceGraph, /) -> NDArray[np.int32]: ...


def components(graph: Connection, faces: FaceGraph) -> NDArray[np.int32]:
    """Connected components of SAME (GDS `wcc`): faces that chains of SAME hold together.

    One wrong SAME joins two people, so this method needs a strict threshold. The original recipe
    uses it.
    """
    alone = np.arange(len(faces.ids))
    if not len(faces.left):
        return alone.astype(np.int32)
    if graph.run("count-same")[0]["pairs"] == len(faces.left):  # exactly the pairs of the graph
        place = {id: k for k, id in enumerate(faces.ids)}
        with projection(graph) as name:
            rows = graph.stream("components", graph=name)
            found = [(place[row["face"]], row["component"]) for row in rows]
    else:
        with projection(graph, faces) as name:
            rows = graph.stream("pair-components", graph=name)
            found = [(row["face"], row["component"]) for row in rows]
    face, component = np.array(found).T
    labels = alone + int(component.max()) + 1  # a face without pairs is alone
    labels[face] = component
    numbered: NDArray[np.int32] = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    return numbered


METHODS: dict[str, Method] = {DEFAULT: relative, "components": components}
"""Those of graphface itself; `graphface.clustering.methods` has more to compare them with."""


def method(name: str) -> Method:
    """The method called `name`. Raises UsageError, which lists the names."""
    if name in METHODS:
        return METHODS[name]

    if name not in PEERS:
        known = ", ".join([*METHODS, *PEERS])
        raise UsageError(
            f"no clustering method is called {name!r}",
            f"There is {known}",
            code="method-unknown",
            name=name,
        )
    return PEERS[name]


@contextmanager
def projection(graph: Connection, faces: FaceGraph | None = None) -> Iterator[str]:
    """Project faces and SAME, or the pairs of `faces`, into GDS for the duration of the block."""
    name = f"graphface-{uuid.uuid4().hex[:12]}"  # two runs at once must not meet
    try:
        if faces is None:
            graph.run("project-same", graph=name)
        else:
            pairs = {"left": faces.left.tolist(), "right": faces.right.tolist()}
            weights = [1.0] * len(faces.left)
            graph.run("gds-project-pairs", graph=name, weights=weights, **pairs)
        yield name
    finally:
        graph.run("drop-projection", graph=name)


SEED = 1
"""Of every method that draws lots."""

ROUNDS = 30
"""Of Chinese whispers, at most: labels come to rest long before."""

CORE = 3
"""Faces that make a person to DBSCAN, the face itself among them: Immich's default."""

CPM_RESOLUTION = 0.12
"""Least mean weight that holds a person together (Leiden with the constant Potts model)."""


def label_propagation(graph: Connection, faces: FaceGraph) -> Indices:
    """`gds.labelPropagation`: each face takes the label that most of its neighbours have."""
    return _by_gds(graph, faces, "gds-label-propagation")


def leiden(graph: Connection, faces: FaceGraph) -> Indices:
    """`gds.leiden`: refined modularity. In a large graph it joins people who have few faces."""
    return _by_gds(graph, faces, "gds-leiden")


def louvain(graph: Connection, faces: FaceGraph) -> Indices:
    """`gds.louvain`: modularity, the predecessor of Leiden."""
    return _by_gds(graph, faces, "gds-louvain")


def chinese_whispers(_graph: Connection, faces: FaceGraph) -> Indices:
    """Chinese whispers (Biemann, 2006), as dlib and Nextcloud use.

    The original visits faces in random order. Here half of the faces, drawn with a fixed seed,
    listen at a time. So the same faces give the same persons, and a round is a few numpy calls.
    """
    count = len(faces.ids)
    node = np.concatenate([faces.left, faces.right]).astype(np.int64)
    other = np.concatenate([faces.right, faces.left]).astype(np.int64)
    weight = np.concatenate([_weights(faces)] * 2)
    label = np.arange(count, dtype=np.int64)
    draw = np.random.default_rng(SEED)
    for _ in range(ROUNDS):
        before = label.copy()
        first = draw.random(count) < 0.5
        for half in (first, ~first):
            hears = half[node]
            _listen(label, node[hears], other[hears], weight[hears])
        if np.array_equal(before, label):
            break
    return label.astype(np.int32)


def _listen(label: Numbers, node: Numbers, other: Numbers, weight: Weights) -> None:
    """Each of `node` takes the label with the largest total weight, or the lowest of equals."""
    if not len(node):
        return
    keys, place = np.unique(node * len(label) + label[other], return_inverse=True)
    heard = np.bincount(place, weight)
    who, what = np.divmod(keys, len(label))
    order = np.lexsort((what, -heard, who))
    listener, first = np.unique(who[order], return_index=True)
    label[listener] = what[order[first]]


def dbscan(_graph: Connection, faces: FaceGraph) -> Indices:
    """DBSCAN from scikit-learn over SAME, as Immich and PhotoPrism group; noise stays alone."""
    cluster = _library("sklearn.cluster", "dbscan", "cluster")
    found = cluster.dbscan(
        _sparse(faces), eps=faces.space.threshold, min_samples=CORE, metric="precomputed"
    )[1]
    return _noise_alone(found)


def hdbscan(_graph: Connection, faces: FaceGraph) -> Indices:
    """HDBSCAN from scikit-learn over the embeddings of faces that have a SAME; noise stays alone.

    It finds its own densities. The threshold matters only through which faces have a SAME.
    """
    cluster = _library("sklearn.cluster", "hdbscan", "cluster")
    some = np.unique(np.concatenate([faces.left, faces.right]))
    found = np.full(len(faces.ids), -1)
    if len(some) > CORE:
        model = cluster.HDBSCAN(min_cluster_size=2, min_samples=2, copy=True)
        found[some] = model.fit(_points(faces)[some]).labels_
    return _noise_alone(found)


def infomap(_graph: Connection, faces: FaceGraph) -> Indices:
    """Infomap (Rosvall and Bergstrom, 2008): groups in which a random walk stays for long."""
    library = _library("infomap", "infomap", "infomap")
    if not len(faces.left):
        return np.arange(len(faces.ids), dtype=np.int32)
    walk = library.Infomap(silent=True, two_level=True, seed=SEED, num_trials=1, directed=False)
    walk.add_links(_edges(faces))
    return _rest_alone(len(faces.ids), walk.run().modules())


def leiden_cpm(_graph: Connection, faces: FaceGraph) -> Indices:
    """Leiden with the constant Potts model (Traag et al., 2019), weighed by P(same person)."""
    library = _library("graspologic_native", "leiden-cpm", "cluster")
    if not len(faces.left):
        return np.arange(len(faces.ids), dtype=np.int32)
    edges = [(str(left), str(right), weight) for left, right, weight in _edges(faces)]
    _, found = library.leiden(
        edges, resolution=CPM_RESOLUTION, iterations=3, use_modularity=False, seed=SEED
    )
    return _rest_alone(len(faces.ids), {int(face): group for face, group in found.items()})


PEERS: dict[str, Callable[[Connection, FaceGraph], Indices]] = {
    "label-propagation": label_propagation,
    "leiden": leiden,
    "louvain": louvain,
    "chinese-whispers": chinese_whispers,
    "dbscan": dbscan,
    "hdbscan": hdbscan,
    "infomap": infomap,
    "leiden-cpm": leiden_cpm,
}


def _by_gds(graph: Connection, faces: FaceGraph, statement: str) -> Indices:
    """Run a community statement on the pairs of `faces` instead of the graph's SAME."""
    if not len(faces.left):
        return np.arange(len(faces.ids), dtype=np.int32)
    name = f"peer-{uuid.uuid4().hex[:12]}"  # two runs at once must not meet
    pairs = {"left": faces.left.tolist(), "right": faces.right.tolist()}
    try:
        graph.run("gds-project-pairs", graph=name, weights=_weights(faces).tolist(), **pairs)
        rows = graph.stream(statement, graph=name)
        return _rest_alone(len(faces.ids), {row["face"]: row["community"] for row in rows})
    finally:
        graph.run("drop-projection", graph=name)


def _weights(faces: FaceGraph) -> Weights:
    """P(same person) of each SAME, [m], as if every face were a person of its own."""
    grid = np.linspace(0, float(faces.distance.max(initial=0.0)) + 1e-6, 2_001)
    probability = curve(faces.space, max(len(faces.ids), 1))
    values = np.array([probability(float(distance)) for distance in grid])
    weights: Weights = np.maximum(np.interp(faces.distance, grid, values), 1e-9)
    return weights


def _edges(faces: FaceGraph) -> list[tuple[int, int, float]]:
    columns = (faces.left, faces.right, _weights(faces))
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _points(faces: FaceGraph) -> Vectors:
    """Vectors whose Euclidean distance ranks as the space's metric does."""
    if faces.space.metric == "euclidean":
        return faces.vectors
    return unit_vectors(faces.vectors)


def _sparse(faces: FaceGraph) -> csr_matrix:
    """SAME as a symmetric sparse matrix of distances."""
    from scipy.sparse import csr_matrix

    rows = np.concatenate([faces.left, faces.right])
    columns = np.concatenate([faces.right, faces.left])
    # Some versions of scikit-learn treat a stored zero as a missing entry.
    values = np.maximum(np.concatenate([faces.distance] * 2), 1e-12)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(faces.ids),) * 2)
    matrix.sort_indices()
    return matrix


def _noise_alone(found: Numbers) -> Indices:
    """-1 is noise to scikit-learn; here each such face is a person of its own."""
    labels: Indices = found.astype(np.int32)
    noise = labels < 0
    labels[noise] = labels.max(initial=-1) + 1 + np.arange(int(noise.sum()))
    return labels


def _rest_alone(count: int, group_of: Mapping[int, int]) -> Indices:
    """Groups as an array; faces without SAME are in none and stay alone."""
    labels = np.full(count, -1, dtype=np.int64)
    labels[list(group_of)] = np.unique(list(group_of.values()), return_inverse=True)[1]
    return _noise_alone(labels)


def _library(module: str, method: str, extra: str) -> Any:
    """Import a library that only some methods need. Raises UsageError that says what to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        name = module.split(".", maxsplit=1)[0]
        raise UsageError(
            f"the method {method} needs {name}, which is not installed",
            f"pip install 'graphface[{extra}]', or use another `method`",
            code="package-missing",
            method=method,
            name=name,
        ) from error
