"""The picture of the house: its storeys, and which room imports which, read from the code."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from sitegen import svg

PACKAGE = Path(__file__).resolve().parents[2] / "graphface"
CELLAR = (
    "records", "settings", "progress", "events", "sinks", "errors", "files", "names",
    "numbers", "text", "transfer",
)  # fmt: skip
"""What all rooms share."""
LEFT_OUT = {"__init__", "__main__", *CELLAR}

PURPOSES = {
    "cli": "commands: parse, call, print",
    "api": "the one door: graphface.Graph",
    "browser": "faces for Neo4j Browser",
    "recognition": "asked with a picture: who, verify, search",
    "insights": "asked of the graph: explain, audit",
    "exchange": "what goes out and comes in",
    "people": "name, merge, split, review, undo",
    "clustering": "SAME graph to persons",
    "ingest": "folders to faces to graph",
    "linking": "faces to SAME",
    "drawing": "pictures out; no database",
    "vision": "find, align, embed; no database",
    "db": "Neo4j: driver, statements, server",
    "sample": "people who do not exist, drawn",
}
"""A line on each room. One without stands there by its name alone."""

ROW, LEFT, ROOM, COLUMN = 34, 24, 326, 24
TOP = 116

_RULES = """
.drawing .plate, .drawing .reach { fill: var(--person); fill-opacity: 0.12; }
.drawing .room:hover .plate { fill-opacity: 0.34; }
.drawing .reach { visibility: hidden; }
.drawing .room:hover .reach { visibility: visible; }
"""


@cache
def imports() -> dict[str, set[str]]:
    """Each room, and the rooms it imports; a module beside the rooms is a small room."""
    found: dict[str, set[str]] = {}
    for file in PACKAGE.rglob("*.py"):
        room = _room(file)
        if room not in LEFT_OUT:
            taken = found.setdefault(room, set())
            taken |= {name for name in _taken(file) if name not in LEFT_OUT and name != room}
    return found


def storeys() -> list[list[str]]:
    """Rooms from the roof down: a room stands above all that it imports."""
    rooms = imports()
    levels: dict[str, int] = {}

    def level(room: str) -> int:
        if room not in levels:
            levels[room] = 1 + max((level(other) for other in rooms[room]), default=-1)
        return levels[room]

    for room in rooms:
        level(room)
    order = list(PURPOSES)
    rank = {room: order.index(room) if room in order else len(order) for room in rooms}
    return [
        sorted((room for room in rooms if levels[room] == floor), key=lambda r: (rank[r], r))
        for floor in range(max(levels.values()), -1, -1)
    ]


def draw() -> str:
    """The picture as SVG."""
    floors, rooms = storeys(), imports()
    order = [room for floor in floors for room in floor]
    bottom = TOP + ROW * len(order)
    grid = LEFT + ROOM + 34
    body = [
        _roof(),
        *_walls(floors, bottom, grid, len(order)),
        *(_column(order, index, grid) for index in range(1, len(order))),
        *(_row(order, index, rooms[room], grid) for index, room in enumerate(order)),
        *_cellar(bottom),
    ]
    title = "The rooms of graphface from the roof down, and which room imports which: only below"
    width = grid + COLUMN * len(order) + 30
    return svg.drawing(width, bottom + 84, title, body, _RULES)


def _room(file: Path) -> str:
    inside = file.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


def _taken(file: Path) -> set[str]:
    """Rooms that a file imports, at its head or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "graphface":
            parts = str(node.module).split(".")
            found |= {parts[1]} if len(parts) > 1 else {name.name for name in node.names}
    rooms = {file.stem for file in PACKAGE.iterdir()}
    return found & rooms


def _roof() -> str:
    left, right = LEFT - 14, LEFT + ROOM + 14
    return svg.path(
        f"M{left} {TOP - 8} L{(left + right) / 2} {TOP - 84} L{right} {TOP - 8} z",
        "fill: var(--same); fill-opacity: 0.14; stroke: var(--same); stroke-width: 2;"
        " stroke-linejoin: round",
    ) + svg.text((left + right) / 2, TOP - 28, "graphface", "big mid")


def _walls(floors: list[list[str]], bottom: int, grid: int, count: int) -> list[str]:
    """The outline, and a line under each storey."""
    wall = "fill: none; stroke: var(--soft); stroke-width: 2"
    parts = [svg.rect(LEFT, TOP - 8, ROOM, bottom - TOP + 12, wall, 0)]
    y = TOP
    for floor in floors[:-1]:
        y += ROW * len(floor)
        thin = "stroke: var(--line); stroke-width: 1.2"
        parts.append(svg.line(LEFT, y - 2, grid + COLUMN * count, y - 2, thin))
    return parts


def _column(order: list[str], index: int, grid: int) -> str:
    """The name of an imported room, slanted, and a hairline down to where it stands."""
    x, end = grid + COLUMN * index, TOP + ROW * index + ROW / 2 - 3
    hair = "stroke: var(--line); stroke-width: 1; stroke-dasharray: 1 4"
    turn = f' transform="rotate(-52 {x} {TOP - 16})"'
    return svg.line(x, TOP - 10, x, end, hair) + svg.text(x, TOP - 16, order[index], "small", turn)


def _row(order: list[str], index: int, taken: set[str], grid: int) -> str:
    """A room with what it is for, its own place in the grid, and a dot for each import."""
    room, y = order[index], TOP + ROW * index
    middle = y + ROW / 2 - 3
    wide, high = grid - LEFT - ROOM + COLUMN * len(order), ROW - 7
    told = ", ".join(sorted(taken)) or "no other room"
    parts = [
        f'<g class="room"><title>{room} imports {told}</title>',
        _bar("plate", LEFT + 6, y + 1, ROOM - 12, high),
        _bar("reach", LEFT + ROOM, y + 1, wide, high),
        svg.text(LEFT + 16, middle + 5, room, "code", ' font-weight="600"'),
        svg.text(LEFT + 98, middle + 4.5, PURPOSES.get(room, ""), "soft small"),
    ]
    own = "fill: none; stroke: var(--soft); stroke-width: 1.4"
    parts.append(svg.rect(grid + COLUMN * index - 5, middle - 5, 10, 10, own, 2))
    for other in sorted(taken):
        x = grid + COLUMN * order.index(other)
        parts.append(svg.circle(x, middle, 5.2, "fill: var(--same)"))
    return "".join([*parts, "</g>"])


def _bar(name: str, x: float, y: float, width: float, height: float) -> str:
    """The plate of a room, or what shows its row when somebody points at it."""
    place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="5"'
    return f'<rect class="{name}" {place}/>'


def _cellar(bottom: int) -> list[str]:
    base = "fill: var(--photo); fill-opacity: 0.14; stroke: var(--photo); stroke-width: 2"
    names = " · ".join(CELLAR)
    return [
        svg.rect(LEFT - 14, bottom + 4, ROOM + 28, 34, base, 3),
        svg.text(LEFT + ROOM / 2, bottom + 26, names, "code mid"),
        svg.text(LEFT + ROOM + 34, bottom + 26, "all rooms stand on these", "soft small"),
        svg.circle(LEFT + 6, bottom + 62, 5.2, "fill: var(--same)"),
        svg.text(LEFT + 20, bottom + 66, "the room at the left imports that above", "soft small"),
    ]
