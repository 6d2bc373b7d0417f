from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

import graphface
from graphface.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.events import Level
    from graphface.exchange.import_names import ImportedNames
    from graphface.exchange.import_regions import ImportedRegions


def import_(
    file: Annotated[Path, typer.Argument(help="A .npz, .parquet or .csv file.")],
    model: Annotated[
        str | None,
        typer.Option(help="The model that made them, by any name; the graph's own by default."),
    ] = None,
    dimensions: Annotated[
        int | None, typer.Option(min=1, help="Length of an embedding; the model's by default.")
    ] = None,
    metric: options.MetricOption = None,
    threshold: options.ThresholdOption = None,
    people: Annotated[
        bool, typer.Option("--people", help="Name faces after the file's column person.")
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Bring faces into the graph whose embeddings were computed elsewhere.

    The file has a column embedding (or e0, e1, ...) and optionally id, person, path, and box (or x,
    y, width, height). If a row is wrong, nothing is written. Safe to run again.

    Example: graphface import embeddings.npz --model Facenet --people
    """
    with graphface.Graph.open(home) as graph:
        report = graph.import_embeddings(
            file,
            model=model,
            dimensions=dimensions,
            metric=metric,
            threshold=threshold,
            people=people,
        )
    if json:
        output.print_json(report)
    else:
        print(report.summary())


ForceOption = Annotated[bool, typer.Option("--force", help="Names given before give way.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only say what would be named.")]


def export(
    out: Annotated[
        Path | None,
        typer.Argument(help="Folder or file to write; - is standard output, for csv and jsonl."),
    ] = None,
    to: Annotated[
        Literal["folders", "csv", "jsonl", "graphml", "regions"],
        typer.Option(help="What to write; regions go beside the photos where OUT is left away."),
    ] = "csv",
    link: Annotated[
        Literal["symbolic", "hard"] | None,
        typer.Option(help="folders: links to the photos instead of copies."),
    ] = None,
    unnamed: Annotated[
        bool, typer.Option("--unnamed", help="folders, regions: persons without a name too.")
    ] = False,
    embeddings: Annotated[
        bool, typer.Option("--embeddings", help="csv, jsonl: the embeddings too.")
    ] = False,
    force: Annotated[
        bool,
        typer.Option("--force", help="Write over a file; regions: over names in side-cars."),
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Write who is where for other tools: folders, tables, a graph, or regions in side-cars.

    folders: a folder for each person. csv, jsonl: a row for each face. graphml: for networkx and
    Gephi. regions: IMG.jpg.xmp beside each photo, for digiKam, darktable, Lightroom, Immich ...

    Example: graphface export by-person --to folders --link symbolic
    """
    with graphface.Graph.open(home) as graph:
        report = graph.export(
            out, to=to, link=link, unnamed=unnamed, embeddings=embeddings, force=force
        )
    if str(out) == "-":
        return
    if json:
        output.print_json(report)
        return
    print(output.printable(report.summary()))
    _list("keeps another name", getattr(report, "kept", ()))
    _list("left out", getattr(report, "problems", ()), "warning")


def import_regions(
    places: Annotated[
        list[Path], typer.Argument(metavar="FOLDER|FILE...", help="Side-cars, pictures, folders.")
    ],
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Take over the names that other photo tools gave to faces: from XMP side-cars and pictures.

    A region names the face that it overlaps, and adds one where none was found. All of it is one
    change: graphface undo takes it back.

    Example: graphface import-regions photos/
    """
    with graphface.Graph.open(home) as graph:
        report = graph.import_regions(places, force=force, dry_run=dry_run)
    _tell(report, dry_run, json)
    if not json:
        _list("not read", report.problems, "warning")


def import_names(
    file: Annotated[Path, typer.Argument(help="A CSV: face,name or path,name or old_name,name.")],
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Name faces, or rename persons, as a CSV says. What graphface export wrote is understood.

    All of it is one change: graphface undo takes it back.

    Example: graphface import-names names.csv --dry-run
    """
    with graphface.Graph.open(home) as graph:
        report = graph.import_names(file, force=force, dry_run=dry_run)
    _tell(report, dry_run, json)


def _tell(report: ImportedNames | ImportedRegions, dry_run: bool, json: bool) -> None:
    if json:
        output.print_json(report)
        return
    print(("would: " if dry_run else "") + report.summary())
    _list("keeps another name", report.kept)
    _list("not matched", report.unmatched)


def _list(what: str, lines: Sequence[str], level: Level = "info") -> None:
    from graphface.progress import say

    for line in lines:
        say(f"{what}: {line}", level)


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Write over an older backup.")] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Write the whole graph into one file: faces, names, what was decided, everything.

    Works with any Neo4j. Only you can read the file: it holds faces' embeddings.

    Example: graphface backup faces.backup
    """
    with graphface.Graph.open(home) as graph:
        report = graph.backup(file, force=force)
    if json:
        output.print_json(report)
    else:
        print(f"{output.printable(str(file))}: {report.summary()}")


def restore(
    file: Annotated[Path, typer.Argument(help="What graphface backup wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete what the graph holds first.")
    ] = False,
    yes: options.YesOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Bring a backup back into an empty graph, and check that all of it is there.

    A file that is cut off or was changed is refused before anything is written.

    Example: graphface restore faces.backup --home ./other-db
    """
    with graphface.Graph.open(home) as graph:
        if replace and not yes and file.is_file():
            _ask_to_replace(graph)
        report = graph.restore(file, replace=replace)
    if json:
        output.print_json(report)
    else:
        print(report.summary())


def _ask_to_replace(graph: graphface.Graph) -> None:
    from graphface.errors import UsageError

    held = graph.query("backup-counts")[0]
    if held["nodes"]:
        told = f"{held['nodes']:,} nodes, {held['faces']:,} of them faces"
        if not sys.stdin.isatty():
            raise UsageError(
                f"--replace would delete {told}", "Add --yes to do that", code="not-confirmed"
            )
        typer.confirm(f"Delete {told}, for good?", abort=True, err=True)
