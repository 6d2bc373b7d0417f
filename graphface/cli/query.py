from __future__ import annotations

import sys
from typing import Annotated

import typer

from graphface.cli import options, output

Completions = list[tuple[str, str]]

_TWO_PASTES = (
    "In Neo4j Browser run the :param lines first, then the statement: run together, it shows no\n"
    "result. Or give the values here, with --param: they are put into the statement."
)


def _names(incomplete: str) -> Completions:
    from graphface.graph import statements

    found = statements().values()
    return [(one.name, one.purpose) for one in found if one.name.startswith(incomplete)]


def _parameters(ctx: typer.Context, incomplete: str) -> Completions:
    from graphface.graph import statements

    # Where the last word is an option that still lacks its value, click leaves the name among args.
    typed = [ctx.params.get("name"), *ctx.args]
    found = [statements()[name] for name in typed if name in statements()]
    return [
        (f"{one.name}=", f"{one.type}: {one.meaning}")
        for one in (found[0].parameters if found else ())
        if one.name.startswith(incomplete)
    ]


def _groups(incomplete: str) -> Completions:
    from graphface.graph.statements import GROUPS

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
    from graphface.cli import catalogue
    from graphface.errors import UsageError
    from graphface.graph import connect, statement
    from graphface.graph.parameters import for_browser, parameters

    if list_all or group:
        catalogue.show(group, json)
        return
    if name is None:
        raise UsageError("which statement?", "graphface query --list shows them all")
    found = statement(name)
    if show:
        text = for_browser(found, param or ())
        print(text)
        if text.startswith(":param"):
            print(_TWO_PASTES, file=sys.stderr)
        return
    values = parameters(found, param or ())
    with connect(home) as graph:
        rows = graph.run(name, **values)
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
    from dataclasses import asdict

    from graphface.graph import connect

    with connect(home) as graph:
        counts = graph.run("stats")[0]
        space = graph.space()
    facts = {**counts, "space": asdict(space) if space else None}
    if json:
        output.print_json(facts)
    else:
        flat = {**counts, **(asdict(space) if space else {"model": "none yet"})}
        output.print_table([{"what": key, "value": output.cell(flat[key])} for key in flat])
