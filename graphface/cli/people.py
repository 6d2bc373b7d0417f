from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import graphface
from graphface.cli import options, output
from graphface.cli.actions import in_options

if TYPE_CHECKING:
    from graphface.api.results import Named
    from graphface.people.changes import Change
    from graphface.people.forget import Forgotten
    from graphface.people.register import RegisteredPerson, RegisterReport
    from graphface.people.split import Split


def people(
    min_faces: Annotated[int, typer.Option(min=0, help="Leave out persons with fewer.")] = 1,
    hidden: Annotated[
        bool, typer.Option("--hidden", "--all", help="List hidden persons too.")
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List the persons: number, name, faces, photos.

    Example: graphface people --min-faces 3
    """
    with graphface.Graph.open(home) as graph:
        found = graph.people(min_faces=min_faces, hidden=hidden)
    if json:
        output.print_json(found)
    elif found:
        columns = ["number", "name", "faces", "photos", "first", "last"]
        output.print_rows(found, [*columns, "hidden"] if hidden else columns)
    else:
        print("nobody yet: graphface build FOLDER finds people")


def name(
    person: Annotated[str, typer.Argument(help="A person's number, or the present name.")],
    new: Annotated[str, typer.Argument(metavar="NAME", help="The name.")],
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Give a person a name. No algorithm moves a named person's faces.

    Example: graphface name 3 "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        _tell_name(graph.name(person, new), json)


PersonArgument = Annotated[str, typer.Argument(help="A person's number or name.")]
FaceArgument = Annotated[
    str, typer.Argument(metavar="FACE", help="A face's id, or PICTURE#2: the second from the left.")
]


def rename(
    person: Annotated[str, typer.Argument(help="The present name, or the person's number.")],
    new: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Give a person who has a name another one.

    Example: graphface rename "Ada Byron" "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        _tell_name(graph.rename(person, new), json)


def merge(
    persons: Annotated[list[str], typer.Argument(metavar="PERSON...", help="Numbers or names.")],
    into: Annotated[
        str | None,
        typer.Option(help="The number of the one who goes on, or what the one is called."),
    ] = None,
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Make one person of several. Their faces stay together, whatever clustering thinks.

    Example: graphface merge 3 5 "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        tell(graph.merge(*persons, into=into, dry_run=dry_run), dry_run, json)


def split(
    person: PersonArgument,
    yes: options.YesOption = False,
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Show the two people that one person may be, and make two of it.

    Example: graphface split "Ada Lovelace" --yes
    """
    with graphface.Graph.open(home) as graph:
        proposal = graph.propose_split(person)
        if json and (dry_run or not yes):
            output.print_json(proposal)
        elif not json:
            _show_split(proposal)
        if not dry_run:
            _ask("Make them two persons?", yes)
            tell(graph.split(proposal), dry_run, json)


def move(
    faces: Annotated[
        list[str], typer.Argument(metavar="FACE...", help="Ids of faces, or PICTURE#2.")
    ],
    person: Annotated[str, typer.Argument(help='A person\'s number or name, "new" or "nobody".')],
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Say to whom faces belong.

    Example: graphface move party.jpg#2 "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        tell(graph.move(faces, person, dry_run=dry_run), dry_run, json)


def confirm(
    what: Annotated[
        list[str],
        typer.Argument(metavar="FACE|PERSON...", help="A face, or a person with all faces."),
    ],
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Say that faces are where they belong: no algorithm moves them from here on.

    Example: graphface confirm "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        tell(graph.confirm(what, dry_run=dry_run), dry_run, json)


def reject(
    face: FaceArgument,
    person: PersonArgument,
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Say that a face is not this person: it leaves, and clustering does not bring it back.

    Example: graphface reject party.jpg#2 "Ada Lovelace"
    """
    with graphface.Graph.open(home) as graph:
        tell(graph.reject(face, person, dry_run=dry_run), dry_run, json)


def hide(
    person: PersonArgument,
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Leave a person out of `graphface people`; `people --hidden` still lists them.

    Example: graphface hide 5
    """
    with graphface.Graph.open(home) as graph:
        tell(graph.hide(person, dry_run=dry_run), dry_run, json)


def unhide(
    person: PersonArgument,
    dry_run: options.DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List a hidden person again.

    Example: graphface unhide 5
    """
    with graphface.Graph.open(home) as graph:
        tell(graph.unhide(person, dry_run=dry_run), dry_run, json)


def tell(done: Change | None, dry_run: bool, json: bool) -> None:
    """Print what a change did, and how to undo it."""
    if json:
        output.print_json(done)
    elif done is None:
        print("nothing to do: it is so already")
    elif dry_run:
        print(f"would be done: {output.printable(done.text)}; nothing was written (--dry-run)")
    else:
        print(f"{output.printable(done.text)} (change {done.number}; graphface undo takes it back)")


def _tell_name(named: Named, json: bool) -> None:
    if json:
        output.print_json(named)
    else:
        before = named.before if named.before is not None else f"person {named.number}"
        print(f"{output.printable(before)} is now {named.name} ({named.faces} faces)")


def _ask(question: str, yes: bool) -> None:
    """Ask the user at the terminal. Raises UsageError without a terminal."""
    from graphface.errors import UsageError

    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nothing was done", "Add --yes to do it", code="not-confirmed")
    typer.confirm(question, abort=True, err=True)


def _show_split(proposal: Split) -> None:
    label = output.printable(proposal.person.label)
    for title, faces in ((f"{label} keeps", proposal.stay), ("a new person gets", proposal.leave)):
        print(f"{title} {len(faces)} faces:")
        for face in faces:
            said = "" if face.source == "cluster" else f"  ({face.source})"
            print(f"    {output.printable(face.path or '')}  {face.id}{said}")
    print(
        f"distance between the two: {proposal.mean_distance:.3f} (their middles), "
        f"{proposal.nearest:.3f} (their nearest faces)"
    )
    if proposal.confirmed_leave:
        print(f"of those that leave, {proposal.confirmed_leave} were confirmed as {label}")


def history(
    last: Annotated[int, typer.Option(min=1, help="How many changes.")] = 20,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List what people changed, newest first.

    Example: graphface history --last 5
    """
    with graphface.Graph.open(home) as graph:
        found = graph.history(last)
    if json:
        output.print_json(found)
    elif found:
        output.print_rows(found)
    else:
        print("nothing yet: graphface name, merge, move and others are remembered here")


def undo(
    count: Annotated[int, typer.Argument(metavar="[N]", help="How many changes.")] = 1,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Take back the last change, or the last N: all of them, or none.

    Example: graphface undo 2
    """
    with graphface.Graph.open(home) as graph:
        undone = graph.undo(count)
    if json:
        output.print_json(undone)
    for one in [] if json else undone:
        print(f"undone: {output.printable(one.text)} (change {one.number})")


def forget(
    person: PersonArgument,
    photos: Annotated[
        bool, typer.Option("--photos", help="Also photos that show nobody else; files stay.")
    ] = False,
    dry_run: options.DryRunOption = False,
    yes: options.YesOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Delete a person for good: faces, embeddings, relationships, history. This cannot be undone.

    Pictures on the disk are never touched, and ingest leaves them as they are from then on.

    Example: graphface forget "Ada Lovelace" --photos --yes
    """
    with graphface.Graph.open(home) as graph:
        planned = graph.forget(person, photos=photos, dry_run=True)
        if not dry_run:
            if not yes:
                _show_forget(planned)
            _ask(f"Forget {output.printable(planned.person.label)} for good?", yes)
            planned = graph.forget(person, photos=photos)
    if json:
        output.print_json(planned)
    elif dry_run or not planned.dry_run:
        _show_forget(planned)


def _show_forget(done: Forgotten) -> None:
    verb = "would be deleted" if done.dry_run else "deleted"
    print(f"{verb}: {output.printable(done.person.label)}, {done.faces} faces with embeddings, "
          f"{done.photos} photos")  # fmt: skip
    if not done.dry_run:
        print(f"deleted with them: {done.same} SAME, {done.not_same} NOT_SAME, {done.changes} "
              f"entries of the history, cached embeddings of {done.cached} pictures")  # fmt: skip
        print("the whole graph was looked through: nothing of the person is left in it")
    if done.kept_photos:
        print(f"{done.kept_photos} photos stay in the graph without these faces")
    for mention in done.mentions:
        print(f"the name still stands in {output.printable(mention)}")
    if done.paths:
        print(f"{len(done.paths)} files on the disk show the person and are not touched:")
    for path in done.paths:
        print(f"    {output.printable(path)}")


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
    dry_run: options.DryRunOption = False,
    model: options.ModelOption = None,
    detector: options.DetectorOption = None,
    min_face: options.MinFaceOption = 20,
    upright: options.UprightOption = "auto",
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
    with graphface.Graph.open(
        home, model=model, detector=detector, min_face=min_face, upright=upright
    ) as graph:
        report = graph.register(
            pictures,
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
        _show_register(report)
    if any(one.outcome == "left out" for one in report.pictures):
        raise typer.Exit(1)


def _show_register(report: RegisterReport) -> None:
    for person in report.people:
        print(_line(person))
    for one in report.pictures:
        if one.reason:
            print(f"left out: {output.printable(in_options(one.reason))}")
    faces = output.count(sum(person.registered for person in report.people), "face")
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
