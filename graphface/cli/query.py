from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.graph import Statement


def _names(incomplete: str) -> list[str]:
    from graphface.graph import statements

    return [name for name in statements() if name.startswith(incomplete)]


def query(
    name: Annotated[
        str | None, typer.Argument(help="A statement of cypher/.", autocompletion=_names)
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="K=V", help="A parameter; V as JSON or text."),
    ] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Show all statements.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the statement, to paste it.")] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Run a statement of cypher/ by its name.

    Example: graphface query list-people --param minFaces=2
    """
    from graphface.errors import UsageError
    from graphface.graph import connect, statement, statements

    if list_all:
        _list(list(statements().values()), json)
        return
    if name is None:
        raise UsageError("which statement?", "graphface query --list shows them all")
    found = statement(name)
    if show:
        print(found.text)
        return
    values = parameters(found, param or [])
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


def parameters(found: Statement, given: list[str]) -> dict[str, Any]:
    """`k=v` texts as the statement's parameters. Raises UsageError: unknown, missing, malformed."""
    import json

    from graphface.errors import UsageError

    types = {parameter.name: parameter.type for parameter in found.parameters}
    values: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or key not in types:
            wanted = ", ".join(f"{name} ({kind})" for name, kind in types.items()) or "none"
            raise UsageError(f"{found.name} takes no parameter {text!r}", f"It takes: {wanted}")
        try:
            values[key] = value if types[key] == "STRING" else json.loads(value)
        except json.JSONDecodeError:
            if types[key] != "ANY":
                raise UsageError(
                    f"{key}={value} is no {types[key]}", "Give it as JSON: 12, 0.5, true, [1, 2]"
                ) from None
            values[key] = value
    missing = [name for name in types if name not in values]
    if missing:
        hint = f"Example: {found.example}" if found.example else ""
        raise UsageError(f"{found.name} wants --param {missing[0]}=...", hint)
    return values


def _list(found: list[Statement], json: bool) -> None:
    rows = [
        {
            "name": one.name,
            "group": one.group,
            "mode": one.mode,
            "parameters": ", ".join(f"{p.name} {p.type}" for p in one.parameters),
            "purpose": one.purpose,
        }
        for one in found
    ]
    if json:
        output.print_json(rows)
    else:
        output.print_table(rows)
