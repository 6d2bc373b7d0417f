"""The guide: a page of graphface, and the same text for `:play` in Neo4j Browser."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from graphface.db import statements
from graphface.db.parameters import example_values, for_browser
from graphface.db.statements import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.browser.login import Login
    from graphface.db import Statement
    from graphface.db.connection import Row

PAGES = Path(__file__).with_name("pages")

SHOWN = ("teaching", "lookup", "people", "audit")
"""Groups of `cypher/` that are shown: of each what people run by its name."""

_OPEN = "/open"
_NO_LINK = frozenset("&#")
"""Browser cuts what it takes from its address at these."""


@lru_cache(maxsize=16)
def page(name: str) -> str:
    """A file of `pages/`."""
    return (PAGES / name).read_text("utf-8")


def guide_page(counts: Row, login: Login, browser: bool) -> str:
    """The page. `browser` says whether Neo4j Browser can be opened from here."""
    parts = {
        "@COUNTS@": escape(_counts(counts)),
        "@OPEN@": _OPEN if browser else escape(login.browser_url or "#sign-in"),
        "@ABOUT@": page("about.html"),
        "@MODEL@": page("model.svg"),
        "@SIGN_IN@": _sign_in(login),
        "@STATEMENTS@": "".join(_group(title, group, browser) for title, group in _shown()),
    }
    text = page("guide.html")
    for mark, part in parts.items():
        text = text.replace(mark, part)
    return text


def play_guide() -> str:
    """Slides for `:play`. They contain nothing of the graph, since any page may request them."""
    model = base64.b64encode(page("model.svg").encode()).decode()
    picture = f'<img alt="The graph" width="640" src="data:image/svg+xml;base64,{model}">'
    slides = [_slide("The graph of people", page("about.html") + picture)]
    for title, group in _shown():
        body = "".join(
            f"<h4>{escape(one.name)}</h4><p>{escape(one.purpose)}</p>"
            f'<pre class="code runnable standalone-example">{escape(pasted(one))}</pre>'
            for one in group
        )
        slides.append(_slide(title, body))
    return f'<article class="guide"><carousel class="deck">{"".join(slides)}</carousel></article>'


def documents() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Folders and statements in the form of Neo4j Browser's saved scripts."""
    folders, scripts = [], []
    for _, group in _shown():
        folder = f"graphface-{group[0].group}"
        folders.append({"id": folder, "name": f"graphface: {group[0].group}"})
        scripts += [
            {
                "id": f"graphface-{one.name}",
                "folder": folder,
                "content": f"// {one.name}: {one.purpose}\n{pasted(one)}",
            }
            for one in group
        ]
    return folders, scripts


def style() -> dict[str, dict[str, str]]:
    """The style sheet in Browser's form: properties by selector."""
    rules: dict[str, dict[str, str]] = {}
    for rule in page("graphface.grass").replace("}\n", "}\0").split("\0"):
        selector, brace, body = rule.partition("{")
        if brace:
            pairs = (line.split(":", 1) for line in body.rstrip("} \n").split(";") if ":" in line)
            rules[selector.strip()] = {name.strip(): value.strip(' "') for name, value in pairs}
    return rules


def pasted(one: Statement) -> str:
    """The statement with the values of its example filled in.

    Browser shows no result of several statements that run together, and `:param` lines count as
    such.
    """
    given = [f"{name}={_text(value)}" for name, value in example_values(one).items()]
    return for_browser(one, given)


def browser_link(one: Statement) -> str | None:
    """The link that opens Browser with the statement in its editor."""
    text = pasted(one)
    if _NO_LINK & set(text):
        return None
    return f"{_OPEN}?cmd=edit&arg={quote(text, safe='')}"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else json.dumps(value)


def _shown() -> Iterable[tuple[str, list[Statement]]]:
    for name in SHOWN:
        group = [one for one in statements().values() if one.group == name and not one.step_of]
        if group:
            yield GROUPS[name], group


def _counts(counts: Row) -> str:
    named = f"{counts['people']:,} persons ({counts['named']:,} named)"
    faces = f"{counts['photos']:,} photos · {counts['faces']:,} faces"
    return f"{faces} · {named} · {counts['same']:,} SAME"


def _sign_in(login: Login) -> str:
    rows = {
        "Address": login.uri,
        "User": login.username,
        "Password": login.password_place,
        "Database": login.database,
        "The server's own Browser": login.browser_url,
    }
    shown = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(text)}</code></dd>"
        for name, text in rows.items()
        if text
    )
    return (
        f"<dl>{shown}</dl><p>Opened from here, Neo4j Browser is signed in, has the style and these "
        "statements among its saved scripts, and shows faces. In any other Neo4j Browser, "
        "<code>:style http://localhost:@PORT@/graphface.grass</code> loads the style and "
        "<code>:play http://localhost:@PORT@/play.html</code> this guide.</p>"
    )


def _group(title: str, group: list[Statement], browser: bool) -> str:
    return (
        f'<div class="group"><h3>{escape(group[0].group)}</h3><p>{escape(title)}</p>'
        f"{''.join(_statement(one, browser) for one in group)}</div>"
    )


def _statement(one: Statement, browser: bool) -> str:
    takes = "".join(
        f"<li><code>${escape(p.name)}</code> {escape(p.type)}: {escape(p.meaning)}</li>"
        for p in one.parameters
    )
    link = browser_link(one) if browser else None
    run = (
        f'<a class="button" href="{escape(link)}" target="_blank" rel="noopener">Run in Browser</a>'
        if link
        else ""
    )
    return (
        f'<details id="{escape(one.name)}"><summary><code>{escape(one.name)}</code>'
        f"<span>{escape(one.purpose)}</span></summary>"
        f"{f'<ul class=takes>{takes}</ul>' if takes else ''}"
        f"<pre><code>{escape(one.text)}</code></pre>"
        f'<div class="actions"><button type="button" data-copy="{escape(pasted(one))}">Copy'
        f"</button>{run}</div></details>"
    )


def _slide(title: str, body: str) -> str:
    text = f"<h3>{escape(title)}</h3>{body}"
    return f'<slide class="row-fluid"><div class="col-sm-12">{text}</div></slide>'
