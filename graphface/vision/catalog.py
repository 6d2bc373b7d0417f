"""The embedding models graphface knows: what each wants to see and how far apart is too far.

Two thresholds stand beside each model. `pairs` are DeepFace's, tuned to answer "are these two the
same person?" on balanced pairs. `links` are for the graph: they let in what clustering weighs.
The default method hardly minds where they lie; connected components want a far stricter one.
`docs/models.md` says where each figure comes from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphface.records import Metric

Engine = Literal["deepface", "onnx"]
"""Who runs the model: DeepFace's own client, or onnxruntime on a file."""

Scaling = Literal["standardize", "minus-one-to-one", "unit", "vggface"]
"""How pixels become numbers; see `graphface.vision.encoders.scaled`."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One embedding model, as it is pinned in a graph's `:Space`."""

    name: str
    dimensions: int
    alignment: str
    """The crop it was trained on; see `graphface.vision.alignment`."""
    size: tuple[int, int]
    """Height and width of the chip, in pixels."""
    metric: Metric
    """The metric used where none is asked for."""
    pairs: Mapping[Metric, float] = field(default_factory=dict)
    """Distance under which two pictures show one person, by metric (DeepFace's figures)."""
    links: Mapping[Metric, float] = field(default_factory=dict)
    """Distance under which two faces of a graph are SAME, by metric."""
    engine: Engine = "deepface"
    scaling: Scaling = "minus-one-to-one"
    weights: str | None = None
    """Name of the constant in DeepFace that holds the address of the weights."""
    weights_file: str | None = None
    """Name of the weights' file where it is not the last part of that address."""

    def threshold(self, metric: Metric | None = None) -> float:
        """The link threshold for `metric`; UsageError when the model has none for it."""
        chosen = metric or self.metric
        if chosen not in self.links:
            raise UsageError(
                f"{self.name} has no threshold for the metric {chosen}",
                "Give `threshold`, or use one of: " + ", ".join(sorted(self.links)),
                code="threshold-missing",
                name=self.name,
                chosen=chosen,
            )
        return self.links[chosen]


def metrics(euclidean: float, unit: float, cosine: float) -> dict[Metric, float]:
    """Thresholds by metric."""
    return {"euclidean": euclidean, "euclidean_l2": unit, "cosine": cosine}


STRICTER = 0.93
"""Link threshold over pair threshold (distances) for models that were not measured: as Dlib's."""


def _stricter(pairs: dict[Metric, float]) -> dict[Metric, float]:
    """Cosine distance goes with the square of the distance between unit vectors."""
    return {
        metric: round(value * (STRICTER**2 if metric == "cosine" else STRICTER), 4)
        for metric, value in pairs.items()
    }


_DLIB = metrics(0.6, 0.4, 0.07)
_FACENET = metrics(10, 0.80, 0.40)
_FACENET512 = metrics(23.56, 1.04, 0.30)
_ARCFACE = metrics(4.15, 1.13, 0.68)
_SFACE = metrics(10.734, 1.055, 0.593)
_VGG = metrics(1.17, 1.17, 0.68)
_GHOST = metrics(35.71, 1.10, 0.65)

MODELS: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec(
            "Facenet", 128, "facenet-160", (160, 160), "euclidean", _FACENET,
            metrics(10, 0.80, 0.32), scaling="standardize", weights="FACENET128_WEIGHTS",
        ),
        ModelSpec(
            "Dlib", 128, "dlib-5-150", (150, 150), "euclidean_l2", _DLIB,
            metrics(0.52, 0.37, 0.068), engine="onnx",
        ),
        ModelSpec(
            "Facenet512", 512, "facenet-160", (160, 160), "euclidean_l2", _FACENET512,
            _stricter(_FACENET512), weights="FACENET512_WEIGHTS",
        ),
        ModelSpec(
            "ArcFace", 512, "five-point-112", (112, 112), "euclidean_l2", _ARCFACE,
            _stricter(_ARCFACE), weights="WEIGHTS_URL",
        ),
        ModelSpec(
            "GhostFaceNet", 512, "five-point-112", (112, 112), "euclidean_l2", _GHOST,
            _stricter(_GHOST), weights="WEIGHTS_URL", weights_file="ghostfacenet_v1.h5",
        ),
        ModelSpec(
            "SFace", 128, "five-point-112", (112, 112), "euclidean_l2", _SFACE,
            _stricter(_SFACE), scaling="unit", weights="WEIGHTS_URL",
        ),
        ModelSpec(
            "VGG-Face", 4096, "square-224", (224, 224), "euclidean_l2", _VGG,
            _stricter(_VGG), scaling="vggface", weights="WEIGHTS_URL",
        ),
    )
}  # fmt: skip

PREFERRED, OFFLINE = "Facenet", "Dlib"
"""The first choice, and the one that needs nothing but what pip installed."""


def known(name: str) -> ModelSpec:
    """The model called `name`, whatever its case; UsageError when there is none."""
    for spec in MODELS.values():
        if spec.name.lower() == name.lower():
            return spec
    raise UsageError(
        f"no model is called {name}",
        f"Use one of {', '.join(MODELS)}, or the path of an .onnx file",
        code="model-unknown",
        name=name,
    )
