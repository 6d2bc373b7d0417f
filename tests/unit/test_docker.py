"""What compose.yaml and the Dockerfile name is what the code reads and the checkout holds."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from graphface.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker" / "compose.yaml").read_text("utf-8")
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text("utf-8")
ELSEWHERE = {"DEEPFACE_HOME", "PATH"}
"""Read by DeepFace and by the shell, not by graphface."""


def known() -> set[str]:
    fields = Settings.model_fields
    aliases = {str(a) for f in fields.values() for a in getattr(f.validation_alias, "choices", [])}
    return aliases | {f"GRAPHFACE_{name.upper()}" for name in fields}


def test_graphface_reads_every_variable_it_is_given() -> None:
    service = COMPOSE.split("\n  graphface:\n")[1].split("\nvolumes:")[0]
    given = set(re.findall(r"^ {6}([A-Z][A-Z0-9_]+):", service, re.M))
    given |= set(re.findall(r"([A-Z_]+)=/", DOCKERFILE))
    assert {"NEO4J_URI", "NEO4J_AUTH_FILE", "GRAPHFACE_CACHE"} <= given
    assert given <= known() | ELSEWHERE


def test_the_dockerfile_copies_what_there_is() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
    assert re.search(r"^USER graphface$", DOCKERFILE, re.M), "not root"


def test_credentials_come_from_the_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "neo4j_auth"
    secret.write_text("neo4j/pass/word\n")
    monkeypatch.setenv("NEO4J_AUTH_FILE", str(secret))
    assert Settings().neo4j_login() == ("neo4j", "pass/word")


def test_compose_accepts_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], check=False).returncode:
        pytest.skip("no docker compose here")
    done = subprocess.run(
        [docker, "compose", "-f", ROOT / "docker" / "compose.yaml", "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
