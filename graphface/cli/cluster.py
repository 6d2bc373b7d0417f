from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.clustering.cluster import ClusterReport

MethodOption = Annotated[
    str, typer.Option(help="How to group: relative, components, or another that `evaluate` knows.")
]


MinQualityOption = Annotated[
    float, typer.Option(help="Faces of less quality (0 to 1) join persons, but found none.")
]


def cluster(
    method: MethodOption = "relative",
    min_quality: MinQualityOption = 0.0,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Group the faces into persons by their SAME relationships.

    Named persons keep every face; new faces join them.

    Example: graphface cluster
    """
    from graphface.clustering.cluster import cluster as run
    from graphface.graph import open_graph

    with open_graph(home) as graph:
        report = run(graph, method_name=method, min_quality=min_quality)
    if json:
        output.print_json(report)
    else:
        show(report)


def show(report: ClusterReport) -> None:
    print(
        f"{report.people:,} persons in {report.faces:,} faces by {report.method}: "
        f"{report.founded:,} new, {report.moved:,} faces moved, {report.kept:,} kept by name; "
        f"{report.churn:.1%} of the faces of unnamed persons changed theirs "
        f"({report.seconds:,.1f} s)"
    )
