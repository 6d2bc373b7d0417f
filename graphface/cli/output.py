"""What commands print: a table or JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphface.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

__all__ = [
    "JsonOption",
    "cell",
    "console",
    "from_here",
    "plain",
    "print_json",
    "print_table",
    "printable",
]

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def print_json(value: Any) -> None:
    """One JSON document, UTF-8, dates as ISO 8601, dataclasses and paths by their text."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=plain)
    sys.stdout.write("\n")


def print_table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] | None = None) -> None:
    """Rows under their column names; floats to four digits, nothing for None."""
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


def console() -> Console:
    """Standard output; a pipe has no width: what a program will read is never folded."""
    from rich.console import Console

    made = Console()
    if not made.is_terminal:
        made.width = 10_000
    return made


def cell(value: Any) -> str:
    """How a value looks in a table."""
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
    """A file as seen from the working folder; a face without one by its id."""
    return printable((path or face).removeprefix(f"{Path.cwd()}{os.sep}"))


def plain(value: Any) -> Any:
    """What JSON has no form for, in one that it has."""
    import dataclasses

    from graphface.errors import Action, GraphfaceError

    if isinstance(value, Action):
        from graphface.cli.actions import as_data

        return as_data(value)
    if isinstance(value, GraphfaceError):
        from graphface.cli.actions import error_as_data

        return error_as_data(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "labels"):  # a node
        return {"labels": sorted(value.labels), "properties": dict(value.items())}
    if hasattr(value, "relationships"):  # a path
        return {"nodes": list(value.nodes), "relationships": list(value.relationships)}
    if hasattr(value, "start_node"):
        ends = {"start": value.start_node.get("id"), "end": value.end_node.get("id")}
        return {"type": value.type, **ends, "properties": dict(value.items())}
    if hasattr(value, "to_native"):  # the driver's own dates
        value = value.to_native()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):  # numpy
        return value.tolist()
    return str(value)
