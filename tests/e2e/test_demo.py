"""`graphface demo` with FaceNet: eight persons, everybody with the right name.

`test_wheel.py` runs it with dlib's network.
"""

from __future__ import annotations

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
def test_the_demo_finds_everybody(folder: Path, facenet: dict[str, str]) -> None:
    demo = Cli(folder / "home").process("demo", folder, GRAPHFACE_MODEL="Facenet", **facenet)
    assert demo.code == 0, demo.err
    assert "The embedding model is Facenet" in demo.err
    assert demo.out.count(" is now ") == 8
    assert "All of this is right." in demo.out
    assert "This is wrong" not in demo.out


def test_the_demo_says_what_it_got_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    tell(["", "june-pike.jpg shows June Pike, and the answer was: Ada Finch", ""])
    said = capsys.readouterr().out
    assert said.strip() == (
        "This is wrong: june-pike.jpg shows June Pike, and the answer was: Ada Finch."
    )
