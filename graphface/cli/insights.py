from __future__ import annotations

import os
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import graphface
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
    with graphface.Graph.open(home) as graph:
        found = graph.explain(a, b, strip=strip)
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
        f"one person with {output.percent(found.probability)} if nothing else is known"
    )
    _show_chain(found)
    for shared in found.shared[:MOST_SHARED]:
        person = output.printable(shared.person or "nobody")
        near = f"{shared.to_a:.3f} to a, {shared.to_b:.3f} to b"
        print(f"shared  {near}  {person}  {from_here(shared.path, shared.face)}")
    if len(found.shared) > MOST_SHARED:
        print(f"shared  and {len(found.shared) - MOST_SHARED} more")
    here = f": {Path.cwd()}{os.sep}"  # a photo is named at the end, after a colon
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
    with graphface.Graph.open(home) as graph:
        done = graph.audit(apply=apply)
    shown = done.findings[: limit or None]
    if json:
        found = {"applied": done.applied, "total": len(done.findings), "findings": shown}
        output.print_json(found)
        return
    for line in done.applied:
        print(line)
    _show_audit(shown, done.findings)


def _show_audit(shown: Sequence[Finding], found: Sequence[Finding]) -> None:
    for finding in shown:
        faces = output.count(finding.faces, "face")
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
    min_photos: Annotated[
        int, typer.Option(min=1, help="Of one person: leave out who is with them in fewer photos.")
    ] = 1,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """The photos that show all of these persons; of one person, with whom it appears.

    Example: graphface together "Ada" "Bob"
    """
    with graphface.Graph.open(home) as graph:
        found = graph.together(*persons, min_photos=min_photos)
    one = len(found.persons) == 1
    if one:
        rows = [
            {"with": pair.labels[1], "number": pair.b, "photos": pair.photos}
            for pair in found.company
        ]
    else:
        rows = [{"photo": p.path, "taken": p.taken_at, "faces": p.faces} for p in found.photos]
    if json:
        people = [{"number": person.number, "name": person.name} for person in found.persons]
        output.print_json({"persons": people, "with" if one else "photos": rows})
    elif rows:
        output.print_table(rows)
    elif one:
        print(output.printable(f"{found.persons[0].label} is with nobody in any photo"))
    else:
        print(output.printable(f"no photo shows {' and '.join(p.label for p in found.persons)}"))


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
    with graphface.Graph.open(home) as graph:
        done = graph.network(out, min_photos=min_photos, most=most)
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
    with graphface.Graph.open(home) as graph:
        rows = graph.evaluate(
            truth_folder=truth_folder,
            truth_csv=truth_csv,
            methods=options.read_list(methods),
            thresholds=[options.read_number(text) for text in options.read_list(thresholds)],
            plot=plot,
        )
    if json:
        output.print_json(_by_method(rows, by_method=methods is not None))
    else:
        output.print_table([_cells(row) for row in rows])


def _by_method(rows: Sequence[Evaluation], by_method: bool) -> Any:
    """Figures of the graph; or by method; or by method and threshold where there are several."""
    if not by_method:
        return rows[0].metrics.to_dict()
    several = len({row.threshold for row in rows}) > 1
    made: dict[str, Any] = {}
    for row in rows:
        if several:
            made.setdefault(row.method, {})[f"{row.threshold:g}"] = row.metrics.to_dict()
        else:
            made[row.method] = row.metrics.to_dict()
    return made


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
    with graphface.Graph.open(home) as graph:
        report = graph.calibrate()
    if json:
        output.print_json(report)
        return
    print(
        f"learned from {report.learned_from}: {report.same:,} pairs of one person and "
        f"{report.different:,} of two; even odds at a distance of {report.middle:.3f}"
    )
    output.print_table([asdict(row) for row in report.reliability])
    if people := report.identification_people:
        print(f"who weighs its evidence as learned from {people:,} people with two faces or more")
    else:
        fewest = report.identification_needs
        print(f"who keeps its built-in weights: fewer than {fewest} people have two named faces")


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
    with graphface.Graph.open(home) as graph:
        found = graph.distances(metric=metric, threshold=threshold, sample=sample, plot=plot)
    if json:
        output.print_json(found)
    else:
        print(found.summary())
