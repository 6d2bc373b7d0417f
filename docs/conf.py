"""The site: `make docs`. Warnings are errors; nothing is fetched while it is built or read."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from graphface import __version__  # noqa: E402

project = "graphface"
author = "The graphface authors"
copyright = author
release = version = __version__

ICON = "../graphface/browser/pages/icon.svg"
"""The same as that of the pages of `graphface browse`."""

extensions = ["myst_parser", "sphinx.ext.autodoc", "sitegen"]
exclude_patterns = ["_build"]
nitpicky = False
highlight_language = "none"
smartquotes = False  # `--option` and error messages stand as they are typed

myst_heading_anchors = 3
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_type_aliases = {"Vectors": "Vectors", "Pixels": "Pixels", "Points": "Points"}
default_role = "code"

html_theme = "furo"
html_title = "graphface"
html_static_path = ["_static", ICON]
html_css_files = ["site.css"]
html_favicon = ICON
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "light_css_variables": {
        "font-stack": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
        "font-stack--monospace": "ui-monospace, Menlo, 'DejaVu Sans Mono', monospace",
        "color-brand-primary": "#a8431b",
        "color-brand-content": "#1f5fa8",
    },
    "dark_css_variables": {
        "color-brand-primary": "#f0885a",
        "color-brand-content": "#7ab4f0",
    },
    "light_logo": "icon.svg",
    "dark_logo": "icon.svg",
}
