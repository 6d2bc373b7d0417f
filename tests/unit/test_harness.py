"""What tests take for a run of the command line is what a process does."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from graphface.settings import settings
from tests.command_line import Cli

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = {
    "a version": ["--version"],
    "a list": ["query", "--list"],
    "help": ["who", "--help"],
    "JSON": ["db", "status", "--json"],
    "no such command": ["poeple"],
    "no such file": ["verify", "nobody\udce9.jpg", "else.jpg"],
}


@pytest.mark.slow
@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
def test_a_call_gives_what_a_process_gives(args: list[str], tmp_path: Path) -> None:
    cli = Cli(tmp_path / "home")
    found = cli(*args, GRAPHFACE_MODEL="Dlib", GRAPHFACE_DETECTOR="dlib")
    assert found == cli.process(*args, GRAPHFACE_MODEL="Dlib", GRAPHFACE_DETECTOR="dlib")
    assert found.out or found.err


def test_a_call_leaves_the_caller_as_it_was(tmp_path: Path) -> None:
    before = dict(os.environ), os.getcwd(), list(sys.argv), sys.stdin, sys.stdout, sys.stderr
    cli = Cli(tmp_path / "home")
    assert str(tmp_path) in cli("db", "status").out
    assert cli("db", "status", GRAPHFACE_HOME=str(tmp_path / "other")).code == 0
    after = dict(os.environ), os.getcwd(), list(sys.argv), sys.stdin, sys.stdout, sys.stderr
    assert after == before
    assert settings().home != tmp_path / "home"
