"""Merge named faces into an XMP packet without losing anything in it.

It writes the regions of the Metadata Working Group and of IPTC, and the names as keywords, the only
part that most other tools read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphface.exchange.regions import AREA, IPTC, MWG, SIZE, iptc_regions, mwg_regions, pairs
from graphface.exchange.xmp import (
    RDF,
    Xmp,
    children,
    clark,
    container_of,
    description_in,
    fields,
    items,
    plain,
    remove,
    set_rdf,
    set_text,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.exchange.regions import Area, Region
    from graphface.exchange.xmp import Element

DC = "http://purl.org/dc/elements/1.1/"
LIGHTROOM = "http://ns.adobe.com/lightroom/1.0/"
HUMAN = "http://cv.iptc.org/newscodes/imageregiontype/human"
PEOPLE = "People"
"""Above the names in Lightroom's tree of keywords."""


@dataclass(frozen=True, slots=True)
class Face:
    """A face to write to the packet."""

    name: str
    """Empty for a face without a name."""
    area: Area


@dataclass(slots=True)
class Merged:
    """The result of merging faces into a packet."""

    changed: bool = False
    kept: list[tuple[str, str]] = field(default_factory=list)
    """(the packet's name, ours) for faces where they differ and the packet's stays."""


def merge(xmp: Xmp, faces: Sequence[Face], size: tuple[int, int], *, force: bool = False) -> Merged:
    """Add `faces` to the packet, in a picture of `size`; all else in it stays.

    A face that the packet names otherwise keeps that name, unless `force`.
    """
    done = Merged()
    before = {region.name for region in mwg_regions(xmp)}
    _merge_mwg(xmp, faces, size, force, done)
    said = {name for name, _ in done.kept}
    _merge_iptc(xmp, faces, force, done)
    gone = before - {region.name for region in mwg_regions(xmp)} - {""}
    skipped = {ours for _, ours in done.kept} - {region.name for region in mwg_regions(xmp)}
    names = [face.name for face in faces if face.name and face.name not in skipped]
    _merge_keywords(xmp, [*names, *sorted(said)], gone, done)
    return done


def _merge_mwg(
    xmp: Xmp, faces: Sequence[Face], size: tuple[int, int], force: bool, done: Merged
) -> None:
    theirs = mwg_regions(xmp)
    matched = pairs([face.area for face in faces], [region.area for region in theirs])
    for place, face in enumerate(faces):
        if place not in matched:
            _add_mwg(xmp, face, size)
            done.changed = True
        elif _rename(xmp, theirs[matched[place]], face, (MWG, "Name"), "mwg-rs", force, done):
            done.changed = True


def _merge_iptc(xmp: Xmp, faces: Sequence[Face], force: bool, done: Merged) -> None:
    theirs = iptc_regions(xmp)
    matched = pairs([face.area for face in faces], [region.area for region in theirs])
    for place, face in enumerate(faces):
        if place not in matched and face.name:
            _add_iptc(xmp, face)
            done.changed = True
        elif place in matched:
            region = theirs[matched[place]]
            person = fields(region.element).get((IPTC, "PersonInImage"))
            name = "Name" if person is None else "PersonInImage"
            if _rename(xmp, region, face, (IPTC, name), "Iptc4xmpExt", force, Merged()):
                done.changed = True
                set_text(xmp, region.element, (IPTC, "Name"), "Iptc4xmpExt", face.name)


def _rename(
    xmp: Xmp,
    region: Region,
    face: Face,
    name: tuple[str, str],
    prefix: str,
    force: bool,
    done: Merged,
) -> bool:
    if not face.name or region.name == face.name:
        return False
    if region.name and not force:
        done.kept.append((region.name, face.name))
        return False
    set_text(xmp, region.element, name, prefix, face.name)
    return True


def _add_mwg(xmp: Xmp, face: Face, size: tuple[int, int]) -> None:
    regions = xmp.need((MWG, "Regions"), "mwg-rs")
    found = fields(regions)
    home = _home(regions)
    if (MWG, "AppliedToDimensions") not in found:
        said = xmp.add(home, (MWG, "AppliedToDimensions"), "mwg-rs", parseType="Resource")
        for name, value in (("w", str(size[0])), ("h", str(size[1])), ("unit", "pixel")):
            xmp.add(said, (SIZE, name), "stDim", value)
    bag = found.get((MWG, "RegionList"))
    if bag is None or isinstance(bag, str):
        bag = xmp.add(home, (MWG, "RegionList"), "mwg-rs")
    inner = container_of(bag)
    if inner is None:
        inner = xmp.add(bag, (RDF, "Bag"), "rdf")
    item = xmp.add(inner, (RDF, "li"), "rdf", parseType="Resource")
    if face.name:
        xmp.add(item, (MWG, "Name"), "mwg-rs", face.name)
    xmp.add(item, (MWG, "Type"), "mwg-rs", "Face")
    area = xmp.add(item, (MWG, "Area"), "mwg-rs", parseType="Resource")
    one = face.area
    for name, share in (("x", one.x), ("y", one.y), ("w", one.width), ("h", one.height)):
        xmp.add(area, (AREA, name), "stArea", f"{share:.6f}")
    xmp.add(area, (AREA, "unit"), "stArea", "normalized")


def _add_iptc(xmp: Xmp, face: Face) -> None:
    bag = xmp.need((IPTC, "ImageRegion"), "Iptc4xmpExt", "Bag")
    item = xmp.add(bag, (RDF, "li"), "rdf", parseType="Resource")
    bounds = xmp.add(item, (IPTC, "RegionBoundary"), "Iptc4xmpExt", parseType="Resource")
    one = face.area
    for name, value in (
        ("rbShape", "rectangle"),
        ("rbUnit", "relative"),
        ("rbX", f"{one.x - one.width / 2:.6f}"),
        ("rbY", f"{one.y - one.height / 2:.6f}"),
        ("rbW", f"{one.width:.6f}"),
        ("rbH", f"{one.height:.6f}"),
    ):
        xmp.add(bounds, (IPTC, name), "Iptc4xmpExt", value)
    said = xmp.add(item, (IPTC, "Name"), "Iptc4xmpExt")
    xmp.add_text(xmp.add(said, (RDF, "Alt"), "rdf"), "x-default", face.name)
    kinds = xmp.add(xmp.add(item, (IPTC, "rCtype"), "Iptc4xmpExt"), (RDF, "Bag"), "rdf")
    kind = xmp.add(kinds, (RDF, "li"), "rdf", parseType="Resource")
    ids = xmp.add(kind, ("http://ns.adobe.com/xap/1.0/", "Identifier"), "xmp")
    xmp.add(xmp.add(ids, (RDF, "Bag"), "rdf"), (RDF, "li"), "rdf", HUMAN)
    person = xmp.add(item, (IPTC, "PersonInImage"), "Iptc4xmpExt")
    xmp.add(xmp.add(person, (RDF, "Bag"), "rdf"), (RDF, "li"), "rdf", face.name)


def _merge_keywords(xmp: Xmp, names: Sequence[str], gone: set[str], done: Merged) -> None:
    for name, prefix, above in (
        ((IPTC, "PersonInImage"), "Iptc4xmpExt", ""),
        ((DC, "subject"), "dc", ""),
        ((LIGHTROOM, "hierarchicalSubject"), "lr", f"{PEOPLE}|"),
    ):
        for item in items(xmp.property(name)):
            if plain(item) in {above + old for old in gone}:
                remove(item)
                done.changed = True
        there = {plain(item) for item in items(xmp.property(name))}
        for one in dict.fromkeys(above + name for name in names):
            if one not in there:
                xmp.add(xmp.need(name, prefix, "Bag"), (RDF, "li"), "rdf", one)
                done.changed = True


def _home(structure: Element) -> Element:
    """Where a structure's properties lie: in it, or in its rdf:Description."""
    inner = description_in(structure)
    if inner is not None:
        return inner
    if (
        next(children(structure), None) is None
        and clark((RDF, "parseType")) not in structure.attrib
    ):
        set_rdf(structure, "parseType", "Resource")
    return structure
