from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphface.cli import options, output
from graphface.cli.actions import command_line
from graphface.cli.output import from_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.clustering.evaluate import Evaluation
    from graphface.insights.audit_data import Finding
    from graphface.insights.verdict import ChainStep, Explanation


MOST_SHARED = 3


def explain(
    a: Annotated[str, typer.Argument(help="A person, a face's id, or a picture in the graph.")],
    b: Annotated[str, typer.Argument(help="Another. PICTURE#2 is its second face from the left.")],
    strip: Annotated[
        Path | None, typer.Option(help="Draw the faces of the chain there: out.jpg, .png, ...")
    ] = None,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Why two faces, persons or pictures are one person, or two.

    Shows the chain of SAME between them with each distance and its weakest step, the neighbours
    they share, what speaks for and against, and a verdict. Of a person, the face nearest to the
    other side is looked at.

    Example: graphface explain "Ada Lovelace" party.jpg#2 --strip why.jpg
    """
    from graphface.db import connect
    from graphface.insights.explain import explain as run

    with connect(home) as graph:
        found = run(graph, a, b)
    if strip:
        from graphface.insights.strip import strip as draw

        draw(found, strip)
    if json:
        output.print_json(found)
    else:
        _show_explain(found)


def _show_explain(found: Explanation) -> None:
    for letter, end in (("a", found.a), ("b", found.b)):
        face = f", by its face in {from_here(end.face.path, end.face.id)}" if end.whole else ""
        asked = end.whole.label if end.whole else from_here(end.face.path, end.face.id)
        belongs = "" if end.whole else f"  ({end.face.label})"
        print(output.printable(f"{letter}  {asked}{belongs}{face}"))
    print(
        f"distance {found.distance:.3f} ({found.metric}; SAME under {found.threshold:.3g}), "
        f"one person with {min(found.probability, 0.999):.1%} if nothing else is known"
    )
    _show_chain(found)
    for shared in found.shared[:MOST_SHARED]:
        person = output.printable(shared.person or "nobody")
        near = f"{shared.to_a:.3f} to a, {shared.to_b:.3f} to b"
        print(f"shared  {near}  {person}  {from_here(shared.path, shared.face)}")
    if len(found.shared) > MOST_SHARED:
        print(f"shared  and {len(found.shared) - MOST_SHARED} more")
    here = f": {Path.cwd()}{os.sep}"  # a photo is named at the end, behind a colon
    for kind, said in (("for", found.evidence_for), ("against", found.against)):
        for one in said:
            print(output.printable(f"{kind:<8}{one.replace(here, ': ')}"))
    print(output.printable(found.text))
    if found.advice:
        print(f"    {command_line(found.advice)}")


def _show_chain(found: Explanation) -> None:
    if not found.chain:
        print("chain   none: no SAME leads from the one to the other")
    for index, step in enumerate(found.chain):
        weak = "   <- the weakest step" if index == found.weakest else ""
        print(
            f"chain   {_distance(step)}  {_person(step)}  {from_here(step.path, step.face)}{weak}"
        )


def _distance(step: ChainStep) -> str:
    return "     " if step.distance is None else f"{step.distance:.3f}"


def _person(step: ChainStep) -> str:
    return output.printable(step.person or "nobody")


def audit(
    limit: Annotated[int, typer.Option(min=0, help="Findings to show; 0 shows all.")] = 20,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Do what is safe: drop empty persons and orphan nodes."),
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """What may be wrong, the most faces first, each with the command that puts it right.

    Persons that one SAME joins (bridge) or that are too far apart inside (over-merged), two that
    look like one (duplicate), faces among another person's (missing-same), a person twice in a
    photo, near copies under two names, empty persons, orphans.

    Example: graphface audit --limit 5
    """
    from graphface.db import connect
    from graphface.insights.audit import apply as run_apply
    from graphface.insights.audit import audit as run

    with connect(home) as graph:
        done = run_apply(graph) if apply else []
        found = run(graph)
    shown = found[: limit or None]
    if json:
        output.print_json({"applied": done, "total": len(found), "findings": shown})
        return
    for line in done:
        print(line)
    _show_audit(shown, found)


def _show_audit(shown: Sequence[Finding], found: Sequence[Finding]) -> None:
    for finding in shown:
        faces = f"{finding.faces} face{'' if finding.faces == 1 else 's'}"
        print(f"{finding.kind}  {faces}: {output.printable(finding.text)}")
        print(f"    {command_line(finding.action)}")
        if finding.look:
            print(f"    why: {command_line(finding.look)}")
    if not found:
        print("nothing found that looks wrong")
    elif len(found) > len(shown):
        kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(
            finding.kind for finding in found).most_common())  # fmt: skip
        print(f"{len(found) - len(shown)} more (--limit 0 shows all). In all: {kinds}")


def together(
    persons: Annotated[list[str], typer.Argument(metavar="PERSON...", help="Names or numbers.")],
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """The photos that show all of these persons; of one person, with whom it appears.

    Example: graphface together "Ada" "Bob"
    """
    from graphface.db import connect
    from graphface.insights.together import company, photos_of

    with connect(home) as graph:
        if len(persons) == 1:
            person, found = company(graph, persons[0])
            rows = [{"with": one.labels[1], "number": one.b, "photos": one.photos} for one in found]
            named = [person]
        else:
            named, photos = photos_of(graph, persons)
            rows = [{"photo": p.path, "taken": p.taken_at, "faces": p.faces} for p in photos]
    if json:
        people = [{"number": one.number, "name": one.name} for one in named]
        output.print_json({"persons": people, "with" if len(named) == 1 else "photos": rows})
    elif rows:
        output.print_table(rows)
    elif len(named) == 1:
        print(output.printable(f"{named[0].label} is with nobody in any photo"))
    else:
        print(output.printable(f"no photo shows {' and '.join(one.label for one in named)}"))


def network(
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("people.html"),
    min_photos: Annotated[
        int, typer.Option(min=1, help="Leave out pairs with fewer photos together.")
    ] = 1,
    most: Annotated[
        int, typer.Option(min=1, max=500, help="Persons to show, those in the most photos.")
    ] = 150,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Draw who is in photos with whom, as one page for any browser that needs no network.

    Example: graphface network --out people.html --min-photos 2
    """
    from graphface.db import connect
    from graphface.insights.network import network as run

    with connect(home) as graph:
        done = run(graph, out, min_photos=min_photos, most=most)
    if json:
        output.print_json(done)
    else:
        print(
            f"{output.printable(str(done.out))}: {done.people} persons ({done.faces} with a face), "
            f"{done.pairs} pairs, {done.bytes / 1e3:,.0f} kB"
        )


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
    from graphface.db import connect

    with connect(home) as graph:
        rows = run(
            graph,
            truth_folder=truth_folder,
            truth_csv=truth_csv,
            methods=options_list(methods),
            thresholds=[options_number(text) for text in options_list(thresholds)],
        )
    if plot:
        from graphface.clustering.evaluate import plot_f

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
        raise UsageError(
            f"{text!r} is no threshold", "Give numbers: 0.3,0.33,0.36", code="threshold-invalid"
        ) from error


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


def calibrate(home: options.HomeOption = None, json: output.JsonOption = False) -> None:
    """Learn how sure a distance makes us, from named people or from what photos tell by themselves.

    What is learned is stored in the graph, and every confidence is taken from it.

    Example: graphface calibrate
    """
    from graphface.db import connect
    from graphface.recognition.learning import FEWEST
    from graphface.recognition.learning import calibrate as run

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
    from graphface.db import connect
    from graphface.linking import histogram

    with connect(home) as graph:
        found = histogram.distances(graph, metric=metric, threshold=threshold, pairs=sample)
    if plot is not None:
        histogram.plot(found, plot)
    if json:
        output.print_json(found)
    else:
        print(found.summary())
