from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from graphface.cli import options, output


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Write over an older backup.")] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Write the whole graph into one file: faces, names, what was decided, everything.

    Works with any Neo4j. Only you can read the file: it holds faces' embeddings.

    Example: graphface backup faces.backup
    """
    from graphface.exchange.backup import backup as run
    from graphface.graph import connect

    with connect(home) as graph:
        report = run(graph, file, overwrite=force)
    if json:
        output.print_json(report)
    else:
        print(f"{output.printable(str(file))}: {report.summary()}")


def restore(
    file: Annotated[Path, typer.Argument(help="What graphface backup wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete what the graph holds first.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Bring a backup back into an empty graph, and check that all of it is there.

    A file that is cut off or was changed is refused before anything is written.

    Example: graphface restore faces.backup --home ./other-db
    """
    from graphface.errors import UsageError
    from graphface.exchange.backup_file import check
    from graphface.exchange.restore import restore as run
    from graphface.graph import connect

    if not file.is_file():
        check(file)  # says so now, not after a database was started
    with connect(home) as graph:
        found = graph.run("backup-counts")[0] if replace and not yes else None
        if found and found["nodes"]:
            told = f"{found['nodes']:,} nodes, {found['faces']:,} of them faces"
            if not sys.stdin.isatty():
                raise UsageError(f"--replace would delete {told}", "Add --yes to do that")
            typer.confirm(f"Delete {told}, for good?", abort=True, err=True)
        report = run(graph, file, replace=replace)
    if json:
        output.print_json(report)
    else:
        print(report.summary())
