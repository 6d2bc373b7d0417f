"""Forget a person permanently: nothing of them stays in the graph, and nothing can be undone.

The photos stay in the graph without these faces, and later runs of ingest do not touch them. With
`photos`, photos that show nobody else are deleted as well. Only the SHA-256 and size of their files
stay, so that ingest does not bring them back. Files on disk are never touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from graphface.errors import DatabaseError
from graphface.ingest.cache import forget_cached
from graphface.people.selectors import Person, faces_by, find_person
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db import Connection, Row, Run

AT_ONCE = 500
"""Faces deleted in one transaction: each may have hundreds of SAME."""

LOOKED_UP = 20
"""Embeddings that are looked up afterwards in the vector index."""


@dataclass(frozen=True, slots=True)
class Forgotten(Record):
    """What `forget` deleted, or would delete."""

    person: Person
    faces: int
    """Deleted with their embeddings."""
    photos: int
    """Photos deleted because they show nobody else; only with `photos`."""
    kept_photos: int
    """Photos that stay, without these faces."""
    same: int
    not_same: int
    changes: int
    """Entries of the history."""
    cached: int
    """Pictures whose embeddings a search had cached."""
    paths: tuple[str, ...]
    """Files on disk that show the person. They are not touched."""
    mentions: tuple[str, ...]
    """Where the name still occurs: paths of files, another person's name."""
    dry_run: bool


def forget(
    graph: Connection, person: str, *, photos: bool = False, dry_run: bool = False
) -> Forgotten:
    """Delete a person with all faces, embeddings, relationships, history and cached embeddings.

    `photos` also deletes the photos (not the files) that show nobody else. This cannot be undone.
    After an interruption, the same call continues. At the end the whole graph is searched for
    traces. Raises NotFound, and DatabaseError when anything of the person is still there.
    """
    found = find_person(graph, person)
    nodes = faces_by(graph.run, found.id)
    ids = [face.id for face in nodes]
    shown = graph.run("photos-of-faces", faces=ids)
    alone = [row["photo"] for row in shown if not row["others"]] if photos else []
    paths = tuple(path for row in shown for path in row["paths"])
    if dry_run:
        return _report(found, {"faces": len(ids), "photos": len(alone)}, shown, paths, (), True)
    vectors = graph.run("face-embeddings", faces=ids[:LOOKED_UP])
    cached = forget_cached(row["photo"] for row in shown)
    persons = _under_all_ids(graph.run, found)
    counts = {**_delete(graph, found, ids, alone), "cached": cached}
    mentions = _verify(graph, found, persons, ids, vectors)
    return _report(found, counts, shown, paths, mentions, False)


def _report(
    person: Person,
    counts: dict[str, int],
    shown: Sequence[Row],
    paths: tuple[str, ...],
    mentions: tuple[str, ...],
    dry_run: bool,
) -> Forgotten:
    return Forgotten(
        person=person,
        faces=counts["faces"],
        photos=counts["photos"],
        kept_photos=len(shown) - counts["photos"],
        same=counts.get("same", 0),
        not_same=counts.get("notSame", 0),
        changes=counts.get("changes", 0),
        cached=counts.get("cached", 0),
        paths=paths,
        mentions=mentions,
        dry_run=dry_run,
    )


def _delete(graph: Connection, person: Person, ids: list[str], alone: list[str]) -> dict[str, int]:
    """Delete the last faces with the person: no interrupted run leaves a person without faces."""
    total = {"faces": 0, "same": 0, "notSame": 0, "changes": 0, "photos": 0}

    def add(counts: dict[str, int]) -> None:
        for what, count in counts.items():
            total[what] += count

    with task("forgetting", total=len(ids), unit="faces") as bar:
        for start in range(0, len(ids) - AT_ONCE, AT_ONCE):
            some = ids[start : start + AT_ONCE]
            add(graph.transact(partial(_delete_faces, person, some)))
            bar.advance(len(some))
        add(graph.transact(partial(_delete_person, person, alone)))
    return total


def _delete_faces(person: Person, ids: list[str], run: Run) -> dict[str, int]:
    """Delete faces together with their history, so that no change refers to a face that is gone."""
    run("lock-people")
    gone = run(
        "forget-changes",
        persons=_under_all_ids(run, person),
        faces=ids,
        pattern=_whole(person.name),
    )
    run("forget-thumbnails", faces=ids)  # of persons that these faces belonged to earlier
    return {**run("forget-faces", faces=ids)[0], "changes": len(gone)}


def _delete_person(person: Person, alone: list[str], run: Run) -> dict[str, int]:
    """Delete what is left, including faces added meanwhile; after this none can be added."""
    counts = _delete_faces(person, [face.id for face in faces_by(run, person.id)], run)
    run("forget-person", person=person.id)
    ignored = [row["face"] for row in run("kept-faces", photos=alone)]  # they go with the photos
    run("forget-changes", persons=[], faces=ignored, pattern="")
    return {**counts, "photos": run("forget-photos", photos=alone)[0]["photos"]}


def _under_all_ids(run: Run, person: Person) -> list[str]:
    """The person's id, and the ids of persons merged into it: they are the same person."""
    ids = [person.id]
    while more := [row["person"] for row in run("merged-into", persons=ids)]:
        ids += more
    return ids


def _whole(name: str | None) -> str:
    """A pattern in the server's syntax for texts that contain `name` as whole words."""
    if name is None or "\\E" in name:
        return ""
    return rf"(?s).*(?<![\p{{L}}\d])\Q{name}\E(?![\p{{L}}\d]).*"


def _verify(
    graph: Connection, person: Person, persons: list[str], ids: list[str], vectors: Sequence[Row]
) -> tuple[str, ...]:
    """Search the graph for what should be gone; returns where the name may still occur."""
    found = graph.run("find-traces", ids=ids, persons=persons, pattern=_whole(person.name))
    left = [row for row in found if not row["named"] or row["label"] == "Change"]
    near = [row for one in vectors
            for row in graph.run("index-holds", ids=ids, embedding=one["embedding"])]  # fmt: skip
    if left or near:
        where = f"{left[0]['label']}.{left[0]['key']}" if left else "the vector index"
        raise DatabaseError(
            f"something of {person.label} is still in the graph ({where})",
            "Something wrote it meanwhile. Do it again when nothing else runs",
            code="forget-incomplete",
            label=person.label,
            where=where,
        )
    return tuple(f"{row['label']}.{row['key']}: {row['value']}" for row in found)
