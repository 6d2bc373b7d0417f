"""All commands, in the order in which a user meets them."""

from __future__ import annotations

from typing import Annotated

import typer

from graphface.cli import (
    audit,
    backup,
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
app.command()(search.search)
app.command()(register.register)
app.command()(verify.verify)
app.command()(people.people)
app.command()(people.name)
app.command()(curate.rename)
app.command()(faces.faces)
app.command()(curate.merge)
app.command()(curate.split)
app.command()(curate.move)
app.command()(curate.confirm)
app.command()(curate.reject)
app.command()(curate.hide)
app.command()(curate.unhide)
app.command()(forget.forget)
app.command()(history.history)
app.command()(history.undo)
app.command()(explain.explain)
app.command()(review.review)
app.command()(audit.audit)
app.command()(together.together)
app.command()(together.network)
app.command()(ingest.ingest)
app.command()(link.link)
app.command()(cluster.cluster)
app.command()(evaluate.evaluate)
app.command()(calibrate.calibrate)
app.command()(distances.distances)
app.command("import")(import_.import_)
app.command()(export.export)
app.command("import-regions")(export.import_regions)
app.command("import-names")(export.import_names)
app.command()(backup.backup)
app.command()(backup.restore)
app.command()(query.query)
app.command()(query.stats)
app.command()(sample.sample)
app.command()(demo.demo)
app.add_typer(models.app, name="models")
app.add_typer(db.app, name="db")
