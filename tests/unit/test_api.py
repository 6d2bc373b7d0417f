"""The Python API: its names, that each command has its call, and that importing it is light."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

import graphface
from graphface import errors
from graphface.api.opened import path_of, paths_of

CALLS = [
    "add_face", "answer", "audit", "backup", "browse", "build", "calibrate", "close", "cluster",
    "confirm", "connection", "distances", "evaluate", "explain", "export", "extractor", "faces",
    "forget", "hide", "history", "ignore", "import_embeddings", "import_names",
    "import_regions", "ingest", "link", "merge", "move", "name", "network", "open", "people",
    "propose_split", "query", "register", "reject", "remove_thumbnails", "rename", "restore",
    "review", "search", "space", "split", "statements", "stats", "together", "undo", "unhide",
    "unignore", "verify", "who",
]  # fmt: skip


def public() -> list[str]:
    return [name for name in dir(graphface.Graph) if not name.startswith("_")]


def test_the_names_are_these() -> None:
    assert graphface.__all__ == ["Database", "Graph", "GraphfaceError", "Models", "__version__"]
    assert public() == CALLS
    assert set(graphface.__all__) <= set(dir(graphface))
    with pytest.raises(AttributeError, match="Grahp"):
        graphface.Grahp  # noqa: B018


@pytest.mark.parametrize("name", CALLS)
def test_each_is_typed_and_says_what_it_does(name: str) -> None:
    found = inspect.getattr_static(graphface.Graph, name)
    plain = found.fget if isinstance(found, property) else getattr(graphface.Graph, name)
    assert (inspect.getdoc(plain) or "").split("\n")[0].endswith((".", ","))
    signature = inspect.signature(plain)
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in list(signature.parameters.values()):
        assert parameter.name in ("self", "cls") or parameter.annotation is not parameter.empty


def test_every_error_that_is_named_exists() -> None:
    text = " ".join(inspect.getdoc(getattr(graphface.Graph, name)) or "" for name in public())
    named = set(
        re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", text + (graphface.Graph.__doc__ or ""))
    )
    there = {name for name in vars(errors) if inspect.isclass(getattr(errors, name))}
    assert {name for name in named if name.endswith(("Error", "Found", "Missing"))} <= there
    assert {"NotFound", "UsageError", "PictureError"} <= named


def test_importing_is_light() -> None:
    code = (
        "import sys, graphface; graphface.Graph; "
        "print([m for m in ('numpy', 'neo4j', 'PIL', 'tensorflow', 'cv2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_paths_are_what_users_write(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert str(path_of("~/a.jpg")) == "/home/ada/a.jpg"
    assert [str(p) for p in paths_of("a.jpg")] == ["a.jpg"]
    assert [str(p) for p in paths_of(["a.jpg", "~"])] == ["a.jpg", "/home/ada"]
