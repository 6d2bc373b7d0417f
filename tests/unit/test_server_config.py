"""neo4j.conf, Java's arguments, repositories, the password file, reasons for a failed start."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from graphface.db.embedded.config import (
    Memory,
    Ports,
    argument_file,
    java_arguments,
    machine_memory,
    neo4j_conf,
)
from graphface.db.embedded.credentials import ensure_password, read_password
from graphface.db.embedded.fetching import central_mirror, repositories
from graphface.db.embedded.java import find_java
from graphface.db.embedded.process_state import died, why
from graphface.errors import ServerError
from graphface.transfer import without_secrets


def conf(ports: Ports = Ports()) -> dict[str, str]:  # noqa: B008 - frozen
    text = neo4j_conf(ports, Path("/c/plugins"), Memory(1024, 256))
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_conf_listens_on_loopback_only() -> None:
    settings = conf(Ports(1111, 2222))
    assert settings["server.bolt.listen_address"] == "127.0.0.1:1111"
    assert settings["server.http.listen_address"] == "127.0.0.1:2222"
    addresses = [value for name, value in settings.items() if name.endswith("_address")]
    assert len(addresses) == 6
    assert all(value.startswith("127.0.0.1") for value in addresses)


def test_conf_asks_for_a_password_and_sends_nothing() -> None:
    settings = conf()
    assert settings["dbms.security.auth_enabled"] == "true"
    assert settings["dbms.usage_report.enabled"] == "false"
    assert settings["client.allow_telemetry"] == "false"
    assert settings["dbms.security.procedures.unrestricted"] == "gds.*"
    assert settings["server.directories.plugins"] == "/c/plugins"


@pytest.mark.parametrize(
    ("megabytes", "heap", "page_cache"),
    [(900, 1024, 256), (8_000, 2_000, 2_000), (24_000, 6_000, 4_096), (512_000, 8_192, 4_096)],
)
def test_memory_is_bounded(megabytes: int, heap: int, page_cache: int) -> None:
    assert Memory.of_machine(megabytes) == Memory(heap, page_cache)


def test_machine_memory_is_some() -> None:
    assert 256 < machine_memory() < 100_000_000


def test_java_itself_reads_the_argument_file(tmp_path: Path) -> None:
    """Blanks, quotes and backslashes in a path arrive as they were: Java itself says so."""
    home = Path("/a b'c" if os.name == "nt" else "/a b'c\"\\d")
    arguments = java_arguments(home, [], Memory(1024, 256))
    file = tmp_path / "java.args"
    virtual_machine = [one for one in arguments if one.startswith("-") and "dir=" not in one]
    virtual_machine.remove("-cp")
    asked = [*virtual_machine, f"-Dour.home={home}", "-XshowSettings:properties", "-version"]
    file.write_text(argument_file(asked), "utf-8")
    done = subprocess.run([find_java().path, f"@{file}"], capture_output=True, check=True)
    assert f"our.home = {home}\n" in done.stderr.decode().replace("\r", "")
    assert f"--home-dir={home}" in arguments


SETTINGS = """<settings xmlns="urn:maven"><mirrors>
<mirror><id>a</id><mirrorOf>spring</mirrorOf><url>http://a.example/</url></mirror>
{}
</mirrors></settings>"""


@pytest.mark.parametrize(
    ("mirrors", "expected"),
    [
        ([("*", "http://all.example/m2")], "http://all.example/m2"),
        ([("external:*", "http://e.example")], "http://e.example"),
        ([("*", "http://all.example"), ("central", "http://c.example")], "http://c.example"),
        ([("spring,central", "http://l.example")], "http://l.example"),
        ([("*,!central", "http://not.example")], None),
        ([], None),
    ],
)
def test_a_mirror_is_followed(
    tmp_path: Path, mirrors: list[tuple[str, str]], expected: str | None
) -> None:
    file = tmp_path / "settings.xml"
    file.write_text(
        SETTINGS.format(
            "".join(f"<mirror><mirrorOf>{o}</mirrorOf><url>{u}</url></mirror>" for o, u in mirrors)
        )
    )
    assert central_mirror(file) == expected


def test_settings_that_are_no_xml_are_said(tmp_path: Path) -> None:
    (tmp_path / "settings.xml").write_text("<settings>")
    with pytest.raises(ServerError, match=r"settings\.xml is no XML"):
        central_mirror(tmp_path / "settings.xml")


@pytest.mark.skipif(sys.platform == "win32", reason="HOME is not read there")
def test_repositories_of_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jgo.constants import MAVEN_CENTRAL_URL

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert repositories() == (MAVEN_CENTRAL_URL,)
    (tmp_path / ".jgorc").write_text("[repositories]\nours = http://ours.example/m2\n")
    assert repositories() == (MAVEN_CENTRAL_URL, "http://ours.example/m2")
    (tmp_path / ".m2").mkdir()
    mirror = "<mirror><mirrorOf>*</mirrorOf><url>http://m.example</url></mirror>"
    (tmp_path / ".m2" / "settings.xml").write_text(SETTINGS.format(mirror))
    assert repositories() == ("http://m.example", "http://ours.example/m2")


def test_addresses_are_shown_without_secrets() -> None:
    assert without_secrets("https://ada:pw@h.example:81/m2") == "https://h.example:81/m2"
    assert without_secrets("https://h.example/m2") == "https://h.example/m2"


def test_the_password_is_made_once_and_private(tmp_path: Path) -> None:
    password = ensure_password(tmp_path)
    assert len(password) >= 32
    assert ensure_password(tmp_path) == read_password(tmp_path) == password
    initial = tmp_path / "data" / "dbms" / "auth.ini"
    assert re.fullmatch(r"neo4j:SHA-256,[0-9A-F]{64},[0-9A-F]{64},1024:\n", initial.read_text())
    if os.name == "posix":
        for file in (tmp_path / "password", initial):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_homes_have_two_passwords(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    assert ensure_password(tmp_path / "a") != ensure_password(tmp_path / "b")


def test_a_database_that_lost_its_password_is_not_given_another(tmp_path: Path) -> None:
    (tmp_path / "data" / "databases" / "system").mkdir(parents=True)
    with pytest.raises(ServerError, match="lost its password file"):
        ensure_password(tmp_path)
    assert not (tmp_path / "password").exists()


def test_no_password_before_the_first_start(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="no server was started"):
        read_password(tmp_path)
    (tmp_path / "password").write_text("\n")
    with pytest.raises(ServerError, match="is empty"):
        read_password(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("java.io.IOException: No space left on device", "the disk is full"),
        ("Lock file has been locked by another process: /h/store_lock", "another Neo4j uses"),
        ("x ERROR Failed\nCaused by: a.B: outer\nCaused by: c.D: inner\n\tat x", "inner"),
        ("2026 INFO  Starting\n2026-01-01 ERROR Failed to start Neo4j on x", "Failed to start"),
        ("Error: could not open `/x/jvm.cfg'", "could not open"),
        ("", "it wrote nothing"),
    ],
)
def test_the_reason_of_a_failed_start_is_one_line(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in why(text)[0]
    error = died(tmp_path, text, tmp_path / "neo4j.log")
    assert reason in str(error)
    assert str(tmp_path / "neo4j.log") in str(error)
    assert "\n" not in str(error)
