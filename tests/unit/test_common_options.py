"""--quiet and --verbose on every command; --home, --json and these two before the command too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main
from typer.testing import CliRunner

from graphface.cli import common
from graphface.cli.app import app
from graphface.progress import current_sink, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.events import Level

ROOT: Any = typer.main.get_command(app)
QUIET, VERBOSE = ("-q", "--quiet"), ("-v", "--verbose")


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, found in ROOT.commands.items():
        if hasattr(found, "commands"):
            yield from (((name, inner), one) for inner, one in found.commands.items())
        else:
            yield (name,), found


COMMANDS = dict(commands())
EVERY = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def test_all_commands_are_walked_over() -> None:
    assert {("who",), ("build",), ("db", "start"), ("models", "list")} <= set(COMMANDS)
    assert len(COMMANDS) > 40


@EVERY
def test_every_command_shows_both_in_its_help(words: tuple[str, ...]) -> None:
    command = COMMANDS[words]
    told = {option: parameter.help for parameter in command.params for option in parameter.opts}
    for option in (*QUIET, *VERBOSE):
        assert told.get(option), f"{' '.join(words)} has no {option}"


def parsed(*arguments: str) -> tuple[Any, dict[str, Any]]:
    """The context of the command that `arguments` call, as typer would run it."""
    seen: list[Any] = []

    def keep(self: Any, context: Any) -> None:
        seen.append(context)

    kinds = {type(command) for command in COMMANDS.values()}
    with pytest.MonkeyPatch.context() as patch:
        for kind in kinds:
            patch.setattr(kind, "invoke", keep)
        ROOT.main(arguments, standalone_mode=False)
    return seen[0], seen[0].params


def needed(words: tuple[str, ...], folder: Path) -> list[str]:
    """Values for the arguments and options that a command cannot do without."""
    file = folder / "a.json"
    file.write_text("[]", "utf-8")
    given: list[str] = []
    for parameter in COMMANDS[words].params:
        if parameter.required:
            kind = getattr(parameter, "type_descriptor", None) or parameter.type
            given += [parameter.opts[0]] if parameter.param_type_name == "option" else []
            given.append("1" if "int" in repr(kind).lower() else str(file))
    return given


@EVERY
def test_both_stand_before_and_after_every_command(words: tuple[str, ...], tmp_path: Path) -> None:
    arguments = needed(words, tmp_path)
    for option in (*QUIET, *VERBOSE):
        level = "warning" if option in QUIET else "detail"
        after, values = parsed(*words, *arguments, option)
        assert common.level_of(after, values["quiet"], values["verbose"]) == level
        before, values = parsed(option, *words, *arguments)
        assert common.level_of(before, values["quiet"], values["verbose"]) == level


@EVERY
def test_home_and_json_stand_before_every_command_that_has_them(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    takes, arguments = options(COMMANDS[words]), needed(words, tmp_path)
    if "--home" in takes:
        _, values = parsed("--home", str(tmp_path / "a"), *words, *arguments)
        assert values["home"] == tmp_path / "a"
        _, values = parsed(
            "--home", str(tmp_path / "a"), *words, *arguments, "--home", str(tmp_path / "b")
        )
        assert values["home"] == tmp_path / "b", "what stands after the command wins"
    if "--json" in takes:
        _, values = parsed("--json", *words, *arguments)
        assert values.get("json", values.get("as_json")) is True


@EVERY
def test_a_command_refuses_what_it_does_not_take(words: tuple[str, ...], tmp_path: Path) -> None:
    arguments = needed(words, tmp_path)
    for option in {"--home", "--json"} - options(COMMANDS[words]):
        value = [str(tmp_path)] if option == "--home" else []
        done = CliRunner().invoke(app, [option, *value, *words, *arguments])
        assert done.exit_code == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1, done.stderr
        assert f"{' '.join(words)} takes no {option}" in done.stderr


def test_a_group_takes_them_too(tmp_path: Path) -> None:
    context, values = parsed("--home", "/elsewhere", "db", "--home", str(tmp_path), "-q", "status")
    assert values["home"] == tmp_path
    assert common.level_of(context, values["quiet"], values["verbose"]) == "warning"


@pytest.mark.parametrize(
    ("arguments", "level"),
    [
        (["stats"], "info"),
        (["-q", "stats", "-v"], "detail"),
        (["-v", "stats", "-q"], "warning"),
        (["-v", "db", "-q", "status"], "warning"),
    ],
)
def test_the_later_wins(arguments: list[str], level: Level) -> None:
    context, values = parsed(*arguments)
    assert common.level_of(context, values["quiet"], values["verbose"]) == level


@pytest.mark.parametrize("arguments", [["-q", "-v", "stats"], ["stats", "--quiet", "--verbose"]])
def test_both_at_one_place_are_refused(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, arguments)
    told = done.stderr or str(done.exception)
    assert "--quiet and --verbose exclude each other" in told
    assert (done.exit_code == 2) or getattr(done.exception, "exit_code", 0) == 2


def probe() -> typer.Typer:
    """A command line with one command, which says a little of everything."""
    made = typer.Typer()
    made.callback()(common.before_the_command)

    @made.command()
    def probe() -> None:
        say("a detail", "detail")
        say("a message")
        say("faces of `min_face` pixels")
        say("cut off", "warning")
        print(json.dumps(common.flags()))

    common.take_common_options(made)
    return made


@pytest.mark.parametrize(
    ("options", "told", "flags"),
    [
        ([], ["a message", "faces of --min-face pixels", "warning: cut off"], []),
        (["-q"], ["warning: cut off"], ["--quiet"]),
        (
            ["-v"],
            ["a detail", "a message", "faces of --min-face pixels", "warning: cut off"],
            ["--verbose"],
        ),
    ],
)
def test_what_is_told(options: list[str], told: list[str], flags: list[str]) -> None:
    for arguments in (["probe", *options], [*options, "probe"]):
        done = CliRunner().invoke(probe(), arguments)
        assert done.exit_code == 0, done.output
        assert done.stderr.splitlines() == told
        assert json.loads(done.stdout) == flags


def test_a_run_leaves_no_sink_behind() -> None:
    before = current_sink()
    CliRunner().invoke(probe(), ["-q", "probe"])
    assert current_sink() is before
