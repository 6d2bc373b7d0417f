"""All commands, in the order in which a user meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import (
    ask,
    browse,
    build,
    db,
    demo,
    exchange,
    faces,
    insights,
    models,
    people,
    query,
    review,
)
from graphface.cli.actions import speak_for
from graphface.cli.command import Command
from graphface.cli.common import (
    QuietOption,
    VerboseOption,
    before_the_command,
    take_common_options,
)
from graphface.cli.options import HomeOption
from graphface.cli.output import JsonOption

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="graphface",
    help="A folder of photos becomes a graph of people in Neo4j.",
    epilog="Begin with: graphface build PHOTOS/   then: graphface who IMG.jpg",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from graphface import __version__

        print(f"graphface {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    del version  # its callback printed it
    before_the_command(context, home, json, quiet, verbose)


COMMANDS: dict[str, list[Callable[..., None]]] = {
    "From photos to people": [
        build.build, ask.who, people.people, people.name, ask.search, people.register,
        ask.verify, review.review,
    ],
    "Put people right": [
        people.rename, people.merge, people.split, people.move, people.confirm, people.reject,
        people.hide, people.unhide, people.forget, people.undo, people.history,
        faces.faces, faces.add_face, faces.ignore, faces.unignore,
    ],
    "Why, and what is wrong": [
        insights.explain, insights.audit, insights.together, insights.network, insights.evaluate,
        insights.calibrate, insights.distances,
    ],
    "Step by step": [build.ingest, build.link, build.cluster],
    "In and out": [
        exchange.import_, exchange.export, exchange.import_regions, exchange.import_names,
        exchange.backup, exchange.restore,
    ],
    "The graph": [browse.browse, query.query, query.stats],
    "To try": [demo.demo, demo.sample],
}  # fmt: skip
"""All commands, as `graphface --help` groups them; a command is called as its function is."""

for panel, functions in COMMANDS.items():
    for function in functions:
        name = function.__name__.strip("_").replace("_", "-")
        app.command(name, rich_help_panel=panel)(function)
app.add_typer(models.app, name="models", rich_help_panel="The graph")
app.add_typer(db.app, name="db", rich_help_panel="The graph")
take_common_options(app)
for one in (app, models.app, db.app):
    for info in one.registered_commands:
        info.cls = Command
speak_for(app)
