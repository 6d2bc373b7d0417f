from __future__ import annotations

from typing import Annotated

import typer

from graphface.cli import options, output


def faces(
    what: Annotated[
        str, typer.Argument(metavar="PERSON|IMG", help="A person, or a picture in the graph.")
    ],
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List the faces of a person or of a picture, with the ids that other commands take.

    Example: graphface faces "Ada Lovelace"
    """
    from graphface.graph import connect
    from graphface.people.find_face import faces_shown

    with connect(home) as graph:
        found = faces_shown(graph, what)
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
