from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.answers.verify import Verdict

NOT_THE_SAME = 3


def verify(
    images: Annotated[
        list[Path], typer.Argument(metavar="IMG...", help="Two pictures; one with --person.")
    ],
    person: Annotated[
        str | None, typer.Option(help="Compare with this person of the graph: name or number.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0.0, help="One person if nearer than this; else if likelier than not."),
    ] = None,
    face: Annotated[
        int | None, typer.Option(help="Which face of the first picture, from the left from 1.")
    ] = None,
    face_b: Annotated[
        int | None, typer.Option(help="Which face of the second picture, likewise.")
    ] = None,
    largest: Annotated[
        bool, typer.Option("--largest", help="The largest face of each picture.")
    ] = False,
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Do two pictures show one person? Or: is this Ada? (--person)

    Two pictures need no graph and start none: if one runs, its model and what it learned are used,
    else (or with --model) the model alone.

    Exit code: 0 yes, 3 no, 4 no face in a picture, 1 an error, 2 wrong use.

    Example: graphface verify a.jpg b.jpg
    """
    from contextlib import nullcontext

    from graphface.answers.verify import graph_at_hand, verify_person
    from graphface.answers.verify import verify as run
    from graphface.errors import UsageError
    from graphface.graph import connect
    from graphface.ingest.choose import extractor_for
    from graphface.people.choose_face import Choice

    if len(images) != (1 if person else 2):
        raise UsageError(
            "two pictures are compared, or one with a person",
            'graphface verify a.jpg b.jpg, or: graphface verify a.jpg --person "Ada"',
        )
    first = Choice(face, largest and face is None)
    second = Choice(face_b, largest and face_b is None, "--face-b")
    opened = connect(home) if person else graph_at_hand(home, model) or nullcontext()
    with opened as graph:
        extractor = extractor_for(graph.space() if graph else None, model, detector, min_face)
        if person and graph:
            verdict = verify_person(
                graph, images[0], person, extractor, threshold=threshold, choose=first
            )
        else:
            verdict = run(
                images[0],
                images[1],
                extractor,
                graph=graph,
                threshold=threshold,
                choose_a=first,
                choose_b=second,
            )
    if json:
        output.print_json(verdict)
    else:
        _show(verdict)
    if not verdict.same:
        raise typer.Exit(NOT_THE_SAME)


def _show(verdict: Verdict) -> None:
    a, b = (output.printable(one.path or one.face or "") for one in (verdict.a, verdict.b))
    yes = "yes" if verdict.same else "no"
    if verdict.person is not None:
        who = output.printable(verdict.person)
        print(f"{yes}  {a} {'shows' if verdict.same else 'does not show'} {who}")
        print(f"    nearest of {verdict.faces:,} faces: {b}")
    else:
        print(f"{yes}  {a} and {b} show {'one person' if verdict.same else 'two people'}")
    limit = "" if verdict.threshold is None else f", threshold {verdict.threshold:.3f}"
    print(
        f"    distance {verdict.distance:.3f} ({verdict.metric}, {verdict.model}){limit}, "
        f"probability {_percent(verdict.probability)}"
    )
    if verdict.link_threshold is not None:
        same = "are" if verdict.distance < verdict.link_threshold else "are not"
        print(f"    in this graph such faces {same} SAME (under {verdict.link_threshold:g})")


def _percent(probability: float) -> str:
    """Never 100 % and never 0: nothing here is certain."""
    return f"{min(max(probability, 0.001), 0.999):.1%}"
