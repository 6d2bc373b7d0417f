"""`graphface models`, as the program calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graphface.cli.models import app
from graphface.errors import UsageError, WeightsMissing
from graphface.settings import settings
from graphface.vision import encoders


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_list_says_what_is_used_and_what_is_here(offline: Path) -> None:
    rows = {row["model"]: row for row in json.loads(run("list", "--json"))}
    assert set(rows) == set(encoders.names())
    assert [name for name, row in rows.items() if row["used"]] == ["Dlib"]
    assert rows["Dlib"]["weights"] == "built in"
    assert rows["Facenet"]["weights"] == "to be fetched"
    assert (rows["Facenet"]["dimensions"], rows["Facenet"]["pair"]) == (128, 10)
    (offline / "facenet_weights.h5").write_bytes(b"x")
    rows = {row["model"]: row for row in json.loads(run("list", "--json"))}
    assert rows["Facenet"]["weights"] == "here"
    assert rows["Facenet"]["used"] == "now"
    assert rows["Dlib"]["used"] == ""


def test_the_list_marks_the_model_asked_for(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFACE_MODEL", "arcface")
    settings.cache_clear()
    rows = json.loads(run("list", "--json"))
    assert [row["model"] for row in rows if row["used"]] == ["ArcFace"]
    assert "ArcFace" in run("list")


def test_paths(offline: Path, tmp_path: Path) -> None:
    assert run("path").strip() == str(offline)
    assert run("path", "facenet").strip() == str(offline / "facenet_weights.h5")
    assert json.loads(run("path", "SFace", "--json"))["present"] is False
    assert Path(run("path", "Dlib").strip()).is_relative_to(tmp_path / "cache")
    with pytest.raises(WeightsMissing, match="no such file"):
        run("path", "nowhere.onnx")
    with pytest.raises(UsageError, match="no model is called"):
        run("path", "Nobody")


def test_fetching_dlib_converts_it(offline: Path) -> None:
    path = Path(run("fetch", "dlib").strip())
    assert path.stat().st_size > 20_000_000
    assert path == Path(run("path", "dlib").strip())


def test_fetching_what_is_here_asks_nobody(offline: Path) -> None:
    (offline / "facenet_weights.h5").write_bytes(b"x")
    assert json.loads(run("fetch", "Facenet", "--json"))["path"].endswith("facenet_weights.h5")


def test_fetching_out_of_reach_says_which_file_to_put_where(offline: Path) -> None:
    with pytest.raises(WeightsMissing) as caught:
        run("fetch", "Facenet")
    assert str(offline / "facenet_weights.h5") in caught.value.hint


@pytest.mark.parametrize("command", ["list", "fetch", "path"])
def test_help_has_an_example(command: str) -> None:
    assert f"Example: graphface models {command}" in run(command, "--help")
