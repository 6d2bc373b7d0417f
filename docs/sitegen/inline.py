"""Drawings become part of the page, so that they follow its switch between light and dark.

A drawing is an SVG with two style elements. The one of the class `palette` gives it colours where
it stands alone; on the site `site.css` gives them, so it is left out.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_PALETTE = re.compile(r'<style class="palette">.*?</style>\s*', re.DOTALL)


def inline_drawings(app: Sphinx, doctree: nodes.document, _: str) -> None:
    """Replace each image of an .svg by the .svg."""
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        if image["uri"].endswith(".svg"):
            text = (Path(app.srcdir) / image["uri"]).read_text("utf-8")
            whole = f'<div class="drawing-frame">{_PALETTE.sub("", text)}</div>'
            image.replace_self(nodes.raw("", whole, format="html"))
