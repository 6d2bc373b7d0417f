from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.people.who import Answer
    from graphface.records import Box

NOBODY_KNOWN = 3
NO_FACE = 4


def who(
    image: Annotated[Path, typer.Argument(metavar="IMG", help="The picture to ask about.")],
    threshold: Annotated[
        float | None,
        typer.Option(min=0.0, help="Known if nearer than this; by default if more likely than not."),
    ] = None,
    evidence: Annotated[int, typer.Option(min=0, help="Nearest faces to show.")] = 3,
    annotate: Annotated[
        Path | None, typer.Option(help="Write the picture there with boxes and names.")
    ] = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Who is in this picture, how sure, and why.

    Exit code: 0 somebody known, 3 nobody known, 4 no face in the picture, 1 an error, 2 wrong use.

    Example: graphface who party.jpg --annotate party-names.jpg
    """
    from graphface.faces.extract import Extractor
    from graphface.faces.pictures import read_picture
    from graphface.graph import open_graph
    from graphface.people.who import report
    from graphface.people.who import who as run

    picture = read_picture(image)
    with open_graph(home) as graph:
        space = graph.space()
        extractor = Extractor.create(space.model if space else None, detector, min_face, None)
        answers = run(graph, picture, extractor, threshold=threshold, evidence=evidence)
    if annotate:
        from graphface.faces.annotate import annotate as draw

        draw(picture, _labels(answers), annotate)
    if json:
        output.print_json({"image": str(image), "faces": report(answers)})
    else:
        _show(answers)
    if not any(answer.number is not None for answer in answers):
        raise typer.Exit(NOBODY_KNOWN if answers else NO_FACE)


def _labels(answers: Sequence[Answer]) -> list[tuple[Box, str]]:
    return [
        (a.box, a.label if a.number is None else f"{a.label} {a.confidence:.0%}") for a in answers
    ]


def _show(answers: Sequence[Answer]) -> None:
    if not answers:
        print("no face in this picture")
    for answer in answers:
        box = answer.box
        where = f"face at {box.x},{box.y} ({box.width} x {box.height})"
        if answer.number is None:
            print(f"unknown  {where}")
        else:
            print(
                f"{output.printable(answer.label)}  {answer.confidence:.1%} sure, "
                f"distance {answer.distance:.3f}, {where}"
            )
        for near in answer.evidence:
            print(f"    {near.distance:.3f}  {near.person or 'nobody'}  {_file(near.path, near.face)}")
        if len(answer.walk) > 1:
            steps = (f"-{step.distance:.3f}-> {_file(step.path, step.face)}" for step in answer.walk)
            print(f"    path: this face {' '.join(steps)}")


def _file(path: str | None, face: str) -> str:
    return output.printable(path or face)
