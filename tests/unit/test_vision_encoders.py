"""Encoders: the same numbers alone and in a batch, and everything a model file can get wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from graphface.errors import EmbeddingError, ModelError, UsageError, WeightsMissing
from graphface.progress import reporting_to
from graphface.settings import settings
from graphface.vision import encoders
from graphface.vision.encoders import keras_export
from graphface.vision.encoders.batches import check_vectors
from graphface.vision.encoders.deepface_encoder import scaled
from tests.unit._faces import MOBILEFACENET, needs_data, photos, picture

ROOT = Path(__file__).parents[2]


def chips(count: int, side: int) -> np.ndarray:
    return np.random.default_rng(count).integers(0, 256, (count, side, side, 3), np.uint8)


def start_process(code: str) -> subprocess.Popen[str]:
    """A fresh Python that runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def in_a_process(code: str) -> str:
    """Run `code` in a fresh Python: what it prints."""
    process = start_process(code)
    printed, complaints = process.communicate(timeout=300)
    assert process.returncode == 0, complaints
    return printed + complaints


# --- Dlib ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_dlib_gives_the_same_numbers_alone_and_in_any_batch() -> None:
    encoder, faces = encoders.load("dlib"), chips(70, 150)
    together = encoder.encode(faces)
    assert (together.shape, together.dtype) == ((70, 128), np.float32)
    assert np.array_equal(together[:3], np.concatenate([encoder.encode(faces[i : i + 1])
                                                        for i in range(3)]))  # fmt: skip
    assert np.array_equal(together[5:40], encoder.encode(faces[5:40]))
    assert np.array_equal(together, encoders.load("Dlib", threads=1).encode(faces))


def test_no_chips_give_no_vectors() -> None:
    assert encoders.load("Dlib").encode(chips(0, 150)).shape == (0, 128)


def test_chips_of_another_size_or_type_are_refused() -> None:
    encoder = encoders.load("Dlib")
    with pytest.raises(ModelError, match="Dlib takes uint8 chips"):
        encoder.encode(chips(1, 112))
    with pytest.raises(ModelError, match="not float32"):
        encoder.encode(chips(1, 150).astype(np.float32))


@pytest.mark.slow
def test_dlib_imports_no_tensorflow(offline: Path) -> None:
    code = (
        "import sys, numpy as np\n"
        "from graphface.vision.extractor import Extractor\n"
        "from graphface.records import Picture\n"
        "from pathlib import Path\n"
        "shown = np.zeros((90, 90, 3), np.uint8)\n"
        "e = Extractor.create('Dlib', 'dlib')\n"
        "e.extract([Picture(Path('x'), '0' * 64, 1, 1, shown)])\n"
        "e.embed([np.zeros((150, 150, 3), np.uint8)])\n"
        "heavy = {'tensorflow', 'keras', 'torch', 'pandas'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))\n"
    )
    assert in_a_process(code).strip() == "heavy: []"


# --- DeepFace's own, exported to onnxruntime ------------------------------------------------------

SAVE = """
import h5py
import tensorflow as tf
from deepface.models.facial_recognition.tf.Facenet import InceptionResNetV1
tf.keras.utils.set_random_seed(5)
model = InceptionResNetV1()
with h5py.File({path!r}, "w") as file:  # as Keras 2 wrote it: a group a layer, weights in order
    file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
    file.attrs["backend"], file.attrs["keras_version"] = b"tensorflow", b"2.2.4"
    for layer in model.layers:
        group, weights = file.create_group(layer.name), layer.get_weights()
        names = [f"{{layer.name}}/{{i}}:0" for i in range(len(weights))]
        group.attrs["weight_names"] = [name.encode() for name in names]
        for name, values in zip(names, weights):
            group[name] = values
"""

LOAD = """
import sys
import numpy as np
from graphface.vision import encoders
faces = np.random.default_rng(4).integers(0, 256, (5, 160, 160, 3), np.uint8)
encoder = encoders.load("Facenet")
together = encoder.encode(faces)
alone = np.concatenate([encoder.encode(face[None]) for face in faces])
single = encoders.load("Facenet", threads=1).encode(faces)
print("shape", together.shape, together.dtype)
print("alone", np.array_equal(together, alone), np.array_equal(together, single))
print("tensorflow", "tensorflow" in sys.modules)
from graphface.vision.encoders import deepface_encoder
spec = encoders.get("Facenet")
client = deepface_encoder.client_of("Facenet", spec.weights.path)
plain = (faces - faces.mean((1, 2, 3), keepdims=True)) / faces.std((1, 2, 3), keepdims=True)
size = np.abs(together).max()
print("plain", float(np.abs(together - np.array(client.model(plain))).max() / size))
deepface_encoder.exported = lambda spec, weights: None
without = encoders.load("Facenet").encode(faces)
print("without", float(np.abs(together - without).max() / size))
print("apart", float(np.linalg.norm(together[0] - together[1])) > 1e-4 * np.linalg.norm(together))
"""


@pytest.mark.slow
def test_facenet_runs_from_deepfaces_own_weights_file(offline: Path) -> None:
    """DeepFace's architecture with random weights in DeepFace's file format, end to end."""
    in_a_process(SAVE.format(path=str(offline / "facenet_weights.h5")))
    both = [start_process(LOAD) for _ in range(2)]  # one exports, the other waits
    for process in both:
        printed, complaints = process.communicate(timeout=300)
        assert process.returncode == 0, complaints
        values = dict(line.split(" ", 1) for line in printed.strip().splitlines())
        assert values["shape"] == "(5, 128) float32"
        assert values["alone"] == "True True"
        assert values["tensorflow"] == "False"
        assert float(values["plain"]) < 1e-5
        assert float(values["without"]) < 1e-5
        assert values["apart"] == "True"
    made = [path.name for path in (settings().cache / "models").glob("facenet-*.onnx")]
    assert len(made) == 1
    assert encoders.choose()[0] == "Facenet"


def test_weights_that_cannot_be_exported_run_as_before(
    offline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = offline / "facenet_weights.h5"
    weights.write_bytes(b"no weights")
    assert keras_export.exported(encoders.get("Facenet"), weights) is None  # at once
    weights.write_bytes(keras_export.HDF5 + b"no weights")
    events: list[Any] = []
    monkeypatch.setattr(keras_export.sys, "executable", str(offline / "no-python"))
    with reporting_to(events.append):
        assert keras_export.exported(encoders.get("Facenet"), weights) is None
    assert "Facenet is not exported" in events[-1].text
    monkeypatch.setattr(keras_export.sys, "executable", "false")
    with reporting_to(events.append):
        assert keras_export.exported(encoders.get("Facenet"), weights) is None
    assert "its export failed: it ended with 1" in events[-1].text
    events.clear()
    with reporting_to(events.append):  # it is not tried again and again
        assert keras_export.exported(encoders.get("Facenet"), weights) is None
    assert not events


def test_facenet_without_weights_says_which_file_to_put_where(offline: Path) -> None:
    with pytest.raises(WeightsMissing) as caught:
        encoders.load("Facenet")
    assert str(offline / "facenet_weights.h5") in caught.value.hint
    assert "https://" in caught.value.hint


def test_without_facenets_weights_dlib_is_chosen_and_said_so(offline: Path) -> None:
    name, sentence = encoders.choose()
    assert name == "Dlib"
    assert sentence.count(".") == 1
    assert "Facenet's weights are neither here nor reachable" in sentence


def test_a_name_wins_over_the_environment(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHFACE_MODEL", "SFace")
    settings.cache_clear()
    assert encoders.choose()[0] == "SFace"
    assert encoders.choose("Dlib")[0] == "Dlib"


def test_an_unknown_model_is_one_clear_error() -> None:
    with pytest.raises(UsageError, match="no model is called FaceNot"):
        encoders.load("FaceNot")


def test_every_model_has_thresholds_for_its_metric_and_none_looser_for_links() -> None:
    for spec in encoders.REGISTRY.entries():
        assert spec.threshold() == spec.links[spec.metric]
        assert all(spec.links[metric] <= spec.pairs[metric] for metric in spec.links)
        assert encoders.get(spec.name.upper()) is spec


def test_pair_thresholds_are_deepfaces_but_for_facenet_which_was_measured() -> None:
    from deepface.config.threshold import thresholds

    for spec in encoders.REGISTRY.entries():
        deepfaces = {m: thresholds[spec.name][m] for m in spec.pairs}
        if spec.name == "Facenet":
            assert all(spec.pairs[metric] > deepfaces[metric] for metric in deepfaces)
        else:
            assert deepfaces == spec.pairs


def test_what_a_model_sees_changes_only_with_the_name_of_its_alignment() -> None:
    """A graph's `:Space` pins the alignment: embeddings of other pixels must not get into it."""
    seen = {spec.name: (spec.alignment, spec.scaling) for spec in encoders.REGISTRY.entries()}
    assert seen == {
        "Facenet": ("facenet-160", "standardize"),
        "Dlib": ("dlib-5-150", "bytes"),
        "ArcFace": ("five-point-112", "minus-one-to-one"),
        "GhostFaceNet": ("five-point-112", "minus-one-to-one"),
        "SFace": ("five-point-112", "unit"),
        "VGG-Face": ("square-224", "vggface"),
        "Facenet512": ("facenet-160", "minus-one-to-one"),
    }


def test_scaling_is_what_its_name_says() -> None:
    faces = chips(2, 8)
    standard = scaled(faces, "standardize")
    assert standard.mean(axis=(1, 2, 3)) == pytest.approx([0, 0], abs=1e-6)
    assert standard.std(axis=(1, 2, 3)) == pytest.approx([1, 1], abs=1e-5)
    assert np.isfinite(scaled(np.full((1, 8, 8, 3), 9, np.uint8), "standardize")).all()
    ends = np.array([[[[0, 0, 255]]]], np.uint8)
    assert scaled(ends, "minus-one-to-one").ravel() == pytest.approx([-1, -1, 1])
    assert scaled(ends, "unit").ravel() == pytest.approx([1, 0, 0])


# --- a user's own file ---------------------------------------------------------------------------


def mean_colour(path: Path, *, first: bool = True, batch: str | int = "n", side: int = 112) -> Path:
    """An ONNX model that answers with the mean of each channel of what it is given."""
    shape = [batch, 3, side, side] if first else [batch, side, side, 3]
    axes = [2, 3] if first else [1, 2]
    graph = helper.make_graph(
        [helper.make_node("ReduceMean", ["x"], ["y"], axes=axes, keepdims=0)],
        "mean",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [batch, 3])],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), str(path))
    return path


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("batch", ["n", 1])
def test_layout_and_batch_are_read_from_the_file(
    tmp_path: Path, first: bool, batch: str | int
) -> None:
    encoder = encoders.load(str(mean_colour(tmp_path / "m.onnx", first=first, batch=batch)))
    faces = chips(5, 112)
    expected = (faces.astype(np.float32).mean(axis=(1, 2)) - 127.5) / 127.5
    assert encoder.encode(faces) == pytest.approx(expected, abs=1e-4)
    assert (encoder.spec.dimensions, encoder.spec.size) == (3, (112, 112))
    assert encoder.spec.alignment == "five-point-112"


def test_the_json_beside_the_file_is_obeyed(tmp_path: Path) -> None:
    path = mean_colour(tmp_path / "m.onnx", side=160)
    options = {"mean": [0.1, 0.2, 0.3], "std": [0.5, 0.25, 0.2], "channels": "BGR",
               "alignment": "facenet-160", "metric": "cosine",
               "thresholds": {"cosine": 0.4}}  # fmt: skip
    path.with_suffix(".json").write_text(json.dumps(options))
    encoder, faces = encoders.load(str(path)), chips(2, 160)
    colour = faces.mean(axis=(1, 2))[:, ::-1] / 255
    expected = (colour - options["mean"]) / options["std"]
    assert encoder.encode(faces) == pytest.approx(expected, abs=1e-4)
    assert (encoder.spec.alignment, encoder.spec.metric) == ("facenet-160", "cosine")
    assert encoder.spec.threshold() == 0.4


def test_two_files_of_one_name_are_two_models(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    one = encoders.spec_of(str(mean_colour(tmp_path / "a" / "m.onnx")))
    other = encoders.spec_of(str(mean_colour(tmp_path / "b" / "m.onnx", first=False)))
    again = encoders.spec_of(str(mean_colour(tmp_path / "m.onnx")))
    assert one.name != other.name
    assert one.name == again.name
    assert one.name.startswith("m@")


@pytest.mark.parametrize(
    ("options", "message"),
    [("{", "is no JSON"), ('{"men": 1}', "unknown key men"), ('{"mean": 127.5}', "in .0, 1."),
     ('{"alignment": "x"}', "no such alignment"), ('{"metric": "manhattan"}', "manhattan"),
     ('{"thresholds": {"l1": 3}}', "no metric is called l1")],
)  # fmt: skip
def test_a_wrong_json_is_one_clear_error(tmp_path: Path, options: str, message: str) -> None:
    path = mean_colour(tmp_path / "m.onnx")
    path.with_suffix(".json").write_text(options)
    with pytest.raises(UsageError, match=message):
        encoders.load(str(path))


def test_files_that_are_no_embedding_model_are_one_clear_error(tmp_path: Path) -> None:
    missing, text, flat = (tmp_path / f"{name}.onnx" for name in ("missing", "text", "flat"))
    text.write_text("hello")
    values = numpy_helper.from_array(np.ones((4, 2), np.float32), "w")
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "flat",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        [values],
    )
    onnx.save(helper.make_model(graph), str(flat))
    for path, message in ((missing, "no such file"), (text, "is no ONNX"), (flat, "not a picture")):
        with pytest.raises(ModelError, match=message):
            encoders.load(str(path))


def of_type(path: Path, kind: int) -> Path:
    """As `mean_colour`, for an input of another type: made 32-bit numbers first."""
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["x"], ["f"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["f"], ["y"], axes=[2, 3], keepdims=0),
        ],
        "mean",
        [helper.make_tensor_value_info("x", kind, ["n", 3, 112, 112])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
    )
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), str(path))
    return path


def test_the_type_of_the_input_is_obeyed(tmp_path: Path) -> None:
    faces = chips(3, 112)
    colour = faces.astype(np.float32).mean(axis=(1, 2))
    pixels = encoders.load(str(of_type(tmp_path / "pixels.onnx", TensorProto.UINT8)))
    assert pixels.encode(faces) == pytest.approx(colour, abs=0.1)
    halves = encoders.load(str(of_type(tmp_path / "halves.onnx", TensorProto.FLOAT16)))
    assert halves.encode(faces) == pytest.approx((colour - 127.5) / 127.5, abs=1e-2)
    with pytest.raises(ModelError, match="takes int64"):
        encoders.load(str(of_type(tmp_path / "whole.onnx", TensorProto.INT64)))
    (tmp_path / "pixels.json").write_text('{"mean": 0.4}')
    with pytest.raises(UsageError, match="pixels as they are"):
        encoders.load(str(tmp_path / "pixels.onnx"))


@pytest.mark.slow
@needs_data
def test_mobilefacenet_tells_people_apart_with_the_scaling_of_its_json(tmp_path: Path) -> None:
    from graphface.vision.extractor import Extractor

    path = tmp_path / "mobile.onnx"
    path.write_bytes(MOBILEFACENET.read_bytes())
    path.with_suffix(".json").write_text(
        json.dumps({"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]})
    )
    extractor = Extractor.create(str(path), "dlib")
    people = [p.parent for p in photos(3000) if len(list(p.parent.iterdir())) >= 4][:12]
    shown = [picture(file) for person in people for file in sorted(person.iterdir())[:2]]
    vectors = np.stack([max(f, key=lambda x: x.box.width).embedding
                        for f in extractor.extract(shown)])  # fmt: skip
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    same = apart[np.arange(0, 24, 2), np.arange(1, 24, 2)]
    other = apart[::2, ::2][np.triu_indices(12, 1)]
    limit = extractor.space().threshold
    assert (same < limit).mean() >= 0.9
    assert (other > limit).all()


# --- vectors -------------------------------------------------------------------------------------


def test_vectors_that_are_no_embeddings_are_named() -> None:
    rows = np.array([[1, 2], [np.nan, 1], [0, 0], [np.inf, 1]], np.float32)
    reasons = check_vectors(rows, 2)
    assert [bool(reason) for reason in reasons] == [False, True, True, True]
    assert "not a number" in reasons[1]
    assert "zero" in reasons[2]
    with pytest.raises(EmbeddingError, match="not of 3 numbers"):
        check_vectors(rows, 3)
