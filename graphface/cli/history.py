from __future__ import annotations

from typing import Annotated

import typer

from graphface.cli import options, output


def history(
    last: Annotated[int, typer.Option(min=1, help="How many changes.")] = 20,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List what people changed, newest first.

    Example: graphface history --last 5
    """
    from dataclasses import asdict

    from graphface.graph import connect
    from graphface.people.changes import history as run

    with connect(home) as graph:
        found = run(graph, last=last)
    if json:
        output.print_json(found)
    elif found:
        output.print_table([asdict(one) for one in found])
    else:
        print("nothing yet: graphface name, merge, move and others are remembered here")


def undo(
    count: Annotated[int, typer.Argument(metavar="[N]", help="How many changes.")] = 1,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Take back the last change, or the last N: all of them, or none.

    Example: graphface undo 2
    """
    from graphface.graph import connect
    from graphface.people.changes import undo as run

    with connect(home) as graph:
        undone = run(graph, count)
    if json:
        output.print_json(undone)
    for one in [] if json else undone:
        print(f"undone: {output.printable(one.text)} (change {one.number})")
