from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphface.cli import options, output


def import_(
    embeddings: Annotated[Path, typer.Argument(help="A .npz, .parquet or .csv file.")],
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

    The file has a column embedding (or e0, e1, ...) and, if it likes, id, person, path, and box
    (or x, y, width, height). If a row is wrong, nothing is written. Safe to run again.

    Example: graphface import embeddings.npz --model Facenet --people
    """
    from graphface.graph import connect
    from graphface.ingest.importing import import_embeddings

    with connect(home) as graph:
        report = import_embeddings(
            graph,
            embeddings,
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
