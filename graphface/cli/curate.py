from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from graphface.people.changes import Change
    from graphface.people.split import Split

PersonArgument = Annotated[str, typer.Argument(help="A person's number or name.")]
FaceArgument = Annotated[
    str, typer.Argument(metavar="FACE", help="A face's id, or PICTURE#2: the second from the left.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def rename(
    person: Annotated[str, typer.Argument(help="The present name, or the person's number.")],
    new: Annotated[str, typer.Argument(metavar="NAME", help="The new name.")],
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Give a person who has a name another one.

    Example: graphface rename "Ada Byron" "Ada Lovelace"
    """
    from graphface.graph import connect
    from graphface.people.people import rename as run

    with connect(home) as graph:
        before, stored = run(graph, person, new)
    if json:
        output.print_json({"number": before.number, "before": before.name, "name": stored})
    else:
        print(f"{output.printable(before.label)} is now {stored} ({before.faces} faces)")


def merge(
    persons: Annotated[list[str], typer.Argument(metavar="PERSON...", help="Numbers or names.")],
    into: Annotated[
        str | None, typer.Option(help="What the one person is called, when several have names.")
    ] = None,
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Make one person of several. Their faces stay together, whatever clustering thinks.

    Example: graphface merge 3 5 "Ada Lovelace"
    """
    from graphface.graph import connect
    from graphface.people.curate import merge as run

    with connect(home) as graph:
        tell(run(graph, persons, into=into, dry_run=dry_run), dry_run, json)


def split(
    person: PersonArgument,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Show the two people that one person may be, and make two of it.

    Example: graphface split "Ada Lovelace" --yes
    """
    from graphface.graph import connect
    from graphface.people.split import propose_split
    from graphface.people.split import split as run

    with connect(home) as graph:
        proposal = propose_split(graph, person)
        if json and (dry_run or not yes):
            output.print_json(proposal)
        elif not json:
            _show(proposal)
        if not dry_run:
            ask("Make them two persons?", yes)
            tell(run(graph, proposal), dry_run, json)


def move(
    faces: Annotated[
        list[str], typer.Argument(metavar="FACE...", help="Ids of faces, or PICTURE#2.")
    ],
    person: Annotated[str, typer.Argument(help='A person\'s number or name, "new" or "nobody".')],
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Say to whom faces belong.

    Example: graphface move party.jpg#2 "Ada Lovelace"
    """
    from graphface.graph import connect
    from graphface.people.curate import move as run

    with connect(home) as graph:
        tell(run(graph, faces, person, dry_run=dry_run), dry_run, json)


def confirm(
    what: Annotated[
        list[str],
        typer.Argument(metavar="FACE|PERSON...", help="A face, or a person with all faces."),
    ],
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Say that faces are where they belong: no algorithm moves them from here on.

    Example: graphface confirm "Ada Lovelace"
    """
    from graphface.graph import connect
    from graphface.people.curate import confirm as run

    with connect(home) as graph:
        tell(run(graph, what, dry_run=dry_run), dry_run, json)


def reject(
    face: FaceArgument,
    person: PersonArgument,
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Say that a face is not this person: it leaves, and clustering does not bring it back.

    Example: graphface reject party.jpg#2 "Ada Lovelace"
    """
    from graphface.graph import connect
    from graphface.people.curate import reject as run

    with connect(home) as graph:
        tell(run(graph, face, person, dry_run=dry_run), dry_run, json)


def hide(
    person: PersonArgument,
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Leave a person out of `graphface people`; `people --all` still lists them.

    Example: graphface hide 5
    """
    from graphface.graph import connect
    from graphface.people.people import hide as run

    with connect(home) as graph:
        tell(run(graph, person, dry_run=dry_run), dry_run, json)


def unhide(
    person: PersonArgument,
    dry_run: DryRunOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """List a hidden person again.

    Example: graphface unhide 5
    """
    from graphface.graph import connect
    from graphface.people.people import unhide as run

    with connect(home) as graph:
        tell(run(graph, person, dry_run=dry_run), dry_run, json)


def tell(done: Change | None, dry_run: bool, json: bool) -> None:
    """Say what a change did, and how to take it back."""
    if json:
        output.print_json(done)
    elif done is None:
        print("nothing to do: it is so already")
    elif dry_run:
        print(f"would be done: {output.printable(done.text)}; nothing was written (--dry-run)")
    else:
        print(f"{output.printable(done.text)} (change {done.number}; graphface undo takes it back)")


def ask(question: str, yes: bool) -> None:
    """Ask whoever sits at the terminal. Raises UsageError where nobody does."""
    from graphface.errors import UsageError

    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nothing was done", "Add --yes to do it")
    typer.confirm(question, abort=True, err=True)


def _show(proposal: Split) -> None:
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
