from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphface.cli import cluster, ingest, link, options, output


def build(
    folders: Annotated[list[Path], typer.Argument(help="Folders of photos, or photos.")],
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    min_confidence: options.MinConfidenceOption = None,
    workers: options.WorkersOption = None,
    people_from_folders: options.FromFoldersOption = False,
    threshold: options.ThresholdOption = None,
    metric: options.MetricOption = None,
    method: cluster.MethodOption = "relative",
    min_quality: cluster.MinQualityOption = 0.1,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """From folders of photos to persons in one go: ingest, link and cluster.

    Example: graphface build ~/Pictures
    """
    from graphface.build import build as run
    from graphface.graph import connect
    from graphface.ingest.choose import extractor_for

    with connect(home) as graph:
        extractor = extractor_for(graph.space(), model, detector, min_face, min_confidence)
        report = run(
            graph,
            folders,
            extractor=extractor,
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
        ingest.show(report.ingest)
        link.show(report.link)
        cluster.show(report.cluster)
