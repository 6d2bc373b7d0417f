from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output
from graphface.cli.output import from_here

if TYPE_CHECKING:
    from graphface.answers.chains import ChainStep
    from graphface.answers.judging import Explanation

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
    from graphface.answers.explain import explain as run
    from graphface.graph import connect

    with connect(home) as graph:
        found = run(graph, a, b)
    if strip:
        from graphface.answers.strip import strip as draw

        draw(found, strip)
    if json:
        output.print_json(found)
    else:
        _show(found)


def _show(found: Explanation) -> None:
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
        print(f"    {found.advice}")


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
