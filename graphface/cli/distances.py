from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphface.cli import options, output


def distances(
    plot: Annotated[
        Path | None, typer.Option(help="Draw the histogram into this file: .png, .svg, .pdf.")
    ] = None,
    sample: Annotated[
        int, typer.Option(min=1, help="Pairs drawn at random, of each kind.")
    ] = 200_000,
    threshold: options.ThresholdOption = None,
    metric: options.MetricOption = None,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Show how far apart faces are, of one person and of two: look before choosing a threshold.

    Example: graphface distances --plot distances.png
    """
    from graphface.graph import connect
    from graphface.linking import histogram

    with connect(home) as graph:
        found = histogram.distances(graph, metric=metric, threshold=threshold, pairs=sample)
    if plot is not None:
        histogram.plot(found, plot)
    if json:
        output.print_json(found)
    else:
        print(found.summary())
