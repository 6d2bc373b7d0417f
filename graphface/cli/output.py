"""What commands print: a table or JSON on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def print_json(value: Any) -> None:
    """One JSON document, UTF-8, dates as ISO 8601, dataclasses and paths by their text."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=_plain)
    sys.stdout.write("\n")


def print_table(rows: Sequence[Mapping[str, Any]], columns: Iterable[str] | None = None) -> None:
    """Rows under their column names; floats to four digits, nothing for None."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    names = list(columns or (rows[0] if rows else ()))
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in names:
        numeric = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(name, justify="right" if numeric and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell(row.get(name))) for name in names))
    console = Console()
    if not console.is_terminal:  # a pipe has no width: never fold what a program will read
        console.width = 10_000
    console.print(table)


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
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return printable(str(value))


def printable(text: str) -> str:
    """Text with control characters and half surrogates made visible: it cannot drive a terminal."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def _plain(value: Any) -> Any:
    import dataclasses

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "to_native"):  # the driver's own dates
        value = value.to_native()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):  # numpy
        return value.tolist()
    return str(value)
