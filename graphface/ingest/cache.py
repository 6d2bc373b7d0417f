"""Embeddings of pictures that no graph holds, kept so that a second search decodes nothing.

One SQLite file for each way to make embeddings (model, alignment, detector), in `search/` of the
cache. It knows pictures by the SHA-256 of their bytes, and files by path, size and time, as
ingest does: a file that has not changed is not even opened. Faces are biometric data, so nobody
else may read the files, and what is forgotten is overwritten.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from graphface.ingest.cache_store import Store, forget_in
from graphface.ingest.pipeline import batches, embed, in_order
from graphface.progress import task
from graphface.records import Box, Face
from graphface.settings import settings
from graphface.vision.extractor import Extractor, face_id
from graphface.vision.pictures import picture_id, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from graphface.ingest.cache_store import Packed
    from graphface.ingest.library import Problem
    from graphface.records import Picture
    from graphface.vision.extractor import FoundFace

BATCH = 64
"""Pictures that are embedded and stored together: what a stopped run loses at most."""

LAYOUT = 1
"""Counted up when what is stored changes."""


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """A picture file and the faces in it, of every size, left to right."""

    path: Path
    photo: str
    """SHA-256 of the file's bytes, hexadecimal."""
    faces: tuple[Face, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a worker made of one file; without a picture its bytes are in the store already."""

    path: Path
    photo: str
    size: int
    modified: int
    picture: Picture | None
    found: list[FoundFace]


def embedded(
    paths: Sequence[Path], extractor: Extractor, *, workers: int | None = None
) -> tuple[list[Embedded], list[Problem]]:
    """The faces of each picture, from the cache or made now; and why others have none.

    Faces smaller than the extractor's `min_face` are among them: the cache serves every size.
    Raises GraphfaceError when the cache cannot be written.
    """
    every = Extractor(extractor.model, extractor.spec, extractor.detector, 1, ())
    problems: list[Problem] = []
    with Store(_store_of(every)) as store:
        known = {
            path: _unpacked(path, packed, every) for path, packed in store.unchanged(paths).items()
        }
        todo = [path for path in dict.fromkeys(paths) if known.get(path) is None]
        with task("looking at pictures", total=len(todo), unit="pictures") as bar:
            for batch in batches(_look(todo, every, store, workers, problems, bar.advance), BATCH):
                known.update(_keep(batch, every, store, problems))
    return [one for path in paths if (one := known.get(path))], problems


def forget_cached(photos: Iterable[str]) -> int:
    """Delete what is kept of the pictures with these ids (SHA-256); returns how many were there."""
    wanted, gone = sorted(set(photos)), set()
    for file in sorted(_folder().glob("*.sqlite")):
        gone |= forget_in(file, wanted)
    return len(gone)


def _folder() -> Path:
    return settings().cache / "search"


def _store_of(extractor: Extractor) -> Path:
    """Another model, crop, detector or lowest score is another file."""
    space = extractor.space()
    score = getattr(extractor.detector, "min_confidence", None)
    made = (LAYOUT, space.model, space.alignment, space.dimensions, space.detector, score)
    digest = hashlib.sha256(repr((*made, _options(space.file))).encode()).hexdigest()
    safe = "".join(c if c.isalnum() else "-" for c in f"{space.model}-{space.detector}")
    return _folder() / f"{safe}-{digest[:16]}.sqlite"


def _options(model: str | None) -> bytes:
    """What the user wrote beside a model of their own: its pixels hang on it, its name does not."""
    options = Path(model).with_suffix(".json") if model else None
    return options.read_bytes() if options and options.is_file() else b""


def _look(
    paths: Sequence[Path],
    extractor: Extractor,
    store: Store,
    workers: int | None,
    problems: list[Problem],
    advance: Callable[[], None],
) -> Iterable[_Seen]:
    if not paths:
        return ()
    held = store.held()
    look = partial(_look_at, extractor, held, frozenset(held.values()))
    return in_order(paths, look, workers, problems, advance)


def _look_at(
    extractor: Extractor, held: dict[str, int], sizes: frozenset[int], path: Path
) -> _Seen:
    if _size(path) in sizes:  # a cheap hash saves decoding a copy
        photo, modified = picture_id(path)
        if photo in held:
            return _Seen(path, photo, held[photo], modified, None, [])
    return _decoded(path, extractor)


def _decoded(path: Path, extractor: Extractor) -> _Seen:
    picture = read_picture(path)
    found = extractor.detect(picture)
    return _Seen(path, picture.id, picture.size, picture.modified, picture, found)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None  # reading it will say what is wrong


def _keep(
    batch: list[_Seen], extractor: Extractor, store: Store, problems: list[Problem]
) -> dict[Path, Embedded | None]:
    """Embed the faces of a batch, store them, and return what every file of it shows."""
    packed = store.photos([s.photo for s in batch if s.picture is None])
    known = {
        s.path: _unpacked(s.path, packed.get(s.photo), extractor) for s in batch if not s.picture
    }
    # A copy of a picture whose entry is broken is read after all.
    new = [_decoded(s.path, extractor) if not s.picture else s
           for s in batch if known.get(s.path) is None]  # fmt: skip
    made = {s.path: Embedded(s.path, s.photo, tuple(faces))
            for s, faces in zip(new, embed(new, extractor, problems), strict=True)}  # fmt: skip
    store.keep(
        [(s.photo, s.size, _packed(made[s.path].faces, extractor)) for s in new],
        [(s.path, s.size, s.modified, s.photo) for s in batch],
    )
    return {**known, **made}


def _layout(extractor: Extractor) -> np.dtype[np.void]:
    vector = ("embedding", "<f4", (extractor.spec.dimensions,))
    return np.dtype([("box", "<i4", (4,)), ("confidence", "<f4"), ("quality", "<f4"), vector])


def _packed(faces: Sequence[Face], extractor: Extractor) -> bytes:
    rows = [
        ((f.box.x, f.box.y, f.box.width, f.box.height), f.confidence, f.quality, f.embedding)
        for f in faces
    ]
    return np.array(rows, _layout(extractor)).tobytes()


def _unpacked(path: Path, packed: Packed | None, extractor: Extractor) -> Embedded | None:
    """The faces of an entry; None for one that is missing or has the wrong length."""
    layout = _layout(extractor)
    if packed is None or len(packed.faces) % layout.itemsize:
        return None
    faces = []
    for row in np.frombuffer(packed.faces, layout):
        box = Box(*map(int, row["box"]))
        faces.append(
            Face(face_id(packed.photo, box), box, float(row["confidence"]), float(row["quality"]),
                 row["embedding"])
        )  # fmt: skip
    return Embedded(path, packed.photo, tuple(faces))
