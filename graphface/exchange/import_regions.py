"""Import the names of faces from other photo tools: from side-cars and from pictures."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import (
    EmbeddingError,
    ModelError,
    PictureError,
    SpaceMismatch,
    UsageError,
)
from graphface.exchange.photo_lookup import faces_of_photos, photos_called
from graphface.exchange.regions import applied_size, area_of, fit, named_regions, pairs, read_frame
from graphface.exchange.sidecars import of_upright
from graphface.exchange.xmp import Xmp
from graphface.files import path_from_text, path_text, shown
from graphface.ingest.library import SKIPPED
from graphface.names import clean_name
from graphface.people.marking import clipped, embedded_marks, file_of, planned_marks
from graphface.people.naming import name_faces
from graphface.progress import task
from graphface.records import Box, Record
from graphface.vision.pictures import SUFFIXES, picture_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from graphface.db import Connection
    from graphface.exchange.photo_lookup import Photos
    from graphface.exchange.regions import Area, Frame
    from graphface.people.marking import MarkedPhoto, New
    from graphface.vision.extractor import Extractor


@dataclass(frozen=True, slots=True)
class ImportedRegions(Record):
    """The result of an import of regions."""

    files: int
    """Side-cars and pictures that name somebody."""
    regions: int
    named: int
    """Faces that have the name now and did not before, `added` ones among them."""
    added: int
    """Faces that had not been found."""
    already: int
    change: int | None
    """Number of the change, for `undo`."""
    kept: tuple[str, ...]
    """Faces that keep another name, given earlier by somebody."""
    unmatched: tuple[str, ...]
    """Regions without a matching face, and files without a photo in the graph."""
    problems: tuple[str, ...]
    """Files that could not be read."""

    def summary(self) -> str:
        added = f" ({self.added:,} of them had not been found)" if self.added else ""
        return (
            f"{self.regions:,} named regions in {self.files:,} files: "
            f"{self.named:,} faces named{added}, {self.already:,} had the name already, "
            f"{len(self.kept):,} keep another name, {len(self.unmatched):,} not matched"
        )


@dataclass(slots=True)
class _Tally:
    files: int = 0
    regions: int = 0
    unmatched: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Source:
    """A file that names somebody."""

    file: Path
    picture: Path
    """The picture it describes, which may be elsewhere."""
    xmp: Xmp
    frame: Frame | None
    """The frame of the picture, if it exists."""


@dataclass(frozen=True, slots=True)
class _Missing:
    """A named region where no face is."""

    source: _Source
    box: Box
    name: str


def import_regions(
    graph: Connection,
    places: Sequence[Path],
    *,
    extractor: Callable[[], Extractor],
    force: bool = False,
    dry_run: bool = False,
) -> ImportedRegions:
    """Give faces the names in side-cars and pictures, from files or whole folders.

    A region names the face that it overlaps most. Where no face was found, it adds one, if the
    picture is there; `extractor` is called then. The whole import is one change. If a side-car and
    its picture differ, the side-car counts. Raises UsageError if a place does not exist.
    """
    tally = _Tally()
    sources = list(_sources(_files(places), tally))
    found = photos_called(graph, [source.picture for source in sources])
    photos = [_photo(source, found) for source in sources]
    seen = faces_of_photos(graph, sorted({photo for photo in photos if photo}))
    said: dict[str, str] = {}
    missing: dict[str, list[_Missing]] = {}
    for source, photo in zip(sources, photos, strict=True):
        _match(source, seen.get(photo or ""), said, missing, tally)
    new, names = _add(seen, missing, None if dry_run else extractor, tally)
    text = f"regions in {tally.files} files"
    given = name_faces(graph, said | names, text, new=new, force=force, dry_run=dry_run)
    return ImportedRegions(
        files=tally.files,
        regions=tally.regions,
        named=given.named,
        added=given.added,
        already=given.already,
        change=given.change,
        kept=tuple(given.kept),
        unmatched=(*tally.unmatched, *given.refused),
        problems=tuple(tally.problems),
    )


def _files(places: Sequence[Path]) -> list[Path]:
    """The files, side-cars first, since they take precedence."""
    found: dict[Path, None] = {}
    for place in places:
        path = Path(os.path.abspath(place))
        if path.is_dir():
            found.update(dict.fromkeys(_walk(path)))
        elif path.exists():
            found[path] = None
        else:
            raise UsageError(
                f"{shown(place)}: no such file or folder",
                "Check the path",
                code="file-not-found",
                place=place,
            )
    return sorted(found, key=lambda path: (path.suffix.lower() != ".xmp", os.fsencode(path)))


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [one for one in folders if one[:1] != "." and one not in SKIPPED]
        for name in names:
            suffix = os.path.splitext(name)[1].lower()
            if name[:1] != "." and (suffix == ".xmp" or suffix in SUFFIXES):
                yield Path(root, name)


def _sources(files: Sequence[Path], tally: _Tally) -> Iterator[_Source]:
    with task("read", total=len(files), unit="files") as bar:
        for file in files:
            try:
                source = _source(file)
            except (PictureError, OSError) as error:
                text = str(error) if isinstance(error, PictureError) else str(error.strerror)
                tally.problems.append(text if shown(file) in text else f"{shown(file)}: {text}")
            else:
                if source is not None and named_regions(source.xmp):
                    tally.files += 1
                    yield source
            bar.advance()


def _source(file: Path) -> _Source | None:
    if file.suffix.lower() != ".xmp":
        own = read_frame(file)
        return _Source(file, file, Xmp(own.xmp), own) if own.xmp else None
    picture = _pictured(file)
    try:
        xmp = Xmp(file.read_bytes())
    except PictureError as error:
        raise PictureError(
            f"{shown(file)}: {error}", code="regions-unreadable", file=file, reason=str(error)
        ) from error
    return _Source(file, picture, xmp, read_frame(picture) if picture.is_file() else None)


def _pictured(file: Path) -> Path:
    """The picture of IMG.jpg.xmp, or of IMG.xmp (Lightroom's form)."""
    if os.path.splitext(file.stem)[1].lower() in SUFFIXES:
        return file.with_suffix("")
    beside = sorted(
        one
        for one in file.parent.glob(f"{_literal(file.stem)}.*")
        if one.suffix.lower() in SUFFIXES and one.stem == file.stem
    )
    return beside[0] if len(beside) == 1 else file.with_suffix(".jpg")


def _literal(text: str) -> str:
    """A name escaped for `glob`."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in text)


def _photo(source: _Source, found: Photos) -> str | None:
    """The photo in the graph: by the picture's path or content, or else by the end of the path."""
    if source.frame is not None:
        known = found.by_path.get(path_text(source.picture))
        return known or picture_id(source.picture)[0]
    photo = found.of(source.picture)
    for text in found.files.get(photo or "", ()):
        with suppress(PictureError):  # the picture may be elsewhere on this disk
            source.frame = read_frame(path_from_text(text))
            break
    return photo


def _match(
    source: _Source,
    photo: MarkedPhoto | None,
    said: dict[str, str],
    missing: dict[str, list[_Missing]],
    tally: _Tally,
) -> None:
    """Which faces the regions name (`said`), and which faces are to be added (`missing`)."""
    regions = named_regions(source.xmp)
    tally.regions += len(regions)
    if photo is None or _another(photo, source):
        names = ", ".join(region.name for region in regions)
        tally.unmatched.append(f"{shown(source.file)}: no such photo in the graph ({names})")
        return
    faces = [one for one in photo.taking_part if one.box] if all(_size(photo, source)) else []
    areas = [area_of(one.box, *_size(photo, source)) for one in faces if one.box]
    turned = _upright([region.area for region in regions], source, areas)
    matched = {k: i for i, k in pairs(areas, turned).items()}
    free = [one.box for i, one in enumerate(faces) if one.box and i not in matched.values()]
    for place, region in enumerate(regions):
        try:
            name = clean_name(region.name)
            if place in matched:
                said.setdefault(faces[matched[place]].id, name)
            else:
                box = _place(photo, _pixels(turned[place], _size(photo, source)), free, name)
                missing.setdefault(photo.id, []).append(_Missing(source, box, name))
        except UsageError as error:
            tally.unmatched.append(f"{shown(source.file)}: {error}")


def _place(photo: MarkedPhoto, box: Box | None, free: Sequence[Box], name: str) -> Box:
    """The box, if a face is missing there. `free` are faces that no region names.

    Raises UsageError if the face there was ignored or has another region, and if the region is so
    much larger than a face inside it that it may be of a whole body.
    """
    known = photo.face_at(box) if box else None
    if known and known.ignored:
        raise UsageError(f"the face where {name} is was ignored", code="face-ignored")
    if box is None or known or any(box.holds(one) for one in free):
        raise UsageError(f"no face where {name} is", code="face-not-found")
    return box


def _size(photo: MarkedPhoto, source: _Source) -> tuple[int, int]:
    """Width and height of the upright picture; 0 if unknown."""
    if photo.width and photo.height:
        return photo.width, photo.height
    return source.frame.upright if source.frame else (0, 0)


def _pixels(area: Area, size: tuple[int, int]) -> Box | None:
    """An area in pixels of the upright picture; None if the picture's size is unknown."""
    if not all(size):
        return None
    width, height = area.width * size[0], area.height * size[1]
    left, top = area.x * size[0] - width / 2, area.y * size[1] - height / 2
    return Box(round(left), round(top), round(width), round(height))


def _add(
    photos: Mapping[str, MarkedPhoto],
    missing: Mapping[str, list[_Missing]],
    extractor: Callable[[], Extractor] | None,
    tally: _Tally,
) -> tuple[dict[str, New], dict[str, str]]:
    """The missing faces, embedded, and their names; without `extractor` only looked for."""
    new: dict[str, New] = {}
    said: dict[str, str] = {}
    with task("faces that were not found", total=len(missing), unit="photos") as bar:
        for photo, some in missing.items():
            once = [one for k, one in enumerate(some)
                    if not any(one.box.same_face(other.box) for other in some[:k])]  # fmt: skip
            try:
                faces = _faces_at(photos[photo], once, extractor)
            except (PictureError, UsageError, EmbeddingError, ModelError, SpaceMismatch) as error:
                # Names of other faces are taken over, whatever stops these from being added.
                names = ", ".join(one.name for one in once)
                tally.unmatched.append(f"{error.told('')} ({names})")
            else:
                new |= faces
                said |= {id: one.name for id, one in zip(faces, once, strict=True)}
            bar.advance()
    return new, said


def _faces_at(
    photo: MarkedPhoto, missing: Sequence[_Missing], extractor: Callable[[], Extractor] | None
) -> dict[str, New]:
    """The faces of one photo, in the order of `missing`."""
    file = file_of(photo, [one.source.picture for one in missing])
    boxes = [one.box for one in missing]
    if extractor is not None:
        return embedded_marks(extractor(), photo, file, boxes)
    width, height = _size(photo, missing[0].source)
    return planned_marks(photo, [clipped(box, width, height, file) for box in boxes])


def _upright(regions: list[Area], source: _Source, faces: Sequence[Area]) -> list[Area]:
    """The regions in the upright picture."""
    if source.frame is None:  # the orientation is unknown, so take the best fit
        ways = [[area.upright(turned) for area in regions] for turned in (1, 6, 8, 3)]
        return max(ways, key=lambda way: fit(faces, way))
    if of_upright(source.xmp, source.frame, faces):
        return regions
    return [area.upright(source.frame.turned) for area in regions]


def _another(photo: MarkedPhoto, source: _Source) -> bool:
    """Whether the regions were drawn in a picture of another shape than the photo's."""
    size = applied_size(source.xmp)
    if size is None or not photo.width or not photo.height:
        return False
    shape, ours = max(size) / min(size), max(photo.width, photo.height)
    return abs(shape - ours / min(photo.width, photo.height)) > 0.02 * shape
