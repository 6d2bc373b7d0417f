"""What unit tests share: a machine without weights and without a way out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphface.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What reads the built site is slow: Sphinx takes longer than all tests of a room."""
    for item in items:
        if "site" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A DeepFace home without weights on a machine whose way out is closed; its weights folder."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in ("GRAPHFACE_MODEL", "GRAPHFACE_DETECTOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    monkeypatch.setenv("GRAPHFACE_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    folder = tmp_path / ".deepface" / "weights"
    folder.mkdir(parents=True)
    yield folder
    settings.cache_clear()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of docs/, built as `make docs` does: a warning is an error."""
    pytest.importorskip("sphinx", reason="pip install --group docs")
    docs, out = Path(__file__).resolve().parents[2] / "docs", tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html", docs, out],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return out


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are decoded from now on."""
    from graphface.ingest import pipeline
    from graphface.vision.pictures import read_picture

    names: list[str] = []

    def counting(path: Path) -> object:
        names.append(path.name)
        return read_picture(path)

    monkeypatch.setattr(pipeline, "read_picture", counting)
    return names
