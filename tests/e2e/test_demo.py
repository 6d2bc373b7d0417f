"""`graphface demo` with each network: eight persons, everybody with the right name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphface.cli.demo import tell
from tests.command_line import Cli

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where the demo goes; its Neo4j is stopped afterwards."""
    yield tmp_path / "demo"
    Cli(tmp_path / "demo" / "home").process("db", "stop")


@pytest.mark.slow
@pytest.mark.parametrize("network", ["Dlib", "Facenet"])
def test_the_demo_finds_everybody(
    network: str, folder: Path, request: pytest.FixtureRequest
) -> None:
    environment = request.getfixturevalue("facenet") if network == "Facenet" else {}
    demo = Cli(folder / "home").process("demo", folder, GRAPHFACE_MODEL=network, **environment)
    assert demo.code == 0, demo.err
    assert f"The embedding model is {network}" in demo.err
    assert len(re.findall(r"person \d+ is now", demo.out)) == 8
    assert "All of this is right." in demo.out
    assert "This is wrong" not in demo.out


def test_the_demo_says_what_it_got_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    tell(["", "june-pike.jpg shows June Pike, and the answer was: Ada Finch", ""])
    said = capsys.readouterr().out
    assert said.strip() == (
        "This is wrong: june-pike.jpg shows June Pike, and the answer was: Ada Finch."
    )
