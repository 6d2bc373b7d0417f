"""Write names to side-car files beside the photos, where other photo tools read them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import PictureError
from graphface.exchange.photo_lookup import photos
from graphface.exchange.regions import applied_size, area_of, fit, mwg_regions, read_frame
from graphface.exchange.xmp import Xmp
from graphface.exchange.xmp_merge import Face, merge
from graphface.files import shown, whole_file
from graphface.progress import task
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db import Connection
    from graphface.exchange.photo_lookup import Photo, Shown
    from graphface.exchange.regions import Area, Frame


@dataclass(frozen=True, slots=True)
class RegionsReport(Record):
    """What an export wrote to side-car files."""

    written: int
    """Side-cars created or extended."""
    unchanged: int
    """Side-cars that already held everything."""
    faces: int
    kept: tuple[str, ...]
    """Faces that keep a different name in a side-car."""
    problems: tuple[str, ...]

    def summary(self) -> str:
        said = f", {self.unchanged:,} said it already" if self.unchanged else ""
        return f"{self.faces:,} faces in {self.written:,} side-cars{said}"


@dataclass(slots=True)
class _Tally:
    written: int = 0
    unchanged: int = 0
    faces: int = 0
    kept: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def export_regions(
    graph: Connection, out: Path | None = None, *, unnamed: bool = False, force: bool = False
) -> RegionsReport:
    """Write the named faces of each photo into IMG.jpg.xmp beside it, or below `out`.

    Below `out`, side-cars mirror the paths of the photos from the root of their disk. The contents
    of a side-car stay. Faces with another name in it keep that name unless `force`. With `unnamed`,
    faces without a name become regions without one. Hidden persons are left out.
    """
    tally = _Tally()
    with task("export", total=graph.run("stats")[0]["photos"], unit="photos") as bar:
        for photo in photos(graph):
            faces = [face for face in photo.faces if _wanted(face, unnamed)]
            for file in photo.files if faces else ():
                try:
                    _export(photo, file, faces, out, force, tally)
                except (PictureError, OSError) as error:
                    reason = error if isinstance(error, PictureError) else error.strerror
                    told = str(reason) if shown(file) in str(reason) else f"{shown(file)}: {reason}"
                    tally.problems.append(told)
            bar.advance()
    return RegionsReport(
        tally.written, tally.unchanged, tally.faces, tuple(tally.kept), tuple(tally.problems)
    )


def sidecar(picture: Path, out: Path | None = None) -> Path:
    """The path of a picture's side-car: IMG.jpg.xmp, as darktable and digiKam use."""
    name = picture.name + ".xmp"
    if out is None:
        return picture.with_name(name)
    disk = picture.drive.replace(":", "").strip("\\/")
    return out / disk / picture.relative_to(picture.anchor).with_name(name)


def _wanted(face: Shown, unnamed: bool) -> bool:
    return face.box is not None and not face.hidden and (face.name is not None or unnamed)


def _export(
    photo: Photo,
    file: Path,
    faces: Sequence[Shown],
    out: Path | None,
    force: bool,
    tally: _Tally,
) -> None:
    frame = read_frame(file)
    if photo.width and photo.height and frame.upright != (photo.width, photo.height):
        raise PictureError(
            f"{shown(file)}: was changed since it was ingested",
            "Ingest it again",
            code="picture-changed",
            file=file,
        )
    target = sidecar(file, out)
    try:
        xmp = Xmp(target.read_bytes()) if os.path.lexists(target) else Xmp()
    except PictureError as error:
        raise PictureError(
            f"{shown(target)}: {error}",
            "It was left as it is",
            code="sidecar-not-written",
            target=target,
            reason=str(error),
        ) from error
    upright = [area_of(face.box, *frame.upright) for face in faces if face.box]
    areas, size = _in_packet(xmp, frame, upright)
    ours = [Face(face.name or "", area) for face, area in zip(faces, areas, strict=True)]
    done = merge(xmp, ours, size, force=force)
    tally.kept += [f"{shown(target)}: {theirs}, not {name}" for theirs, name in done.kept]
    tally.faces += len(ours)
    if not done.changed:
        tally.unchanged += 1
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666
    # Write the target of a link, and keep the link.
    with whole_file(Path(os.path.realpath(target)), overwrite=True, mode=mode) as written:
        written.write(xmp.bytes())
    tally.written += 1


def _in_packet(
    xmp: Xmp, frame: Frame, upright: Sequence[Area]
) -> tuple[list[Area], tuple[int, int]]:
    """Our areas in the picture that the packet describes, and the size of that picture."""
    stored = [area.stored(frame.turned) for area in upright]
    if of_upright(xmp, frame, upright):
        return list(upright), frame.upright
    return stored, (frame.width, frame.height)


def of_upright(xmp: Xmp, frame: Frame, upright: Sequence[Area]) -> bool:
    """Whether the packet's regions are of the upright picture, against the specification.

    Its own dimensions tell. If they cannot, the orientation that fits more faces counts.
    """
    said = frame.is_stored(applied_size(xmp))
    if said is not None:
        return not said
    theirs = [region.area for region in mwg_regions(xmp)]
    by_rule = fit(upright, [area.upright(frame.turned) for area in theirs])
    return fit(upright, theirs) > by_rule
