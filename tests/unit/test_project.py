"""The project as a whole: what ships, what every script promises, what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.name for path in (ROOT / "benchmarks").glob("[a-z]*.py"))


@pytest.mark.slow
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


SHARED = {
    "errors", "events", "files", "names", "numbers", "progress", "records", "settings", "sinks",
    "text", "transfer",
}  # fmt: skip
"""What all rooms stand on."""

FLOORS = [
    ["sample", "vision", "db"],
    ["drawing"],
    ["linking"],
    ["ingest"],
    ["clustering"],
    ["people"],
    ["recognition", "insights", "exchange"],
    ["browser"],
    ["api"],
    ["cli"],
]
"""Rooms from the ground up. A room imports only rooms on lower floors."""

PACKAGE = ROOT / "graphface"


def test_a_room_imports_only_what_stands_below_it() -> None:
    allowed = set(SHARED)
    wrong = []
    for floor in FLOORS:
        for room in floor:
            for file in (PACKAGE / room).rglob("*.py"):
                taken = set(re.findall(r"from graphface\.(\w+)", file.read_text("utf-8")))
                wrong += [(file.name, other) for other in taken - allowed - {room}]
        allowed |= set(floor)
    for name in SHARED:
        text = (PACKAGE / f"{name}.py").read_text("utf-8")
        wrong += [
            (name, other) for other in set(re.findall(r"from graphface\.(\w+)", text)) - SHARED
        ]
    assert not wrong


def _imports() -> dict[str, set[str]]:
    """Each module of graphface and those it imports, at its head or inside a function."""
    names = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
        for file in PACKAGE.rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for name, file in names.items():
        taken: set[str] = set()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "") in names:
                inner = {f"{node.module}.{one.name}" for one in node.names} & set(names)
                taken |= inner or {str(node.module)}
        found[name] = taken - {name}
    return found


def test_no_imports_go_in_a_circle() -> None:
    try:
        TopologicalSorter(_imports()).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_room_has_a_floor() -> None:
    rooms = {file.parent.name for file in PACKAGE.glob("*/__init__.py")}
    assert rooms == {room for floor in FLOORS for room in floor}


def test_the_embedded_server_knows_no_driver() -> None:
    for file in (PACKAGE / "db" / "embedded").glob("*.py"):
        assert not re.search(
            r"graphface\.db\.(?!embedded)|import neo4j|from neo4j", file.read_text()
        )


def test_no_file_name_stands_in_two_rooms() -> None:
    inner = [room for floor in FLOORS for room in floor if room != "cli"]
    names = Counter(
        file.name
        for room in inner
        for file in (PACKAGE / room).rglob("*.py")
        if file.name != "__init__.py"
    )
    assert [name for name, count in names.items() if count > 1] == []


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
        "db/embedded/jars.lock",
        "browser/pages/graphface.grass",
        "browser/pages/guide.html",
        "sample/identities.json",
        "py.typed",
    ):
        assert f"graphface/{name}" in names


@cache
def _defined(module: Path) -> set[str]:
    """Names at the top of a module: definitions, assignments and imports."""
    names = set()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {one.asname or one.name for one in node.names}
    return names


@pytest.mark.parametrize("folder", ["benchmarks", "tests", "docs", "docker"])
def test_what_is_imported_from_graphface_is_there(folder: str) -> None:
    """Nothing else would notice an import inside a function of a benchmark."""
    wrong = []
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(
                "graphface"
            ):
                continue
            place = ROOT.joinpath(*str(node.module).split("."))
            module = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
            names = _defined(module) if module.is_file() else set()
            below = {one.stem for one in place.glob("*")} if place.is_dir() else set()
            wrong += [
                f"{file.relative_to(ROOT)}:{node.lineno}: {node.module}.{one.name}"
                for one in node.names
                if one.name not in names | below and node.module != "graphface"
            ]
    assert not wrong
