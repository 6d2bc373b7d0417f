"""Errors and advice are data: each has a code, and an Action is a call and a command alike."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shlex
import typing
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.testing import CliRunner

import graphface
from graphface import errors
from graphface.api.actions import call_of
from graphface.cli.actions import command_line, command_of, in_options, told
from graphface.cli.app import app
from graphface.errors import Action, GraphfaceError, NotFound, UsageError

PACKAGE = Path(errors.__file__).parent
FILES = {file: ast.parse(file.read_text("utf-8")) for file in sorted(PACKAGE.rglob("*.py"))}
CODES = set(typing.get_args(errors.Code))
CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, GraphfaceError)
}
OF_ITS_OWN = {
    "AuthenticationFailed", "DatabaseReadOnly", "DatabaseUnavailable", "GdsMissing", "NoFace",
    "Overtaken", "SpaceMismatch", "WeightsMissing",
}  # fmt: skip
"""Classes for one situation each: their code says all."""


def name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def made(wanted: set[str]) -> list[tuple[str, ast.Call]]:
    """Every place of the code that makes one of these, as `file:line` and call."""
    return [
        (f"{file.relative_to(PACKAGE)}:{node.lineno}", node)
        for file, tree in FILES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node.func) in wanted
    ]


def test_every_error_has_a_code_of_the_list() -> None:
    used = {kind.code for kind in CLASSES.values()}
    raised = made(set(CLASSES))
    for _, call in made({"Registry"}):  # the code of its errors is given to it
        used |= {one.value for one in call.args if isinstance(one, ast.Constant)} & CODES
    for where, call in raised:
        given = [one.value for one in call.keywords if one.arg == "code"]
        if not given:
            kind = name_of(call.func)
            assert kind in OF_ITS_OWN, f"{where}: give {kind} a code of its own, code=..."
        for value in given:
            either = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            for one in either:
                if isinstance(one, ast.Constant):
                    assert one.value in CODES, where
                    used.add(one.value)
                else:  # mypy sees to it that this is a Code
                    assert ast.unparse(one) == "self._code", where
    assert len(raised) > 200
    assert used == CODES, "a code of the list that no error has"


def test_codes_read_alike() -> None:
    assert list(typing.get_args(errors.Code)) == sorted(CODES)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in CODES)


def test_an_error_as_data() -> None:
    action = Action("merge", {"persons": (1, 3), "into": 1})
    error = UsageError(
        "two names", "Say which", code="both-named", action=action, path=Path("a b"), labels=("x",)
    )
    assert json.loads(json.dumps(error.to_dict())) == {
        "code": "both-named",
        "message": "two names",
        "hint": "Say which",
        "facts": {"path": "a b", "labels": ["x"]},
        "action": {"call": "merge", "arguments": {"persons": [1, 3], "into": 1}, "missing": []},
    }
    assert str(error) == "two names. Say which: merge(1, 3, into=1)"
    assert told(error) == "two names. Say which: graphface merge 1 3 --into 1"
    again = error.restated("in line 3: two names")
    assert (type(again), again.code, again.action) == (UsageError, "both-named", action)
    assert NotFound("nothing").to_dict()["code"] == "not-found"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (Action("split", {"person": "Ada's $HOME"}), ["split", "Ada's $HOME"]),
        (Action("move", {"faces": ["ab", "-x"], "person": 4}), ["move", "--", "ab", "-x", "4"]),
        (Action("forget", {"person": 3, "photos": True}), ["forget", "3", "--photos"]),
        (Action("audit", {"apply": False}), ["audit"]),
        (Action("build", missing=("folders",)), ["build", "FOLDERS"]),
        (Action("register", {"name": "Ada"}, ("pictures",)),
         ["register", "PICTURES", "--name", "Ada"]),
        (Action("faces", missing=("what",)), ["faces", "PERSON"]),
        (Action("models.fetch", {"name": "Facenet"}), ["models", "fetch", "Facenet"]),
        (Action("statements"), ["query", "--list"]),
    ],
)  # fmt: skip
def test_a_command_is_quoted_for_the_shell(action: Action, words: list[str]) -> None:
    assert shlex.split(command_line(action)) == ["graphface", *words]


def test_an_argument_that_no_command_takes_is_no_command() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        command_line(Action("split", {"shoe_size": 43}))


def test_parameters_are_called_as_the_command_line_calls_them() -> None:
    assert in_options("Give `min_face` or `face_b`") == "Give --min-face or --face-b"
    assert in_options("a file `odd`.jpg") == "a file `odd`.jpg"


def test_the_words_of_a_server_are_no_options() -> None:
    reason = "Variable `person` not defined"
    error = UsageError(
        f"the condition is refused: {reason}",
        "Give `min_face`",
        code="condition-refused",
        reason=reason,
    )
    assert told(error) == f"the condition is refused: {reason}. Give --min-face"


def keys_of(call: ast.Call) -> tuple[str, set[str], set[str]]:
    """What an `Action(...)` of the code names: the call, its arguments, what is missing."""
    parts = dict(zip(("call", "arguments", "missing"), call.args, strict=False))
    parts |= {str(one.arg): one.value for one in call.keywords}
    given, missing = parts.get("arguments"), parts.get("missing")
    assert isinstance(parts["call"], ast.Constant)
    keys = {
        key.value
        for key in (given.keys if isinstance(given, ast.Dict) else [])
        if isinstance(key, ast.Constant)
    }
    lacks = {one.value for one in missing.elts} if isinstance(missing, ast.Tuple) else set()
    return str(parts["call"].value), keys, lacks  # type: ignore[arg-type]


MANY = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


@pytest.mark.parametrize(
    ("where", "call"), [one for one in made({"Action"}) if "errors.py" not in one[0]]
)
def test_every_action_is_a_call_and_a_command(where: str, call: ast.Call) -> None:
    """Both doors know the call, its arguments, and what has to be given."""
    name, given, missing = keys_of(call)
    command = command_of(name)
    assert given | missing <= {one.name for one in command.params}, where
    needed = {one.name for one in command.params if one.required}
    assert needed <= given | missing, f"{where}: the command wants more"
    method = call_of(graphface.Graph, name)  # type: ignore[arg-type]
    takes = inspect.signature(method).parameters
    assert given | missing <= set(takes), f"{where}: {name} takes {', '.join(takes)}"
    needed = {
        key
        for key, one in takes.items()
        if key != "self" and one.default is one.empty and one.kind not in MANY
    }
    assert needed <= given | missing, f"{where}: the call wants more"


def options() -> set[str]:
    root: Any = typer.main.get_command(app)
    commands = [one for top in root.commands.values()
                for one in getattr(top, "commands", {"": top}).values()]  # fmt: skip
    return {
        flag
        for command in commands
        for one in command.params
        for flag in one.opts
        if flag.startswith("--") and flag != "--help"
    }


SPEAKS = {"cli", "api", "db/statements.py"}
"""Where texts may name commands: the command line, what users of Python read about it, and the
examples that the statements of `cypher/` have."""

NO_ADVICE = {
    ("sample/store.py", "graphface sample"),  # the mark in a drawn picture
    ("db/parameters.py", "--param"),  # what examples of statements are read by
    ("db/embedded/jars_lock.py", "--quiet"),  # Maven's
    ("db/embedded/jars_lock.py", "--file"),
}


def test_below_the_doors_nobody_speaks_command_line() -> None:
    """No text there names an option or a command: it would be wrong in Python and on a page."""
    root: Any = typer.main.get_command(app)
    flags = "|".join(map(re.escape, sorted(options(), key=len, reverse=True)))
    commands = "|".join(sorted(root.commands))
    speech = re.compile(rf"(?:{flags})(?![\w-])|\bgraphface (?:{commands})\b(?![\w-])")
    wrong = []
    for file in FILES:
        where = file.relative_to(PACKAGE).as_posix()
        if where.split("/")[0] in SPEAKS or where in SPEAKS:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = speech.findall(node.value)
                if found and (where, node.value) not in NO_ADVICE:
                    wrong.append(f"{where}:{node.lineno}: {', '.join(found)}")
    assert not wrong, "\n".join(wrong)


def test_a_command_says_what_went_wrong_in_one_line_or_as_json(tmp_path: Path) -> None:
    run = CliRunner()
    home = tmp_path / "it's here"
    plain = run.invoke(app, ["query", "qqqq", "--home", str(home)])
    assert plain.exit_code == 1
    assert plain.stderr == (
        f"error: no statement is called 'qqqq'. See them all: graphface query --list --home "
        f"{shlex.quote(str(home))}\n"
    )
    done = run.invoke(app, ["query", "qqqq", "--json"])
    assert (done.exit_code, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    error = json.loads(line)["error"]
    assert error["code"] == "statement-unknown"
    assert error["facts"] == {"asked": "qqqq", "near": []}
    assert error["action"]["command"] == "graphface query --list"
    assert run.invoke(app, shlex.split(error["action"]["command"])[1:]).exit_code == 0


def test_the_debug_switch_lets_the_error_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFACE_DEBUG", "1")
    with pytest.raises(NotFound) as caught:
        CliRunner().invoke(app, ["query", "qqqq"], catch_exceptions=False)
    assert caught.value.code == "statement-unknown"
