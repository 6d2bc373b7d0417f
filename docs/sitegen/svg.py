"""The few shapes that the drawings are made of, as SVG with classes; colours are the page's."""

from __future__ import annotations

from html import escape

LIGHT = {
    "ink": "#1c1e22", "soft": "#5b616a", "line": "#c3c9d0", "paper": "#ffffff",
    "photo": "#34775e", "face": "#a8720a", "person": "#0b5d8e", "same": "#c25a12",
    "apart": "#b3261e",
}  # fmt: skip
"""As graphface.grass has them in Neo4j Browser, dark enough to be read as text."""
DARK = {
    "ink": "#eceef1", "soft": "#a4adb8", "line": "#4a525c", "paper": "#131416",
    "photo": "#6fc0a0", "face": "#f2b544", "person": "#58a9da", "same": "#e8935a",
    "apart": "#ff8a80",
}  # fmt: skip

_RULES = """
.drawing text { fill: var(--ink); font: 13px system-ui, 'Segoe UI', Roboto, sans-serif; }
.drawing .soft { fill: var(--soft); }
.drawing .small { font-size: 11.5px; }
.drawing .big { font-size: 15px; font-weight: 600; }
.drawing .code { font-family: ui-monospace, Menlo, 'DejaVu Sans Mono', monospace; font-size: 12px; }
.drawing .mid { text-anchor: middle; }
.drawing .end { text-anchor: end; }
.drawing .halo { paint-order: stroke; stroke: var(--paper); stroke-width: 6px; }
"""


def drawing(width: int, height: int, title: str, body: list[str], rules: str = "") -> str:
    """A whole file. `title` is what a screen reader says."""
    palette = f"svg.drawing {{ {_colours(LIGHT)} }}\n"
    palette += f"@media (prefers-color-scheme: dark) {{ svg.drawing {{ {_colours(DARK)} }} }}"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-label="{escape(title)}">',
        f'<style class="palette">\n{palette}\n</style>',
        f"<style>{_RULES}{rules}</style>",
        *body,
        "</svg>\n",
    ])  # fmt: skip


def site_palette() -> str:
    """The colours as the site's style sheet has them, under furo's switch."""
    dark = _colours(DARK)
    return (
        f"svg.drawing {{ {_colours(LIGHT)} }}\n"
        f"@media (prefers-color-scheme: dark) {{\n"
        f'  body:not([data-theme="light"]) svg.drawing {{ {dark} }}\n}}\n'
        f'body[data-theme="dark"] svg.drawing {{ {dark} }}\n'
    )


def text(x: float, y: float, words: str, classes: str = "", extra: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class="{classes}"{extra}>{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, style: str, extra: str = "") -> str:
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" style="{style}"{extra}/>'


def rect(x: float, y: float, w: float, h: float, style: str, r: float = 8) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{r:g}" style="{style}"/>'


def circle(x: float, y: float, r: float, style: str) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" style="{style}"/>'


def path(d: str, style: str, extra: str = "") -> str:
    return f'<path d="{d}" style="{style}"{extra}/>'


def arrow_heads(*colours: str) -> str:
    """Markers `#to-COLOUR`, for the end of a line."""
    marks = "".join(
        f'<marker id="to-{c}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        f' orient="auto"><path d="M0.5 0.8 L7.5 4 L0.5 7.2 z" style="fill: var(--{c})"/></marker>'
        for c in colours
    )
    return f"<defs>{marks}</defs>"


def _colours(palette: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in palette.items())
