"""Suggested actions in terms of the command line: commands to paste, option names."""

from __future__ import annotations

import re
import shlex
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typer import Context, Typer

    from graphface.errors import Action, GraphfaceError

    Parameter: TypeAlias = Any
    """One of the click that typer brings along."""

running: ContextVar[Context | None] = ContextVar("running", default=None)
"""The command that runs, with what it was given."""

_PARAMETER = r"`([a-z_]+)`"


def command_line(action: Action) -> str:
    """The command that performs `action`, quoted for a shell, ready to paste.

    Arguments that only the user knows are in capitals. Names and order come from the commands
    themselves. `--home` of the running command is passed on.
    """
    command = command_of(action.call)
    given = {**action.arguments}
    wanted = {_api_name(one): one for one in command.params}
    if unknown := given.keys() - wanted.keys():
        raise ValueError(f"{action.call} takes no {', '.join(sorted(unknown))}")
    if (home := _home()) and "home" in wanted:
        given.setdefault("home", home)
    options: list[str] = []
    arguments: list[str] = []
    for name, parameter in wanted.items():
        if parameter.param_type_name == "option":
            options += _option(parameter, given.get(name), name in action.missing)
        elif name in given:
            arguments += [shlex.quote(str(value)) for value in _several(given[name])]
        elif name in action.missing:
            arguments.append(_capitals(parameter))
    if any(one.startswith("-") for one in arguments):
        return " ".join(["graphface", *_words(action.call), *options, "--", *arguments])
    return " ".join(["graphface", *_words(action.call), *arguments, *options])


def command_of(call: str) -> Any:
    """The command that corresponds to a call of the API. Raises KeyError."""
    found: Any = _root()
    for word in _words(call):
        if word.startswith("-"):
            break
        found = found.commands[word]
    return found


def in_options(text: str, quoted: Iterable[str] = ()) -> str:
    """Replace names of parameters in a text with the options of the command line.

    What is `quoted` stays as it is: in the words of a server `person` is no option.
    """
    either = "|".join([*map(re.escape, quoted), _PARAMETER])
    return re.sub(either, lambda found: (found[1] and _flag(found[1])) or found[0], text)


def told(error: GraphfaceError) -> str:
    """An error in one line, with the remedy as a command."""
    how = command_line(error.action) if error.action else ""
    quoted = [one for one in error.facts.values() if isinstance(one, str) and "`" in one]
    return in_options(error.told(how), [*quoted, *([how] if how else [])])


def as_data(action: Action) -> dict[str, Any]:
    """An action for JSON, the command with it."""
    return {**action.to_dict(), "command": command_line(action)}


def error_as_data(error: GraphfaceError) -> dict[str, Any]:
    """An error for JSON."""
    action = error.action and as_data(error.action)
    return {**error.to_dict(), "hint": in_options(error.hint), "action": action}


COMMANDS = {"import_embeddings": ["import"], "statements": ["query", "--list"]}
"""Calls whose command has another name."""


def _words(call: str) -> list[str]:
    return COMMANDS.get(call) or call.replace("_", "-").split(".")


def _api_name(parameter: Parameter) -> str:
    return str(parameter.name)


def _option(option: Any, value: Any, missing: bool) -> Iterator[str]:
    flag = max(option.opts, key=len)
    if missing:
        yield from (flag, _capitals(option))
    elif option.is_flag:
        if value:
            yield flag
    else:
        for one in () if value is None else _several(value):
            yield from (flag, shlex.quote(str(one)))


def _several(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list | tuple) else (value,)


def _capitals(parameter: Parameter) -> str:
    """The placeholder of a value that the user must give."""
    shown = str(parameter.metavar or parameter.name).upper()
    return str(re.findall(r"[A-Z_]+", shown)[0])


def _flag(name: str) -> str | None:
    """The option with this name of the running command, else of any command."""
    context = running.get()
    own = [context.command] if context else []
    for command in (*own, *_commands()):
        for one in command.params:
            if one.param_type_name == "option" and one.name == name:
                return str(max(one.opts, key=len))
    return None


def _commands() -> Iterator[Any]:
    for command in _root().commands.values():
        yield from getattr(command, "commands", {"": command}).values()


@lru_cache(maxsize=1)
def _root() -> Any:
    import typer.main

    return typer.main.get_command(_apps[-1])


def speak_for(app: Typer) -> None:
    """Take the commands of `app` for those that actions are told as.

    `graphface.cli.app` does so when it is imported; nothing here imports it, or there would be a
    circle.
    """
    _apps.append(app)
    _root.cache_clear()


_apps: list[Typer] = []


def _home() -> Any:
    """The value of `--home` of the running command."""
    return _given("home")


def wants_json() -> bool:
    """Whether the running command prints JSON."""
    return bool(_given("json"))


def _given(name: str) -> Any:
    context: Any = running.get()
    while context:
        if value := context.params.get(name):
            return value
        context = context.parent
    return None
