"""One door: every command is a call of `graphface.Graph`, with the same names and defaults."""

from __future__ import annotations

import ast
import importlib
import inspect
import types
import typing
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import typer.main

import graphface
import graphface.sample
from graphface.cli.app import app
from graphface.errors import UsageError
from graphface.records import Box, Record, Table

CLI = Path(graphface.__file__).parent / "cli"

SHARED = {
    "events",
    "records",
    "errors",
    "settings",
    "progress",
    "sinks",
    "text",
    "files",
    "api",
    "cli",
}
"""What a command may import of graphface, beside `graphface` itself."""

PRESENTATION = {
    "json": "how the result is printed",
    "yes": "a program needs no confirmation",
    "quiet": "how much is told while it runs: Graph.open(progress=...)",
    "verbose": "how much is told while it runs: Graph.open(progress=...)",
    "audit limit": "how many of the findings are printed",
    "review limit": "how long the dialogue goes on; Graph.answer takes it too",
    "review answers": "the dialogue without a terminal: Graph.answer",
    "review pictures": "how the terminal draws faces",
    "query list_all": "the list of statements: Graph.statements",
    "query group": "the list of statements: Graph.statements",
    "query show": "a text to paste into Neo4j Browser",
    "browse no_open": "whether the command starts a web browser",
    "browse remove_thumbnails": "another call: Graph.remove_thumbnails",
    "sample named": "in words what make_album calls layout",
}
"""Options that a call has not, each with the reason."""

OPEN = ("home", "model", "detector", "min_face", "min_confidence", "upright")
"""Options that are parameters of `Graph.open`."""

NAMES = {"import": "import_embeddings", "query param": "parameters"}
"""Commands and options whose call, or parameter, has another name. `import` is a keyword of
Python, and a program gives the parameters of a statement as keywords."""

WITHOUT_COMMAND = {
    "open": "every command opens",
    "close": "every command closes",
    "connection": "what lies below",
    "extractor": "what lies below",
    "space": "in `stats`",
    "statements": "`query --list`",
    "propose_split": "the first half of `split`",
    "answer": "`review --answers`",
    "remove_thumbnails": "`browse --remove-thumbnails`",
}
"""Calls that no command is named after, each with where a user finds it."""

NO_CALL = {"demo": "a walk through other commands"}

OBJECTS = {"Connection", "Extractor", "Self", "Review", "Iterator", "Path"}
"""What calls return that is no result: a session, a place, what lies below."""


@lru_cache(maxsize=1)
def commands() -> dict[str, Any]:
    """Every command by its words."""
    found = {}
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        for word, one in getattr(command, "commands", {"": command}).items():
            found[f"{name} {word}".strip()] = one
    return found


def call_of(name: str) -> Any:
    """What a command calls."""
    group, _, word = name.partition(" ")
    if name == "sample":
        return graphface.sample.make_album
    kinds = {"db": graphface.Database, "models": graphface.Models}
    return getattr(kinds.get(group, graphface.Graph), word or method(name))


def method(command: str) -> str:
    return NAMES.get(command, command).replace("-", "_")


def parameters(call: Any) -> dict[str, inspect.Parameter]:
    found = inspect.signature(call).parameters
    return {name: one for name, one in found.items() if name not in ("self", "cls", "context")}


def default(parameter: inspect.Parameter) -> Any:
    """The value where nothing is given: no value, none of several and no default are one."""
    several = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    if several or parameter.default is parameter.empty:
        return None
    value = parameter.default
    return str(value) if isinstance(value, Path) else (None if value in ((), None) else value)


ALL = sorted(set(commands()) - set(NO_CALL))


@pytest.mark.parametrize("name", ALL)
def test_each_option_is_a_parameter_with_that_default(name: str) -> None:
    theirs, opened = parameters(call_of(name)), parameters(graphface.Graph.open)
    for own, parameter in parameters(commands()[name].callback).items():
        if own in PRESENTATION or f"{name} {own}" in PRESENTATION:
            continue
        there = NAMES.get(f"{name} {own}", own)
        if there in theirs:
            wanted = theirs[there]
        elif name.startswith("db ") and own == "home":
            wanted = parameters(graphface.Database.__init__)[own]
        else:
            assert own in OPEN, f"{name}: {call_of(name).__qualname__} has no {own}"
            wanted = opened[own]
        assert default(parameter) == default(wanted), f"{name}: {own}"


@pytest.mark.parametrize("name", ALL)
def test_each_parameter_is_an_option(name: str) -> None:
    own = {NAMES.get(f"{name} {one}", one) for one in parameters(commands()[name].callback)}
    missing = set(parameters(call_of(name))) - own
    allowed = {"sample": {"layout", "workers"}}.get(name, set())
    assert missing == allowed


@pytest.mark.parametrize("name", ALL)
def test_each_option_is_called_as_its_parameter(name: str) -> None:
    for one in commands()[name].params:
        shown = one.name in PRESENTATION or f"{name} {one.name}" in PRESENTATION
        if one.param_type_name == "option" and one.name != "help" and not shown:
            assert "--" + one.name.rstrip("_").replace("_", "-") in one.opts


def test_every_call_has_a_command() -> None:
    calls = {name for name in dir(graphface.Graph) if not name.startswith("_")}
    called = {method(name) for name in commands() if " " not in name}
    assert calls - called == set(WITHOUT_COMMAND) - {"connection"} | {"connection"}
    assert called - calls == {"sample", *NO_CALL}
    for kind, group in ((graphface.Database, "db"), (graphface.Models, "models")):
        words = {name.removeprefix(f"{group} ") for name in commands() if name.startswith(group)}
        assert {one for one in vars(kind) if not one.startswith("_")} - {"home"} == words


def test_the_lists_name_only_what_there_is() -> None:
    options = {one for command in commands().values() for one in parameters(command.callback)}
    pairs = {
        f"{name} {one}" for name in commands() for one in parameters(commands()[name].callback)
    }
    assert set(PRESENTATION) <= options | pairs
    assert set(NAMES) <= set(commands()) | pairs


def imports(tree: ast.AST) -> list[str]:
    """Modules that are imported when the code runs, not those for the type checker."""
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "graphface":
            found += [f"graphface.{name.name}" for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
        found += imports(node)
    return found


@pytest.mark.parametrize("file", sorted(CLI.glob("*.py")), ids=lambda file: file.stem)
def test_a_command_imports_nothing_below_the_door(file: Path) -> None:
    ours = [name for name in imports(ast.parse(file.read_text("utf-8"))) if "graphface." in name]
    allowed = SHARED | {"__version__"} | ({"sample"} if file.stem == "demo" else set())
    assert {name.split(".")[1] for name in ours} <= allowed


def names_of(module: types.ModuleType) -> dict[str, Any]:
    """What a module's annotations can name, also what only the type checker imports."""
    found = dict(vars(module))
    for block in ast.parse(inspect.getsource(module)).body:
        for line in block.body if isinstance(block, ast.If) else []:
            if isinstance(line, ast.ImportFrom):
                there = importlib.import_module(line.module or "")
                # What is not there at run time is for the type checker alone in that module, too.
                found.update({one.name: getattr(there, one.name, Any) for one in line.names})
            else:
                exec(compile(ast.Module([line], []), "types", "exec"), found)
    return found


def returned(call: Any) -> list[Any]:
    """The classes in a return annotation."""
    plain = inspect.unwrap(getattr(call, "fget", None) or getattr(call, "__func__", call))
    module = inspect.getmodule(plain)
    assert module is not None
    return leaves(eval(plain.__annotations__["return"], names_of(module)))


def leaves(found: Any) -> list[Any]:
    if typing.get_origin(found) in (types.UnionType, typing.Union, Table):
        return [leaf for one in typing.get_args(found) for leaf in leaves(one)]
    return [found]


CALLS = [
    (kind, name)
    for kind in (graphface.Graph, graphface.Database, graphface.Models)
    for name in dir(kind)
    if not name.startswith("_")
]


@pytest.mark.parametrize(("kind", "name"), CALLS, ids=[f"{k.__name__}.{n}" for k, n in CALLS])
def test_what_comes_back_is_frozen_and_plain(kind: type, name: str) -> None:
    for leaf in returned(inspect.getattr_static(kind, name)):
        origin = typing.get_origin(leaf) or leaf
        if leaf in (None, type(None), int, bool, str) or origin is dict:
            continue
        if getattr(origin, "__name__", str(leaf)) in OBJECTS:
            continue
        assert issubclass(leaf, Record), leaf
        assert leaf.__dataclass_params__.frozen, leaf  # type: ignore[attr-defined]
        assert leaf.__repr__ is Record.__repr__, leaf


def test_a_table_is_rows_plain_data_and_a_frame() -> None:
    pandas = pytest.importorskip("pandas")
    from graphface.recognition.search import Match

    rows = Table(
        [Match(0.25, "/a.jpg", Box(1, 2, 3, 4), "f1", "Ada"), Match(0.5, None, None, "f2")]
    )
    assert [row.face for row in rows] == ["f1", "f2"]
    assert rows.to_dict()[0]["box"] == {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0}
    frame = rows.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["distance"]) == [0.25, 0.5]
    assert frame["box.width"][0] == 3
    assert repr(rows).splitlines()[:2] == [
        "Table of 2 rows",
        "  Match(distance=0.25, path='/a.jpg', box=Box(x=1, y=2, width=3, height=4), face='f1', "
        "person='Ada')",
    ]
    assert repr(Table([Box(1, 2, 3, 4)] * 30)).endswith("... 20 more")


def test_without_pandas_a_frame_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(UsageError, match="pip install pandas"):
        Table([Box(1, 2, 3, 4)]).to_pandas()


def test_numbers_are_shortened() -> None:
    import numpy as np

    from graphface.records import Face

    face = Face("f1", Box(1, 2, 3, 4), 0.5, 0.123456789, np.zeros(512, np.float32))
    assert "embedding=array[512]" in repr(face)
    assert "quality=0.123457," in repr(face)
    assert len(face.to_dict()["embedding"]) == 512
