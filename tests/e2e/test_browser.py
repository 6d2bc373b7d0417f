"""Neo4j Browser, in a real headless Chromium: log in, run a statement, see people."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from graphface.sample.album import Album
    from graphface.server.embedded import EmbeddedServer
    from tests.conftest import Cli

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
STATEMENT = "graph-of-people"
NODES = "svg circle.b-outline"


@pytest.fixture
def page() -> Iterator[Page]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_page(viewport={"width": 1280, "height": 860})
        browser.close()


def log_in(page: Page, server: EmbeddedServer) -> None:
    status = server.status()
    page.goto(status.browser_url, wait_until="domcontentloaded")
    page.wait_for_selector("[data-testid=password]", timeout=90_000)
    page.select_option("[data-testid=bolt-scheme-select]", "bolt://")
    page.fill("[data-testid=boltaddress]", status.uri.removeprefix("bolt://"))
    page.fill("[data-testid=username]", status.username)
    page.fill("[data-testid=password]", server.password())
    page.click("[data-testid=connect]")
    page.get_by_text(":play start").first.wait_for(timeout=60_000)  # its greeting: connected
    run(page, ":clear")
    page.get_by_text(":play start").first.wait_for(state="detached")


def run(page: Page, text: str) -> None:
    page.click("[data-testid=activeEditor]")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    page.keyboard.press("Control+Enter")


@pytest.mark.slow
def test_browser_shows_the_graph(
    cli: Cli, album: Album, server: EmbeddedServer, page: Page, tmp_path: Path
) -> None:
    assert cli("build", album.folder).code == 0
    for number, name in enumerate(album.people, start=1):
        assert cli("name", str(number), name).code == 0
    text = cli("query", STATEMENT, "--show").out

    log_in(page, server)
    run(page, text)
    page.wait_for_selector(NODES, timeout=60_000)
    page.wait_for_timeout(4_000)  # until the drawing has settled
    nodes = page.locator(NODES).count()
    stats = cli("stats", "--json").json
    assert nodes == stats["faces"] + stats["people"]
    captions = page.locator("svg text").all_text_contents()
    assert any(album.people[0].split()[0] in caption for caption in captions), captions
    page.screenshot(path=tmp_path / "browser.png")
    assert (tmp_path / "browser.png").stat().st_size > 20_000
