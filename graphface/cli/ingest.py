from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.ingest.pipeline import IngestReport


def ingest(
    folders: Annotated[list[Path], typer.Argument(help="Folders of photos, or photos.")],
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    min_confidence: options.MinConfidenceOption = None,
    workers: options.WorkersOption = None,
    people_from_folders: options.FromFoldersOption = False,
    again: Annotated[
        bool, typer.Option("--again", help="Look for faces in known photos too.")
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Find the faces in folders of photos and bring them into the graph.

    Safe to run again: known photos are skipped, a stopped run goes on where it was.

    Example: graphface ingest ~/Pictures --min-face 40
    """
    from graphface.graph import connect
    from graphface.ingest.choose import extractor_for
    from graphface.ingest.pipeline import ingest as run

    with connect(home) as graph:
        extractor = extractor_for(graph.space(), model, detector, min_face, min_confidence)
        report = run(
            graph,
            folders,
            extractor=extractor,
            workers=workers,
            people_from_folders=people_from_folders,
            again=again,
        )
    if json:
        output.print_json(report)
    else:
        show(report)


def show(report: IngestReport) -> None:
    """The summary, and every file that was left out with its reason."""
    print(
        f"{report.photos:,} photos: {report.new:,} new, {report.skipped:,} known, "
        f"{report.copies:,} copies, {len(report.failed):,} failed"
    )
    print(
        f"{report.faces:,} faces with {report.model} (found by {report.detector}) "
        f"in {report.seconds:,.1f} s; {report.without_face:,} new photos without a face"
    )
    if report.named:
        print(f"{report.named:,} faces named after their folders")
    for problem in report.failed:
        print(f"left out: {output.printable(problem.reason)}")
