"""Ignore faces for good: statues, drawings, posters, and faces too poor to be anybody's.

An ignored face is an `:IgnoredFace` and no `:Face`. So no statement about faces sees it, neither
linking, clustering, `who` and `review` nor a user's own Cypher, and the vector index does not hold
it. It keeps its id, box and embedding: ingest does not bring it in again, and it can come back.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from graphface.errors import UsageError
from graphface.people.assignments import Assignments
from graphface.people.changes import change
from graphface.people.curate import meant
from graphface.people.selectors import any_face_by
from graphface.progress import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db import Connection, Run
    from graphface.people.changes import Change
    from graphface.people.selectors import FaceNode

AT_ONCE = 50_000
"""Faces that one change ignores at most: the state before is kept beside it."""


def ignore(
    graph: Connection,
    what: Sequence[str] = (),
    *,
    like: str | None = None,
    threshold: float | None = None,
    below_quality: float | None = None,
    dry_run: bool = False,
) -> Change | None:
    """Ignore faces, by one of three ways to say which.

    `what` are faces, or persons with all their faces. `like` is a face, also one that was ignored:
    it goes with all that are nearer to it than `threshold` (the graph's own by default), in the
    graph's metric, except faces that somebody named or placed. `below_quality` are those of less
    quality that are alone: of nobody, or of a person without a name and without another face.

    Returns None when there is nothing to ignore. Raises NotFound, UsageError.
    """
    _check(what, like, threshold, below_quality)
    if like is not None:
        text, faces = _like(graph, like, threshold)
    elif below_quality is not None:
        text, faces = _poor(graph, below_quality)
    else:
        return change(graph, "ignore", partial(_named, list(what)), dry_run=dry_run)
    return change(graph, "ignore", partial(_still_free, text, faces), dry_run=dry_run)


def unignore(graph: Connection, faces: Sequence[str], *, dry_run: bool = False) -> Change | None:
    """Take ignored faces back: they are faces of nobody, as if they had just been found.

    A picture stands for its ignored face, PICTURE#2 for the second of them from the left. Returns
    None when none of `faces` is ignored. Raises NotFound, UsageError.
    """
    return change(graph, "unignore", partial(_unignore, list(faces)), dry_run=dry_run)


def _check(
    what: Sequence[str], like: str | None, threshold: float | None, below_quality: float | None
) -> None:
    ways = sum((bool(what), like is not None, below_quality is not None))
    if ways != 1 or (threshold is not None and like is None):
        raise UsageError(
            "it is not clear which faces to ignore",
            "Name faces or persons, or give `like` (perhaps with `threshold`) or `below_quality`",
            code="options-conflict" if ways else "parameter-missing",
        )
    if below_quality is not None and not 0 < below_quality <= 1:
        raise UsageError(
            f"`below_quality` is {below_quality}",
            "Give a number above 0, at most 1",
            code="out-of-range",
            below_quality=below_quality,
        )


def _named(texts: list[str], run: Run) -> tuple[str, Assignments]:
    faces = list({face.id: face for text in texts for face in meant(run, text)}.values())
    return f"{_faces(faces)} ignored", _ignored([face.id for face in faces])


def _like(graph: Connection, text: str, threshold: float | None) -> tuple[str, list[str]]:
    """The face that `text` stands for, if it is not ignored yet, and those that are like it."""
    space = graph.require_space()
    face = any_face_by(graph.run, text)
    limit = space.threshold if threshold is None else threshold
    near = graph.run(
        "faces-like", face=face.id, metric=space.metric, threshold=limit, limit=AT_ONCE
    )
    _tell_of_more(len(near))
    own = [] if face.ignored else [face.id]
    found = list(dict.fromkeys([*own, *(row["face"] for row in near)]))
    return f"like {face.shown} (nearer than {limit:g})", found


def _poor(graph: Connection, quality: float) -> tuple[str, list[str]]:
    graph.require_space()
    rows = graph.run("lone-faces", quality=quality, limit=AT_ONCE)
    _tell_of_more(len(rows))
    return f"alone, of a quality under {quality:g}", [row["face"] for row in rows]


def _tell_of_more(count: int) -> None:
    if count == AT_ONCE:
        say(f"{AT_ONCE:,} faces are ignored at a time: do it again for the rest", "warning")


def _still_free(about: str, faces: list[str], run: Run) -> tuple[str, Assignments]:
    """Ignore those of `faces` that are there and not ignored; they were looked up before."""
    there = [row["face"] for row in run("read-belongs", faces=faces) if not row["ignored"]]
    return f"{_count(len(there))} ignored: {about}", _ignored(there)


def _ignored(faces: Sequence[str]) -> Assignments:
    return Assignments(faces=dict.fromkeys(faces, None), standing=dict.fromkeys(faces, "ignored"))


def _unignore(texts: list[str], run: Run) -> tuple[str, Assignments]:
    faces = list(
        {f.id: f for text in texts if (f := any_face_by(run, text, ignored=True))}.values()
    )
    text = f"{_faces(faces)} no longer ignored"
    return text, Assignments(standing=dict.fromkeys((face.id for face in faces), "face"))


def _faces(faces: Sequence[FaceNode]) -> str:
    return faces[0].shown if len(faces) == 1 else _count(len(faces))


def _count(number: int) -> str:
    return f"{number:,} face{'' if number == 1 else 's'}"
