"""Nodes that nothing hangs on. They are the only thing that an audit takes away by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.answers.auditing.finding import Finding
from graphface.people.find import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.graph import Connection, Run

APPLY = "graphface audit --apply"


def empty_people(graph: Connection) -> Iterator[Finding]:
    """Persons without a face. One without a name is nobody; a name somebody may still want."""
    for row in graph.run("audit-people"):
        if row["faces"]:
            continue
        called = label(row["name"], row["number"])
        named = row["name"] is not None
        yield Finding(
            "empty-person",
            0,
            f"{called} has no face",
            f"graphface forget {row['number']}" if named else APPLY,
            safe=not named,
            persons=(row["number"],),
        )


def orphans(graph: Connection) -> Iterator[Finding]:
    """Faces cut out of a photo that is gone, and photos that have neither file nor face."""
    for row in graph.run("audit-orphan-faces"):
        persons = () if row["number"] is None else (row["number"],)
        text = f"face {row['face']} was cut out of a photo that is no longer in the graph"
        yield Finding("orphan", 1, text, APPLY, safe=True, persons=persons, examples=(row["face"],))
    for row in graph.run("audit-orphan-photos"):
        where = row["path"] or row["photo"]
        yield Finding("orphan", 0, f"photo {where} has neither file nor face", APPLY, safe=True)


def apply(graph: Connection) -> list[str]:
    """Take the orphans and the empty persons away, all or none; a line for each thing done."""
    faces, photos, people = graph.transact(_drop)
    done = []
    if faces or photos:
        done.append(
            f"deleted {faces} {_s('face', faces)} without a photo and {photos} "
            f"{_s('photo', photos)} without file and face"
        )
    if people:
        done.append(f"dropped {people} {_s('person', people)} without face and name")
    return done


def _drop(run: Run) -> tuple[int, int, int]:
    run("lock-people")
    faces = [row["face"] for row in run("audit-orphan-faces")]
    photos = [row["photo"] for row in run("audit-orphan-photos")]
    gone = run("audit-drop-orphans", faces=faces, photos=photos)[0]
    people = run("drop-empty-people")[0]["dropped"]  # those that the faces left, too
    return gone["faces"], gone["photos"], people


def _s(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
