from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import graphface
from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.clustering.cluster import ClusterReport
    from graphface.ingest.photos import IngestReport
    from graphface.linking.link_report import LinkReport


def build(
    folders: Annotated[list[Path], typer.Argument(help="Folders of photos, or photos.")],
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    min_confidence: options.MinConfidenceOption = None,
    upright: options.UprightOption = "auto",
    workers: options.WorkersOption = None,
    people_from_folders: options.FromFoldersOption = False,
    threshold: options.ThresholdOption = None,
    metric: options.MetricOption = None,
    method: MethodOption = "relative",
    min_quality: MinQualityOption = 0.1,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """From folders of photos to persons in one go: ingest, link and cluster.

    Example: graphface build ~/Pictures
    """
    with graphface.Graph.open(
        home,
        model=model,
        detector=detector,
        min_face=min_face,
        min_confidence=min_confidence,
        upright=upright,
    ) as graph:
        report = graph.build(
            folders,
            workers=workers,
            people_from_folders=people_from_folders,
            threshold=threshold,
            metric=metric,
            method=method,
            min_quality=min_quality,
        )
    if json:
        output.print_json(report)
    else:
        show_ingest(report.ingest)
        show_link(report.link)
        show_cluster(report.cluster)


def ingest(
    folders: Annotated[list[Path], typer.Argument(help="Folders of photos, or photos.")],
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    min_confidence: options.MinConfidenceOption = None,
    upright: options.UprightOption = "auto",
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
    with graphface.Graph.open(
        home,
        model=model,
        detector=detector,
        min_face=min_face,
        min_confidence=min_confidence,
        upright=upright,
    ) as graph:
        report = graph.ingest(
            folders, workers=workers, people_from_folders=people_from_folders, again=again
        )
    if json:
        output.print_json(report)
    else:
        show_ingest(report)


def show_ingest(report: IngestReport) -> None:
    """The summary. Files that were left out are warnings."""
    print(
        f"{report.photos:,} photos: {report.new:,} new, {report.skipped:,} known, "
        f"{report.copies:,} copies, {len(report.failed):,} failed"
    )
    print(
        f"{report.faces:,} faces with {report.model} (found by {report.detector}) "
        f"in {report.seconds:,.1f} s; {report.without_face:,} new photos without a face"
    )
    if report.known_faces:
        print(f"{report.known_faces:,} of the faces were known and keep their person")
    if report.named:
        print(f"{report.named:,} faces named after their folders")


def link(
    threshold: options.ThresholdOption = None,
    metric: options.MetricOption = None,
    method: Annotated[
        str, typer.Option(help="auto, exact, index, knn, or cypher (all pairs, for teaching).")
    ] = "auto",
    max_neighbors: Annotated[
        int | None,
        typer.Option(
            min=0, help="Keep each face's nearest so many, and what holds persons together; 0: all."
        ),
    ] = None,
    recall: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="Share of pairs that method index must find.")
    ] = 0.995,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Estimate pairs, time and disk; write nothing.")
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Write a SAME relationship between every two faces nearer than the threshold.

    Only pairs with a new face are looked at. Another threshold leaves exactly its own pairs.

    Example: graphface link --threshold 0.45
    """
    with graphface.Graph.open(home) as graph:
        report = graph.link(
            method=method,
            threshold=threshold,
            metric=metric,
            max_neighbors=max_neighbors,
            recall=recall,
            dry_run=dry_run,
        )
    if json:
        output.print_json(report)
    else:
        show_link(report)


def show_link(report: LinkReport) -> None:
    print(report.summary())


MethodOption = Annotated[
    str, typer.Option(help="How to group: relative, components, or another that `evaluate` knows.")
]


MinQualityOption = Annotated[
    float,
    typer.Option(min=0, max=1, help="Faces of less quality join persons, but found none."),
]


def cluster(
    method: MethodOption = "relative",
    min_quality: MinQualityOption = 0.1,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Group the faces into persons by their SAME relationships.

    Named persons keep every face; new faces join them.

    Example: graphface cluster
    """
    with graphface.Graph.open(home) as graph:
        report = graph.cluster(method=method, min_quality=min_quality)
    if json:
        output.print_json(report)
    else:
        show_cluster(report)


def show_cluster(report: ClusterReport) -> None:
    parts = [
        f"{report.founded:,} new",
        f"{report.moved:,} faces moved",
        f"{report.kept:,} kept by name" if report.kept else "",
        f"{report.poor:,} poor faces belong to nobody" if report.poor else "",
        f"{report.churn:.1%} of the faces of unnamed persons changed theirs"
        if report.settled
        else "",
    ]
    print(
        f"{report.people:,} persons in {report.faces:,} faces by {report.method}: "
        f"{', '.join(part for part in parts if part)} ({report.seconds:,.1f} s)"
    )
