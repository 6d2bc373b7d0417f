from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import graphface
from graphface.cli import options, output
from graphface.cli.people import tell


def faces(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[PERSON|IMG]", help="A person, or a picture in the graph."),
    ] = None,
    ignored: Annotated[
        bool, typer.Option("--ignored", help="The ignored faces: of a picture, or of all.")
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List the faces of a person or of a picture, with the ids that other commands take.

    Example: graphface faces "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        found = graph.faces(what, ignored=ignored)
    if json:
        output.print_json(found)
    elif found:
        rows = [
            {
                "face": face.id,
                "person": face.label,
                "said by": face.source,
                "confidence": face.confidence,
                "box": f"{b.x},{b.y} {b.width} x {b.height}" if (b := face.box) else "",
                "picture": face.path,
            }
            for face in found
        ]
        output.print_table(rows)
    else:
        print("no faces")


def add_face(
    photo: Annotated[Path, typer.Argument(help="A picture of the graph.")],
    box: Annotated[
        str,
        typer.Option(metavar="X,Y,W,H", help="Where: pixels of the picture as it is shown."),
    ],
    person: Annotated[
        str | None, typer.Option(help="Who it is: a person, or a name for a new one.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Take the face away from another named person.")
    ] = False,
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Add a face that was not found: its place in a photo, and perhaps who it is.

    A face that the graph has there is not doubled: --person then says whose it is.

    Example: graphface add-face party.jpg --box 120,80,60,70 --person "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        done = graph.add_face(photo, box, person=person, force=force, dry_run=dry_run)
    if json:
        output.print_json(done)
        return
    if not done.new:
        whose = f", {done.person}" if done.person else ""
        print(f"the graph has a face there: {done.face}{output.printable(whose)}")
    tell(done.change, dry_run, json)
    if done.new and not dry_run:
        print(f"face {done.face}, quality {done.quality:.2f}; graphface link finds its SAME")


def ignore(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FACE|PERSON]...", help="Faces, or a person with all faces."),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(metavar="FACE", help="This face, and all without a name that are near to it."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0.0, help="With --like: how near; the graph's threshold by default."),
    ] = None,
    below_quality: Annotated[
        float | None,
        typer.Option(metavar="Q", help="All without a name that are alone and poorer than this."),
    ] = None,
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Ignore faces for good that are nobody's: statues, drawings, posters, blurs.

    They take part in nothing, and ingest does not bring them back. graphface unignore does.

    Example: graphface ignore --below-quality 0.3 --dry-run
    """
    with graphface.Graph.open(home) as graph:
        done = graph.ignore(
            what or (), like=like, threshold=threshold, below_quality=below_quality,
            dry_run=dry_run,
        )  # fmt: skip
        tell(done, dry_run, json)


def unignore(
    faces: Annotated[
        list[str],
        typer.Argument(metavar="FACE...", help="Ids of ignored faces, or their pictures."),
    ],
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Take ignored faces back: the next link and cluster look at them as at new ones.

    graphface faces --ignored lists them.

    Example: graphface unignore party.jpg
    """
    with graphface.Graph.open(home) as graph:
        tell(graph.unignore(faces, dry_run=dry_run), dry_run, json)
