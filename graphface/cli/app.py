"""All commands, in the order in which a user meets them."""

from __future__ import annotations

from typing import Annotated

import typer

from graphface.cli import (
    build,
    calibrate,
    cluster,
    db,
    demo,
    distances,
    evaluate,
    import_,
    ingest,
    link,
    models,
    people,
    query,
    sample,
    who,
)

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


app.command()(build.build)
app.command()(who.who)
app.command()(people.people)
app.command()(people.name)
app.command()(ingest.ingest)
app.command()(link.link)
app.command()(cluster.cluster)
app.command()(evaluate.evaluate)
app.command()(calibrate.calibrate)
app.command()(distances.distances)
app.command("import")(import_.import_)
app.command()(query.query)
app.command()(query.stats)
app.command()(sample.sample)
app.command()(demo.demo)
app.add_typer(models.app, name="models")
app.add_typer(db.app, name="db")
