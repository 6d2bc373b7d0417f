"""The project as a whole: what ships, what every script promises, what no file may hold."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.name for path in (ROOT / "benchmarks").glob("[a-z]*.py"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_benchmark_takes_json(name: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, "--help"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout


def test_a_room_imports_only_what_stands_below_it() -> None:
    below = ["errors", "progress", "records", "settings"]
    floors = [["sample", "server", "faces"], ["graph"], ["ingest", "linking", "clustering"]]
    floors += [
        ["people"],
        ["review", "answers", "exchange"],
        ["web"],
        ["build", "demo"],
        ["api", "cli"],
    ]
    allowed: set[str] = set(below)
    wrong = []
    for floor in floors:
        for room in floor:
            place = ROOT / "graphface" / room
            files = place.rglob("*.py") if place.is_dir() else [place.with_suffix(".py")]
            for file in files:
                taken = set(re.findall(r"from graphface\.(\w+)", file.read_text("utf-8")))
                beside = {"ingest", "linking"} if room == "clustering" else set()
                wrong += [(file.name, other) for other in taken - allowed - {room} - beside]
        allowed |= set(floor)
    assert not wrong


@pytest.mark.slow
def test_the_wheel_holds_all_that_is_read_at_run_time(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for file in [*(ROOT / "cypher").rglob("*.cypher")]:
        assert f"graphface/{file.relative_to(ROOT).as_posix()}" in names
    for name in (
        "server/jars.lock",
        "web/pages/graphface.grass",
        "web/pages/guide.html",
        "sample/identities.json",
        "py.typed",
    ):
        assert f"graphface/{name}" in names
