from __future__ import annotations

from dataclasses import asdict

from graphface.cli import options, output


def calibrate(home: options.HomeOption = None, json: output.JsonOption = False) -> None:
    """Learn how sure a distance makes us, from named people or from what photos tell by themselves.

    What is learned is stored in the graph, and every confidence is taken from it.

    Example: graphface calibrate
    """
    from graphface.answers.learning import FEWEST
    from graphface.answers.learning import calibrate as run
    from graphface.graph import connect

    with connect(home) as graph:
        report, people = run(graph)
    if json:
        output.print_json({**asdict(report), "identification_people": people})
        return
    print(
        f"learned from {report.learned_from}: {report.same:,} pairs of one person and "
        f"{report.different:,} of two; even odds at a distance of {report.middle:.3f}"
    )
    output.print_table([asdict(row) for row in report.reliability])
    if people:
        print(f"who weighs its evidence as learned from {people:,} people with two faces or more")
    else:
        print(f"who keeps its built-in weights: fewer than {FEWEST} people have two named faces")
