"""A detector or an encoder is one file: it is listed, completed, documented and runs."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner

from graphface.cli.app import app
from graphface.cli.options import SEE_LIST, choices, complete_detector, complete_model
from graphface.errors import UsageError
from graphface.records import Box
from graphface.sample.album import make_portrait
from graphface.sample.identity import identities
from graphface.vision import detectors, encoders
from graphface.vision.alignment import ALIGNMENTS
from graphface.vision.extractor import Extractor
from graphface.vision.inventory import inventory
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

DETECTOR = re.findall(
    r"```python\n(.*?)```", (ROOT / "docs" / "models.md").read_text("utf-8"), re.S
)[0]
"""The example of docs/models.md."""

ENCODER = """
import numpy as np
from graphface.vision.catalog import Licence
from graphface.vision.encoders import ModelSpec

class Colour:
    def __init__(self, spec, threads):
        self.spec = spec

    def encode(self, chips):
        return chips.mean(axis=(1, 2)).astype(np.float32)

ENTRIES = (
    ModelSpec(
        name="Colour", title="mean colour", source="a test", licence=Licence("MIT", "none"),
        aliases=("hue",), dimensions=3, alignment="five-point-112", size=(112, 112),
        metric="euclidean", links={"euclidean": 9.0}, scaling="bytes", runs_on="onnxruntime",
        make=Colour,
    ),
)
"""


def reload() -> None:
    detectors.REGISTRY.reload()
    encoders.REGISTRY.reload()


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One new file in each of the two folders, as it were."""
    for package, text in ((detectors, DETECTOR), (encoders, ENCODER)):
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / "fresh.py").write_text(text)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    reload()
    yield
    monkeypatch.undo()
    for package in (detectors, encoders):
        sys.modules.pop(f"{package.__name__}.fresh", None)
    reload()


def printed(*arguments: str, width: int = 200) -> str:
    result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": str(width)})
    assert result.exit_code == 0, result.output
    return re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)


def test_one_file_is_all_that_a_detector_or_an_encoder_takes(added: None) -> None:
    rows = {row.name: row for row in inventory()}
    assert (rows["middle"].kind, rows["middle"].weights) == ("detector", "here")
    assert (rows["Colour"].kind, rows["Colour"].dimensions) == ("model", 3)
    listed = printed("models", "list")
    assert re.search(r"^middle +here", listed, re.M)
    assert re.search(r"^Colour +here .* 3 +9 +none", listed, re.M)


def test_it_runs_on_a_drawn_picture(added: None, tmp_path: Path) -> None:
    picture = read_picture(make_portrait(tmp_path / "a.jpg", identities()[0]).path)
    height, width = picture.pixels.shape[:2]
    extractor = Extractor.create("hue", "middle")
    ((face,),) = extractor.extract([picture])
    assert face.box == Box(width // 4, height // 4, width // 2, height // 2)
    assert face.embedding.shape == (3,)
    chip = picture.pixels[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
    assert np.abs(face.embedding - chip.mean(axis=(0, 1))).max() < 60
    space = extractor.space()
    assert (space.model, space.detector, space.threshold) == ("Colour", "middle", 9.0)


def test_the_command_line_offers_it(added: None) -> None:
    assert ("middle", "the middle, here") in complete_detector("MI")
    assert ("Colour", "3 numbers, here") in complete_model("co")
    assert "middle" in choices("detector", f"Face detector. {SEE_LIST}")
    assert choices("model", "Any name") == []
    shown = " ".join(printed("who", "--help").replace("│", " ").split())
    assert f"One of: {', '.join(detectors.names())}." in shown
    assert f"One of: {', '.join(encoders.names())}." in shown
    with pytest.raises(UsageError, match="Did you mean middle"):
        detectors.load("midle")


def test_the_documentation_has_it(added: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    pytest.importorskip("sphinx", reason="pip install --group docs")
    registry: Any = importlib.import_module("sitegen.registry")
    assert "| Colour | 3 | five-point-112 | euclidean |  | 9 | onnxruntime |" in registry.models("")
    assert "| middle | 0 |  | 0 |  |" in registry.detector_table("")
    assert "| middle | my_package | MIT | none |" in registry.licences("")


def plugged(folder: Path, group: str, name: str, text: str) -> None:
    """A package as pip would leave it: a module and its entry point."""
    (folder / f"{name}.py").write_text(text)
    facts = folder / f"{name}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[{group}]\n{name} = {name}\n")


@pytest.mark.slow
def test_a_package_of_its_own_is_a_plug_in(tmp_path: Path) -> None:
    plugged(tmp_path, "graphface.detectors", "my_middle", DETECTOR)
    plugged(tmp_path, "graphface.encoders", "my_colour", ENCODER)
    plugged(tmp_path, "graphface.encoders", "my_dlib", ENCODER.replace('"Colour"', '"Dlib"'))
    plugged(tmp_path, "graphface.encoders", "my_broken", "import no_such_module")
    done = subprocess.run(
        [sys.executable, "-m", "graphface", "models", "list", "--json"],
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": "", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    rows = {(row["kind"], row["name"]): row for row in json.loads(done.stdout)}
    assert rows["detector", "middle"]["weights"] == "here"
    assert rows["model", "Colour"]["dimensions"] == 3
    assert rows["model", "Dlib"]["dimensions"] == 128
    assert "another model called Dlib is left out" in done.stderr
    assert "my_broken" in done.stderr
    assert "No module named 'no_such_module'" in done.stderr


def test_every_entry_is_whole() -> None:
    for registry in (detectors.REGISTRY, encoders.REGISTRY):
        entries: list[Any] = list(registry.entries())
        said = [name.lower() for e in entries for name in (e.name, *e.aliases)]
        assert len(set(said)) == len(said)
        ranks = [e.rank for e in entries if e.rank is not None]
        assert ranks == list(range(1, len(ranks) + 1))
        assert entries[len(ranks) - 1].state == "here"  # what is left when nothing can be fetched
        for entry in entries:
            assert entry.source
            assert entry.licence.code
            assert entry.licence.weights
            assert entry.state in ("here", "can be had", "missing")
    for spec in encoders.REGISTRY.entries():
        assert spec.alignment in ALIGNMENTS
        assert spec.scaling in encoders.INPUTS


def test_the_detectors_of_deepface_are_all_here() -> None:
    from deepface.modules.modeling import AVAILABLE_MODELS

    assert set(AVAILABLE_MODELS["face_detector"]) == set(detectors.names())
    assert set(encoders.names()) <= set(AVAILABLE_MODELS["facial_recognition"])


def test_reading_the_registry_loads_no_model_library() -> None:
    code = (
        "import sys\n"
        "from graphface.vision import detectors, encoders\n"
        "assert 'numpy' not in sys.modules\n"
        "detectors.names(), encoders.names()\n"
        "heavy = {'tensorflow', 'deepface', 'cv2', 'dlib', 'onnx', 'onnxruntime', 'PIL'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
