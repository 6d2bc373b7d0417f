"""Rectangles in turned pictures, XMP in all its forms, and side-cars that lose nothing."""

from __future__ import annotations

from pathlib import Path
from xml.dom import minidom

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from graphface.errors import PictureError, UsageError
from graphface.exchange.regions import (
    Area,
    applied_size,
    area_of,
    fit,
    named_regions,
    pairs,
    read_frame,
)
from graphface.exchange.sidecars import of_upright, sidecar
from graphface.exchange.xmp import Xmp, items, plain
from graphface.exchange.xmp_merge import Face, merge
from graphface.files import numbered, safe_name, whole_file
from graphface.records import Box
from graphface.vision.pictures import upright

DC = "http://purl.org/dc/elements/1.1/"
ADA = Area(0.3, 0.4, 0.2, 0.3)

# As other tools write it: attributes and a nested description (Picasa, Lightroom), pixels,
# properties of their own, a comment, a region that is no face, a line end in an attribute.
PICASA = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<!-- mine -->
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="4"
  xmlns:darktable="http://darktable.sf.net/" darktable:note="two&#10;lines">
 <darktable:history><rdf:Seq><rdf:li darktable:num="0"/></rdf:Seq></darktable:history>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
  xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#" xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#">
 <mwg-rs:Regions rdf:parseType="Resource">
  <mwg-rs:AppliedToDimensions stDim:w="4000" stDim:h="3000" stDim:unit="pixel"/>
  <mwg-rs:RegionList><rdf:Bag>
   <rdf:li><rdf:Description mwg-rs:Name="Ada" mwg-rs:Type="Face">
     <mwg-rs:Area stArea:x="0.3" stArea:y="0.4" stArea:w="0.2" stArea:h="0.3"
       stArea:unit="normalized"/>
   </rdf:Description></rdf:li>
   <rdf:li rdf:parseType="Resource"><mwg-rs:Name>Rex</mwg-rs:Name><mwg-rs:Type>Pet</mwg-rs:Type>
     <mwg-rs:Area stArea:x="0.8" stArea:y="0.8" stArea:w="0.1" stArea:h="0.1"/></rdf:li>
  </rdf:Bag></mwg-rs:RegionList>
 </mwg-rs:Regions>
</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""

MICROSOFT = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:R="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
  xmlns:P="http://ns.microsoft.com/photo/1.2/t/Region#"><MP:RegionInfo><rdf:Description><R:Regions>
  <rdf:Bag><rdf:li><rdf:Description P:PersonDisplayName="Ada"
    P:Rectangle="0.2, 0.25, 0.2, 0.3"/></rdf:li>
  <rdf:li><rdf:Description P:PersonDisplayName="ffffffffffffffff"
    P:Rectangle="0.6,0.6,0.2,0.3"/></rdf:li>
</rdf:Bag></R:Regions></rdf:Description></MP:RegionInfo></rdf:Description></rdf:RDF>"""

shares = st.floats(0, 1).map(lambda x: round(x, 6))
areas = st.builds(Area, shares, shares, shares, shares)


@given(areas, st.integers(1, 8))
def test_to_the_stored_picture_and_back(area: Area, turned: int) -> None:
    back = area.stored(turned).upright(turned)
    assert back.x == pytest.approx(area.x)
    assert back.y == pytest.approx(area.y)
    assert (back.width, back.height) == (area.width, area.height)


@pytest.mark.parametrize("turned", range(1, 9))
def test_turned_as_the_pixels_are(turned: int, tmp_path: Path) -> None:
    """A white box in a stored picture is where `upright` says in what Pillow turns upright."""
    stored = Area(0.25, 0.3, 0.1, 0.2)
    image = Image.new("RGB", (200, 100))
    image.paste("white", (40, 20, 60, 40))
    left, top, right, bottom = upright(image, turned).convert("L").getbbox() or (0, 0, 0, 0)
    size = upright(image, turned).size
    box = Box(left, top, right - left, bottom - top)
    assert area_of(box, *size).overlap(stored.upright(turned)) == pytest.approx(1, abs=1e-6)
    exif = Image.Exif()
    exif[0x0112] = turned
    image.save(tmp_path / "turned.jpg", exif=exif)
    frame = read_frame(tmp_path / "turned.jpg")
    assert (frame.width, frame.height, frame.turned) == (200, 100, turned)
    assert frame.upright == size


def test_pairs_are_the_most_overlapping_once_each() -> None:
    near = Area(0.32, 0.4, 0.2, 0.3)
    assert pairs([ADA, Area(0.8, 0.8, 0.1, 0.1)], [near, ADA]) == {0: 1}
    assert ADA.overlap(Area(0.3, 0.4, 0, 0)) == 0
    assert fit([ADA], [ADA]) == pytest.approx(1)


@pytest.mark.parametrize("packet", [PICASA, MICROSOFT])
def test_regions_of_other_tools_are_read(packet: bytes) -> None:
    (region,) = named_regions(Xmp(packet))
    assert region.name == "Ada"
    assert region.area.overlap(ADA) == pytest.approx(1)


def test_regions_in_pixels() -> None:
    pixels = PICASA.replace(b"normalized", b"pixel")
    for share, pixel in (("0.3", "1200"), ("0.4", "1200"), ("0.2", "800")):
        pixels = pixels.replace(f'"{share}"'.encode(), f'"{pixel}"'.encode(), 1)
    pixels = pixels.replace(b'stArea:h="0.3"', b'stArea:h="900"')
    assert named_regions(Xmp(pixels))[0].area.overlap(ADA) == pytest.approx(1)


def test_merging_adds_and_loses_nothing() -> None:
    xmp = Xmp(PICASA)
    bob = Area(0.7, 0.3, 0.1, 0.2)
    done = merge(xmp, [Face("Ada", ADA), Face("Bob", bob)], (4000, 3000))
    assert done.changed
    after = xmp.bytes()
    again = Xmp(after)
    assert {region.name for region in named_regions(again)} == {"Ada", "Bob"}
    assert applied_size(again) == (4000, 3000)
    for kept in (b"<!-- mine -->", b'xmp:Rating="4"', b"two&#10;lines", b"darktable:num", b"Rex"):
        assert kept in after
    assert {plain(item) for item in items(again.property((DC, "subject")))} == {"Ada", "Bob"}
    assert after.startswith(b"<?xpacket begin")
    minidom.parseString(after)
    declared = b'<?xml version="1.0" encoding="UTF-8"?>'
    assert Xmp(declared + PICASA).bytes() == declared + b"\n" + Xmp(PICASA).bytes()
    assert not merge(again, [Face("Ada", ADA), Face("Bob", bob)], (4000, 3000)).changed


def test_another_name_stays_unless_forced() -> None:
    xmp = Xmp(PICASA)
    done = merge(xmp, [Face("Zoe", ADA)], (4000, 3000))
    assert done.kept == [("Ada", "Zoe")]
    assert [region.name for region in named_regions(xmp)] == ["Ada"]
    merge(xmp, [Face("Zoe", ADA)], (4000, 3000), force=True)
    assert [region.name for region in named_regions(xmp)] == ["Zoe"]
    assert [plain(item) for item in items(xmp.property((DC, "subject")))] == ["Zoe"]


def test_a_face_without_a_name_gets_one() -> None:
    xmp = Xmp()
    merge(xmp, [Face("", ADA)], (400, 300))
    assert not named_regions(xmp)
    merge(xmp, [Face("Ada & <Bob>", ADA)], (400, 300))
    names = [region.name for region in named_regions(Xmp(xmp.bytes()))]
    assert names == ["Ada & <Bob>"], "in the region that was there, not in a second one"
    assert xmp.bytes().count(b"<mwg-rs:Area ") == 1


def test_regions_of_the_upright_picture_are_seen_for_what_they_are(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (400, 300)).save(tmp_path / "turned.jpg", exif=exif)
    frame = read_frame(tmp_path / "turned.jpg")
    assert not of_upright(Xmp(PICASA), frame, [])
    portrait = PICASA.replace(b'w="4000" stDim:h="3000"', b'w="3000" stDim:h="4000"')
    assert of_upright(Xmp(portrait), frame, [])
    unsaid = PICASA.replace(b"AppliedToDimensions", b"Unknown")
    assert of_upright(Xmp(unsaid), frame, [ADA])
    assert not of_upright(Xmp(unsaid), frame, [ADA.upright(6)])


@pytest.mark.parametrize(
    "packet",
    [b"", b"no xml", b"<a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"\xff\xfe\x00"],
)
def test_what_is_no_xmp_is_refused(packet: bytes) -> None:
    with pytest.raises(PictureError):
        Xmp(packet)


def test_where_sidecars_lie(tmp_path: Path) -> None:
    assert sidecar(Path("/photos/2019/IMG.jpg")) == Path("/photos/2019/IMG.jpg.xmp")
    there = sidecar(Path("/photos/2019/IMG.jpg"), tmp_path)
    assert there == tmp_path / "photos" / "2019" / "IMG.jpg.xmp"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Ada Lovelace", "Ada Lovelace"), ("../../etc", "_._.._etc"), ("AC/DC", "AC_DC"),
        ("con", "_con"), ("", "_"), ("...", "_"), (".hidden", "_hidden"), ("a\nb", "a_b"),
        ("Zoë. ", "Zoë"), ("x" * 500, "x" * 150), ("ä" * 500, "ä" * 75), ('a<>:"|?*b', "a_______b"),
    ],
)  # fmt: skip
def test_names_of_folders(text: str, safe: str) -> None:
    assert safe_name(text) == safe


@given(st.text('aA ä.:/\\*?"<>|\0\n\u202e\U0001f600con1'))
def test_a_name_never_leads_elsewhere(text: str) -> None:
    name = safe_name(text)
    assert name not in ("", ".", "..")
    assert not set(name) & set('/\\:*?"<>|\0')
    assert len(name.encode()) <= 155
    assert safe_name(name) == name


def test_numbers_come_before_the_suffix() -> None:
    assert [numbered("IMG.jpg", n) for n in (1, 2)] == ["IMG.jpg", "IMG (2).jpg"]
    assert numbered("IMG", 3) == "IMG (3)"


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with pytest.raises(AttributeError), whole_file(target) as file:
        file.write(None.half)  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())
    with whole_file(target, mode=0o600) as file:
        file.write(b"whole")
    assert target.read_bytes() == b"whole"
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="there already"), whole_file(target):
        pass
