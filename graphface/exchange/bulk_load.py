"""Load faces into the graph in bulk; `docs/import.md` has measurements.

Embeddings are sent as one numpy array per batch, not as lists in maps. The driver formats all
parameters for a log line that nobody reads. For lists this costs more than sending them, but the
text of an array is short. Two sessions send in parallel, so that packing here and storing there
overlap. For many new faces the vector index is dropped, and built once at the end.
"""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphface.db.schema import similarity
from graphface.errors import Action, DatabaseError
from graphface.progress import Pool, say, task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection, Run
    from graphface.exchange.embeddings import Embeddings
    from graphface.records import Space

NUMBERS_AT_ONCE = 128_000
"""Numbers in one transaction: 1,000 faces of 128, some 10 MB of the server's heap."""

SESSIONS = 2

IDS_AT_ONCE = 50_000
"""Ids looked up in one transaction."""

REBUILD = 50_000
"""From so many new faces on, if they are at least as many as were there, the vector index is built
anew after them: at 100,000 that took a third of the work of growing it."""

POLL = 0.5
"""Seconds between two looks at an index that is being built."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load wrote."""

    new: int
    changed: int
    """Faces that existed with another embedding."""


def load_faces(graph: Connection, embeddings: Embeddings) -> Loaded:
    """Write faces with their photos and boxes in batches of one transaction each.

    Written batches stay if a later one fails; loading again writes the rest.
    """
    count, dimensions = embeddings.vectors.shape
    size = max(NUMBERS_AT_ONCE // dimensions, 1)
    parts = [slice(start, start + size) for start in range(0, count, size)]
    new = written = 0
    pool = Pool(SESSIONS, thread_name_prefix="load")
    try:
        with task("write faces", total=count, unit="faces") as bar:
            jobs = {pool.submit(_write, graph, embeddings, part): part for part in parts}
            for job in as_completed(jobs):
                row = job.result()
                new, written = new + row["new"], written + row["written"]
                bar.advance(len(embeddings.ids[jobs[job]]))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return Loaded(new, written - new)


def _write(graph: Connection, embeddings: Embeddings, part: slice) -> dict[str, int]:
    faces = {"ids": embeddings.ids[part], "embeddings": embeddings.vectors[part]}
    photos, boxes = _photos(embeddings, part), _boxes(embeddings, part)

    def work(run: Run) -> dict[str, int]:
        rows = run("import-faces", **faces)
        if photos["faces"]:
            run("import-photos", **photos)
        if boxes["faces"]:
            run("import-boxes", **boxes)
        return rows[0]

    return graph.transact(work)


def _photos(embeddings: Embeddings, part: slice) -> dict[str, list[str]]:
    paths = embeddings.paths[part] if embeddings.paths else []
    known = [(id, path) for id, path in zip(embeddings.ids[part], paths, strict=False) if path]
    return {
        "faces": [id for id, _ in known],
        "photos": [photo_id(path) for _, path in known],
        "paths": [path for _, path in known],
    }


def photo_id(path: str) -> str:
    """The id of a photo known only by its path; it equals the SHA-256 of a file only by chance."""
    return hashlib.sha256(b"graphface import\0" + path.encode()).hexdigest()


def _boxes(embeddings: Embeddings, part: slice) -> dict[str, list[Any]]:
    boxes = embeddings.boxes[part] if embeddings.boxes else []
    known = [(id, box) for id, box in zip(embeddings.ids[part], boxes, strict=False) if box]
    return {
        "faces": [id for id, _ in known],
        "boxes": [[box.x, box.y, box.width, box.height] for _, box in known],
    }


@contextmanager
def vector_index(graph: Connection, space: Space, ids: list[str]) -> Iterator[None]:
    """Make sure that the vector index is complete when the block ends, grown or rebuilt.

    `ids` are the faces that the block writes. A killed import may have left no index; then this
    creates it again.
    """
    if _many_new(graph, ids):
        say("many new faces: the vector index is built once, after them")
        graph.run("drop-index-face-embedding")
    try:
        yield
    finally:
        asked = {"dimensions": space.dimensions, "similarity": similarity(space.metric)}
        graph.run("index-face-embedding", **asked)
    _await_index(graph)


def _many_new(graph: Connection, ids: list[str]) -> bool:
    if len(ids) < REBUILD:
        return False
    known = faces = 0
    for start in range(0, len(ids), IDS_AT_ONCE):
        row = graph.run("import-known", ids=ids[start : start + IDS_AT_ONCE])[0]
        known, faces = known + row["known"], row["faces"]
    return len(ids) - known >= max(REBUILD, faces)


def _await_index(graph: Connection) -> None:
    done = 0.0
    with task("build vector index", total=100, unit="%") as bar:
        while True:
            row = graph.run("import-index-progress")[0]
            if row["state"] == "FAILED":
                raise DatabaseError(
                    "the server could not build the vector index on Face.embedding",
                    "See what its log says",
                    action=Action("db.logs"),
                    code="index-failed",
                )
            percent = 100.0 if row["state"] == "ONLINE" else float(row["percent"])
            bar.advance(percent - done)
            done = percent
            if row["state"] == "ONLINE":
                return
            time.sleep(POLL)
