"""Every file of cypher/ follows the form that makes it loadable, listable and pasteable."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from graphface.cli import query
from graphface.db.parameters import for_browser, parameters
from graphface.db.statements import GROUPS, cypher_folder, parse, statement, statements
from graphface.errors import NotFound, UsageError

ROOT = Path(__file__).resolve().parents[2]
STEPS = [name for name, one in statements().items() if one.step_of is not None]

EXAMPLE = parse(
    "some",
    "lookup",
    "// some: thing\n// mode: read\n// param name STRING: a\n// param near LIST<FLOAT>: b\n"
    "// param after LOCAL DATETIME: c\n// param most FLOAT: d\n// note: one\n// note: two\n"
    "// example: graphface query some -p name=\"O'Hara\" -p near='[1, 0.5]' -p after=2019-01-31 "
    "-p most=3\nRETURN $name, $near, $after, $most",
)


@pytest.mark.parametrize("name", statements())
def test_header_names_what_the_text_uses(name: str) -> None:
    found = statement(name)
    used = set(re.findall(r"\$(\w+)", found.text))
    assert used == {parameter.name for parameter in found.parameters}
    assert all(len(parameter.meaning) > 3 for parameter in found.parameters)
    assert 5 < len(found.purpose) < 120, "one line"
    assert not found.purpose.endswith("."), "a phrase that a list can show"
    assert found.example.startswith("graphface "), "an example one can type"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name), "kebab-case"
    assert not found.text.rstrip().endswith(";"), "one statement a file"
    assert found.text.splitlines()[0].split()[0] in CLAUSES, "the header ends where Cypher begins"


CLAUSES = ["MATCH", "OPTIONAL", "CALL", "UNWIND", "MERGE", "CREATE", "RETURN", "SHOW", "DROP"]


@pytest.mark.parametrize("name", STEPS)
def test_a_step_names_the_command_that_runs_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command takes what stands in the example, and the package asks for the statement."""
    words = shlex.split(statement(name).example)
    monkeypatch.chdir(tmp_path)
    for word in words:
        if word.endswith("/") or word == "FOLDER":
            (tmp_path / word).mkdir()
        elif re.search(r"\.\w{3,}$", word):
            (tmp_path / word).touch()
    parse_command(words)
    assert any(f'"{name}"' in text for text in sources()), "the package does not use it"


@cache
def commands() -> Any:
    import typer

    from graphface.cli.app import app

    return typer.main.get_command(app)


def parse_command(words: list[str]) -> None:
    """Raise what click raises when a command line does not fit the command."""
    command = commands()
    context, words = None, words[1:]
    while hasattr(command, "commands"):
        context = command.context_class(command, info_name=command.name, parent=context)
        command = command.commands[words.pop(0)]
    command.make_context(command.name, words, parent=context)


@cache
def sources() -> list[str]:
    return [file.read_text("utf-8") for file in (ROOT / "graphface").rglob("*.py")]


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(NotFound, match="list-people"):
        statement("list-peple")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("// broken: no mode\nRETURN 1", "mode"),
        ("// mode: read\n// example: x\nRETURN 1", "purpose"),
        ("// broken: a\n// mode: read\n// exmaple: b\nRETURN 1", "exmaple"),
    ],
)
def test_a_file_without_its_header_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse("broken", "lookup", text)


def test_no_cypher_outside_cypher() -> None:
    """`cypher/` is the one place: no Python string of the package holds a statement."""
    pattern = re.compile(r"\b(MATCH|MERGE|UNWIND|DETACH DELETE) [\(\$]")
    assert not [text for text in sources() if pattern.search(text)]


def test_no_two_statements_have_one_name() -> None:
    """A name is all that the package asks by, whatever folder the file lies in."""
    files = list(cypher_folder().glob("*/*.cypher"))
    names = [file.stem for file in files]
    assert sorted(names) == sorted(set(names)) == sorted(statements())
    assert {file.parent.name for file in files} == set(GROUPS)


def test_nothing_of_a_plugin_but_gds() -> None:
    called = {
        match
        for one in statements().values()
        for match in re.findall(r"\b([a-z]\w*)\.\w+(?:\.\w+)*\(", one.text)
    }
    assert called <= {"gds", "db", "point", "date", "datetime"}


# Parameters, as texts and for Browser.


def test_a_note_is_one_text() -> None:
    assert EXAMPLE.note == "one two"


def test_browser_gets_parameters_with_the_values_of_the_example() -> None:
    assert for_browser(EXAMPLE).splitlines() == [
        r":param name => 'O\'Hara';",
        ":param near => [1, 0.5];",
        ":param after => localdatetime('2019-01-31T00:00:00');",
        ":param most => 3.0;",
        "",
        "RETURN $name, $near, $after, $most",
    ]


def test_given_values_stand_in_the_text() -> None:
    text = for_browser(EXAMPLE, ["name=a\nb", "near=[]", "after=null", "most=0.5"])
    assert text == r"RETURN 'a\nb', [], null, 0.5"


def test_a_map_is_what_browser_and_cypher_take() -> None:
    space = statement("save-space")
    given = 'space={"model": "it\'s", "dimensions": 2}'
    assert for_browser(space, [given]).endswith("SET s += {`model`: 'it\\'s', `dimensions`: 2}")
    assert for_browser(space).startswith(":param space => ({});")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("near=1", "no LIST<FLOAT>"),
        ("most=true", "no FLOAT"),
        ("most=x", "no FLOAT"),
        ("after=soon", "no LOCAL DATETIME"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(given: str, said: str) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        parameters(EXAMPLE, [given])


# The list, and what the shell completes.


def test_the_list_has_every_statement_in_its_group(capsys: pytest.CaptureFixture[str]) -> None:
    query.show_catalogue(None, json=False)
    shown = capsys.readouterr().out
    parts = dict(zip(GROUPS, re.split(r"\n\n", shown), strict=False))
    for one in statements().values():
        assert re.search(rf"\b{one.name}\b", parts[one.group]), one.name


def test_the_list_fits_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """As wide as the terminal, no line folded by it."""
    from rich.console import Console

    from graphface.cli import output

    console = Console(width=80, record=True, force_terminal=True, file=io.StringIO())
    monkeypatch.setattr(output, "console", lambda: console)
    query.show_catalogue(None, json=False)
    query.show_catalogue("lookup", json=False)
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    assert "minFaces INTEGER: leave out persons with fewer faces" in text


def test_a_group_shows_parameters_and_whose_step_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    query.show_catalogue("link", json=False)
    shown = capsys.readouterr().out
    assert "threshold FLOAT: complete under this threshold" in shown
    assert "a step of: graphface link --method knn" in shown
    with pytest.raises(UsageError, match="no group"):
        query.show_catalogue("links", json=False)


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    query.show_catalogue("teaching", json=True)
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["missing-links"]["parameters"] == "shared INTEGER, limit INTEGER"
    assert "Jaccard" in rows["missing-links"]["note"]
    assert rows["missing-links"]["step_of"] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("graphface query list-p", ["list-people"]),
        ("graphface query search-faces -p to", ["top=", "together="]),
        ("graphface query --group te", ["teaching"]),
        ("graphface --ho", ["--home"]),
        ("graphface db status --ver", ["--verbose"]),
    ],
)
def test_the_shell_completes(line: str, offered: list[str]) -> None:
    """As bash asks: the line in the environment, a word a line on standard output."""
    asked = {
        **os.environ,
        "_GRAPHFACE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
        "PYTHONPATH": str(ROOT),
    }
    call = "import sys; sys.argv = ['graphface']; from graphface.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", call], env=asked, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == offered, done.stderr
