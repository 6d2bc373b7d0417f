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
    from graphface.clustering.cluster import cluster as run
    from graphface.graph import connect

    with connect(home) as graph:
        report = run(graph, method_name=method, min_quality=min_quality)
    if json:
        output.print_json(report)
    else:
        show(report)


def show(report: ClusterReport) -> None:
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
