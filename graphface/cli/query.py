"""How `graphface query --list` shows the statements: by group, for the width of the terminal."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

import graphface
from graphface.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from graphface.db import Statement


Completions = list[tuple[str, str]]

_TWO_PASTES = (
    "In Neo4j Browser run the :param lines first, then the statement: run together, it shows no\n"
    "result. Or give the values here, with --param: they are put into the statement."
)


def _names(incomplete: str) -> Completions:
    found = graphface.Graph.statements()
    return [(one.name, one.purpose) for one in found if one.name.startswith(incomplete)]


def _parameters(ctx: typer.Context, incomplete: str) -> Completions:
    known = {one.name: one for one in graphface.Graph.statements()}
    # If the last word is an option without its value, click leaves the name among args.
    typed = [ctx.params.get("name"), *ctx.args]
    found = [known[name] for name in typed if name in known]
    return [
        (f"{one.name}=", f"{one.type}: {one.meaning}")
        for one in (found[0].parameters if found else ())
        if one.name.startswith(incomplete)
    ]


def _groups(incomplete: str) -> Completions:
    from graphface.api.catalogue import GROUPS

    return [(name, what) for name, what in GROUPS.items() if name.startswith(incomplete)]


def query(
    name: Annotated[
        str | None, typer.Argument(help="A statement of cypher/.", autocompletion=_names)
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            "--param",
            "-p",
            metavar="K=V",
            help="A parameter; V as JSON or text.",
            autocompletion=_parameters,
        ),
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Show all statements.")] = False,
    group: Annotated[
        str | None,
        typer.Option(
            help="Show the statements of one group, with their parameters.", autocompletion=_groups
        ),
    ] = None,
    show: Annotated[
        bool,
        typer.Option(
            "--show", help="Print it to paste into Neo4j Browser, with the values of --param in it."
        ),
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Run a statement of cypher/ by its name.

    Example: graphface query list-people --param minFaces=2
    """
    from graphface.api.catalogue import for_browser, values_of
    from graphface.errors import UsageError

    if list_all or group:
        show_catalogue(group, json)
        return
    if name is None:
        raise UsageError(
            "which statement?", "graphface query --list shows them all", code="statement-missing"
        )
    if show:
        text = for_browser(name, param or ())
        print(text)
        if text.startswith(":param"):
            print(_TWO_PASTES, file=sys.stderr)
        return
    values = values_of(name, param or ())
    with graphface.Graph.open(home) as graph:
        rows = graph.query(name, **values)
    if json:
        output.print_json(rows)
    elif rows:
        output.print_table(rows)
    else:
        print("no rows")


def stats(home: options.HomeOption = None, json: output.JsonOption = False) -> None:
    """How much of everything the graph holds, and how its embeddings were made.

    Example: graphface stats --json
    """
    with graphface.Graph.open(home) as graph:
        found = graph.stats()
    if json:
        output.print_json(found)
        return
    facts = found.to_dict()
    flat = {**facts, **(facts.pop("space") or {"model": "none yet"})}
    flat.pop("space", None)
    output.print_table([{"what": key, "value": output.cell(flat[key])} for key in flat])


def show_catalogue(group: str | None, json: bool) -> None:
    """All statements, or those of `group` with their parameters. Raises UsageError."""
    from graphface.api.catalogue import GROUPS

    found = graphface.Graph.statements(group)
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

    from graphface.api.catalogue import GROUPS

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
