"""Chips to embeddings, in batches, behind one interface.

TensorFlow is imported only when a model that needs it is loaded.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from graphface.errors import Action, EmbeddingError, ModelError, WeightsMissing
from graphface.settings import settings
from graphface.vision.catalog import OFFLINE, PREFERRED, known
from graphface.vision.dlib_network import dlib_network
from graphface.vision.onnx_file import OnnxInput, is_onnx, read_model
from graphface.vision.quiet import quiet
from graphface.vision.weights import model_weights, obtain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.records import Vectors
    from graphface.vision.catalog import ModelSpec, Scaling

    Chips = NDArray[np.uint8]
    """[n, height, width, 3], RGB."""

VGGFACE_MEAN = (93.5940, 104.7624, 129.1863)
"""Mean colour of VGGFace's training pictures: blue, green, red."""

BATCH = 32
"""Chips handed to a network at once."""


class Encoder(Protocol):
    """An embedding model, loaded; safe to call from many threads."""

    spec: ModelSpec

    def encode(self, chips: Chips) -> Vectors:
        """Embeddings [n, dimensions], raw, of RGB chips [n, height, width, 3]."""
        ...


def choose_model(name: str | None = None) -> tuple[str, str]:
    """The model to use, and one sentence that says which and why.

    `name` wins, then GRAPHFACE_MODEL, then Facenet if its weights are here or can be fetched (they
    are, now), else Dlib.
    """
    if asked := name or settings().model:
        return asked, f"The embedding model is {asked}, as asked for."
    weights = model_weights(known(PREFERRED))
    try:
        if weights is not None:
            obtain(weights)
    except WeightsMissing:
        return OFFLINE, (
            f"{PREFERRED}'s weights are neither here nor reachable, so faces are embedded by "
            f"{OFFLINE}, which needs no download."
        )
    return PREFERRED, f"The embedding model is {PREFERRED}."


def spec_of(name: str) -> ModelSpec:
    """The model called `name`, or the one in the `.onnx` file of that path; nothing is loaded."""
    return read_model(Path(name).expanduser())[0] if is_onnx(name) else known(name)


def load_encoder(name: str | None = None, threads: int | None = None) -> Encoder:
    """The encoder for a model's name or an `.onnx` file's path; None chooses (`choose_model`).

    `threads` bounds the threads of one call (all cores if None; models that TensorFlow runs use
    its own setting). Raises UsageError, ModelError or WeightsMissing.
    """
    chosen = name or choose_model()[0]
    if is_onnx(chosen):
        spec, taken = read_model(Path(chosen).expanduser())
        return OnnxFileEncoder(spec, taken, threads)
    spec = known(chosen)
    return DlibEncoder(spec, threads) if spec.name == OFFLINE else DeepFaceEncoder(spec)


def check_vectors(vectors: Vectors, dimensions: int) -> list[str]:
    """For each row the reason why it is no embedding, or an empty text.

    Raises EmbeddingError when the rows have the wrong length: then none of them is usable.
    """
    if vectors.ndim != 2 or vectors.shape[1] != dimensions:
        raise EmbeddingError(
            f"the model gave vectors of shape {vectors.shape}, not of {dimensions} numbers",
            "Its description and its file do not belong together",
            code="embedding-length",
            shape=vectors.shape,
            dimensions=dimensions,
        )
    return [
        "the embedding is not a number" if not np.isfinite(vector).all()
        else "" if vector.any() else "the embedding is zero"
        for vector in vectors
    ]  # fmt: skip


def scaled(chips: Chips, scaling: Scaling) -> NDArray[np.float32]:
    """Chips as the numbers a model was trained on, float32 of the same shape.

    `standardize`: each chip to mean 0 and deviation 1 (FaceNet's "prewhiten"); `minus-one-to-one`:
    (x - 127.5) / 127.5; `unit`: x / 255 in BGR, as DeepFace's clients take it; `vggface`: BGR less
    VGGFace's mean colour.
    """
    values = chips.astype(np.float32)
    if scaling == "standardize":
        mean = values.mean(axis=(1, 2, 3), keepdims=True)
        spread = values.std(axis=(1, 2, 3), keepdims=True)
        values = (values - mean) / np.maximum(spread, np.float32(1 / values[0].size ** 0.5))
    elif scaling == "minus-one-to-one":
        values = (values - np.float32(127.5)) / np.float32(127.5)
    elif scaling == "unit":
        values = values[..., ::-1] / np.float32(255)
    else:
        values = values[..., ::-1] - np.array(VGGFACE_MEAN, np.float32)
    return np.asarray(values, np.float32)


class DlibEncoder:
    """dlib's network through onnxruntime: 128 numbers, some milliseconds a face."""

    def __init__(self, spec: ModelSpec, threads: int | None = None) -> None:
        self.spec = spec
        self._session = _session(dlib_network(), threads)

    def encode(self, chips: Chips) -> Vectors:
        return _in_batches(chips, self.spec, lambda part: _run(self._session, part))


class OnnxFileEncoder:
    """A user's own model through onnxruntime."""

    def __init__(self, spec: ModelSpec, taken: OnnxInput, threads: int | None = None) -> None:
        self.spec, self._input = spec, taken
        self._session = _session(taken.path, threads)

    def encode(self, chips: Chips) -> Vectors:
        return _in_batches(chips, self.spec, self._encode, BATCH if self._input.batched else 1)

    def _encode(self, chips: Chips) -> Vectors:
        taken = self._input
        values: Any = chips[..., ::-1] if taken.bgr else chips
        if taken.type != "uint8":
            values = values.astype(np.float32) / np.float32(255)
            values = (values - np.array(taken.mean, np.float32)) / np.array(taken.std, np.float32)
        ordered = values.transpose(0, 3, 1, 2) if taken.channels_first else values
        return _run(self._session, ordered.astype(taken.type))


class DeepFaceEncoder:
    """One of DeepFace's models, through its client; Keras models run as one compiled function."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        weights = model_weights(spec)
        self.client = _deepface_client(spec.name, obtain(weights) if weights else None)
        self.function = compiled(self.client, spec)

    def encode(self, chips: Chips) -> Vectors:
        return _in_batches(chips, self.spec, self._encode)

    def _encode(self, chips: Chips) -> Vectors:
        values = scaled(chips, self.spec.scaling)
        if self.function is None:
            return np.atleast_2d(np.asarray(self.client.forward(values), np.float32))
        vectors = np.asarray(self.function(values), np.float32)
        if self.spec.name == "VGG-Face":  # its client normalises behind the network
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _in_batches(chips: Chips, spec: ModelSpec, encode: Any, size: int = BATCH) -> Vectors:
    if chips.ndim != 4 or chips.shape[1:] != (*spec.size, 3) or chips.dtype != np.uint8:
        raise ModelError(
            f"{spec.name} takes uint8 chips of {spec.size}, not {chips.dtype} {chips.shape}",
            code="pixels-invalid",
            name=spec.name,
            size=spec.size,
            dtype=chips.dtype,
            shape=chips.shape,
        )
    parts = [encode(chips[i : i + size]) for i in range(0, len(chips), size)]
    return np.concatenate([np.zeros((0, spec.dimensions), np.float32), *parts])


def _session(path: Path, threads: int | None) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _cores()
    options.log_severity_level = 3
    # Waiting threads sleep: the cores are wanted by the threads that find faces meanwhile.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise ModelError(
            f"{path} cannot be run: {reason}",
            "Delete it, or export it anew",
            code="model-damaged",
            path=path,
            reason=reason,
        ) from error


def _cores() -> int:
    """Cores this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _run(session: Any, values: NDArray[Any]) -> Vectors:
    answer = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(values)})[0]
    return np.asarray(answer, np.float32)


def _deepface_client(name: str, weights: Path | None) -> Any:
    try:
        with quiet():
            from deepface.modules.modeling import build_model

            return build_model("facial_recognition", name)
    except (ImportError, ValueError, OSError) as error:
        cause = error.__cause__ or error
        reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
        raise ModelError(
            f"DeepFace cannot load {name} from {weights}: {reason}",
            "If that file is damaged, delete it and fetch it again",
            action=Action("models.fetch", {"name": name}),
            code="model-damaged",
            name=name,
            weights=weights,
            reason=reason,
        ) from error


def compiled(client: Any, spec: ModelSpec) -> Any:
    """The Keras model as one TensorFlow function, five times as fast as one call a face.

    None when DeepFace runs the model on another engine; its client then takes whole batches.
    """
    if not hasattr(client.model, "trainable_weights"):
        return None
    import tensorflow as tf

    signature = [tf.TensorSpec([None, *spec.size, 3], tf.float32)]
    function = tf.function(lambda x: client.model(x, training=False), input_signature=signature)
    return lambda values: function(tf.constant(values)).numpy()
