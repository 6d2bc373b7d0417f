"""Every notebook runs in Jupyter's own way from its first cell to its last, and shows pictures."""

from __future__ import annotations

import ast
import base64
import io
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection
    from tests.conftest import Cli

FOLDER = ROOT / "notebooks"
PICTURES = {
    "01-from-folder-to-graph": 5,
    "02-choosing-a-threshold": 3,
    "03-why-graphs": 6,
    "04-your-own-model": 2,
    "05-beside-deepface": 3,
}
"""How many pictures and plots each shows, at least."""

MOST_CELLS = 12
LARGEST = 30_000
"""Bytes of a notebook without outputs: more is not small and plain."""


@pytest.fixture(params=sorted(PICTURES))
def path(request: pytest.FixtureRequest) -> Path:
    return FOLDER / f"{request.param}.ipynb"


@pytest.fixture(scope="module")
def temporary(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the notebooks take for the folder of temporary files; their database is the shared one,
    and the first of them draws the album for all."""
    folder = tmp_path_factory.mktemp("temporary")
    (folder / "graphface-notebooks").mkdir()
    (folder / "graphface-notebooks" / "home").symlink_to(home)
    return folder


def code_of(path: Path) -> list[str]:
    return [c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code"]


def test_these_are_all() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == sorted(PICTURES)


def test_it_is_small_plain_and_stripped(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) <= MOST_CELLS
    assert path.stat().st_size < LARGEST
    for cell in code:
        assert not cell.outputs, "outputs are stripped"
        assert cell.execution_count is None
        assert not cell.metadata
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_every_step_says_what_it_is_for(path: Path) -> None:
    cells = nbformat.read(path, 4).cells
    assert cells[0].source.startswith(f"# {path.stem[:2]} ")
    for before, cell in pairwise(cells):
        assert cell.cell_type != "code" or before.cell_type == "markdown", cell.source


def test_it_claims_something(path: Path) -> None:
    trees = [ast.parse(source) for source in code_of(path)]
    assert sum(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree)) >= 1


@pytest.mark.slow
def test_it_runs_and_shows_pictures(
    path: Path, cli: Cli, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(temporary / "runtime"))
    notebook = nbformat.read(path, 4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources=at(FOLDER))
    client.execute(env=environment(cli, temporary))  # raises where a cell does, asserts too
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "Warning" not in said
    assert "Traceback" not in said
    assert "downloading" not in said
    shown = [image for output in outputs for image in images(output)]
    assert len(shown) >= PICTURES[path.stem]
    for image in shown:
        assert min(image.size) >= 200
        assert max(image.size) >= 700
        assert np.asarray(image.convert("L")).std() > 5, "an empty picture"


@pytest.mark.slow
def test_the_last_one_leaves_nothing_of_deepface(graph: Connection) -> None:
    for schema in ("INDEXES", "CONSTRAINTS"):
        rows = graph.driver.execute_query(f"SHOW {schema} YIELD name").records
        assert not [row["name"] for row in rows if "Dlib" in row["name"]]


def at(folder: Path) -> dict[str, Any]:
    """Where the cells run: Jupyter starts a notebook in its own folder."""
    return {"metadata": {"path": str(folder)}}


def environment(cli: Cli, temporary: Path) -> dict[str, str]:
    """As a user's, but what Jupyter and matplotlib write goes to the folder of temporary files."""
    return cli.environment(
        TMPDIR=str(temporary),
        IPYTHONDIR=str(temporary / "ipython"),
        MPLCONFIGDIR=str(temporary / "matplotlib"),
    )


def images(output: Any) -> Iterator[Image.Image]:
    for form in ("image/png", "image/jpeg"):
        if form in output.get("data", {}):
            yield Image.open(io.BytesIO(base64.b64decode(output.data[form])))
