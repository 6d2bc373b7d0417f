"""What is published: a wheel, built from the source distribution, in an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import graphface
from tests.command_line import chosen
from tests.lockfiles import installed_here

pytestmark = pytest.mark.slow
pytest.importorskip("build", reason="pip install --group dev")
pytest.importorskip("hatchling", reason="pip install --group dev")

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(sysconfig.get_path("purelib"))


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`python -m build`: the source distribution, and the wheel that is built from it alone."""
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def python(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with the wheel and the packages of requirements/runtime.txt.

    The packages are those that this test's environment has, file by file as links: a second
    download of a gigabyte would show nothing more. What the lock does not name is not there.
    pip sees them as installed, and must find nothing missing.
    """
    place = tmp_path_factory.mktemp("empty") / "venv"
    venv.create(place, with_pip=False, symlinks=os.name == "posix")
    ours = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    (site,) = _lines(ours, "import sysconfig; print(sysconfig.get_path('purelib'))")
    for name in installed_here("runtime"):
        _link(metadata.distribution(name), Path(site))
    (wheel,) = dist.glob("*.whl")
    _pip(ours, "install", "--quiet", "--no-index", wheel)
    return ours


def _pip(python: Path, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--python", python, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=python.parent)
    assert done.returncode == 0, done.stdout + done.stderr


def _link(package: metadata.Distribution, site: Path) -> None:
    """Bring one package's files into another environment, without copying them."""
    for file in package.files or []:
        source = Path(str(package.locate_file(file)))
        if ".." in file.parts or not source.is_file():
            continue  # scripts name the Python that they were installed for
        target = site / file
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            try:
                os.link(source, target)
            except OSError:  # another disk
                target.symlink_to(source)


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """A process that sees the new environment and nothing of this checkout."""
    dropped = ("PYTHON", "NEO4J_", "GRAPHFACE_", "VIRTUAL_ENV", "COVERAGE_")
    place = Path(command[0]).parent
    plain = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    if cache := os.environ.get("GRAPHFACE_CACHE"):
        plain["GRAPHFACE_CACHE"] = cache
    plain.update(chosen())
    done = subprocess.run(
        command,
        env={**plain, "PATH": f"{place}{os.pathsep}{os.environ['PATH']}"},
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def _lines(python: Path, code: str) -> list[str]:
    return _run(python, "-c", code).stdout.splitlines()


def test_both_say_the_version_of_the_code(dist: Path) -> None:
    names = sorted(path.name for path in dist.iterdir())
    version = graphface.__version__
    assert names == [f"graphface-{version}-py3-none-any.whl", f"graphface-{version}.tar.gz"]


def test_the_source_distribution_holds_what_contributors_need(dist: Path) -> None:
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        top = f"graphface-{graphface.__version__}/"
        names = {name.removeprefix(top) for name in opened.getnames()}
    wanted = {"Makefile", "LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
    wanted |= {"requirements/dev.txt", "tests/e2e/test_wheel.py", "docker/Dockerfile"}
    assert wanted <= names
    assert not [name for name in names if name.startswith((".venv", "demo/", "build/"))]


def test_the_wheel_holds_the_package_alone(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "graphface",
        f"graphface-{graphface.__version__}.dist-info",
    }
    assert "graphface/py.typed" in names
    assert any(name.startswith("graphface/cypher/") for name in names)


def test_the_environment_is_the_wheel_and_what_is_locked(python: Path) -> None:
    (file,) = _lines(python, "import graphface; print(graphface.__file__)")
    assert Path(file).is_relative_to(python.parents[1])
    code = "from importlib.metadata import distributions as d; [print(x.name.lower()) for x in d()]"
    found = {name.replace("_", "-").replace(".", "-") for name in _lines(python, code)}
    assert found == {*installed_here("runtime"), "graphface"}
    assert not found & {"pytest", "ruff", "matplotlib", "werkzeug"}
    _pip(python, "check")


def test_demo_runs_from_the_wheel_alone(python: Path, tmp_path: Path) -> None:
    command = python.with_name("graphface" + (".exe" if os.name == "nt" else ""))
    said = _run(command, "demo", tmp_path / "demo")
    try:
        assert said.stdout.count(" is now ") == 8
        assert "unknown  face at" in said.stdout
        assert "All of this is right." in said.stdout
        assert str(ROOT) not in said.stdout + said.stderr
    finally:
        _run(command, "db", "stop", "--home", tmp_path / "demo" / "home")
