"""How a command fails: one line on standard error, or one JSON object, and an exit code."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperOption

from graphface.cli.actions import running
from graphface.cli.options import choices
from graphface.errors import GraphfaceError

if TYPE_CHECKING:
    from typer import Context


class Command(TyperCommand):
    """A command that reports its errors while its options are known."""

    def format_help(self, ctx: Context, formatter: Any) -> None:  # type: ignore[override]
        """Help, with the names that a registry has for an option."""
        options = [one for one in self.params if isinstance(one, TyperOption) and one.help]
        for option in options:
            if names := choices(option.name or "", option.help or ""):
                option.help = f"{option.help} One of: {', '.join(names)}."
        super().format_help(ctx, formatter)

    def invoke(self, ctx: Context) -> Any:  # type: ignore[override]
        token = running.set(ctx)
        try:
            return super().invoke(ctx)
        except GraphfaceError as error:
            if os.environ.get("GRAPHFACE_DEBUG"):
                raise
            report(error)
            raise typer.Exit(error.exit_code) from None
        finally:
            running.reset(token)


def report(error: GraphfaceError) -> None:
    """Print an error: a line that begins with `error:`, or with `--json` one line of JSON."""
    from graphface.cli.actions import error_as_data, told, wants_json
    from graphface.cli.output import plain, printable

    if wants_json():
        said = json.dumps({"error": error_as_data(error)}, ensure_ascii=False, default=plain)
    else:
        said = f"error: {told(error)}"
    print(printable(said), file=sys.stderr)
