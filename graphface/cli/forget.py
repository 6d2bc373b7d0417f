from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output
from graphface.cli.curate import DryRunOption, PersonArgument, YesOption, ask

if TYPE_CHECKING:
    from graphface.people.forget import Forgotten


def forget(
    person: PersonArgument,
    photos: Annotated[
        bool, typer.Option("--photos", help="Also photos that show nobody else; files stay.")
    ] = False,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Delete a person for good: faces, embeddings, relationships, history. This cannot be undone.

    Pictures on the disk are never touched, and ingest leaves them as they are from then on.

    Example: graphface forget "Ada Lovelace" --photos --yes
    """
    from graphface.graph import connect
    from graphface.people.forget import forget as run

    with connect(home) as graph:
        planned = run(graph, person, photos=photos, dry_run=True)
        if not dry_run:
            if not yes:
                _show(planned)
            ask(f"Forget {output.printable(planned.person.label)} for good?", yes)
            planned = run(graph, person, photos=photos)
    if json:
        output.print_json(planned)
    elif dry_run or not planned.dry_run:
        _show(planned)


def _show(done: Forgotten) -> None:
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
