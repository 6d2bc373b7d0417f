"""Common options: --quiet and --verbose, and before the command also --home and --json.

Commands do not have --quiet and --verbose in their own signatures: `take_common_options` adds them
to every command of an app, and opens the sink of the run. Options before the command become the
command's defaults, so options after it take precedence.
"""

from __future__ import annotations

import functools
import inspect
import typing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphface.cli.actions import in_options
from graphface.cli.options import HomeOption
from graphface.cli.output import JsonOption

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from graphface.events import Event, Level

QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, and no messages but warnings.")
]
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Details too: the model, files skipped, statements."),
]


@dataclass(frozen=True, slots=True)
class Given:
    """What was given before the command."""

    home: Path | None = None
    json: bool = False
    level: Level = "info"


def before_the_command(
    context: typer.Context,
    home: HomeOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Store the options for the command that follows."""
    before = _given(context)
    context.obj = replace(
        before,
        home=home or before.home,
        json=json or before.json,
        level=_level(quiet, verbose) or before.level,
    )
    context.default_map = _defaults(context.command, context.obj)


def take_common_options(app: typer.Typer) -> None:
    """Add --quiet and --verbose to each command of `app` and of the groups in it."""
    for command in app.registered_commands:
        if command.callback and "quiet" not in inspect.signature(command.callback).parameters:
            command.callback = with_common_options(command.callback)
    for group in app.registered_groups:
        if group.typer_instance:
            group.callback = before_the_command
            take_common_options(group.typer_instance)


def with_common_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command with --quiet and --verbose; it reports to a sink that goes by them."""
    signature = inspect.signature(command)

    @functools.wraps(command)
    def run(
        *, context: typer.Context, quiet: bool = False, verbose: bool = False, **options: Any
    ) -> None:
        from graphface.progress import reporting_to

        _refuse_unknown(context)
        with reporting_to(_InOptions(level_of(context, quiet, verbose))):
            command(**options)

    hints = {
        **typing.get_type_hints(command, include_extras=True),
        "quiet": QuietOption,
        "verbose": VerboseOption,
        "context": typer.Context,
    }
    # typer reads both: the names and defaults here, the types there.
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            *(one.replace(annotation=hints[one.name]) for one in signature.parameters.values()),
            inspect.Parameter("quiet", _KEYWORD, default=False, annotation=QuietOption),
            inspect.Parameter("verbose", _KEYWORD, default=False, annotation=VerboseOption),
            inspect.Parameter("context", _KEYWORD, annotation=typer.Context),
        ]
    )
    run.__annotations__ = hints
    return run


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


class _InOptions:
    """The sink of a command. Messages name parameters; a command shows them as its options."""

    def __init__(self, level: Level) -> None:
        from graphface.sinks import command_line_sink

        self.level, self._sink = level, command_line_sink(level)

    def __call__(self, event: Event) -> None:
        from graphface.events import Message

        if isinstance(event, Message) and "`" in event.text:
            event = replace(event, text=in_options(event.text))
        self._sink(event)


def flags() -> list[str]:
    """The flags that pass the level of messages on to another command."""
    from graphface.progress import current_sink

    level = getattr(current_sink(), "level", "info")
    return {"warning": ["--quiet"], "detail": ["--verbose"]}.get(level, [])


def level_of(context: typer.Context, quiet: bool, verbose: bool) -> Level:
    """The level of a command's messages: options after the command take precedence."""
    return _level(quiet, verbose) or _given(context).level


def _level(quiet: bool, verbose: bool) -> Level | None:
    if quiet and verbose:
        from graphface.errors import UsageError

        raise UsageError(
            "--quiet and --verbose exclude each other",
            "Leave one of them out",
            code="options-conflict",
        )
    return "warning" if quiet else "detail" if verbose else None


def _given(context: typer.Context) -> Given:
    return context.obj if isinstance(context.obj, Given) else Given()


def _defaults(command: Any, given: Given) -> dict[str, Any]:
    """For each command below `command` the values of its own --home and --json."""
    return {
        name: _defaults(one, given) if hasattr(one, "commands") else _values(one, given)
        for name, one in command.commands.items()
    }


def _values(command: Any, given: Given) -> dict[str, Any]:
    values = {"--home": given.home, "--json": given.json}
    return {
        parameter.name: values[option]
        for parameter in command.params
        for option in parameter.opts
        if values.get(option)
    }


def _refuse_unknown(context: typer.Context) -> None:
    """Refuse options before a command that does not have them."""
    from graphface.errors import UsageError

    given = _given(context)
    takes = {option for parameter in context.command.params for option in parameter.opts}
    for option, value in (("--home", given.home), ("--json", given.json)):
        if value and option not in takes:
            words = context.command_path.split()[len(context.find_root().command_path.split()) :]
            command = " ".join(words)
            raise UsageError(
                f"{command} takes no {option}",
                f"Leave {option} out",
                code="parameter-unknown",
                command=command,
                option=option,
            )
