from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from graphface.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.answers.auditing.finding import Finding


def audit(
    limit: Annotated[int, typer.Option(min=0, help="Findings to show; 0 shows all.")] = 20,
    apply: Annotated[
        bool,
        typer.Option("--apply", help="Do what is safe: drop empty persons and orphan nodes."),
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """What may be wrong, the most faces first, each with the command that puts it right.

    Persons that one SAME glues together (bridge) or that are too far apart inside (two-in-one), two
    that look like one (alike), faces among another person's (missing-same), a person twice in a
    photo, near copies under two names, empty persons, orphans.

    Example: graphface audit --limit 5
    """
    from graphface.answers.audit import apply as run_apply
    from graphface.answers.audit import audit as run
    from graphface.graph import connect

    with connect(home) as graph:
        done = run_apply(graph) if apply else []
        found = run(graph)
    shown = found[: limit or None]
    if json:
        output.print_json({"applied": done, "total": len(found), "findings": shown})
        return
    for line in done:
        print(line)
    _show(shown, found)


def _show(shown: Sequence[Finding], found: Sequence[Finding]) -> None:
    for finding in shown:
        faces = f"{finding.faces} face{'' if finding.faces == 1 else 's'}"
        print(f"{finding.kind}  {faces}: {output.printable(finding.text)}")
        print(f"    {finding.command}")
        if finding.look:
            print(f"    why: {finding.look}")
    if not found:
        print("nothing found that looks wrong")
    elif len(found) > len(shown):
        kinds = ", ".join(f"{count} {kind}" for kind, count in Counter(
            finding.kind for finding in found).most_common())  # fmt: skip
        print(f"{len(found) - len(shown)} more (--limit 0 shows all). In all: {kinds}")
