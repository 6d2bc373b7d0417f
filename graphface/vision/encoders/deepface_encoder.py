"""DeepFace's models. TensorFlow is imported once, to export a Keras model to onnxruntime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import Action, ModelError
from graphface.numbers import unit_vectors
from graphface.vision.catalog import Licence
from graphface.vision.deepface_bridge import DeepFaceFile, load_client, reason_of
from graphface.vision.encoders.batches import in_batches, run, session
from graphface.vision.encoders.keras_export import exported
from graphface.vision.encoders.model_spec import ModelSpec, metrics, stricter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from graphface.records import Vectors
    from graphface.vision.encoders.model_spec import Chips, Scaling

    Forward = Callable[[NDArray[np.float32]], Vectors]

VGGFACE_MEAN = (93.5940, 104.7624, 129.1863)
"""Mean colour of VGGFace's training pictures: blue, green, red."""


class DeepFaceEncoder:
    """One of DeepFace's models: a Keras model exported to onnxruntime, any other by its client.

    Where the export cannot run, a Keras model runs as one compiled TensorFlow function.
    """

    def __init__(self, spec: ModelSpec, threads: int | None = None) -> None:
        self.spec = spec
        weights = spec.weights.obtain() if spec.weights else None
        self.forward = _network(spec, weights, threads)

    def encode(self, chips: Chips) -> Vectors:
        return in_batches(
            chips, self.spec, lambda part: self.forward(scaled(part, self.spec.scaling))
        )


class VggFaceEncoder(DeepFaceEncoder):
    """VGG-Face, whose client scales vectors to length 1 after the network."""

    def encode(self, chips: Chips) -> Vectors:
        return unit_vectors(super().encode(chips))


def _network(spec: ModelSpec, weights: Path | None, threads: int | None) -> Forward:
    """The network: scaled chips [n, height, width, 3] in, embeddings [n, dimensions] out."""
    if weights is not None and weights.suffix == ".h5" and (file := exported(spec, weights)):
        opened = session(file, threads)
        return lambda values: run(opened, values)
    client = client_of(spec.name, weights)
    if not hasattr(client.model, "trainable_weights"):  # DeepFace runs it on another engine
        return lambda values: np.atleast_2d(np.asarray(client.forward(values), np.float32))
    return compiled(client, spec)


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


def client_of(name: str, weights: Path | None) -> Any:
    """DeepFace's client of a model. Raises ModelError with DeepFace's reason in one line."""
    try:
        return load_client("facial_recognition", name)
    except (ImportError, ValueError, OSError) as error:
        reason = reason_of(error.__cause__ or error)
        raise ModelError(
            f"DeepFace cannot load {name} from {weights}: {reason}",
            "If that file is damaged, delete it and fetch it again",
            action=Action("models.fetch", {"name": name}),
            code="model-damaged",
            name=name,
            weights=weights,
            reason=reason,
        ) from error


def compiled(client: Any, spec: ModelSpec) -> Forward:
    """The Keras model as one TensorFlow function: five times as fast as a call for each face."""
    import tensorflow as tf

    signature = [tf.TensorSpec([None, *spec.size, 3], tf.float32)]
    function = tf.function(lambda x: client.model(x, training=False), input_signature=signature)
    return lambda values: np.asarray(function(tf.constant(values)).numpy(), np.float32)


_ARCFACE = metrics(4.15, 1.13, 0.68)
_GHOST = metrics(35.71, 1.10, 0.65)
_SFACE = metrics(10.734, 1.055, 0.593)
_VGG = metrics(1.17, 1.17, 0.68)

ENTRIES = (
    ModelSpec(
        name="ArcFace", title="ArcFace",
        source="https://github.com/leondgarse/Keras_insightface",
        licence=Licence("MIT", "MIT", "CASIA-WebFace (research only)"),
        weights=DeepFaceFile(
            "facial_recognition", "ArcFace", "arcface_weights.h5", 137_000_000
        ),
        dimensions=512, alignment="five-point-112", size=(112, 112), metric="euclidean_l2",
        pairs=_ARCFACE, links=stricter(_ARCFACE), make=DeepFaceEncoder,
    ),
    ModelSpec(
        name="GhostFaceNet", title="GhostFaceNet",
        source="https://github.com/HamadYA/GhostFaceNets",
        licence=Licence("MIT", "MIT", "MS1MV3, from MS-Celeb-1M (withdrawn; research only)"),
        weights=DeepFaceFile(
            "facial_recognition", "GhostFaceNet", "ghostfacenet_v1.h5", 17_000_000, renamed=True
        ),
        dimensions=512, alignment="five-point-112", size=(112, 112), metric="euclidean_l2",
        pairs=_GHOST, links=stricter(_GHOST), make=DeepFaceEncoder,
    ),
    ModelSpec(
        name="SFace", title="SFace", source="https://github.com/opencv/opencv_zoo",
        licence=Licence(
            "Apache-2.0", "Apache-2.0",
            "CASIA-WebFace, VGGFace2 or MS1MV2 (research only); not stated which",
        ),
        weights=DeepFaceFile(
            "facial_recognition", "SFace", "face_recognition_sface_2021dec.onnx", 38_696_353,
            "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
        ),
        runs_on="onnxruntime",
        dimensions=128, alignment="five-point-112", size=(112, 112), metric="euclidean_l2",
        pairs=_SFACE, links=stricter(_SFACE), scaling="unit", make=DeepFaceEncoder,
    ),
    ModelSpec(
        name="VGG-Face", title="VGG-Face", source="https://www.robots.ox.ac.uk/~vgg/software/vgg_face/",
        licence=Licence("MIT", "see its page", "VGGFace (pictures of celebrities from the web)"),
        weights=DeepFaceFile(
            "facial_recognition", "VGG-Face", "vgg_face_weights.h5", 580_000_000
        ),
        dimensions=4096, alignment="square-224", size=(224, 224), metric="euclidean_l2",
        pairs=_VGG, links=stricter(_VGG), scaling="vggface", make=VggFaceEncoder,
    ),
)  # fmt: skip
