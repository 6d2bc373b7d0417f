"""Linking: how long each way takes, how exact it is and how much memory it needs.

    python benchmarks/linking.py --faces 1000 13233 100000 1000000 [--plot growth.png] [--json]

1,000 faces: the recipe's Cypher, gds.knn and exact, on the real database.
13,233 faces (LFW's size): read + search + write against the recipe's Cypher, whose time is
extrapolated from 1,000 and 2,000 faces measured in the same run.
100,000 faces: the search alone, against a bare numpy.matmul over the same blocks and against faiss
on the same threads; then 1,000 new faces into 100,000, on the real database.
1,000,000 faces: the index, its recall, and how time grows from 10,000.

Faces are synthetic (`synthetic.py`), fitted to real ones where they are here. Every search runs in
a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import clock, finish, parser
from synthetic import model, real_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.linking.link_report import LinkReport

    Vectors = NDArray[np.float32]

THRESHOLD = 0.45
"""Where dlib's embeddings are linked."""

GROWTH = (10_000, 30_000, 100_000, 300_000, 1_000_000)
Row = dict[str, Any]


def faces(count: int) -> Vectors:
    return model(real_data()).draw(count)[0]


# The searches, each in a process of its own.


def bare(vectors: Vectors) -> int:
    """numpy.matmul over the blocks of the exact search, and nothing else."""
    from threadpoolctl import threadpool_limits

    from graphface.linking.exact import COLUMNS, ROWS, cores

    local = threading.local()
    count = len(vectors)

    def tile(place: tuple[int, int]) -> None:
        row, column = place
        stop = min(row + ROWS, count)
        left, right = vectors[row:stop], vectors[column : min(column + COLUMNS, stop)]
        if not hasattr(local, "out"):
            local.out = np.empty(ROWS * COLUMNS, np.float32)
        size = len(left) * len(right)
        np.matmul(left, right.T, out=local.out[:size].reshape(len(left), len(right)))

    blocks = [
        (row, column)
        for row in range(0, count, ROWS)
        for column in range(0, min(row + ROWS, count), COLUMNS)
    ]
    with threadpool_limits(1), ThreadPoolExecutor(cores()) as pool:
        list(pool.map(tile, blocks))
    return 0


def exact(vectors: Vectors) -> int:
    from graphface.linking.exact import pairs_within

    return sum(len(block.left) for block in pairs_within(vectors, THRESHOLD))


def faiss(vectors: Vectors) -> int:
    import faiss

    from graphface.linking.exact import cores

    faiss.omp_set_num_threads(cores())
    flat = faiss.IndexFlatL2(vectors.shape[1])
    flat.add(vectors)
    found = 0
    for start in range(0, len(vectors), 10_000):  # its results would not fit at once
        limits, _, _ = flat.range_search(vectors[start : start + 10_000], THRESHOLD**2)
        found += int(limits[-1])
    return (found - len(vectors)) // 2


def faiss_ivf(vectors: Vectors) -> int:
    import faiss

    from graphface.linking.exact import cores

    faiss.omp_set_num_threads(cores())
    cells = round(4 * len(vectors) ** 0.5)
    ivf = faiss.IndexIVFFlat(faiss.IndexFlatL2(vectors.shape[1]), vectors.shape[1], cells)
    ivf.nprobe = 16
    ivf.train(vectors[: 40 * cells])
    ivf.add(vectors)
    limits, _, _ = ivf.range_search(vectors, THRESHOLD**2)
    return (int(limits[-1]) - len(vectors)) // 2


def hnsw(vectors: Vectors) -> int:
    import hnswlib

    from graphface.linking.exact import cores

    graph = hnswlib.Index("l2", vectors.shape[1])
    graph.init_index(len(vectors), M=16, ef_construction=100)
    graph.set_num_threads(cores())
    graph.add_items(vectors)
    graph.set_ef(64)
    near, distance = graph.knn_query(vectors, k=50)
    own = np.arange(len(vectors))[:, None]
    hit = (distance < THRESHOLD**2) & (near != own)
    a, b = np.broadcast_to(own, near.shape)[hit], near[hit].astype(np.int64)
    return len(np.unique(np.minimum(a, b) * len(vectors) + np.maximum(a, b)))


def usearch(vectors: Vectors) -> int:
    from usearch.index import Index

    from graphface.linking.exact import cores

    index = Index(
        ndim=vectors.shape[1],
        metric="l2sq",
        connectivity=16,
        expansion_add=100,
        expansion_search=64,
    )
    index.add(np.arange(len(vectors)), vectors, threads=cores())
    found = index.search(vectors, 50, threads=cores())
    own = np.arange(len(vectors))[:, None]
    hit = (found.distances < THRESHOLD**2) & (found.keys != own)
    a, b = np.broadcast_to(own, hit.shape)[hit], found.keys[hit].astype(np.int64)
    return len(np.unique(np.minimum(a, b) * len(vectors) + np.maximum(a, b)))


def index(vectors: Vectors) -> Row:
    """The index at recall 0.995, and its recall measured on other faces than it is set by."""
    from graphface.linking.candidates import propose
    from graphface.linking.state import Faces, Plan

    count = len(vectors)
    order = np.arange(count, dtype=np.int32)
    some = Faces([str(k) for k in order], vectors, np.zeros(count), 0, order)
    plan = Plan("index", "euclidean", THRESHOLD, None, 0.995, "benchmark")
    found, compared, recall = propose(None, plan, some)
    return {"pairs": len(found[0]), "compared": compared, "recall": recall}


SEARCHES: dict[str, Callable[[Vectors], int | Row]] = {
    "matmul": bare,
    "exact": exact,
    "index": index,
    "faiss": faiss,
    "faiss-ivf": faiss_ivf,
    "hnswlib": hnsw,
    "usearch": usearch,
}


def child(name: str, count: int) -> None:
    """Run one search and print what it took: the last line of this process."""
    from graphface.linking.link_report import peak_memory

    vectors = faces(count)
    SEARCHES[name](vectors[:500])  # imports, threads
    with clock() as seconds:
        found = SEARCHES[name](vectors)
    row = found if isinstance(found, dict) else {"pairs": found}
    print(json.dumps({"seconds": seconds[0], "peak_mib": peak_memory() / 2**20, **row}))


def measure(name: str, count: int) -> Row:
    """One search in a process of its own; says so where its library is not installed."""
    command = [sys.executable, __file__, "--child", name, "--faces", str(count)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1]
        print(f"{count:>9,} {name:10} {reason}", flush=True)
        return {}
    row: Row = json.loads(done.stdout.splitlines()[-1])
    show(f"{count:>9,} {name:10}", row)
    return row


def show(what: str, row: Row) -> None:
    text = ", ".join(f"{k} {v:,.4g}" if isinstance(v, float) else f"{k} {v:,}"
                     for k, v in row.items() if v is not None)  # fmt: skip
    print(f"{what}: {text}", flush=True)


# On the real database.


def load(graph: Connection, vectors: Vectors, first: int = 0) -> None:
    """Write faces as `graphface import` does; their vector index answers afterwards."""
    from graphface.db.schema import pin_space
    from graphface.exchange.bulk_load import load_faces, vector_index
    from graphface.exchange.embeddings import Embeddings
    from graphface.records import Space

    space = Space("synthetic", "none", "none", vectors.shape[1], "euclidean", THRESHOLD)
    pin_space(graph, space)
    ids = [f"{first + k:08}" for k in range(len(vectors))]
    with vector_index(graph, space, ids):
        load_faces(graph, Embeddings(Path("synthetic"), ids, vectors, None, None, None))


def same(graph: Connection) -> dict[frozenset[str], float]:
    return {
        frozenset((row["start"], row["end"])): row["distance"] for row in graph.run("read-same")
    }


def recipe(graph: Connection, vectors: Vectors) -> float:
    """Seconds of the recipe's Cypher on these faces; its relationships stay."""
    graph.run("forget-everything")
    load(graph, vectors)
    with clock() as seconds:
        graph.run("recipe-same", threshold=THRESHOLD)
    return seconds[0]


def linked(graph: Connection, vectors: Vectors | None, method: str) -> tuple[float, LinkReport]:
    from graphface.linking.link import link

    if vectors is not None:
        graph.run("forget-everything")
        load(graph, vectors)
    with clock() as seconds:
        report = link(graph, method=method, threshold=THRESHOLD, max_neighbors=0)
    return seconds[0], report


def thousand(graph: Connection) -> Row:
    vectors = faces(1_000)
    recipe(graph, vectors[:200])  # the server compiles as it goes
    took = {"recipe": recipe(graph, vectors)}
    expected = same(graph)
    rows: Row = {"recipe": {"seconds": took["recipe"], "pairs": len(expected)}}
    for method in ("knn", "exact"):
        seconds, report = linked(graph, vectors, method)
        found = same(graph)
        rows[method] = {
            "seconds": seconds,
            "pairs": len(found),
            "recall": report.recall,
            "identical": found == expected,
        }
    for name, row in rows.items():
        show(f"    1,000 {name:10}", row)
    return rows


def lfw_size(graph: Connection, first: float | None) -> Row:
    vectors = faces(13_233)
    one = first or recipe(graph, vectors[:1_000])
    two = recipe(graph, vectors[:2_000])
    power = np.log2(two / one)
    extrapolated = two * (13_233 / 2_000) ** 2
    seconds, report = linked(graph, vectors, "exact")
    again = [linked(graph, vectors, "exact")[1] for _ in range(3)][-1]
    row = {
        "recipe_1000": one,
        "recipe_2000": two,
        "recipe_power": float(power),
        "recipe_extrapolated": extrapolated,
        "exact": seconds,
        "times_faster": extrapolated / seconds,
        "pairs": report.kept,
        "writes_per_second": report.written / max(report.seconds["write"], 1e-9),
        "writes_per_second_warm": again.written / max(again.seconds["write"], 1e-9),
        **{f"exact_{stage}": value for stage, value in report.seconds.items()},
    }
    show("   13,233 linking   ", row)
    return row


def hundred_thousand(graph: Connection, peers: bool) -> Row:
    names = ["matmul", "exact", "index", "faiss"]
    names += ["faiss-ivf", "hnswlib", "usearch"] if peers else []
    rows = {name: measure(name, 100_000) for name in names}
    vectors = faces(101_000)
    seconds, report = linked(graph, vectors[:100_000], "exact")
    rate = report.written / max(report.seconds["write"], 1e-9)
    rows["database"] = {
        "seconds": seconds,
        "pairs": report.kept,
        "writes_per_second": rate,
        "peak_mib": report.peak_memory / 2**20,
        **report.seconds,
    }
    show("  100,000 from scratch", rows["database"])
    load(graph, vectors[100_000:], first=100_000)
    seconds, report = linked(graph, None, "auto")
    rows["incremental"] = {"seconds": seconds, "written": report.written, **report.seconds}
    show("  100,000 + 1,000 new ", rows["incremental"])
    return rows


def million(plot: Path | None, largest: int = 1_000_000) -> Row:
    rows = {count: measure("index", count) for count in GROWTH if count <= largest}
    counts = np.array([count for count, row in rows.items() if row])
    seconds = np.array([rows[count]["seconds"] for count in counts.tolist()])
    exponent = float(np.polyfit(np.log(counts), np.log(seconds), 1)[0])
    print(f"time grows with the number of faces to the power {exponent:.2f}")
    if plot:
        draw(plot, counts, seconds, exponent)
    return {"exponent": exponent, **{str(count): row for count, row in rows.items()}}


def draw(path: Path, counts: NDArray[np.int64], seconds: NDArray[np.float64], power: float) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    axes.loglog(counts, seconds, "o-", label=f"index, recall 0.995 (power {power:.2f})")
    axes.set(xlabel="faces", ylabel="seconds of search, two cores")
    axes.grid(visible=True, which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=150)


def with_database(work: Callable[[Connection], Row]) -> Row:
    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    with tempfile.TemporaryDirectory() as home:
        server = EmbeddedServer(Path(home), settings().cache)
        status = server.start()
        try:
            with Connection(status.uri, status.username, server.password()) as graph:
                return work(graph)
        finally:
            server.stop()


def on_database(sizes: list[int], peers: bool) -> Callable[[Connection], Row]:
    def work(graph: Connection) -> Row:
        result: Row = {}
        if 1_000 in sizes:
            result["1000"] = thousand(graph)
        if 13_233 in sizes:
            first = result["1000"]["recipe"]["seconds"] if "1000" in result else None
            result["13233"] = lfw_size(graph, first)
        if 100_000 in sizes:
            result["100000"] = hundred_thousand(graph, peers)
        return result

    return work


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--faces", type=int, nargs="+", default=[1_000, 13_233, 100_000])
    options.add_argument("--peers", action="store_true", help="more libraries at 100,000 faces")
    options.add_argument("--plot", type=Path, help="draw how time grows into this file")
    options.add_argument("--child", choices=SEARCHES, help="run one search here (internal)")
    args = options.parse_args()
    if args.child:
        child(args.child, args.faces[0])
        return
    started = time.perf_counter()
    sizes = [count for count in args.faces if count <= 100_000]
    result = with_database(on_database(sizes, args.peers)) if sizes else {}
    if max(args.faces) > 100_000:
        result["growth"] = million(args.plot, max(args.faces))
    print(f"all of it took {time.perf_counter() - started:.0f} s")
    finish(args, result)


if __name__ == "__main__":
    main()
