from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import graphface
from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.db.embedded.process_state import ServerStatus

HomeOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the database; GRAPHFACE_HOME or your user data folder if not given.",
        file_okay=False,
    ),
]

app = typer.Typer(
    help="The embedded Neo4j: a real server with Graph Data Science and Browser, on this machine.",
    epilog="Example: graphface db start",
    no_args_is_help=True,
)


@app.command()
def start(home: HomeOption = None, json: output.JsonOption = False) -> None:
    """Start the database and wait until it answers. Fetches Neo4j the first time (160 MB).

    Example: graphface db start --home ./faces-db
    """
    _print(graphface.Database(home).start(), json)


@app.command()
def stop(home: HomeOption = None, json: output.JsonOption = False) -> None:
    """Stop the database. Its data stays.

    Example: graphface db stop
    """
    stopped = graphface.Database(home).stop()
    if json:
        output.print_json({"stopped": stopped})
    else:
        print("stopped" if stopped else "it was not running")


@app.command()
def status(home: HomeOption = None, json: output.JsonOption = False) -> None:
    """Say whether the database runs, on which ports, and where its data and password are.

    Example: graphface db status --json
    """
    _print(graphface.Database(home).status(), json)


@app.command()
def logs(
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines.")] = 100,
    home: HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Print the last lines of the database's log.

    Example: graphface db logs -n 20
    """
    text = graphface.Database(home).logs(lines)
    if json:
        output.print_json(text.splitlines())
    elif text:
        print(text)


@app.command()
def reset(
    yes: options.YesOption = False,
    home: HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Stop the database and delete all its data, for good.

    Example: graphface db reset --yes
    """
    database = graphface.Database(home)
    if not yes:
        typer.confirm(f"Delete all faces and people in {database.home}?", abort=True, err=True)
    database.reset()
    if json:
        output.print_json({"deleted": database.home})
    else:
        print(f"deleted: all data in {output.printable(str(database.home))}")


def _print(status: ServerStatus, json: bool) -> None:
    if json:
        output.print_json(status)
    else:
        output.print_table(status.rows(), ("what", "is"))
