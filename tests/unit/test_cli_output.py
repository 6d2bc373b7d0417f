"""What commands print, and how `--param` texts become parameters."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from graphface.cli.output import cell, print_json, print_table, printable
from graphface.db.parameters import parameters
from graphface.db.statements import parse
from graphface.errors import UsageError
from graphface.names import clean_name
from graphface.records import Box

STATEMENT = parse(
    "some",
    "lookup",
    "// some: thing\n// mode: read\n// param name STRING: a\n// param count INTEGER: b\n"
    "// example: graphface query some --param name=Ada --param count=3\nRETURN $name, $count",
)


def test_json_keeps_names_of_any_script_and_dataclasses(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Ærø 🙂", "box": Box(1, 2, 3, 4)})
    assert json.loads(capsys.readouterr().out) == {
        "name": "Ærø 🙂",
        "box": {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0},
    }


def test_a_piped_table_is_never_folded(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"path": "x" * 300, "faces": 3}])
    assert "x" * 300 in capsys.readouterr().out


def test_control_characters_cannot_drive_the_terminal() -> None:
    assert printable("a\x1b[31mb\n\udcff") == "a\\x1b[31mb\\n\\udcff"
    assert cell([0.5] * 128) == "[128 numbers]"


def test_parameters_are_read_by_their_types() -> None:
    assert parameters(STATEMENT, ["name=12", "count=3"]) == {"name": "12", "count": 3}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["name=a"], "count"),
        (["name=a", "count=x"], "no INTEGER"),
        (["nam=a"], "name .STRING."),
        (["x"], "x"),
    ],
)
def test_wrong_parameters_say_what_is_wanted(given: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parameters(STATEMENT, given)


def test_names_are_one_clean_line() -> None:
    assert clean_name("  Ada \n Lovelace ") == "Ada Lovelace"
    assert clean_name("Zoe\u0308") == "Zo\u00eb"


@pytest.mark.parametrize("bad", ["", "  ", "x" * 10_000, "a\x00b", "\ud800"])
def test_bad_names_are_refused(bad: str) -> None:
    with pytest.raises(UsageError):
        clean_name(bad)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['graphface', '--help']\n"
        "from graphface.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'neo4j', 'tensorflow', 'deepface', 'cv2', 'PIL', 'httpx', 'onnx'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_every_command_has_an_example_in_its_help() -> None:
    import typer.main

    from graphface.cli.app import app

    def commands(group: object, path: str) -> list[tuple[str, str]]:
        found = []
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            if hasattr(command, "commands"):
                found += commands(command, f"{path}{name} ")
            else:
                found.append((path + name, command.help or ""))
        return found

    missing = [
        name for name, text in commands(typer.main.get_command(app), "") if "Example" not in text
    ]
    assert not missing
