from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.answers.filters import Filters
    from graphface.answers.search import Match, Search
    from graphface.records import Box

NOTHING_FOUND = 3
NO_FACE = 4


def search(
    query: Annotated[Path, typer.Argument(metavar="QUERY", help="Picture of who is looked for.")],
    folder_in: Annotated[
        list[Path] | None,
        typer.Option("--in", metavar="FOLDER", help="Look there, not in the graph."),
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="With --in: bring the folder into the graph too.")
    ] = False,
    top: Annotated[
        int | None, typer.Option(min=1, help="How many at most; 10 in the graph, else all.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0.0, help="Only nearer ones; with --in each model has a default."),
    ] = None,
    face: Annotated[
        int | None, typer.Option(min=1, help="Of several faces in QUERY, this one from the left.")
    ] = None,
    person: Annotated[
        list[str] | None, typer.Option(help="Faces of this person; several: of any of them.")
    ] = None,
    together: Annotated[
        list[str] | None, typer.Option("--with", metavar="PERSON", help="Who is on it too.")
    ] = None,
    after: Annotated[str | None, typer.Option(help="Taken on this date or later.")] = None,
    before: Annotated[str | None, typer.Option(help="Taken before this date.")] = None,
    near: Annotated[
        str | None, typer.Option(metavar="LAT,LON,KM", help="Taken near this place.")
    ] = None,
    folder: Annotated[
        list[Path] | None, typer.Option(help="Photos below this folder; several: any of them.")
    ] = None,
    where: Annotated[
        str | None, typer.Option(help="A Cypher condition on f (the face) and p (its photo).")
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="K=V", help="A value that --where names as $K."),
    ] = None,
    contact_sheet: Annotated[
        Path | None, typer.Option(help="Write a picture there: QUERY and what was found.")
    ] = None,
    min_face: Annotated[
        int | None, typer.Option(min=1, help="Smallest face, in pixels of width; 20 to find any.")
    ] = None,
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    workers: options.WorkersOption = None,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Faces that look like the one in QUERY, the nearest first: in the graph, or --in a folder.

    --in stores nothing in a graph and needs none; embeddings are cached for the next search.

    Exit code: 0 found, 3 nothing near enough, 4 no face in QUERY, 1 an error, 2 wrong use.

    Example: graphface search ada.png --in ~/Pictures --contact-sheet found.jpg

    Example: graphface search ada.png --after 2019 --with Bob --where 'p.width > $w' --param w=600
    """
    from graphface.answers import search as run
    from graphface.answers.filters import Filters, read_date, read_near, read_values
    from graphface.faces.annotate import form_of
    from graphface.ingest.choose import extractor_for

    filters = Filters(
        people=tuple(person or ()),
        together=tuple(together or ()),
        after=read_date(after) if after else None,
        before=read_date(before) if before else None,
        near=read_near(near) if near else None,
        folders=tuple(folder or ()),
        min_face=min_face or 0,
        where=where,
        values=read_values(param or []),
    )
    smallest = min_face or 20
    _check(folder_in, store, filters)
    if contact_sheet:  # said now, not after a long search
        form_of(contact_sheet, (1, 1), [query])
    if folder_in and not store:
        extractor = extractor_for(None, model, detector, smallest)
        found = run.search_folder(
            query, folder_in, extractor, threshold=threshold, top=top, face=face, workers=workers
        )
    else:
        from graphface.graph import connect

        with connect(home) as graph:
            extractor = extractor_for(graph.space(), model, detector, smallest)
            if folder_in:
                found = run.search_stored(
                    graph, query, folder_in, extractor, threshold=threshold, top=top,
                    filters=filters, face=face, workers=workers,
                )  # fmt: skip
            else:
                found = run.search_graph(
                    graph, query, extractor, top=top or 10, threshold=threshold, filters=filters,
                    face=face,
                )  # fmt: skip
    if contact_sheet and found.faces:
        run.sheet(found, contact_sheet)
    if json:
        output.print_json(found)
    else:
        _show(found)
    if not any(one.matches for one in found.faces):
        raise typer.Exit(NOTHING_FOUND if found.faces else NO_FACE)


def _check(folders: list[Path] | None, store: bool, filters: Filters) -> None:
    from dataclasses import replace

    from graphface.errors import UsageError

    if store and not folders:
        raise UsageError("--store wants a folder", "Name it: --in FOLDER")
    if folders and not store and replace(filters, min_face=0).any:
        raise UsageError(
            "pictures in a folder have no persons and no filters, a graph's have",
            "Add --store to bring the folder into the graph, or leave --in away",
        )


def _show(found: Search) -> None:
    for problem in found.failed:
        print(f"left out: {output.printable(problem.reason)}", file=sys.stderr)
    if not found.faces:
        print("no face in this picture")
    for one in found.faces:
        nearer = "" if found.threshold is None else f" nearer than {found.threshold:g}"
        count = f"{len(one.matches):,} face{'' if len(one.matches) == 1 else 's'}"
        print(f"face at {_where(one.box)}: {count}{nearer}")
        if one.matches:
            persons = ["person"] if any(match.person for match in one.matches) else []
            rows = [_row(match) for match in one.matches]
            output.print_table(rows, ["distance", *persons, "box", "file"])


def _row(match: Match) -> dict[str, object]:
    return {
        "distance": f"{match.distance:.3f}",
        "person": match.person,
        "box": _where(match.box) if match.box else "",
        "file": output.from_here(match.path, match.face),
    }


def _where(box: Box) -> str:
    return f"{box.x},{box.y} ({box.width} x {box.height})"
