from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.people.registered import RegisteredPerson, RegisterReport


def register(
    pictures: Annotated[
        list[Path], typer.Argument(help="Pictures of one person, or folders with sub-folders.")
    ],
    name: Annotated[
        str | None,
        typer.Option(help="Who they show: a name, or a person's number. Else: sub-folders' names."),
    ] = None,
    face: Annotated[
        int | None, typer.Option(help="Which face of the picture, counted from the left from 1.")
    ] = None,
    largest: Annotated[
        bool, typer.Option("--largest", help="Of several faces in a picture, the largest.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Take a face away from another named person.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
    ] = False,
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    workers: options.WorkersOption = None,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Say who is in these pictures: one person (--name), or a sub-folder a person.

    The very next `graphface who` knows them. Safe to run again.

    Exit code: 0 all pictures are registered, 1 some were left out, 2 wrong use, 4 no face in the
    only picture.

    Example: graphface register --name "Ada Lovelace" ada1.jpg ada2.jpg
    """
    from graphface.graph import connect
    from graphface.ingest.choose import extractor_for
    from graphface.people.register import register as run

    with connect(home) as graph:
        extractor = extractor_for(graph.space(), model, detector, min_face)
        report = run(
            graph,
            pictures,
            extractor=extractor,
            name=name,
            face=face,
            largest=largest,
            force=force,
            dry_run=dry_run,
            workers=workers,
        )
    if json:
        output.print_json(report)
    else:
        _show(report)
    if any(one.outcome == "left out" for one in report.pictures):
        raise typer.Exit(1)


def _show(report: RegisterReport) -> None:
    for person in report.people:
        print(_line(person))
    for one in report.pictures:
        if one.reason:
            print(f"left out: {output.printable(one.reason)}")
    count = sum(person.registered for person in report.people)
    faces = f"{count:,} face{'' if count == 1 else 's'}"
    if report.dry_run:
        print(f"{faces} would be registered; nothing was written (--dry-run)")
    else:
        print(
            f"{faces} registered with {report.model} (found by {report.detector}) "
            f"in {report.seconds:,.1f} s; {report.linked:,} SAME written"
        )


def _line(person: RegisteredPerson) -> str:
    number = [f"person {person.number}"] if person.number else []
    about = ", ".join(number + (["new"] if person.new else []))
    counts = [
        f"{person.registered:,} registered",
        f"{person.known:,} known already" if person.known else "",
        f"{person.left_out:,} left out" if person.left_out else "",
    ]
    who = f"{person.name} ({about})" if about else person.name
    return f"{output.printable(who)}: {', '.join(filter(None, counts))}"
