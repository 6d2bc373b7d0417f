from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.answers.who import Answer, Asked
    from graphface.records import Box

NOBODY_KNOWN = 3
NO_FACE = 4


def who(
    images: Annotated[list[Path], typer.Argument(metavar="IMG...", help="Pictures to ask about.")],
    threshold: Annotated[
        float | None,
        typer.Option(min=0.0, help="Known if nearer than this; else if more likely than not."),
    ] = None,
    evidence: Annotated[int, typer.Option(min=0, help="Nearest faces to show.")] = 3,
    annotate: Annotated[
        Path | None, typer.Option(help="Write the picture there, with boxes and names.")
    ] = None,
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Who is in this picture, how sure, and why.

    Exit code: 0 somebody known, 3 nobody known, 4 no face in the picture, 1 an error, 2 wrong use.

    Example: graphface who party.jpg --annotate party-names.jpg
    """
    from graphface.answers.who import who_in_files
    from graphface.errors import UsageError
    from graphface.graph import connect
    from graphface.ingest.choose import extractor_for

    if annotate and len(images) > 1:
        raise UsageError("--annotate takes one picture at a time")
    with connect(home) as graph:
        extractor = extractor_for(graph.space(), model, detector, min_face)
        asked = who_in_files(graph, images, extractor, threshold=threshold, evidence=evidence)
    if annotate and asked[0].picture:
        from graphface.faces.annotate import annotate as draw

        draw(asked[0].picture, _labels(asked[0].answers), annotate)
    if json:
        rows = [one.row() for one in asked]
        output.print_json(rows if len(rows) > 1 else rows[0])
    else:
        for one in asked:
            if len(asked) > 1:
                print(f"{output.printable(str(one.path))}:")
            _show(one)
    if code := _exit_code(asked):
        raise typer.Exit(code)


def _exit_code(asked: Sequence[Asked]) -> int:
    if any(answer.number is not None for one in asked for answer in one.answers):
        return 0
    if any(one.error for one in asked):
        return 1
    return NOBODY_KNOWN if any(one.answers for one in asked) else NO_FACE


def _labels(answers: Sequence[Answer]) -> list[tuple[Box, str]]:
    return [
        (a.box, a.label if a.number is None else f"{a.label} {min(a.confidence, 0.99):.0%}")
        for a in answers
    ]


def _show(one: Asked) -> None:
    if one.error:
        print(f"error: {output.printable(one.error)}", file=sys.stderr)
    elif not one.answers:
        print("no face in this picture")
    for answer in one.answers:
        box = answer.box
        where = f"face at {box.x},{box.y} ({box.width} x {box.height})"
        if answer.number is None:
            print(f"unknown  {where}")
        else:
            print(
                f"{output.printable(answer.label)}  {_percent(answer.confidence)} sure, "
                f"distance {answer.distance:.3f}, {where}"
            )
        for near in answer.evidence:
            file = output.from_here(near.path, near.face)
            print(f"    {near.distance:.3f}  {near.person or 'nobody'}  {file}")
        if len(answer.walk) > 1:
            steps = [
                f"-{step.distance:.3f}-> {output.from_here(step.path, step.face)}"
                for step in answer.walk
            ]
            print(f"    path: this face {' '.join(steps)}")


def _percent(probability: float) -> str:
    """Never 100 %: nothing here is certain."""
    return f"{min(probability, 0.999):.1%}"
