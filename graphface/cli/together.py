from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphface.cli import options, output


def together(
    persons: Annotated[list[str], typer.Argument(metavar="PERSON...", help="Names or numbers.")],
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """The photos that show all of these persons; of one person, with whom it appears.

    Example: graphface together "Ada" "Bob"
    """
    from graphface.answers.together import company, photos_of
    from graphface.graph import connect

    with connect(home) as graph:
        if len(persons) == 1:
            person, found = company(graph, persons[0])
            rows = [{"with": one.labels[1], "number": one.b, "photos": one.photos} for one in found]
            named = [person]
        else:
            named, photos = photos_of(graph, persons)
            rows = [{"photo": p.path, "taken": p.taken_at, "faces": p.faces} for p in photos]
    if json:
        people = [{"number": one.number, "name": one.name} for one in named]
        output.print_json({"persons": people, "with" if len(named) == 1 else "photos": rows})
    elif rows:
        output.print_table(rows)
    elif len(named) == 1:
        print(output.printable(f"{named[0].label} is with nobody in any photo"))
    else:
        print(output.printable(f"no photo shows {' and '.join(one.label for one in named)}"))


def network(
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("people.html"),
    min_photos: Annotated[
        int, typer.Option(min=1, help="Leave out pairs with fewer photos together.")
    ] = 1,
    most: Annotated[
        int, typer.Option(min=1, max=500, help="Persons to show, those in the most photos.")
    ] = 150,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Draw who is in photos with whom, as one page for any browser that needs no network.

    Example: graphface network --out people.html --min-photos 2
    """
    from graphface.answers.network import network as run
    from graphface.graph import connect

    with connect(home) as graph:
        done = run(graph, out, min_photos=min_photos, most=most)
    if json:
        output.print_json(done)
    else:
        print(
            f"{output.printable(str(done.out))}: {done.people} persons ({done.faces} with a face), "
            f"{done.pairs} pairs, {done.bytes / 1e3:,.0f} kB"
        )
