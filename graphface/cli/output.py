"""Output of commands: a table or JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphface import records
from graphface.records import Record
from graphface.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from graphface.records import Box

__all__ = [
    "JsonOption",
    "at",
    "cell",
    "console",
    "count",
    "from_here",
    "percent",
    "plain",
    "print_json",
    "print_rows",
    "print_table",
    "printable",
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def print_json(value: Any) -> None:
    """Print one JSON document: UTF-8, dates as ISO 8601, dataclasses and paths as text."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=plain)
    sys.stdout.write("\n")


def print_table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] | None = None) -> None:
    """Print rows under their column names, with floats to four digits, and None as nothing."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    names = list(columns or (rows[0] if rows else ()))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in names:
        numeric = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(name, justify="right" if numeric and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(row.get(name))) for name in names))
    console().print(table)


def print_rows(rows: Sequence[Any], columns: Iterable[str] | None = None) -> None:
    """Records as a table of their fields."""
    import dataclasses

    names = [*(columns or (one.name for one in dataclasses.fields(rows[0])))]
    print_table([{name: getattr(row, name) for name in names} for row in rows], names)


def console() -> Console:
    """Standard output. A pipe has no width, so text for a program is never folded."""
    from rich.console import Console

    made = Console()
    if not made.is_terminal:
        made.width = 10_000
    return made


def percent(probability: float) -> str:
    """A percentage that is never 100 and never 0, since nothing here is certain."""
    return f"{min(max(probability, 0.001), 0.999):.1%}"


def count(number: int, word: str) -> str:
    """`1 face`, `1,200 faces`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def at(box: Box) -> str:
    """Where a face is in its picture."""
    return f"{box.x},{box.y} ({box.width} x {box.height})"


def cell(value: Any) -> str:
    """The text of a value in a table."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        if len(value) > 8 and all(isinstance(item, float) for item in value):
            return f"[{len(value)} numbers]"
        return ", ".join(cell(item) for item in value)
    if hasattr(value, "to_native"):  # the driver's own dates
        return str(value.to_native().isoformat(" ", "minutes"))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=plain)
    return printable(_drawn(value) or str(value))


def _drawn(value: Any) -> str | None:
    """A node, a relationship or a path as Cypher draws it; None for anything else."""
    if hasattr(value, "labels"):
        caption = next((str(value[key]) for key in _CAPTIONS if value.get(key) is not None), "")
        return f"(:{':'.join(sorted(value.labels))} {caption})"
    if hasattr(value, "relationships"):
        steps = zip(value.relationships, value.nodes[1:], strict=True)
        return cell(value.nodes[0]) + "".join(f"-{cell(r)}-{cell(node)}" for r, node in steps)
    if hasattr(value, "start_node"):
        about = " ".join(cell(one) for one in value.values())
        return f"[:{value.type}{' ' if about else ''}{about}]"
    return None


_CAPTIONS = ("name", "path", "number", "id")
"""The property that says what a node is."""


def from_here(path: str | None, face: str) -> str:
    """A file relative to the working folder; for a face without one, its id."""
    return printable((path or face).removeprefix(f"{Path.cwd()}{os.sep}"))


def plain(value: Any) -> Any:
    """Convert a value that JSON cannot represent to one that it can."""
    import dataclasses

    from graphface.errors import Action, GraphfaceError

    if isinstance(value, Action):
        from graphface.cli.actions import as_data

        return as_data(value)
    if isinstance(value, GraphfaceError):
        from graphface.cli.actions import error_as_data

        return error_as_data(value)
    own = getattr(type(value), "to_dict", Record.to_dict) is not Record.to_dict
    if dataclasses.is_dataclass(value) and not own:  # field by field, since actions may be inside
        return {one.name: getattr(value, one.name) for one in dataclasses.fields(value)}
    return records.plain(value)
