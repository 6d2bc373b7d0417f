"""`graphface sample`: an album of people who do not exist."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphface.cli.output import JsonOption, print_json, print_table


def sample(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")],
    people: Annotated[int, typer.Option(help="How many people.")] = 8,
    pictures: Annotated[int, typer.Option(help="Portraits of each.")] = 5,
    scenes: Annotated[int, typer.Option(help="Pictures of two to four of them.")] = 4,
    seed: Annotated[int, typer.Option(help="Another number, other pictures.")] = 7,
    ask: Annotated[
        Path | None,
        typer.Option(help="A second folder: a picture more of each, to ask `who` about."),
    ] = None,
    named: Annotated[bool, typer.Option("--named", help="A sub-folder for each person.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Draw an album of people who do not exist.

    The same numbers draw the same pictures, and what is there already is kept.
    With --json: who is where in every picture.

    Example: graphface sample album --people 8 --pictures 5 --ask questions
    """
    from graphface.sample import make_album

    album = make_album(
        folder, people=people, pictures=pictures, scenes=scenes, seed=seed, ask=ask,
        layout="named" if named else "events",
    )  # fmt: skip
    if as_json:
        print_json(album.as_json())
    else:
        print_table(album.summary())
