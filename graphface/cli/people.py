from __future__ import annotations

from typing import Annotated

import typer

from graphface.cli import options, output


def people(
    min_faces: Annotated[int, typer.Option(min=0, help="Leave out persons with fewer.")] = 1,
    every: Annotated[bool, typer.Option("--all", help="List hidden persons too.")] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List the persons: number, name, faces, photos.

    Example: graphface people --min-faces 3
    """
    from dataclasses import asdict

    from graphface.graph import connect
    from graphface.people.people import people as run

    with connect(home) as graph:
        found = run(graph, min_faces=min_faces, hidden=every)
    if json:
        output.print_json(found)
    elif found:
        columns = [name for name in asdict(found[0]) if every or name != "hidden"]
        output.print_table([asdict(one) for one in found], columns)
    else:
        print("nobody yet: graphface build FOLDER finds people")


def name(
    person: Annotated[str, typer.Argument(help="A person's number, or the present name.")],
    new: Annotated[str, typer.Argument(metavar="NAME", help="The name.")],
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Give a person a name. No algorithm moves a named person's faces.

    Example: graphface name 3 "Ada Lovelace"
    """
    from graphface.graph import connect
    from graphface.people.people import name as run

    with connect(home) as graph:
        before, stored = run(graph, person, new)
    if json:
        output.print_json({"number": before.number, "before": before.name, "name": stored})
    else:
        print(f"{output.printable(before.label)} is now {stored} ({before.faces} faces)")
