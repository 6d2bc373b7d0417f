"""How right and how fast every way of grouping is, over link thresholds, on the same embeddings.

    python benchmarks/clustering.py                       # real faces, thresholds side by side
    python benchmarks/clustering.py --methods relative,components --faces 100000
    python benchmarks/clustering.py --methods relative,chinese-whispers --albums
    python benchmarks/clustering.py --methods relative,chinese-whispers --folds
    python benchmarks/clustering.py --compositions --networks dlib,facenet

GDS's methods run inside a Neo4j of the benchmark's own, started for it. With `--faces` they
group so many synthetic faces instead, at the model's own threshold, and time is what it is about.
`--albums` groups what few people have many pictures of, down to one person; `--folds` a fifth of
the people at a time, whom the other four fifths may have been tuned on. `--compositions` puts the
faces of `lfw-dev` and `lfw-dev2` together in many ways (`_compositions.py`), `--main` in three, and
says for each how many groups hold 8 faces and more of two people; without `--methods`, for the
default method.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import data, finish, parser
from _compositions import LARGE, MAIN, NETWORKS, compositions, large_merges

from graphface.clustering.evaluate import method_names, narrowed
from graphface.clustering.face_graph import FaceGraph
from graphface.clustering.methods import DEFAULT, method
from graphface.clustering.metrics import measure
from graphface.errors import GraphfaceError
from graphface.linking.candidates import propose
from graphface.linking.exact import joined, pairs_within
from graphface.linking.state import Faces, Plan
from graphface.records import Space
from graphface.vision import encoders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.linking.exact import Found
    from graphface.records import Vectors

SETS = {
    "dlib": ("Dlib", (0.29, 0.30, 0.33, 0.36, 0.40, 0.45)),
    "mobilefacenet": ("mobilefacenet", (0.95, 1.00, 1.05, 1.10, 1.15)),
    "facenet": ("Facenet", (0.85, 0.90, 0.94, 1.00, 1.05, 1.10)),
    "mfn192": ("mfn192", (0.95, 1.00, 1.05, 1.10, 1.15)),
}
EXACT = 200_000
"""Faces up to which all pairs are compared."""

UNKNOWN = 1.08
"""Where graphface links the embeddings of a model of one's own."""

GDS = {"components", "label-propagation", "leiden", "louvain"}
"""Methods that need a database."""

SLOW = {"hdbscan": 20_000, "louvain": 200_000, "leiden": 200_000, "label-propagation": 200_000}
"""Faces beyond which a method is left out, unless it is asked for by name."""


@contextmanager
def database(home: Path | None) -> Iterator[Connection]:
    """A Neo4j of the benchmark's own, stopped at the end."""
    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(home or Path(folder), settings().cache)
        status = server.start()
        try:
            with Connection(status.uri, status.username, server.password()) as graph:
                yield graph
        finally:
            server.stop()


def face_graph(vectors: Vectors, model: str, threshold: float) -> FaceGraph:
    """Faces with every pair under the threshold, on unit vectors."""
    left, right, distance = all_pairs(vectors, threshold)
    count, none = len(vectors), np.empty(0, np.int32)
    return FaceGraph(
        ids=tuple(f"{k:08}" for k in range(count)),
        vectors=vectors,
        left=left,
        right=right,
        distance=distance.astype(np.float32),
        quality=np.ones(count, np.float32),
        photo=np.full(count, -1, np.int32),
        apart_left=none,
        apart_right=none,
        space=Space(model, "", "", vectors.shape[1], "euclidean_l2", threshold),
    )


def all_pairs(vectors: Vectors, threshold: float) -> Found:
    """Every pair under the threshold; beyond `EXACT` faces those that the index finds."""
    if len(vectors) <= EXACT:
        blocks = pairs_within(vectors, threshold, metric="euclidean_l2")
        empty = (np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
        return joined([empty, *((b.left, b.right, b.distance) for b in blocks)])
    count = len(vectors)
    order = np.arange(count, dtype=np.int32)
    some = Faces([str(k) for k in order], vectors, np.zeros(count), 0, order)
    plan = Plan("index", "euclidean_l2", threshold, None, 0.995, "benchmark")
    found, _, recall = propose(None, plan, some)
    print(f"  the index found {recall:.2%} of the pairs of a sample")
    return found


def judge(
    graph: Connection | None, names: list[str], faces: FaceGraph, truth: NDArray[Any]
) -> dict[str, dict[str, float]]:
    """One line a method."""
    made = {}
    limit = faces.space.threshold
    print(f"  at {limit:g}: {len(faces.ids):,} faces, {len(faces.left):,} SAME")
    for name in names:
        started = time.perf_counter()
        try:
            labels = method(name)(graph, faces).astype(np.int64)
        except GraphfaceError as error:
            print(f"    {name:18} {error}")
            continue
        seconds = time.perf_counter() - started
        alone = labels < 0
        labels[alone] = labels.max() + 1 + np.arange(alone.sum())
        found = measure(truth, labels)
        merges = large_merges(truth, labels)
        made[name] = {
            "pairwise": found.pairwise.f1, "bcubed": found.bcubed.f1, "nmi": found.nmi,
            "people": found.people, "true_people": found.true_people, "clicks": found.clicks,
            "large_merges": merges, "seconds": seconds,
        }  # fmt: skip
        print(
            f"    {name:18} pairwise F {found.pairwise.f1:.3f}  BCubed F {found.bcubed.f1:.3f}  "
            f"{found.people:7,} people  {found.clicks:6,} clicks  {seconds:7.2f} s"
            + (f"  {merges} merged of {LARGE} and more" if merges else ""),
            flush=True,
        )
    return made


def real(graph: Connection | None, names: list[str], which: str) -> dict[str, Any]:
    """Each method at each threshold on real embeddings."""
    model, thresholds = SETS[which]
    vectors, truth = loaded(which)
    print(f"lfw-dev, {which}, unit vectors")
    widest = face_graph(vectors, model, thresholds[-1])
    return {f"{t:g}": judge(graph, names, narrowed(widest, t), truth) for t in thresholds}


def albums(graph: Connection | None, names: list[str], which: str) -> dict[str, Any]:
    """Few people with many pictures, at the model's own threshold."""
    _, truth = loaded(which)
    people, counts = np.unique(truth, return_counts=True)
    largest = people[np.argsort(-counts)]
    parts = {f"the {k} largest": np.isin(truth, largest[:k]) for k in (1, 2, 3, 5, 8, 30)}
    alone = np.flatnonzero(np.isin(truth, people[counts == 1]))
    some = np.random.default_rng(0).permutation(alone)[:60]
    parts["the 4 largest, 60 strangers"] = np.isin(truth, largest[:4])
    parts["the 4 largest, 60 strangers"][some] = True
    return {name: part(graph, names, which, kept, name) for name, kept in parts.items()}


def folds(graph: Connection | None, names: list[str], which: str) -> dict[str, Any]:
    """A fifth of the people at a time."""
    _, truth = loaded(which)
    people = np.random.default_rng(0).permutation(np.unique(truth))
    found = [
        part(graph, names, which, np.isin(truth, people[fold::5]), f"fold {fold + 1}")
        for fold in range(5)
    ]
    means = {
        name: {key: float(np.mean([fold[name][key] for fold in found])) for key in found[0][name]}
        for name in names
    }
    for name, row in means.items():
        print(f"  mean of folds: {name} {row['pairwise']:.3f} / {row['bcubed']:.3f}")
    return means


def part(
    graph: Connection | None, names: list[str], which: str, kept: NDArray[np.bool_], title: str
) -> dict[str, dict[str, float]]:
    """The methods on some of the faces, at the model's own threshold."""
    vectors, truth = loaded(which)
    model = SETS[which][0]
    print(f"  {which}, {title}: {len(np.unique(truth[kept])):,} people")
    threshold = spec.threshold("euclidean_l2") if (spec := encoders.find(model)) else UNKNOWN
    return judge(graph, names, face_graph(vectors[kept], model, threshold), truth[kept])


def composed(
    graph: Connection | None, names: list[str], network: str, only: tuple[str, ...]
) -> dict[str, Any]:
    """The methods on many albums, and the mean over them."""
    model, threshold = NETWORKS[network]
    made = {}
    for one in compositions(network, only):
        print(f"  {network}, {one.name}: {len(np.unique(one.truth)):,} people")
        made[one.name] = judge(graph, names, face_graph(one.units, model, threshold), one.truth)
    for name in names:
        rows = [row[name] for row in made.values()]
        means = [float(np.mean([row[key] for row in rows])) for key in ("pairwise", "bcubed")]
        print(f"  {network}, mean: {name} {means[0]:.4f} / {means[1]:.4f}")
    return made


def loaded(which: str) -> tuple[Vectors, NDArray[np.str_]]:
    with np.load(data("embeddings", f"lfw-dev-{which}.npz")) as file:
        return file["embedding"], file["person"]


def synthetic(
    graph: Connection | None, names: list[str], count: int, asked: bool, threshold: float | None
) -> dict[str, Any]:
    """The methods on so many synthetic faces that scatter as dlib's do."""
    from synthetic import model, real_data

    vectors, person = model(real_data()).draw(count)
    print(f"{count:,} synthetic faces")
    started = time.perf_counter()
    faces = face_graph(vectors, "Dlib", threshold or encoders.get("Dlib").threshold("euclidean_l2"))
    print(f"  pairs found in {time.perf_counter() - started:.1f} s")
    able = [name for name in names if asked or count <= SLOW.get(name, count)]
    return judge(graph, able, faces, person)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--methods", help="names, comma between; all by default")
    options.add_argument("--networks", help="names of embeddings, comma between; all by default")
    options.add_argument("--faces", type=int, action="append", help="synthetic faces instead")
    options.add_argument("--threshold", type=float, help="link the synthetic faces under this")
    options.add_argument("--albums", action="store_true", help="few people with many pictures")
    options.add_argument("--folds", action="store_true", help="a fifth of the people at a time")
    options.add_argument("--compositions", action="store_true", help="many albums")
    options.add_argument("--main", action="store_true", help="lfw-dev, lfw-dev2, both together")
    options.add_argument("--home", type=Path, help="where the benchmark's own database lives")
    args = options.parse_args()
    composing = args.compositions or args.main
    names = args.methods.split(",") if args.methods else method_names()
    if composing and not args.methods:
        names = [DEFAULT]
    networks = args.networks.split(",") if args.networks else list(SETS)
    with database(args.home) if GDS.intersection(names) else nullcontext() as graph:
        if composing:
            only = () if args.compositions else MAIN
            result = {which: composed(graph, names, which, only) for which in networks}
        elif args.faces:
            result = {
                str(count): synthetic(graph, names, count, bool(args.methods), args.threshold)
                for count in args.faces
            }
        elif args.albums or args.folds:
            work = albums if args.albums else folds
            result = {which: work(graph, names, which) for which in networks}
        else:
            result = {which: real(graph, names, which) for which in networks}
    finish(args, result)


if __name__ == "__main__":
    main()
