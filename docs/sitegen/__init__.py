"""What the site has that nobody wrote: commands, statements, settings and errors, from the code.

A page in docs/ says where a generated part goes, and which pages come below it, by comments that a
code host does not show:

    <!-- generated: commands From photos to people -->
    <!-- pages: Caption
    quickstart
    -->

Sphinx reads the page with them replaced, so that nothing generated is kept in the repository and
nothing can be stale.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sitegen import api, commands, messages, registry, statements, variables
from sitegen.cypher_lexer import CypherLexer
from sitegen.inline import inline_drawings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx

GENERATORS: dict[str, Callable[[str], str]] = {
    "api": api.calls,
    "commands": commands.panel,
    "command-list": commands.overview,
    "statements": statements.group,
    "statement-groups": statements.groups,
    "statement-list": statements.overview,
    "settings": variables.table,
    "messages": messages.of_class,
    "models": registry.models,
    "detectors": registry.detector_table,
    "model-licences": registry.licences,
    "error-tree": messages.tree,
    "start-reasons": messages.start_reasons,
}
"""The kinds of generated parts; what follows the kind in the comment goes to the function."""

_GENERATED = re.compile(r"^<!-- generated: ([\w-]+) ?(.*) -->$", re.MULTILINE)
_PAGES = re.compile(r"^<!-- pages: ?(.*)\n((?:.+\n)*?)-->$", re.MULTILINE)
_STATEMENT = re.compile(r"\((?:\.\./)+cypher/([\w-]+)/([\w-]+)\.cypher\)")
_FOLDER = re.compile(r"\[([^\]]*)\]\((?:\.\./)+(?:cypher|notebooks|docker)/?\)")


def setup(app: Sphinx) -> dict[str, object]:
    app.add_lexer("cypher", CypherLexer)
    app.connect("source-read", _complete)
    app.connect("autodoc-process-docstring", api.as_rst)
    app.connect("doctree-resolved", inline_drawings)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _complete(_: Sphinx, page: str, source: list[str]) -> None:
    """Generated parts in their places; links to files of cypher/ lead to the cookbook.

    What is a link to a folder on a code host is only its name here.
    """
    up = "../" * page.count("/")
    text = _GENERATED.sub(lambda found: GENERATORS[found[1]](found[2]), source[0])
    text = _PAGES.sub(lambda found: _toctree(found[1], found[2]), text)
    text = _STATEMENT.sub(rf"({up}cypher/\1.md#\2)", text)
    source[0] = _FOLDER.sub(r"\1", text)


def _toctree(caption: str, pages: str) -> str:
    options = ":hidden:\n:titlesonly:\n" + (f":caption: {caption}\n" if caption else "")
    return f"```{{toctree}}\n{options}\n{pages.strip()}\n```"
