"""The site is built without a warning, and holds every command, statement, setting and error."""

from __future__ import annotations

import importlib
import re
import sys
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

pytest.importorskip("sphinx", reason="pip install --group docs")

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MARKDOWN = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\]\(([^)\s]+)\)")


def generator(name: str) -> Any:
    """A module of docs/sitegen, which is no part of the package."""
    if str(DOCS) not in sys.path:
        sys.path.append(str(DOCS))
    return importlib.import_module(f"sitegen.{name}")


@cache
def html(file: Path) -> str:
    return file.read_text("utf-8")


@cache
def words(file: Path) -> str:
    """What a page says, without its tags; blanks are single."""
    body = html(file).partition("<article")[2].partition("</article>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", body)).split())


def section(page: Path, anchor: str) -> str:
    """The words of one section."""
    text = html(page)
    assert f'<section id="{anchor}">' in text, f"{page.name} has no section {anchor}"
    inside = text.split(f'<section id="{anchor}">')[1].split("<section ")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", inside)).split())


def test_every_command_has_its_place_with_all_options(site: Path) -> None:
    commands = generator("commands")
    found = commands.all_commands()
    assert {"who", "build", "db start", "models fetch"} <= {one.name for one in found}
    for one in found:
        shown = section(site / "commands" / f"{commands.page_of(one.panel)}.html", one.anchor)
        for parameter in commands.parameters(one):
            for name in parameter.names:
                assert name in shown, f"{one.name}: {name}"
                assert parameter.meaning, f"{one.name}: {name} says nothing"
        assert f"graphface {one.name}" in shown.split("[OPTIONS]")[1], f"{one.name}: no example"
        assert one.anchor in html(site / "commands" / "index.html")


def test_the_options_shown_are_those_of_help() -> None:
    """What the pages read from the functions is what typer makes of them."""
    import typer.main

    from graphface.cli.app import app

    commands = generator("commands")
    by_name = {one.name: one for one in commands.all_commands()}
    root = typer.main.get_command(app)
    tree = {
        f"{name} {inner}".strip(): command
        for name, group in root.commands.items()  # type: ignore[attr-defined]
        for inner, command in getattr(group, "commands", {"": group}).items()
    }
    assert set(by_name) == set(tree)
    for name, command in tree.items():
        options = {
            name
            for parameter in command.params
            if parameter.param_type_name == "option"
            for name in (*parameter.opts, *parameter.secondary_opts)
        } - {"--help", "-h"}
        ours = [one for one in commands.parameters(by_name[name]) if not one.argument]
        assert {name for one in ours for name in one.names} == options, name


def test_exit_codes_of_their_own_are_shown(site: Path) -> None:
    shown = section(site / "commands" / "from-photos-to-people.html", "graphface-who")
    for told in ("0 somebody known", "3 nobody known", "4 no face in the picture"):
        assert told in shown


def test_every_statement_is_in_the_cookbook(site: Path) -> None:
    from graphface.db import statements

    assert len(statements()) > 150
    for one in statements().values():
        shown = section(site / "cypher" / f"{one.group}.html", one.name)
        assert " ".join(one.text.split()) in shown
        assert one.purpose[1:].replace("`", "") in shown
        assert one.example in shown
        for parameter in one.parameters:
            told = f"${parameter.name} {parameter.type} {parameter.meaning}"
            assert told.replace("`", "") in shown
        assert one.note[1:].replace("`", "") in shown


def test_every_setting_is_explained(site: Path) -> None:
    page = words(site / "settings.html")
    for one in generator("variables").variables():
        assert f"{one.name} {one.meaning}".replace("`", "") in page


def test_every_variable_that_the_code_reads_is_explained(site: Path) -> None:
    reads = r"environ(?:\.get\(|\.setdefault\(|\[)\s*\"([A-Z_]+)\""
    source = "\n".join(file.read_text("utf-8") for file in (ROOT / "graphface").rglob("*.py"))
    ours = set(re.findall(r"\b(?:GRAPHFACE|NEO4J)_[A-Z_]+\b", source)) - {"NEO4J_PLUGINS"}
    quieting = {"TF_CPP_MIN_LOG_LEVEL", "DEEPFACE_LOG_LEVEL"}  # set, not read
    page = words(site / "settings.html")
    for name in (ours | set(re.findall(reads, source))) - quieting:
        assert name in page


def test_every_kind_of_error_has_an_entry(site: Path) -> None:
    page, messages = site / "troubleshooting.html", generator("messages")
    kinds = messages.classes()
    assert len(kinds) >= 16
    for kind in kinds:
        shown = section(page, kind.__name__.lower())
        mine = [one for one in messages.messages() if one.kind == kind.__name__]
        told = "\n".join(f"{one.text} {one.hint}" for one in mine)
        assert len(shown) > 120 + min(len(told), 200), f"{kind.__name__}: no why, or nothing to do"


def test_every_message_is_listed(site: Path) -> None:
    page = words(site / "troubleshooting.html")
    for one in generator("messages").messages():
        for said in (one.text, one.hint):
            assert " ".join(said.replace("`", "").split()) in page


def test_every_reason_why_a_start_fails_is_listed(site: Path) -> None:
    from graphface.db.embedded.process_state import KNOWN

    shown = section(site / "troubleshooting.html", "servererror")
    for _, reason, hint in KNOWN:
        assert f"{reason} {hint}".replace("`", "") in shown


def test_no_message_is_missed() -> None:
    """The list is read from syntax trees; a plain look at the text finds nothing beyond it."""
    messages = generator("messages")
    known = "\n".join(one.text for one in messages.messages())
    kinds = "|".join(kind.__name__ for kind in messages.classes())
    raised = re.compile(rf"raise (?:{kinds})\(\s*f?\"([^\"{{]*)")
    seen = 0
    for file in (ROOT / "graphface").rglob("*.py"):
        for start in raised.findall(file.read_text("utf-8")):
            seen += 1
            assert start in known, f"{file.name}: {start}"
    assert seen > 150


def test_every_call_is_on_the_page_of_the_api(site: Path) -> None:
    import graphface

    page = html(site / "api.html")
    calls = [name for name in dir(graphface.Graph) if not name.startswith("_")]
    assert len(calls) > 20
    for name in calls:
        assert f'id="graphface.Graph.{name}"' in page
    for name in set(graphface.__all__) - {"__version__"}:
        assert f'id="graphface.{name}"' in page


def test_drawings_are_up_to_date() -> None:
    for file, text in generator("draw").drawings().items():
        assert file.read_text("utf-8") == text, f"make docs draws {file.name} anew"


def test_the_house_says_what_each_room_is_for() -> None:
    house = generator("house")
    assert set(house.PURPOSES) == set(house.imports())
    floors = {room: number for number, floor in enumerate(house.storeys()) for room in floor}
    for room, taken in house.imports().items():
        assert all(floors[other] > floors[room] for other in taken)
    assert "images/house.svg" in (DOCS / "architecture.md").read_text("utf-8")


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere_on_a_code_host_too(page: Path) -> None:
    for link in LINK.findall(page.read_text("utf-8")):
        if not re.match(r"[a-z]+:|#", link):
            target = page.parent / unquote(link.partition("#")[0])
            assert target.exists(), link


def test_links_of_the_site_lead_somewhere(site: Path) -> None:
    pages = [page for page in site.rglob("*.html") if "_static" not in page.parts]
    assert len(pages) > 35
    for page in pages:
        for link in re.findall(r'(?:href|src)="([^"]+)"', html(page)):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = unquote(unescape(link)).partition("#")
            target = (page.parent / path.partition("?")[0]) if path else page
            assert target.exists(), f"{page.name}: {link}"
            if anchor and target.suffix == ".html":
                assert f'id="{anchor}"' in html(target), f"{page.name}: {link}"


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        tags = re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*>", html(page))
        assert not [tag for tag in tags if re.search(r'(?:src|href)="(?:https?:)?//', tag)]
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", style.read_text("utf-8"))
