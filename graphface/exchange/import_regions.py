"""Import the names of faces from other photo tools: from side-cars and from pictures."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import PictureError, UsageError
from graphface.exchange.photo_lookup import faces_of_photos, photos_called
from graphface.exchange.regions import applied_size, area_of, fit, named_regions, pairs, read_frame
from graphface.exchange.sidecars import of_upright
from graphface.exchange.xmp import Xmp
from graphface.files import path_from_text, path_text, shown
from graphface.ingest.library import SKIPPED
from graphface.names import clean_name
from graphface.people.naming import name_faces
from graphface.progress import task
from graphface.records import Record
from graphface.vision.pictures import SUFFIXES, picture_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphface.db import Connection
    from graphface.exchange.photo_lookup import Photos, Seen
    from graphface.exchange.regions import Area, Frame


@dataclass(frozen=True, slots=True)
class ImportedRegions(Record):
    """The result of an import of regions."""

    files: int
    """Side-cars and pictures that name somebody."""
    regions: int
    named: int
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
        return (
            f"{self.regions:,} named regions in {self.files:,} files: {self.named:,} faces named, "
            f"{self.already:,} had the name already, {len(self.kept):,} keep another name, "
            f"{len(self.unmatched):,} not matched"
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


def import_regions(
    graph: Connection, places: Sequence[Path], *, force: bool = False, dry_run: bool = False
) -> ImportedRegions:
    """Give faces the names in side-cars and pictures, from files or whole folders.

    A region names the face that it overlaps most. The whole import is one change. If a side-car and
    its picture differ, the side-car counts. Raises UsageError if a place does not exist.
    """
    tally = _Tally()
    sources = list(_sources(_files(places), tally))
    found = photos_called(graph, [source.picture for source in sources])
    photos = [_photo(source, found) for source in sources]
    seen = faces_of_photos(graph, sorted({photo for photo in photos if photo}))
    said: dict[str, str] = {}
    for source, photo in zip(sources, photos, strict=True):
        _match(source, seen.get(photo or ""), said, tally)
    text = f"regions in {tally.files} files"
    given = name_faces(graph, said, text, force=force, dry_run=dry_run)
    return ImportedRegions(
        files=tally.files,
        regions=tally.regions,
        named=given.named,
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


def _match(source: _Source, seen: Seen | None, said: dict[str, str], tally: _Tally) -> None:
    regions = named_regions(source.xmp)
    tally.regions += len(regions)
    if seen is None or _another(seen, source):
        names = ", ".join(region.name for region in regions)
        tally.unmatched.append(f"{shown(source.file)}: no such photo in the graph ({names})")
        return
    faces = _faces(seen, source)
    areas = [area for _, area in faces]
    turned = _upright([region.area for region in regions], source, areas)
    matched = {k: i for i, k in pairs(areas, turned).items()}
    for place, region in enumerate(regions):
        if place not in matched:
            tally.unmatched.append(f"{shown(source.file)}: no face where {region.name} is")
            continue
        try:
            said.setdefault(faces[matched[place]][0], clean_name(region.name))
        except UsageError as error:
            tally.unmatched.append(f"{shown(source.file)}: {error}")


def _faces(seen: Seen, source: _Source) -> list[tuple[str, Area]]:
    """Faces with their areas in the upright picture, if its size is known."""
    size = (seen.width, seen.height)
    if None in size and source.frame is not None:
        size = source.frame.upright
    width, height = size
    if not width or not height:
        return []
    return [(id, area_of(box, width, height)) for id, box in seen.faces if box]


def _upright(regions: list[Area], source: _Source, faces: Sequence[Area]) -> list[Area]:
    """The regions in the upright picture."""
    if source.frame is None:  # the orientation is unknown, so take the best fit
        ways = [[area.upright(turned) for area in regions] for turned in (1, 6, 8, 3)]
        return max(ways, key=lambda way: fit(faces, way))
    if of_upright(source.xmp, source.frame, faces):
        return regions
    return [area.upright(source.frame.turned) for area in regions]


def _another(seen: Seen, source: _Source) -> bool:
    """Whether the regions were drawn in a picture of another shape than the photo's."""
    size = applied_size(source.xmp)
    if size is None or not seen.width or not seen.height:
        return False
    shape, ours = max(size) / min(size), max(seen.width, seen.height)
    return abs(shape - ours / min(seen.width, seen.height)) > 0.02 * shape
