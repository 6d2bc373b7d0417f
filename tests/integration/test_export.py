"""What other tools get, and what comes back from them, on the real database and real files."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from graphface.db.schema import pin_space
from graphface.errors import UsageError
from graphface.exchange import import_regions as regions_in
from graphface.exchange.folders import export_folders
from graphface.exchange.graphml import export_graphml
from graphface.exchange.import_names import import_names
from graphface.exchange.regions import applied_size, named_regions
from graphface.exchange.sidecars import export_regions
from graphface.exchange.tables import export_table
from graphface.exchange.xmp import Xmp
from graphface.files import path_text
from graphface.ingest.photo_writer import write_batch
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.changes import change, new_person, undo
from graphface.people.naming import rename
from graphface.records import Box, Face
from graphface.vision.pictures import read_picture
from tests.integration.faces import SPACE, belongs

if TYPE_CHECKING:
    from graphface.db import Connection, Run


def import_regions(graph: Connection, places: list[Path], **how: Any) -> Any:
    """No region here is where no face is: nothing is embedded."""
    return regions_in.import_regions(graph, places, extractor=_no_extractor, **how)


def _no_extractor() -> Any:
    raise AssertionError


LEFT, RIGHT = Box(20, 30, 60, 60), Box(220, 40, 50, 60)


def take(path: Path, colour: str, turned: int = 1) -> None:
    """A plain picture, 400 x 300 when upright, stored as a camera held sideways stores it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    exif[0x0112] = turned
    size = (300, 400) if turned >= 5 else (400, 300)
    Image.new("RGB", size, colour).save(path, exif=exif)


@pytest.fixture
def album(graph: Connection, tmp_path: Path) -> Path:
    """Ada (left) and Bob (right) in a plain and in a turned photo of one name, a stranger alone."""
    folder = tmp_path / "photos"
    take(folder / "2019" / "IMG.jpg", "red")
    take(folder / "2020" / "IMG.jpg", "green", turned=6)
    take(folder / "alone.jpg", "blue")
    pin_space(graph, SPACE)
    pictures = [read_picture(path) for path in sorted(folder.rglob("*.jpg"))]
    for picture in pictures:
        rng = np.random.default_rng(picture.pixels[0, 0].astype(int))
        boxes = [LEFT] if picture.path.name == "alone.jpg" else [LEFT, RIGHT]
        faces = [
            Face(f"{picture.path.parent.name}-{box.x}", box, 1.0, 0.9,
                 rng.normal(size=128).astype(np.float32))
            for box in boxes
        ]  # fmt: skip
        place = (picture.id, path_text(picture.path), picture.modified)
        write_batch(graph, [picture], [faces], [place], [])
    change(graph, "register", _people)
    return folder


def _people(run: Run) -> tuple[str, Assignments]:
    (ada, one), (bob, two), (stranger, three) = (new_person(run) for _ in range(3))
    faces = {
        "2019-20": ada,
        "2020-20": ada,
        "2019-220": bob,
        "2020-220": bob,
        "photos-20": stranger,
    }
    return "made", Assignments(
        {face: Belongs(person, "cluster", 0.9) for face, person in faces.items()},
        {ada: Known(one, "Ada"), bob: Known(two, "Bob/../x"), stranger: Known(three)},
    )


def names(graph: Connection) -> dict[str, str | None]:
    known = {row["person"]: row["name"] for row in graph.run("export-persons")}
    return {face: known[person] for face, person in belongs(graph).items()}


def wipe(graph: Connection) -> None:
    with graph.session() as session:
        session.run("MATCH (p:Person) REMOVE p.name").consume()


def test_a_folder_a_person(graph: Connection, album: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = export_folders(graph, out)
    assert (report.persons, report.written, report.there) == (2, 4, 0)
    files = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert files == [
        "Ada/IMG (2).jpg", "Ada/IMG.jpg", "Bob_.._x/IMG (2).jpg", "Bob_.._x/IMG.jpg",
    ]  # fmt: skip
    content = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (out / "Ada").iterdir()}
    assert content == {row["photo"] for row in graph.run("known-files") if "IMG" in row["path"]}
    again = export_folders(graph, out, unnamed=True)
    assert (again.written, again.there) == (1, 4)
    assert (out / "person 3" / "alone.jpg").is_file()


@pytest.mark.parametrize("how", ["symbolic", "hard"])
def test_links_instead_of_copies(graph: Connection, album: Path, tmp_path: Path, how: str) -> None:
    out = tmp_path / "out"
    mine = out / "Ada" / "IMG.jpg"
    mine.parent.mkdir(parents=True)
    mine.write_text("somebody's own file")
    assert export_folders(graph, out, how=how).written == 4  # type: ignore[arg-type]
    assert mine.read_text() == "somebody's own file"
    assert export_folders(graph, out, how=how).there == 4  # type: ignore[arg-type]
    link = out / "Ada" / "IMG (2).jpg"
    assert link.is_symlink() == (how == "symbolic")
    assert any(os.path.samefile(link, photo) for photo in album.rglob("IMG.jpg"))


def test_photos_that_are_gone_or_changed_are_told(
    graph: Connection, album: Path, tmp_path: Path
) -> None:
    (album / "2019" / "IMG.jpg").unlink()
    take(album / "2020" / "IMG.jpg", "black")
    report = export_folders(graph, tmp_path / "out")
    assert report.written == 0
    assert len(report.problems) == 4
    assert {"no such file any more" in problem for problem in report.problems} == {True, False}
    assert not [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    Image.new("RGB", (50, 50)).save(album / "2020" / "IMG.jpg")
    assert len(export_regions(graph).problems) == 2, "gone, and of another size"
    assert not list(album.rglob("*.xmp"))


@pytest.mark.usefixtures("album")
def test_tables_hold_a_row_a_face(graph: Connection, tmp_path: Path) -> None:
    assert export_table(graph, tmp_path / "f.csv", "csv", embeddings=True).rows == 5
    with (tmp_path / "f.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["face"]: row for row in csv.DictReader(file)}
    export_table(graph, tmp_path / "f.jsonl", "jsonl", embeddings=True)
    lines = [json.loads(line) for line in (tmp_path / "f.jsonl").read_text("utf-8").splitlines()]
    assert [line["face"] for line in lines] == sorted(rows)
    for line in lines:
        row = rows[line["face"]]
        assert json.loads(row["embedding"]) == line["embedding"]
        assert len(line["embedding"]) == 128
        assert row["name"] == (line["name"] or "")
        assert (row["x"], row["path"]) == (str(line["x"]), line["path"])
    with pytest.raises(UsageError, match="there already"):
        export_table(graph, tmp_path / "f.csv", "csv")


@pytest.mark.usefixtures("album")
def test_graphml_is_a_whole_graph(graph: Connection, tmp_path: Path) -> None:
    with graph.session() as session:
        session.run("MATCH (p:Person {name: 'Ada'}) SET p.name = 'A & <B>\\u0001\"'").consume()
        session.run("MATCH (a:Face {id: '2019-20'}), (b:Face {id: '2020-20'}) "
                    "CREATE (a)-[:SAME {distance: 0.25}]->(b)").consume()  # fmt: skip
    report = export_graphml(graph, tmp_path / "g.graphml")
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    root = ElementTree.parse(tmp_path / "g.graphml").getroot()
    keys = {key.get("id"): key.get("attr.type") for key in root.findall("g:key", space)}
    nodes = {node.get("id"): node for node in root.findall("g:graph/g:node", space)}
    edges = root.findall("g:graph/g:edge", space)
    assert (len(nodes), len(edges)) == (report.nodes, report.edges) == (3 + 3 + 5, 5 + 5 + 1)
    for element in (*nodes.values(), *edges):
        for data in element:
            assert data.get("key") in keys
            if keys[data.get("key")] in ("long", "double"):
                float(data.text or "")
    assert all({edge.get("source"), edge.get("target")} <= set(nodes) for edge in edges)
    label = nodes["Person:p1"].find("g:data[@key='n_label']", space)
    assert label is not None
    assert label.text == 'A & <B>\ufffd"'
    weights = [edge.findtext("g:data[@key='e_weight']", "", space) for edge in edges]
    assert "0.8" in weights


def test_regions_go_out_and_come_back(graph: Connection, album: Path) -> None:
    report = export_regions(graph)
    assert (report.written, report.faces, report.problems) == (2, 4, ())
    turned = Xmp((album / "2020" / "IMG.jpg.xmp").read_bytes())
    assert applied_size(turned) == (300, 400), "the picture as it is stored"
    # Upright, Ada's middle is at 50/400, 60/300; stored, that is 60/300 from the left and up.
    ada = next(region.area for region in named_regions(turned) if region.name == "Ada")
    assert (ada.x, ada.y) == (pytest.approx(60 / 300), pytest.approx(1 - 50 / 400))
    assert export_regions(graph).unchanged == 2
    before = names(graph)
    wipe(graph)
    back = import_regions(graph, [album])
    assert (back.named, back.unmatched, back.problems) == (4, (), ())
    assert names(graph) == before
    assert import_regions(graph, [album]).already == 4
    undo(graph)
    assert set(names(graph).values()) == {None}


def test_sidecars_elsewhere_and_pictures_that_hold_regions(
    graph: Connection, album: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export_regions(graph, out)
    assert not list(album.rglob("*.xmp"))
    before = names(graph)
    wipe(graph)
    assert import_regions(graph, [out]).named == 4
    assert names(graph) == before
    wipe(graph)
    packet = next(out.rglob("2020/IMG.jpg.xmp")).read_bytes()
    image = Image.open(album / "2020" / "IMG.jpg")
    image.save(album / "2020" / "IMG.jpg", exif=image.getexif(), xmp=packet)
    found = import_regions(graph, [album / "2020"], dry_run=True)
    assert (found.named, found.change) == (2, 0)
    assert set(names(graph).values()) == {None}
    import_regions(graph, [album / "2020" / "IMG.jpg"])
    assert names(graph) == before, "the other photo's faces are of the same persons"


def test_what_fits_nowhere_is_told(graph: Connection, album: Path) -> None:
    export_regions(graph)
    side = album / "2019" / "IMG.jpg.xmp"
    side.rename(album / "2019" / "OTHER.jpg.xmp")
    moved = album / "2020" / "IMG.jpg.xmp"
    moved.write_bytes(moved.read_bytes().replace(b"Bob/../x", b"Zoe"))
    (album / "bad.xmp").write_text("<no/>")
    with graph.session() as session:
        session.run("MATCH ()-[b:BELONGS_TO]->() SET b.source = 'user'").consume()
    report = import_regions(graph, [album])
    assert report.named == 0
    assert report.already == 1
    assert [line.rsplit("is ", 1)[1] for line in report.kept] == ["Bob/../x, not Zoe"]
    assert "no such photo" in report.unmatched[0]
    assert len(report.unmatched) == len(report.problems) == 1
    assert import_regions(graph, [album], force=True).named == 1
    assert names(graph)["2020-220"] == "Zoe"
    kept = export_regions(graph).kept
    assert kept == ()


def test_names_from_a_csv(graph: Connection, album: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.csv"
    export_table(graph, file, "csv")
    before = names(graph)
    wipe(graph)
    assert import_names(graph, file).named == 4
    assert names(graph) == before
    alone, pair = album / "alone.jpg", album / "2019" / "IMG.jpg"
    file.write_text(
        f'path;box;name\n{alone};;Eve\n{pair};"222 44 50 50";Eve\n{pair};;Eve\nx;;Eve\n'
    )
    report = import_names(graph, file, force=True)
    assert (report.named, [line[:7] for line in report.unmatched]) == (2, ["line 4:", "line 5:"])
    assert names(graph)["photos-20"] == names(graph)["2019-220"] == "Eve"
    file.write_text("old_name,name\nAda,Eve\nEve,Ada\nnobody,X\n")
    assert import_names(graph, file).named == 2
    assert names(graph)["2019-20"] == "Eve"
    assert names(graph)["photos-20"] == "Ada"
    file.write_text("old_name,name\nAda,Eve\n")
    with pytest.raises(UsageError, match="two persons"):
        import_names(graph, file)


@pytest.mark.usefixtures("album")
@pytest.mark.parametrize(
    "text",
    [b"a,b\n1,2\n", b"face,name\n2019-20,a\0b\n", b"\xff\xfe", b"face,name\nx,%s\n" % (b"n" * 999)],
)
def test_a_bad_csv_changes_nothing(graph: Connection, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "bad.csv").write_bytes(text)
    before = names(graph)
    with pytest.raises(UsageError, match=r"bad\.csv"):
        import_names(graph, tmp_path / "bad.csv")
    assert names(graph) == before


def test_a_person_renamed_since_keeps_the_new_name(graph: Connection, album: Path) -> None:
    """The side-cars of before say the old name of every face; clustering placed them."""
    export_regions(graph)
    with graph.session() as session:
        session.run("MATCH ()-[b:BELONGS_TO]->() SET b.source = 'cluster'").consume()
    before = names(graph)
    old = next(name for name in before.values() if name)
    rename(graph, old, "Somebody New")
    report = import_regions(graph, [album])
    assert report.named == 0
    assert all(line.endswith(f"is Somebody New, not {old}") for line in report.kept)
    assert len(report.kept) == list(before.values()).count(old)
    assert import_regions(graph, [album], force=True).named == len(report.kept)
    assert names(graph) == before
