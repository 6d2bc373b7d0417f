"""Faces for the web: cut from real files, on a real graph; hidden and forgotten ones are gone."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from graphface.browser.browse import Thumbnails, remove_thumbnails, write_thumbnails
from graphface.browser.crops import SIDE, Crops, placeholder
from graphface.browser.subgraph import FACE, drawing
from graphface.people.curate import move
from graphface.people.forget import forget
from graphface.people.naming import hide, unhide
from tests.integration.pictured import GREEN, RED, add_two

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection

ADDRESS = "http://127.0.0.1:7475"


@pytest.fixture
def two(graph: Connection, tmp_path: Path) -> Connection:
    add_two(graph, tmp_path)
    return graph


def pixels(data: bytes | None) -> Any:
    assert data is not None
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    assert image.size == (SIDE, SIDE)
    return np.asarray(image.convert("RGB")).astype(int)


def test_a_face_is_cut_from_its_photo(two: Connection) -> None:
    crops = Crops(two)
    for face, colour in (("ada0", RED), ("bob0", GREEN), ("ada1", RED)):
        cut = pixels(crops.jpeg(face))
        assert np.abs(cut[SIDE // 2, SIDE // 2] - colour).max() < 12
        assert np.abs(cut[4, 4] - 200).max() < 12, "and some of what is around it"


def test_nobody_is_no_picture(two: Connection) -> None:
    crops = Crops(two)
    for face in ("nobody", "", "../../etc/passwd", "ada0.jpg", "' OR true //"):
        assert crops.jpeg(face) is None


def test_a_photo_that_is_gone_or_another(two: Connection, tmp_path: Path) -> None:
    (tmp_path / "both.jpg").unlink()
    (tmp_path / "ada.jpg").write_bytes((tmp_path / "bob.jpg").read_bytes())
    (tmp_path / "bob.jpg").write_bytes(b"no picture")
    crops = Crops(two)
    for face in ("ada0", "ada1", "bob1"):
        assert crops.jpeg(face) == placeholder()
    pixels(placeholder())


def test_a_photo_is_decoded_once_for_its_faces(two: Connection, tmp_path: Path) -> None:
    crops = Crops(two)
    first = crops.jpeg("ada0")
    (tmp_path / "both.jpg").unlink()
    assert crops.jpeg("ada0") == first
    assert np.abs(pixels(crops.jpeg("bob0"))[SIDE // 2, SIDE // 2] - GREEN).max() < 12


def test_the_hidden_and_the_forgotten_are_gone_at_once(two: Connection) -> None:
    crops = Crops(two)
    shown = crops.jpeg("ada0")
    hide(two, "Ada")
    assert crops.jpeg("ada0") is None
    assert [one["label"] for one in drawing(two)["nodes"] if one["kind"] == "person"] == ["Bob"]
    unhide(two, "Ada")
    assert crops.jpeg("ada0") == shown
    forget(two, "Ada")
    assert crops.jpeg("ada0") is None
    assert crops.jpeg("ada1") is None
    assert crops.jpeg("bob0") is not None


def thumbnails(graph: Connection) -> dict[str, str]:
    with graph.session("read") as session:
        rows = session.run(
            "MATCH (n:Face|Person) WHERE n['thumbnail'] IS NOT NULL "
            "RETURN coalesce(n.name, n.id) AS id, n['thumbnail'] AS url"
        )
        return {row["id"]: row["url"] for row in rows}


def url(face: str, address: str = ADDRESS) -> str:
    return f"{address}/faces/{face}.jpg"


def test_faces_and_persons_get_the_url_of_their_picture(two: Connection) -> None:
    assert write_thumbnails(two, ADDRESS) == Thumbnails(faces=4, persons=2)
    faces = {face: url(face) for face in ("ada0", "ada1", "bob0", "bob1")}
    assert thumbnails(two) == {**faces, "Ada": url("ada0"), "Bob": url("bob1")}
    assert write_thumbnails(two, ADDRESS) == Thumbnails(0, 0), "doing it again changes nothing"
    other = "http://127.0.0.1:7476"
    assert write_thumbnails(two, other) == Thumbnails(4, 2)
    assert thumbnails(two)["Bob"] == url("bob1", other)
    assert remove_thumbnails(two) == 6
    assert thumbnails(two) == {}
    assert remove_thumbnails(two) == 0


def test_hidden_persons_have_no_url(two: Connection) -> None:
    write_thumbnails(two, ADDRESS)
    hide(two, "Ada")
    assert write_thumbnails(two, ADDRESS) == Thumbnails(faces=2, persons=1)
    assert set(thumbnails(two)) == {"bob0", "bob1", "Bob"}


def test_forgetting_takes_a_url_off_whoever_the_face_belonged_to(two: Connection) -> None:
    write_thumbnails(two, ADDRESS)
    move(two, ["ada0"], "Bob")
    assert thumbnails(two)["Ada"] == url("ada0"), "until the next browse"
    forget(two, "Bob")
    assert thumbnails(two) == {"ada1": url("ada1")}
    write_thumbnails(two, ADDRESS)
    assert thumbnails(two) == {"ada1": url("ada1"), "Ada": url("ada1")}


def test_what_is_drawn(two: Connection) -> None:
    found = drawing(two)
    nodes = found["nodes"]
    assert [node["label"] for node in nodes if node["kind"] == "person"] == ["Ada", "Bob"]
    sizes = {node["face"]: node["r"] for node in nodes if node["kind"] == "face"}
    assert sizes["bob0"] < sizes["ada1"] < sizes["bob1"] < sizes["ada0"] < FACE
    assert {(nodes[f]["face"][:3], nodes[p]["label"]) for f, p in found["belongs"]} == {
        ("ada", "Ada"), ("bob", "Bob")
    }  # fmt: skip
    pairs = {frozenset((nodes[s["a"]]["face"], nodes[s["b"]]["face"])) for s in found["same"]}
    assert pairs == {frozenset(("ada0", "ada1")), frozenset(("bob0", "bob1"))}
    assert all(1.0 < one["width"] < 7.0 for one in found["same"])
    for a in nodes:
        for b in nodes:
            if a is not b:
                far = np.hypot(a["x"] - b["x"], a["y"] - b["y"])
                assert far >= a["r"] + b["r"], (a["label"], b["label"])


def test_an_empty_graph_is_drawn_too(graph: Connection) -> None:
    assert drawing(graph) == {"nodes": [], "belongs": [], "same": [], "threshold": 0.0}
