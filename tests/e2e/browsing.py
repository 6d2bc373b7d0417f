"""`graphface browse` as a process beside a test, and a web browser to look at what it serves."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from tests.conftest import Cli

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("chrome")


@contextmanager
def browse(cli: Cli, *args: str, **environment: str) -> Iterator[tuple[dict[str, Any], Any]]:
    """What the command printed, and its process, which is ended with the block."""
    given = () if "--port" in args else ("--port", "0")
    process = cli.start("browse", "--no-open", "--json", *given, *args, **environment)
    try:
        yield _document(process), process
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _document(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The first JSON document; the command goes on running after it."""
    assert process.stdout
    text = ""
    for line in process.stdout:
        text += line
        if line == "}\n":
            found: dict[str, Any] = json.loads(text)
            return found
    assert process.stderr
    raise AssertionError(f"no JSON: {text}{process.stderr.read()}")


@contextmanager
def chromium(**options: Any) -> Iterator[BrowserContext]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser.new_context(viewport={"width": 1280, "height": 860}, **options)
        browser.close()
