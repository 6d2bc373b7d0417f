"""How `graphface query --list` shows the statements: by group, for the width of the terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from graphface.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from graphface.graph import Statement


def show(group: str | None, json: bool) -> None:
    """All statements, or those of `group` with their parameters. Raises UsageError."""
    from graphface.errors import UsageError
    from graphface.graph import statements
    from graphface.graph.statements import GROUPS

    if group is not None and group not in GROUPS:
        raise UsageError(f"no group is called {group!r}", f"There are: {', '.join(GROUPS)}")
    found = [one for one in statements().values() if group in (None, one.group)]
    if json:
        output.print_json([_row(one) for one in found])
        return
    console = output.console()
    for name in [group] if group else GROUPS:
        _group(console, name, [one for one in found if one.group == name], whole=group is not None)
    console.print(_last(group), style="dim", highlight=False)


def _row(one: Statement) -> dict[str, Any]:
    return {
        "name": one.name,
        "group": one.group,
        "mode": one.mode,
        "parameters": ", ".join(f"{p.name} {p.type}" for p in one.parameters),
        "purpose": one.purpose,
        "note": one.note,
        "example": one.example,
        "step_of": one.step_of,
    }


def _group(console: Console, name: str, found: list[Statement], *, whole: bool) -> None:
    from rich.text import Text

    from graphface.graph.statements import GROUPS

    console.print(Text.assemble((name, "bold"), f"  {GROUPS[name]}"))
    shown = [one for one in found if whole or one.step_of is None]
    column = max((len(one.name) for one in shown), default=0) + 4
    for one in shown:
        first, *rest = _wrapped(one.purpose, console.width - column)
        console.print(Text.assemble((f"  {one.name:<{column - 2}}", "cyan"), first))
        for line in rest:
            console.print(" " * column + line, highlight=False)
        for line in _details(one) if whole else ():
            for part in _wrapped(line, console.width - column, "  "):
                console.print(" " * column + part, style="dim", highlight=False, markup=False)
    steps = [one.name for one in found if one.step_of is not None]
    if steps and not whole:
        for line in _wrapped("steps of commands: " + ", ".join(steps), console.width - 2, "  "):
            console.print("  " + line, style="dim", highlight=False)
    console.print()


def _details(one: Statement) -> Iterator[str]:
    for each in one.parameters:
        yield f"{each.name} {each.type}: {each.meaning}"
    if one.step_of:
        yield f"a step of: {one.step_of}"


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, max(width, 20), subsequent_indent=indent, break_on_hyphens=False
    ) or [""]


def _last(group: str | None) -> str:
    paste = "graphface query NAME --show prints one to paste into Neo4j Browser"
    return paste if group else "graphface query --group GROUP shows their parameters,\n" + paste
