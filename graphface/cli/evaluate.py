from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.clustering.evaluate import Evaluation


def evaluate(
    truth_folder: Annotated[
        int | None,
        typer.Option(
            min=1, help="The true name is that of the folder so many levels above a photo."
        ),
    ] = None,
    truth_csv: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="A file of true names: face or path, name."),
    ] = None,
    methods: Annotated[
        str | None,
        typer.Option(help="Judge these methods instead of the graph's persons: all, or a,b,c."),
    ] = None,
    thresholds: Annotated[
        str | None, typer.Option(help="Link thresholds to judge the methods at: 0.3,0.33,0.36.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Draw F over the thresholds into this picture.")
    ] = None,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Are the persons right? Held against folder names or a CSV; nothing is written.

    Without a truth option, persons that came from folders (--people-from-folders) are the truth.
    Identities from the truth's own source are set aside first, and it says so.

    Example: graphface evaluate --truth-folder 1

    Example: graphface evaluate --truth-csv people.csv --methods all --plot f.png
    """
    from graphface.clustering.evaluate import evaluate as run
    from graphface.graph import connect

    with connect(home) as graph:
        rows = run(
            graph,
            truth_folder=truth_folder,
            truth_csv=truth_csv,
            methods=options_list(methods),
            thresholds=[options_number(text) for text in options_list(thresholds)],
        )
    if plot:
        from graphface.clustering.plot import plot_f

        plot_f(rows, plot)
    if json:
        output.print_json(as_json(rows, by_method=methods is not None))
    else:
        show(rows)


def options_list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def options_number(text: str) -> float:
    from graphface.errors import UsageError

    try:
        return float(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no threshold", "Give numbers: 0.3,0.33,0.36") from error


def as_json(rows: Sequence[Evaluation], by_method: bool) -> Any:
    """Figures of the graph; or by method; or by method and threshold where there are several."""
    if not by_method:
        return rows[0].metrics.as_json()
    several = len({row.threshold for row in rows}) > 1
    made: dict[str, Any] = {}
    for row in rows:
        if several:
            made.setdefault(row.method, {})[f"{row.threshold:g}"] = row.metrics.as_json()
        else:
            made[row.method] = row.metrics.as_json()
    return made


def show(rows: Sequence[Evaluation]) -> None:
    output.print_table([_cells(row) for row in rows])


def _cells(row: Evaluation) -> dict[str, Any]:
    found = row.metrics
    return {
        "method": row.method,
        "threshold": row.threshold,
        "pair P": found.pairwise.precision,
        "pair R": found.pairwise.recall,
        "pair F": found.pairwise.f1,
        "BCubed P": found.bcubed.precision,
        "BCubed R": found.bcubed.recall,
        "BCubed F": found.bcubed.f1,
        "NMI": found.nmi,
        "purity": found.purity,
        "people": found.people,
        "true": found.true_people,
        "merges": found.merges,
        "moves": found.moves,
        "seconds": row.seconds,
    }
