"""Rewriting the lock file from what Maven resolved."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from graphface.db.embedded import jars_lock
from graphface.db.embedded.jars import LOCK, read_lock
from graphface.errors import ServerError

if TYPE_CHECKING:
    from pathlib import Path

EPOLL = "io/netty/epoll/4.1.Final/epoll-4.1.Final-linux-x86_64.jar"
GDS = "org/neo4j/gds/proc/2.13.9/proc-2.13.9.jar"


def make(root: Path, *paths: str) -> Path:
    for path in paths:
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(path)
    return root


def test_what_only_the_profile_brings_is_a_plugin_and_comes_first(tmp_path: Path) -> None:
    jars = jars_lock._jars(make(tmp_path / "all", EPOLL, GDS), make(tmp_path / "server", EPOLL))
    assert [(jar.address, jar.folder) for jar in jars] == [(GDS, "plugins"), (EPOLL, "lib")]
    assert jars[1].classifier == "linux-x86_64"
    assert jars[1].size == len(EPOLL)


def test_two_jars_of_one_name_are_refused(tmp_path: Path) -> None:
    twin = "org/other/proc/2.13.9/proc-2.13.9.jar"
    jars = jars_lock._jars(make(tmp_path / "all", twin, GDS), tmp_path / "server")
    with pytest.raises(ServerError, match="two jars of one name"):
        jars_lock._check_names(tuple(jars))


def test_no_maven_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerError, match="Maven is not installed"):
        jars_lock.rewrite(lock=tmp_path / "jars.lock")
    assert not (tmp_path / "jars.lock").exists()


def test_the_versions_of_the_pom_are_those_of_the_lock() -> None:
    pom = jars_lock.POM.read_text("utf-8")
    for jar in read_lock(LOCK):
        if (jar.group, jar.artifact) in {
            ("org.neo4j", "neo4j"),
            ("org.neo4j.gds", "proc"),
            ("org.neo4j.client", "neo4j-browser"),
        }:
            assert f"version>{jar.version}</" in pom


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("mvn"), reason="Maven is not installed")
def test_a_pom_that_cannot_be_resolved_is_one_line(tmp_path: Path) -> None:
    pom = tmp_path / "pom.xml"
    pom.write_text("<project>")
    with pytest.raises(ServerError, match="Maven cannot resolve") as caught:
        jars_lock.rewrite(pom, tmp_path / "jars.lock")
    assert "\n" not in str(caught.value)
