"""All commands, in the order in which a user meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import (
    audit,
    backup,
    browse,
    build,
    calibrate,
    cluster,
    curate,
    db,
    demo,
    distances,
    evaluate,
    explain,
    export,
    faces,
    forget,
    history,
    import_,
    ingest,
    link,
    models,
    people,
    query,
    register,
    review,
    sample,
    search,
    together,
    verify,
    who,
)

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


def _version(wanted: bool) -> None:
    if wanted:
        from graphface import __version__

        print(f"graphface {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


COMMANDS: dict[str, list[Callable[..., None]]] = {
    "From photos to people": [
        build.build, who.who, people.people, people.name, search.search, register.register,
        verify.verify, review.review,
    ],
    "Put people right": [
        curate.rename, curate.merge, curate.split, curate.move, curate.confirm, curate.reject,
        curate.hide, curate.unhide, forget.forget, history.undo, history.history, faces.faces,
    ],
    "Why, and what is wrong": [
        explain.explain, audit.audit, together.together, together.network, evaluate.evaluate,
        calibrate.calibrate, distances.distances,
    ],
    "Step by step": [ingest.ingest, link.link, cluster.cluster],
    "In and out": [
        import_.import_, export.export, export.import_regions, export.import_names, backup.backup,
        backup.restore,
    ],
    "The graph": [browse.browse, query.query, query.stats],
    "To try": [demo.demo, sample.sample],
}  # fmt: skip
"""All commands, as `graphface --help` groups them; a command is called as its function is."""

for panel, functions in COMMANDS.items():
    for function in functions:
        name = function.__name__.strip("_").replace("_", "-")
        app.command(name, rich_help_panel=panel)(function)
app.add_typer(models.app, name="models", rich_help_panel="The graph")
app.add_typer(db.app, name="db", rich_help_panel="The graph")
