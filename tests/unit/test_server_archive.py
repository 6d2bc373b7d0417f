"""The class archive: made by a real Java of its own classes, and what is kept of it."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from graphface.db.embedded import archive
from graphface.db.embedded.java import Java, find_java

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.jar").write_bytes(b"PK\x05\x06" + bytes(18))  # an empty zip
    return tmp_path


def options(java: Java, folder: Path) -> list[str]:
    return archive.options(java, folder, [folder / "a.jar"], folder / "archive.json")


def test_an_archive_is_made_once_and_used(folder: Path) -> None:
    java = find_java()
    (noting,) = options(java, folder)
    assert noting.startswith("-XX:DumpLoadedClassList=")
    subprocess.run([java.path, noting, "-version"], check=True, capture_output=True)
    plan = json.loads((folder / "archive.json").read_text())
    with open(plan["classes"], "a") as classes:
        classes.write("a/line/too/Long" + "x" * 5000 + "\n")  # Java would refuse the whole list
    stale = folder / "classes-0123456789abcdef.jsa"
    stale.touch()
    process = archive.begin(folder / "archive.json")
    assert process is not None
    assert process.wait(120) == 0
    (using,) = options(java, folder)
    assert using == f"-XX:SharedArchiveFile={plan['archive']}"
    done = subprocess.run(
        [java.path, using, "-Xshare:on", "-cp", folder / "a.jar", "-version"],
        capture_output=True,
        check=True,
    )
    assert b"sharing" in done.stderr
    left = {path.name for path in folder.iterdir() if path.suffix != ".lock"}
    assert left == {"a.jar", os.path.basename(plan["archive"])}


def test_nothing_is_begun_without_a_plan(folder: Path) -> None:
    assert archive.begin(folder / "archive.json") is None


def test_a_dump_that_fails_leaves_nothing(folder: Path) -> None:
    java = Java(folder / "no-java", "17.0.1")
    options(java, folder)
    process = archive.begin(folder / "archive.json")
    assert process is not None
    process.wait(60)
    assert {path.suffix for path in folder.iterdir()} <= {".jar", ".lock"}


def test_another_jar_needs_another_archive(folder: Path) -> None:
    java = find_java()
    before = options(java, folder)
    os.utime(folder / "a.jar", (1, 1))
    assert options(java, folder) != before
    assert options(Java(java.path, "99.0.1"), folder) != before
