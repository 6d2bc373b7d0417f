"""Write the drawings of the site: `python docs/sitegen/draw.py`. `make docs` does it too."""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]


def drawings() -> dict[Path, str]:
    """Each file with what it should hold."""
    from sitegen import graph_model, house, svg

    style = DOCS / "_static" / "site.css"
    rules = style.read_text("utf-8").split("/* drawings")[0]
    return {
        DOCS / "images" / "graph-model.svg": graph_model.draw(),
        DOCS / "images" / "house.svg": house.draw(),
        style: f"{rules}/* drawings, by sitegen/draw.py */\n{svg.site_palette()}",
    }


if __name__ == "__main__":
    sys.path[:0] = [str(DOCS), str(DOCS.parent)]
    for file, text in drawings().items():
        file.write_text(text, "utf-8")
        print(f"drawn: {file.relative_to(DOCS.parent)}")
