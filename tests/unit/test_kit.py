"""What contributors build on: lock files, licences, one version, templates, the list of CI jobs."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from itertools import chain, product
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import graphface
from tests.lockfiles import installed_by, licence_terms, licences, lockfile

ROOT = Path(__file__).resolve().parents[2]
PROJECT = lockfile.pyproject()
LOCKS = sorted(path.stem for path in (ROOT / "requirements").glob("*.txt"))
PYTHONS = ["3.10", "3.11", "3.12", "3.13"]
SYSTEMS = {"linux": ("Linux", "posix"), "darwin": ("Darwin", "posix"), "win32": ("Windows", "nt")}
HASH = "    --hash=sha256:[0-9a-f]{64}"
PLACES = list(product(PYTHONS, SYSTEMS))
PAGES = ["CHANGELOG", "CODE_OF_CONDUCT", "CONTRIBUTING", "SECURITY"]


def environment(python: str, system: str) -> dict[str, str]:
    platform, os_name = SYSTEMS[system]
    return {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": "arm64" if system == "darwin" else "x86_64",
        "platform_system": platform,
        "sys_platform": system,
        "os_name": os_name,
        "extra": "",
    }


def grouped(group: str) -> list[str]:
    """The requirements of a dependency group, with those of the groups that it includes."""
    lines = PROJECT["dependency-groups"][group]
    nested = [grouped(one["include-group"]) for one in lines if isinstance(one, dict)]
    return [one for one in lines if isinstance(one, str)] + [*chain(*nested)]


def asked_for(lock: str) -> list[str]:
    """What a lock file has to answer."""
    project = PROJECT["project"]
    if lock == "runtime":
        return list(project["dependencies"])
    if lock == "dev":
        extras = project["optional-dependencies"].values()
        return [*project["dependencies"], *chain(*extras), *grouped("dev")]
    command = [sys.executable, ROOT / "docker" / "requirements.py", ROOT / "pyproject.toml"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_three_locks_are_there() -> None:
    assert LOCKS == ["dev", "docker", "runtime"]


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize(("python", "system"), PLACES)
def test_a_lock_gives_what_pyproject_asks_for(lock: str, python: str, system: str) -> None:
    """If this fails: `make lock licences`."""
    place = environment(python, system)
    locked = installed_by(lock, place)
    assert not {name: found for name, found in locked.items() if len(found) != 1}
    for line in asked_for(lock):
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate(place):
            (version,) = locked[canonicalize_name(wanted.name)]
            assert wanted.specifier.contains(version, prereleases=True), line


@pytest.mark.parametrize(("python", "system"), PLACES)
def test_what_is_tested_is_what_is_shipped(python: str, system: str) -> None:
    place = environment(python, system)
    tested = installed_by("dev", place)
    for lock in ("runtime", "docker"):
        for name, version in installed_by(lock, place).items():
            assert tested[name.removesuffix("-cpu")] == version, f"{lock}: {name}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_a_hash_for_every_file_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    assert "make lock" in text.splitlines()[1]
    assert "://" not in text
    pinned = re.findall(rf"^[\w.-]+==.+ \\\n(?:{HASH} \\\n)*{HASH}$", text, re.M)
    assert len(pinned) == len(lockfile.pins(lock)) > 80
    rest = re.sub(rf"^([\w.-]+==.+ \\|{HASH}( \\)?|#.*)$", "", text, flags=re.M)
    assert not rest.strip(), "no option, no path, no index"


def test_the_supported_pythons_are_the_same_everywhere() -> None:
    classifiers = " ".join(PROJECT["project"]["classifiers"])
    assert re.findall(r"Python :: (\d\.\d+)", classifiers) == PYTHONS
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    assert jobs["locked"]["strategy"]["matrix"]["python"] == PYTHONS
    assert set(jobs["newest"]["strategy"]["matrix"]["python"]) <= set(PYTHONS)
    lowest, highest = PYTHONS[0], f"3.{int(PYTHONS[-1][2:]) + 1}"
    assert PROJECT["project"]["requires-python"] == f">={lowest},<{highest}"


def test_ci_runs_what_a_contributor_runs() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    said = {name: [step.get("run") for step in job["steps"]] for name, job in jobs.items()}
    assert "bash .ci/run" in said["locked"]
    assert "make newest" not in said["locked"]
    assert said["newest"][-2:] == ["make newest", "bash .ci/run"]
    assert "schedule" in jobs["newest"]["if"]


def test_the_version_stands_in_one_place() -> None:
    assert "version" not in PROJECT["project"]
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["hatch"]["version"]["path"] == "graphface/__init__.py"
    holders = [
        file.name
        for file in (ROOT / "graphface").rglob("*.py")
        if re.search(r"^__version__\b", file.read_text("utf-8"), re.M)
    ]
    assert holders == ["__init__.py"]


def test_the_changelog_has_the_version_and_what_is_to_come() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    first, *released = re.findall(r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", text, re.M)
    assert first == "Unreleased"
    assert released[0] == graphface.__version__
    kinds = set(re.findall(r"^### (.+)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def rows() -> dict[str, list[str]]:
    """The tables of docs/licences.md: package -> version, licence, text, purpose."""
    lines = re.findall(r"^\| ([a-z0-9-]+) \| (.*) \|$", licences.PAGE.read_text("utf-8"), re.M)
    return {name: rest.split(" | ") for name, rest in lines if name != "package"}


def test_the_licence_of_every_locked_package_is_listed() -> None:
    """If this fails: `make licences`."""
    listed = {name: cells[0].split(", ") for name, cells in rows().items()}
    assert listed == lockfile.versions("dev")
    assert set(lockfile.versions("runtime")) <= set(listed)


def test_no_licence_reaches_further_than_is_known() -> None:
    further = {name for name, cells in rows().items() if licence_terms.reaches_further(cells[1])}
    assert further == set(licence_terms.EXCEPTIONS)
    page = licences.PAGE.read_text("utf-8")
    for name, reason in licence_terms.EXCEPTIONS.items():
        assert f"- `{name}`: {reason}." in page


@pytest.mark.slow
def test_the_list_is_what_the_packages_say() -> None:
    """Packages of one version: another version may keep its text elsewhere."""
    checked = 0
    for name, cells in rows().items():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        if version == cells[0]:
            told = licences.package(name, [version])
            assert told.licence == cells[1], name
            assert cells[2] in ("", f"`{told.texts}`"), name
            checked += 1
    assert checked > 100


def test_every_direct_dependency_says_what_it_is_for() -> None:
    listed = rows()
    extras = PROJECT["project"]["optional-dependencies"].values()
    for line in chain(PROJECT["project"]["dependencies"], *extras):
        assert listed[canonicalize_name(Requirement(line).name)][3].strip(), line


def test_an_unknown_licence_is_found() -> None:
    assert licence_terms.reaches_further("MIT AND AGPL-3.0-only")
    assert licence_terms.reaches_further("GPL-2.0-only WITH Classpath-exception-2.0")
    assert not licence_terms.reaches_further("(MIT OR Apache-2.0) AND MPL-2.0")
    with pytest.raises(SystemExit, match="somelib: its metadata names no licence"):
        licence_terms.spdx("somelib", ["", "as you like"], "")


@pytest.mark.parametrize(
    ("words", "text", "licence"),
    [
        (["BSD-2-Clause", "BSD"], "", "BSD-2-Clause"),
        (["", "BSD"], "Redistribution ... used to endorse or promote products", "BSD-3-Clause"),
        (["", "BSD License"], "Redistribution and use", "BSD-2-Clause"),
        (["", "MIT License", "BSD License"], "", "MIT"),
        (["", "UNKNOWN", "ISC License (ISCL)"], "", "ISC"),
    ],
)
def test_metadata_is_read_from_its_most_exact_word(
    words: list[str], text: str, licence: str
) -> None:
    assert licence_terms.spdx("somelib", words, text) == licence


@pytest.mark.parametrize("name", PAGES)
def test_links_of_the_pages_at_the_top_lead_somewhere(name: str) -> None:
    text = (ROOT / f"{name}.md").read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert links or name == "CODE_OF_CONDUCT" or name == "CHANGELOG"
    for link in links:
        assert (ROOT / unquote(link.partition("#")[0])).exists(), link


def test_the_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([\w-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert {"demo", "test", "fast", "lock", "newest", "licences", "build"} <= targets
    for file in [*(ROOT / f"{name}.md" for name in PAGES), *(ROOT / ".github").rglob("*.*")]:
        named = re.findall(r"`make ([a-z ]+)", file.read_text("utf-8"))
        assert {word for words in named for word in words.split()} <= targets, file.name


def test_the_forms_ask_for_no_photo_of_a_real_person() -> None:
    for name in ("bug", "feature"):
        form = yaml.safe_load((ROOT / f".github/ISSUE_TEMPLATE/{name}.yml").read_text("utf-8"))
        assert {"name", "description", "body"} <= set(form)
        fields = [field for field in form["body"] if field["type"] != "markdown"]
        assert all({"id", "attributes"} <= set(field) for field in fields)
        (people,) = [field for field in fields if field["id"] == "people"]
        required = [option["required"] for option in people["attributes"].get("options", [])]
        assert required == [True] or people["validations"] == {"required": True}


def test_hooks_run_what_the_lock_installed() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    (source,) = config["repos"]
    assert source["repo"] == "local", "nothing is fetched"
    tools = {hook["entry"].split()[0] for hook in source["hooks"] if hook["language"] == "system"}
    assert tools == {".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/pytest", "git"}
    assert {"ruff", "mypy", "pytest"} <= set(lockfile.versions("dev"))


def test_the_file_of_hooks_is_valid() -> None:
    pytest.importorskip("pre_commit")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", ROOT / ".pre-commit-config.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
