"""Loading: faces a second into the real database, the driver's plain way beside graphface's.

    python benchmarks/loading.py [--faces 13233] [--repeat 3] [--json]

The plain way is what the driver's manual shows: UNWIND over a list of maps of Python lists, one
session, 1,000 rows a transaction. It runs with the driver as pip installs it, and with its Rust
extension where that is installed. Every pass is a process of its own, on faces that are new to the
database; passes take turns, and the best of each way counts. First without a vector index; then
with one, until it answers. Embeddings read back must be the same 32-bit floats after every pass.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import finish, parser
from synthetic import model, real_data

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.db.embedded.server import EmbeddedServer

WAYS = ("driver", "driver + Rust", "graphface")
ROWS = 1_000
WARM_UP = 3_000
"""Faces loaded once each way before the clock counts: Java compiles what runs often."""

PLAIN = """
UNWIND $rows AS row
MERGE (f:Face {id: row.id})
SET f.embedding = row.embedding
"""
Row = dict[str, Any]


def names(count: int, prefix: str) -> list[str]:
    return [f"{prefix}{i:024d}" for i in range(count)]


def plain(graph: Connection, ids: list[str], vectors: NDArray[np.float32]) -> None:
    with graph.session() as session:
        for start in range(0, len(ids), ROWS):
            some = slice(start, start + ROWS)
            rows = [
                {"id": id, "embedding": vector.tolist()}
                for id, vector in zip(ids[some], vectors[some], strict=True)
            ]
            session.execute_write(lambda tx, rows: tx.run(PLAIN, rows=rows).consume(), rows)


def ours(graph: Connection, ids: list[str], vectors: NDArray[np.float32], index: bool) -> None:
    from graphface.exchange.bulk_load import load_faces, vector_index
    from graphface.exchange.embeddings import Embeddings

    found = Embeddings(Path("synthetic"), ids, vectors, None, None, None)
    if not index:
        load_faces(graph, found)
        return
    space = graph.space()
    assert space is not None
    with vector_index(graph, space, ids):
        load_faces(graph, found)


def child(way: str, file: str, prefix: str, index: bool) -> None:
    """One pass in this process; prints its seconds, of the clock and of this process."""
    if way == "driver":
        sys.modules["neo4j._rust"] = None  # type: ignore[assignment]  # as if not installed
    from graphface.db import connect

    vectors = np.load(file)
    ids = names(len(vectors), prefix)
    with connect() as graph:
        started, busy = time.perf_counter(), time.process_time()
        if way == "graphface":
            ours(graph, ids, vectors, index)
        else:
            plain(graph, ids, vectors)
        took = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy}
    print(json.dumps(took))


def same(graph: Connection, ids: list[str], vectors: NDArray[np.float32]) -> bool:
    """Whether the database holds exactly these 32-bit floats."""
    query = "UNWIND $ids AS id MATCH (f:Face {id: id}) RETURN f.embedding AS embedding"
    with graph.session("read") as session:
        for start in range(0, len(ids), ROWS):
            some = slice(start, start + ROWS)
            rows = [row["embedding"] for row in session.run(query, ids=ids[some])]
            if not np.array_equal(np.array(rows, np.float32), vectors[some]):
                return False
    return True


class Bench:
    """Runs passes against one server."""

    def __init__(self, server: EmbeddedServer, graph: Connection) -> None:
        import psutil

        self.graph = graph
        self.file = server.home / "faces.npy"
        status = server.status()
        self.java = psutil.Process(status.pid)
        self.environment = os.environ | {
            "NEO4J_URI": status.uri,
            "NEO4J_USERNAME": status.username,
            "NEO4J_PASSWORD": server.password(),
        }
        self.passes = 0

    def run(self, way: str, vectors: NDArray[np.float32], index: bool) -> Row:
        self.passes += 1
        np.save(self.file, vectors)
        prefix = f"p{self.passes:02d}-"
        asked = [way, str(self.file), prefix, "index" if index else ""]
        before = self.busy()
        command = [sys.executable, __file__, "--child", *asked]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        row: Row = json.loads(done.stdout.splitlines()[-1])
        self.settle()
        row["server"] = self.busy() - before
        if not same(self.graph, names(len(vectors), prefix), vectors):
            sys.exit(f"{way}: the database holds other numbers than were sent")
        return row

    def busy(self) -> float:
        times = self.java.cpu_times()
        return float(times.user + times.system)

    def settle(self) -> None:
        """Wait until what the server does in the background is done."""
        while True:
            before = self.busy()
            time.sleep(1)
            if self.busy() - before < 0.1:
                return


def ways() -> tuple[str, ...]:
    from importlib.util import find_spec

    return WAYS if find_spec("neo4j._rust") else tuple(way for way in WAYS if "Rust" not in way)


def measure(
    bench: Bench, graph: Connection, vectors: NDArray[np.float32], repeat: int, index: bool
) -> Row:
    best: Row = {}
    count = len(vectors)
    for _ in range(repeat):
        for way in ways():
            if index:
                empty(graph)
            row = bench.run(way, vectors, index)
            if way not in best or row["seconds"] < best[way]["seconds"]:
                best[way] = row
    title = "with its vector index, until it answers" if index else "without a vector index"
    print(f"{count:,} faces, {title}:")
    for way, row in best.items():
        row["faces_per_second"] = count / row["seconds"]
        row["times"] = best["driver"]["seconds"] / row["seconds"]
        print(
            f"  {way:14} {row['seconds']:7.2f} s {row['faces_per_second']:9,.0f} faces/s "
            f"x{row['times']:5.1f}   processor: {row['cpu']:6.2f} s here, "
            f"{row['server']:6.2f} s there"
        )
    return best


def empty(graph: Connection) -> None:
    from graphface.db.schema import save_space

    space = graph.space()
    graph.run("drop-index-face-embedding")
    graph.run("forget-everything")
    assert space is not None
    save_space(graph, space)


def bench(server: EmbeddedServer, count: int, repeat: int) -> Row:
    from graphface.db import Connection
    from graphface.db.schema import pin_space
    from graphface.records import Space

    status = server.status()
    vectors = model(real_data()).draw(count)[0]
    with Connection(status.uri, status.username, server.password()) as graph:
        pin_space(graph, Space("Dlib", "", "dlib-5-150", 128, "euclidean_l2", 0.29))
        graph.run("drop-index-face-embedding")
        passes = Bench(server, graph)
        for way in ways():
            passes.run(way, vectors[:WARM_UP], index=False)
        result = {"no index": measure(passes, graph, vectors, repeat, index=False)}
        result["index"] = measure(passes, graph, vectors, repeat, index=True)
    return result


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--faces", type=int, nargs="+", default=[13_233])
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--child", nargs=4, help="one pass in this process (internal)")
    args = options.parse_args()
    if args.child:
        way, file, prefix, index = args.child
        child(way, file, prefix, bool(index))
        return
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    result: Row = {}
    for count in args.faces:
        with tempfile.TemporaryDirectory() as home:
            server = EmbeddedServer(Path(home), settings().cache)
            server.start()
            try:
                result[str(count)] = bench(server, count, args.repeat)
            finally:
                server.stop()
    finish(args, result)


if __name__ == "__main__":
    main()
