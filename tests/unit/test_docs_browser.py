"""The site as it is read: search, light and dark, a narrow screen, and no network."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")
PAGES = ("index", "concepts", "commands/from-photos-to-people", "cypher/teaching", "architecture")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of which nothing may be asked for over a network."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    opened.close()
    assert asked
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]


def background(page: Page) -> int:
    """How bright the page is, from 0 to 765."""
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(int(part) for part in colour.strip("rgba()").split(",")[:3])


def test_words_of_an_error_are_found(page: Page, site: Path) -> None:
    page.goto(f"{(site / 'search.html').as_uri()}?q=refuses+this+name+or+password")
    page.wait_for_selector("#search-results li a")
    assert "Troubleshooting" in page.locator("#search-results").inner_text()


def test_a_command_is_found(page: Page, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.locator("input[name=q]").first.fill("contact-sheet")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    links = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    assert any("commands/from-photos-to-people" in link for link in links)


def test_light_and_dark_and_the_drawing_with_them(page: Page, site: Path) -> None:
    page.goto((site / "concepts.html").as_uri())
    ink = "getComputedStyle(document.querySelector('svg.drawing .code')).fill"
    page.emulate_media(color_scheme="light")
    light, light_ink = background(page), page.evaluate(ink)
    page.emulate_media(color_scheme="dark")
    dark, dark_ink = background(page), page.evaluate(ink)
    assert light > 700
    assert dark < 150
    assert light_ink != dark_ink
    page.evaluate("document.body.dataset.theme = 'light'")  # what the button does
    assert (background(page), page.evaluate(ink)) == (light, light_ink)


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_needs_no_scrolling_sideways(
    page: Page,
    site: Path,
    name: str,
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto((site / f"{name}.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
