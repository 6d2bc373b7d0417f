"""explain, audit, together and network as a user runs them; the page in a real Chromium."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from graphface.sample.album import Album
    from tests.conftest import Cli

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


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


@pytest.mark.slow
def test_the_commands_and_the_page(cli: Cli, album: Album, page: Page, tmp_path: Path) -> None:
    assert cli("build", album.folder).code == 0
    assert cli("name", "1", "Ada Stone").code == 0
    listed = cli("people", "--json").json
    commands(cli, tmp_path)

    out = tmp_path / "people.html"
    done = cli("network", "--out", out, "--json").json
    assert done["people"] == len(listed)
    assert done["faces"] == done["people"], "each is shown by a face"
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", out.read_text("utf-8"))
    show(page, out, done["people"], done["pairs"], tmp_path)


def commands(cli: Cli, folder: Path) -> None:
    done = cli("explain", "Ada Stone", "2", "--strip", folder / "why.jpg", "--json")
    assert done.code == 0, done.err
    assert done.json["verdict"] == "two"
    assert done.json["a"]["whole"]["name"] == "Ada Stone"
    assert (folder / "why.jpg").stat().st_size > 10_000
    done = cli("explain", "Ada Stone", "Nobody")
    assert (done.code, done.err.count("\n")) == (1, 1), done.err

    done = cli("audit", "--json")
    assert done.code == 0, done.err
    assert done.json["total"] == len(done.json["findings"])
    met = cli("together", "Ada Stone", "--json").json["with"]
    if met:
        photos = cli("together", "Ada Stone", str(met[0]["number"]), "--json").json["photos"]
        assert len(photos) == met[0]["photos"]
        assert all(Path(one["photo"]).is_file() for one in photos)


def show(page: Page, out: Path, people: int, pairs: int, folder: Path) -> None:
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(out.as_uri())
    persons = page.locator(".person")
    assert persons.count() == people
    assert page.locator(".link").count() == pairs
    assert page.locator(".person image").count() == people
    assert all(url.startswith(("file:", "data:")) for url in asked), asked

    where = page.locator("#view").get_attribute("transform")
    page.keyboard.press("/")
    page.keyboard.type("ada st")
    assert page.locator("#card h2").text_content() == "Ada Stone"
    assert page.locator(".weight").count() == page.locator("#card li").count()
    page.keyboard.press("Escape")
    assert not page.locator("#card").is_visible()

    page.mouse.move(640, 430)
    page.mouse.wheel(0, -400)
    page.mouse.down()
    page.mouse.move(700, 500)
    page.mouse.up()
    assert page.locator("#view").get_attribute("transform") != where
    page.keyboard.press("0")
    assert page.locator("#view").get_attribute("transform") == where

    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.screenshot(path=folder / "page.png")
    assert (folder / "page.png").stat().st_size > 20_000
    assert errors == []
