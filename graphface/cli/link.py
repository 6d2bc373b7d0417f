from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.linking.link import LinkReport


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
    from graphface.graph import connect
    from graphface.linking.link import link as run

    with connect(home) as graph:
        report = run(
            graph,
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
        show(report)


def show(report: LinkReport) -> None:
    print(report.summary())
