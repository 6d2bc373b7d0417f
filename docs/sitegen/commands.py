"""The pages of commands, from the functions that typer makes commands of."""

from __future__ import annotations

import enum
import inspect
import re
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphface.cli import options
from graphface.cli.app import COMMANDS, app
from graphface.cli.common import with_common_options
from sitegen.markdown import escaped

if TYPE_CHECKING:
    from collections.abc import Callable

COMMON = {"home", "json", "quiet", "verbose"}
"""Options that nearly every command has: they stand last."""
NOT_TYPED = {"context"}
"""What typer gives by itself."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is typed after `graphface`, and the function behind it."""

    name: str
    panel: str
    function: Callable[..., None]

    @property
    def anchor(self) -> str:
        return f"graphface-{self.name}".replace(" ", "-")


def all_commands() -> list[Command]:
    """Every command, those of `db` and `models` too, in the order of `graphface --help`."""
    found = []
    for panel, functions in COMMANDS.items():
        found += [
            Command(_typed(function), panel, with_common_options(function))
            for function in functions
        ]
        for group in app.registered_groups:
            if group.rich_help_panel == panel and group.typer_instance:
                for one in group.typer_instance.registered_commands:
                    if one.callback:
                        name = one.name or _typed(one.callback)
                        found.append(Command(f"{group.name} {name}", panel, one.callback))
    return found


def overview(_: str) -> str:
    """All commands with what they are for, by panel."""
    parts = []
    for panel_name in COMMANDS:
        page = page_of(panel_name)
        rows = [
            f"| [`{one.name}`]({page}.md#{one.anchor}) | {_summary(one)} |"
            for one in all_commands()
            if one.panel == panel_name
        ]
        parts += [f"## {panel_name}", "\n".join(["| | |", "|---|---|", *rows])]
    return "\n\n".join(parts)


def page_of(panel_name: str) -> str:
    """The file's name of a panel's page."""
    return re.sub(r"\W+", "-", panel_name.lower())


def panel(name: str) -> str:
    """The commands of one panel."""
    return "\n\n".join(_section(one) for one in all_commands() if one.panel == name)


def _section(command: Command) -> str:
    prose, codes, examples = _help(command)
    parts = [f"## graphface {command.name}", *prose]
    parts += [f"```text\n{_synopsis(command)}\n```"]
    parts += [_table(command)]
    if codes:
        told = ", ".join(f"`{code}` {escaped(meaning)}" for code, meaning in codes)
        parts += [f"Exit code: {told}."]
    parts += ["```sh\n" + "\n".join(examples) + "\n```"]
    return "\n\n".join(parts)


def _help(command: Command) -> tuple[list[str], list[list[str]], list[str]]:
    """Paragraphs, exit codes with what they mean, examples."""
    prose: list[str] = []
    codes: list[list[str]] = []
    examples: list[str] = []
    for block in (inspect.getdoc(command.function) or "").split("\n\n"):
        text = " ".join(block.split())
        if text.startswith("Example:"):
            examples.append(text.removeprefix("Example:").strip())
        elif text.startswith("Exit code:"):
            said = text.removeprefix("Exit code:").strip().rstrip(".")
            codes += [one.split(" ", 1) for one in re.split(r"[,;] (?=\d )", said)]
        else:
            prose.append(escaped(text))
    return prose, codes, examples


def _summary(command: Command) -> str:
    return _help(command)[0][0]


def _typed(function: Any) -> str:
    """As app.py names it."""
    return str(function.__name__).strip("_").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or an option, with what the help says."""

    key: str
    names: tuple[str, ...]
    meaning: str
    default: str
    argument: bool
    required: bool
    value: str
    many: bool


def parameters(command: Command) -> list[Parameter]:
    """The arguments and options of a command."""
    hints = typing.get_type_hints(command.function, include_extras=True)
    signature = inspect.signature(command.function)
    found = [
        _parameter(key, hints[key], signature.parameters[key].default)
        for key in signature.parameters
        if key not in NOT_TYPED
    ]
    return sorted(found, key=lambda one: (not one.argument, one.key in COMMON))


def _parameter(key: str, hint: Any, default: Any) -> Parameter:
    # Python 3.10 makes Optional of whatever has the default None, around what says Optional itself.
    annotated = hint if hasattr(hint, "__metadata__") else typing.get_args(hint)[0]
    kind, info = typing.get_args(annotated)[:2]
    required = default is inspect.Parameter.empty
    inner, many = _inner(kind)
    argument = type(info).__name__ == "ArgumentInfo"
    flag = inner is bool
    if argument:
        names: tuple[str, ...] = (info.metavar or key.upper(),)
    else:
        names = _option_names(key, info, flag)
    return Parameter(
        key, names, _meaning(key, info, inner), _default(default, required), argument, required,
        "" if flag or argument else info.metavar or _value(inner), many or "..." in names[0],
    )  # fmt: skip


def _option_names(key: str, info: Any, flag: bool) -> tuple[str, ...]:
    """As declared; typer takes the first name inside `Annotated` for a default."""
    first = (info.default,) if isinstance(info.default, str) else ()
    plain = f"--{key.replace('_', '-')}"
    names = (*first, *(info.param_decls or ())) or (f"{plain}/--no-{plain[2:]}" if flag else plain,)
    return tuple(part for name in names for part in name.split("/"))


def _inner(kind: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there may be several."""
    options = [one for one in typing.get_args(kind) if one is not type(None)]
    if typing.get_origin(kind) in (list, tuple):
        return typing.get_args(kind)[0], True
    if type(None) in typing.get_args(kind) and options:
        return _inner(options[0])
    return kind, False


def _value(kind: Any) -> str:
    if choices := _choices(kind):
        return "|".join(choices) if len("|".join(choices)) < 20 else "NAME"
    return {int: "N", float: "NUMBER", Path: "PATH"}.get(kind, "TEXT")


def _choices(kind: Any) -> list[str]:
    if typing.get_origin(kind) is typing.Literal:
        return [str(one) for one in typing.get_args(kind)]
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return [str(one.value) for one in kind]
    return []


def _meaning(key: str, info: Any, kind: Any) -> str:
    text = escaped(str(info.help or ""))
    if names := options.choices(key, str(info.help)):
        text += f" One of {', '.join(f'`{one}`' for one in names)}."
    if _value(kind) == "NAME" and not all(one in str(info.help) for one in _choices(kind)):
        text += f" One of {', '.join(f'`{one}`' for one in _choices(kind))}."
    low, high = getattr(info, "min", None), getattr(info, "max", None)
    if low is not None and high is not None:
        return f"{text} From {low:g} to {high:g}."
    return text if low in (None, 0) or kind is bool else f"{text} At least {low:g}."


def _default(value: Any, required: bool) -> str:
    if required or value is None or value is False or value in ([], ()):
        return ""
    return "on" if value is True else f"`{getattr(value, 'value', value)}`"


def _synopsis(command: Command) -> str:
    """What is typed, arguments first, as `graphface COMMAND --help` has it."""
    parts = [f"graphface {command.name}"]
    for one in parameters(command):
        if one.argument:
            name = one.names[0] + ("..." if one.many and "..." not in one.names[0] else "")
            parts.append(name if one.required else f"[{name}]")
    return " ".join([*parts, "[OPTIONS]"])


def _table(command: Command) -> str:
    return "\n".join(["| | |", "|---|---|", *map(_row, parameters(command))])


def _row(one: Parameter) -> str:
    value = f" {one.value}" if one.value else ""
    names = ", ".join(f"`{name}{value}`" for name in one.names).replace("|", "\\|")
    more = " May be given several times." if one.many and not one.argument else ""
    needed = " Required." if one.required and not one.argument else ""
    default = f" Default: {one.default}." if one.default else ""
    return f"| {names} | {one.meaning}{more}{needed}{default} |"
