from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import graphface
from graphface.cli import options, output
from graphface.cli.actions import in_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.recognition.search import Match, Search
    from graphface.recognition.verify import Verdict
    from graphface.recognition.who import Asked


NO = 3
"""Exit code: nobody known, two people, nothing found."""

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
    upright: options.UprightOption = "auto",
    workers: options.WorkersOption = None,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Who is in this picture, how sure, and why.

    Exit code: 0 somebody known, 3 nobody known, 4 no face in the picture, 1 an error, 2 wrong use.

    Example: graphface who party.jpg --annotate party-names.jpg
    """
    with graphface.Graph.open(
        home, model=model, detector=detector, min_face=min_face, upright=upright
    ) as graph:
        asked = graph.who(
            images, threshold=threshold, evidence=evidence, annotate=annotate, workers=workers
        )
    if json:
        output.print_json(asked if len(asked) > 1 else asked[0])
    else:
        for one in asked:
            if len(asked) > 1:
                print(f"{output.printable(str(one.path))}:")
            _show_who(one)
    if code := _exit_code(asked):
        raise typer.Exit(code)


def _exit_code(asked: Sequence[Asked]) -> int:
    if any(answer.number is not None for one in asked for answer in one.answers):
        return 0
    if any(one.error for one in asked):
        return 1
    return NO if any(one.answers for one in asked) else NO_FACE


def _show_who(one: Asked) -> None:
    if one.error:
        print(f"error: {output.printable(in_options(one.error))}", file=sys.stderr)
    elif not one.answers:
        print("no face in this picture")
    for answer in one.answers:
        where = f"face at {output.at(answer.box)}"
        if answer.number is None:
            print(f"unknown  {where}")
        else:
            print(
                f"{output.printable(answer.label)}  {output.percent(answer.confidence)} sure, "
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
    upright: options.UprightOption = "auto",
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Do two pictures show one person? Or: is this Ada? (--person)

    Two pictures need no graph and start none: if one runs, its model and what it learned are used,
    else (or with --model) the model alone.

    Exit code: 0 yes, 3 no, 4 no face in a picture, 1 an error, 2 wrong use.

    Example: graphface verify a.jpg b.jpg
    """
    with graphface.Graph.open(
        home, model=model, detector=detector, min_face=min_face, upright=upright
    ) as graph:
        verdict = graph.verify(
            *images, person=person, threshold=threshold, face=face, face_b=face_b, largest=largest
        )
    if json:
        output.print_json(verdict)
    else:
        _show_verify(verdict)
    if not verdict.same:
        raise typer.Exit(NO)


def _show_verify(verdict: Verdict) -> None:
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
        f"probability {output.percent(verdict.probability)}"
    )
    if verdict.link_threshold is not None:
        same = "are" if verdict.distance < verdict.link_threshold else "are not"
        print(f"    in this graph such faces {same} SAME (under {verdict.link_threshold:g})")


def search(
    query: Annotated[Path, typer.Argument(metavar="QUERY", help="Picture of who is looked for.")],
    in_: Annotated[
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
    with_: Annotated[
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
    upright: options.UprightOption = "auto",
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
    smallest = 20 if min_face is None else min_face
    with graphface.Graph.open(
        home, model=model, detector=detector, min_face=smallest, upright=upright
    ) as graph:
        found = graph.search(
            query,
            in_,
            store=store,
            top=top,
            threshold=threshold,
            face=face,
            person=person or (),
            with_=with_ or (),
            after=after,
            before=before,
            near=near,
            folder=folder or (),
            where=where,
            param=options.read_values(param or ()),
            min_face=min_face,
            workers=workers,
            contact_sheet=contact_sheet,
        )
    if json:
        output.print_json(found)
    else:
        _show_search(found)
    if not any(one.matches for one in found.faces):
        raise typer.Exit(NO if found.faces else NO_FACE)


def _show_search(found: Search) -> None:
    if not found.faces:
        print("no face in this picture")
    for one in found.faces:
        nearer = "" if found.threshold is None else f" nearer than {found.threshold:g}"
        count = output.count(len(one.matches), "face")
        print(f"face at {output.at(one.box)}: {count}{nearer}")
        if one.matches:
            persons = ["person"] if any(match.person for match in one.matches) else []
            rows = [_row(match) for match in one.matches]
            output.print_table(rows, ["distance", *persons, "box", "file"])


def _row(match: Match) -> dict[str, object]:
    return {
        "distance": f"{match.distance:.3f}",
        "person": match.person,
        "box": output.at(match.box) if match.box else "",
        "file": output.from_here(match.path, match.face),
    }
