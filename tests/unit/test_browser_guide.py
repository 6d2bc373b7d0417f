"""The guide, the style sheet, and what is put into Neo4j Browser's script."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from graphface.browser import guide
from graphface.browser.browser_app import PLACES, BrowserApp, patched
from graphface.browser.subgraph import size_by_quality, width_by_nearness
from graphface.db import statements
from graphface.db.embedded.jars import jar_folder, read_lock
from graphface.settings import settings


@pytest.fixture(scope="module")
def app() -> BrowserApp:
    jars = read_lock()
    (jar,) = [jar for jar in jars if jar.artifact == "neo4j-browser"]
    path = jar.path(jar_folder(settings().cache, jars))
    if not path.exists():
        pytest.skip("Neo4j's jars were not fetched yet")
    return BrowserApp(path)


def test_browser_still_has_the_places_where_faces_come_in(app: BrowserApp) -> None:
    index = app.file("browser/")
    assert index is not None
    assert b'<script src="/static/faces.js"></script><div id="mount">' in index[0]
    name = re.findall(rb"app-[0-9a-f]+\.js", index[0])[0].decode()
    script = app.file(f"browser/{name}")
    assert script is not None
    for old, new in PLACES:
        assert old.encode() not in script[0]
        assert script[0].count(new.encode()) == 1
    assert script[1] == "text/javascript"


def test_only_what_the_jar_holds_is_served(app: BrowserApp) -> None:
    for path in ("browser/../META-INF/MANIFEST.MF", "META-INF/MANIFEST.MF", "browser", "browser//"):
        assert app.file(path) is None


def test_another_browser_is_served_as_it_is() -> None:
    assert patched("let x = 1;") == "let x = 1;"
    twice = "".join(old for old, _ in PLACES) + PLACES[0][0]
    assert patched(twice) == twice


def test_the_style_tells_labels_apart() -> None:
    rules = guide.style()
    colours = [rules[f"node.{label}"]["color"] for label in ("Photo", "Face", "Person")]
    assert len(set(colours)) == 3
    assert rules["node.Person"]["caption"] == "{name} ({number})"
    assert rules["relationship.SAME"]["caption"] == "{distance}"
    assert rules["relationship.HAS_FACE"]["caption"] == "<type>"
    sizes = {label: rules[f"node.{label}"]["diameter"] for label in ("Face", "Person")}
    assert all(re.fullmatch(r"\d+px", size) for size in sizes.values())


def test_the_link_of_a_statement_is_what_browser_reads_from_its_address() -> None:
    linked = 0
    for one in statements().values():
        link = guide.browser_link(one)
        if link is None:
            assert set("&#") & set(guide.pasted(one))
            continue
        # As Browser 5.24 does it: the whole address decoded, then cut at & and #.
        decoded = unquote(link.replace("+", " "))
        found = re.findall(r"[?&]arg=([^&#]*)", decoded)
        assert found == [guide.pasted(one)]
        linked += 1
    assert linked > 100


class Text(HTMLParser):
    """What a reader of the page gets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.codes: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag in ("code", "pre"):
            self.codes.append("")
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.codes[-1] += data


def test_page_and_play_guide_hold_the_same_statements() -> None:
    shown = [
        one for one in statements().values() if one.group in guide.SHOWN and one.step_of is None
    ]
    assert len(shown) > 30
    played = Text(guide.play_guide()).codes
    scripts = {one["id"]: one["content"] for one in guide.documents()[1]}
    for one in shown:
        assert guide.pasted(one) in played
        assert scripts[f"graphface-{one.name}"].startswith(f"// {one.name}: ")
    assert len(scripts) == len(shown)


def test_size_and_thickness_go_one_way() -> None:
    sizes = [size_by_quality(quality / 10) for quality in range(11)]
    assert sizes == sorted(set(sizes))
    assert (sizes[0], sizes[-1]) == (0.35, 1.0)
    assert sizes[0] < size_by_quality(None) < sizes[-1]
    widths = [width_by_nearness(distance / 10, 1.0) for distance in range(11)]
    assert widths == sorted(set(widths), reverse=True)
    assert (widths[0], widths[-1]) == (7.0, 1.0)
    assert width_by_nearness(0.3, 0.0) == 1.0
