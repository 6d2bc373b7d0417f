"""Neo4j Browser in a real headless Chromium: signed in, styled, with faces; and the guide.

GRAPHFACE_SCREENSHOTS=docs/images pytest tests/e2e/test_browser.py makes the pictures of the docs.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphface.browser.guide import pasted
from graphface.db import Connection, statement
from graphface.files import path_text
from graphface.people.naming import hide, name, unhide
from tests.conftest import Cli
from tests.e2e.browsing import CHROMIUM, browse, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from graphface.db.embedded.server import EmbeddedServer
    from graphface.sample.album import Album

SHOTS = os.environ.get("GRAPHFACE_SCREENSHOTS")
NODES = "svg circle.b-outline"
PERSON, FACE, PHOTO = "#0B5D8E", "#F2B544", "#4B9E7F"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

NODES_SCRIPT = """() => [...document.querySelectorAll("svg g.node")].map(g => ({
  label: g.__data__.labels[0], quality: Number(g.__data__.propertyMap.quality),
  fill: g.querySelector("circle.b-outline").getAttribute("fill"),
  r: Number(g.querySelector("circle.b-outline").getAttribute("r")),
  caption: [...g.querySelectorAll("text:not([display=none])")].map(t => t.textContent).join(" ")
    .trim(),
  image: g.querySelector("image")?.getAttribute("href") ?? null,
}))"""

# The outline of a straight arrow begins at half its thickness: "M 27 1.5 L ...".
SAME_SCRIPT = """() => [...document.querySelectorAll("svg g.relationship")]
  .filter(g => g.__data__.type === "SAME")
  .map(g => ({ distance: Number(g.__data__.propertyMap.distance),
    half: Math.abs(g.querySelector("path.b-outline").getAttribute("d").split(" ")[2]) }))"""

LOADED_SCRIPT = """() => Promise.all([...document.querySelectorAll("svg image")].map(async one => {
  const image = new Image();
  image.src = one.getAttribute("href");
  await image.decode().catch(() => {});
  return image.naturalWidth;
}))"""


@pytest.fixture(scope="module")
def crowd(album: Album, tmp_path_factory: pytest.TempPathFactory) -> Album:
    """The album of all tests; more people where pictures for the docs are wanted."""
    if not SHOTS:
        return album
    from graphface.sample import make_album

    return make_album(tmp_path_factory.mktemp("crowd") / "photos", people=7, pictures=5, scenes=4)


@pytest.fixture(scope="module")
def graph(server: EmbeddedServer) -> Iterator[Connection]:
    """One graph for all tests here: they look at it, and leave it as it is."""
    status = server.status()
    with Connection(status.uri, status.username, server.password()) as connected:
        connected.run("forget-everything")
        yield connected


@pytest.fixture(scope="module")
def named(graph: Connection, home: Path, crowd: Album) -> Cli:
    cli = Cli(home)
    assert cli("build", crowd.folder).code == 0
    for person in crowd.people:
        alone = next(
            one for one in crowd.pictures if [shown.name for shown in one.people] == [person]
        )
        (face,) = graph.run("people-of-photo", path=path_text(alone.path))
        name(graph, str(face["number"]), person)
    return cli


@pytest.fixture
def context() -> Iterator[BrowserContext]:
    with chromium() as context:
        yield context


def shoot(page: Page, file: str, folder: Path, **options: Any) -> None:
    path = (Path(SHOTS) if SHOTS else folder) / file
    page.screenshot(path=path, **options)
    assert path.stat().st_size > 20_000


def sign_in(page: Page, server: EmbeddedServer) -> None:
    """By hand, as in any Neo4j Browser."""
    status = server.status()
    page.goto(status.browser_url, wait_until="domcontentloaded")
    page.wait_for_selector("[data-testid=password]", timeout=90_000)
    page.select_option("[data-testid=bolt-scheme-select]", "bolt://")
    page.fill("[data-testid=boltaddress]", status.uri.removeprefix("bolt://"))
    page.fill("[data-testid=username]", status.username)
    page.fill("[data-testid=password]", server.password())
    page.click("[data-testid=connect]")
    page.get_by_text(":play start").first.wait_for(timeout=60_000)  # its greeting: connected


def run(page: Page, text: str) -> None:
    """Run a text; what was there before goes away first."""
    _enter(page, ":clear")
    page.locator("[data-testid=frame]").first.wait_for(state="detached", timeout=30_000)
    _enter(page, text)
    page.locator("[data-testid=frame]").first.wait_for(timeout=30_000)


def _enter(page: Page, text: str) -> None:
    page.click("[data-testid=activeEditor]")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")


def drawn(page: Page) -> list[dict[str, Any]]:
    page.wait_for_selector(NODES, timeout=60_000)
    page.wait_for_timeout(4_000)  # until the drawing has settled
    found: list[dict[str, Any]] = page.evaluate(NODES_SCRIPT)
    return found


def test_any_browser_takes_style_and_guide(
    named: Cli, crowd: Album, server: EmbeddedServer, context: BrowserContext, tmp_path: Path
) -> None:
    page = context.new_page()
    with browse(named) as (found, _):
        sign_in(page, server)
        run(page, f":play {found['play']}")
        page.get_by_text("Every photo is a").wait_for(timeout=30_000)
        run(page, f":style {found['style']}")
        page.get_by_text("node.Person").first.wait_for(timeout=30_000)

        run(page, statement("graph-of-people").text)
        nodes = drawn(page)
        stats = named("stats", "--json").json
        kinds = [(one["label"], one["fill"]) for one in nodes]
        assert kinds.count(("Person", PERSON)) == stats["people"]
        assert kinds.count(("Face", FACE)) == stats["faces"]
        assert len(nodes) == stats["people"] + stats["faces"]
        captions = [one["caption"] for one in nodes if one["label"] == "Person"]
        assert any(crowd.people[0].split()[0] in caption for caption in captions), captions
        assert {one["r"] for one in nodes if one["label"] == "Face"} == {27.0}, "one size a label"
        whole = {"x": 0, "y": 0, "width": 1280, "height": 620}
        shoot(page, "browser-plain.png", tmp_path, clip=whole)

        run(page, pasted(statement("list-people")))
        table = page.locator("[role=table], table").last
        table.wait_for(timeout=30_000)
        for person in crowd.people[: stats["people"]]:
            assert person in table.inner_text()

        run(page, pasted(statement("person-graph")))
        nodes = drawn(page)
        assert {(one["label"], one["fill"]) for one in nodes} >= {
            ("Person", PERSON), ("Face", FACE), ("Photo", PHOTO)
        }  # fmt: skip

        run(page, statement("thumbnails-of-people").text)
        link = page.locator("a[href*='/faces/']").first
        link.wait_for(timeout=30_000)
        with context.expect_page() as opened:
            link.click()
        width = opened.value.evaluate("() => document.images[0].naturalWidth")
        assert width == 192, "a thumbnail is a link that shows the face"


def test_browse_s_browser_is_signed_in_and_shows_faces(
    named: Cli, context: BrowserContext, graph: Connection, tmp_path: Path
) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url))
    with browse(named) as (found, _):
        page.goto(found["browser"])
        page.get_by_text("Every photo is a").wait_for(timeout=60_000)
        assert "token" not in page.url
        run(page, statement("graph-of-people").text)
        nodes = drawn(page)
        faces = sorted((one for one in nodes if one["label"] == "Face"), key=lambda n: n["quality"])
        sizes = [one["r"] for one in faces]
        assert sizes == sorted(sizes)
        assert sizes[0] < sizes[-1]
        assert all(one["image"] for one in nodes), "everybody has a picture"
        widths = page.evaluate(LOADED_SCRIPT)
        assert len(widths) == len(nodes)
        assert set(widths) == {192}
        captions = {one["caption"] for one in nodes if one["label"] == "Person"}
        assert captions == {row["name"] for row in graph.run("list-people", minFaces=1)}
        same = sorted(page.evaluate(SAME_SCRIPT), key=lambda one: one["distance"])
        assert len(same) > 5
        thick = [2 * one["half"] for one in same]
        assert thick == sorted(thick, reverse=True)
        assert 1 <= thick[-1] < thick[0] <= 7
        page.locator("[aria-label='Collapse the node properties display']").first.click()
        page.locator("[data-testid=frame] [title=Fullscreen]").first.click()
        page.wait_for_timeout(1_000)
        page.locator("[aria-label='zoom-to-fit']").click()
        page.wait_for_timeout(1_500)
        shoot(page, "browser.png", tmp_path)
        page.locator("[title='Close fullscreen']").first.click()
        here = found["style"].rpartition("/")[0].removeprefix("http://localhost")
        assert {url.split("/")[2] for url in asked} <= {f"127.0.0.1{here}", f"localhost{here}"}

        hide(graph, "1")
        try:
            run(page, statement("graph-of-people").text)
            assert sum(one["image"] is None for one in drawn(page)) > 1, "hidden: no picture"
        finally:
            unhide(graph, "1")


@contextmanager
def the_guide(cli: Cli, faces: int, **options: Any) -> Iterator[tuple[BrowserContext, Page]]:
    """The guide, opened and drawn; nothing may have gone wrong with it in the end."""
    with browse(cli) as (found, _), chromium(**options) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(found["guide"])
        page.wait_for_selector("#drawing image")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(LOADED_SCRIPT) == [192] * faces
        yield context, page
        assert errors == []


@pytest.fixture(scope="module")
def pictures(named: Cli, graph: Connection) -> int:
    stats = graph.run("stats")[0]
    return int(stats["faces"] + stats["people"])


def test_the_guide_in_the_dark(named: Cli, pictures: int, tmp_path: Path) -> None:
    with the_guide(named, pictures, color_scheme="dark") as (_, page):
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 26)"
        shoot(page, "guide-dark.png", tmp_path)


def test_the_guide(named: Cli, pictures: int, tmp_path: Path) -> None:
    with the_guide(named, pictures) as (context, page):
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        shoot(page, "guide.png", tmp_path)

        page.locator("#drawing .node").first.focus()
        assert "faces" in page.locator("#told").inner_text()
        page.keyboard.press("ArrowRight")
        assert "quality" in page.locator("#told").inner_text()

        page.keyboard.press("/")
        page.keyboard.type("list-people")
        shown = page.locator("details:visible")
        assert shown.count() < 10
        entry = page.locator("#list-people")
        entry.locator("summary").press("Enter")
        entry.get_by_role("button", name="Copy").click()
        assert page.evaluate("navigator.clipboard.readText()") == pasted(statement("list-people"))
        with context.expect_page() as opened:
            entry.get_by_role("link", name="Run in Browser").click()
        editor = opened.value.locator("[data-testid=activeEditor]")
        editor.wait_for(timeout=60_000)
        opened.value.get_by_text("faces >= 2").first.wait_for(timeout=60_000)
