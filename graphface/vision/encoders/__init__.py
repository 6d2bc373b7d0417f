"""Embedding models behind one interface; one module each.

An entry says what a model wants to see and how far apart is too far. Two thresholds stand beside
each. `pairs` are DeepFace's, tuned to answer "are these two the same person?" on balanced pairs.
`links` are for the graph: they let in what clustering weighs. The default method hardly minds
where they lie; connected components want a far stricter one. `docs/models.md` says where each
figure comes from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from graphface.errors import UsageError
from graphface.settings import settings
from graphface.vision.catalog import Entry, Registry, instead_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from graphface.records import Metric, Vectors

    Chips = NDArray[np.uint8]
    """[n, height, width, 3], RGB."""

Scaling = Literal["bytes", "standardize", "minus-one-to-one", "unit", "vggface"]
"""How pixels become numbers; see INPUTS and `graphface.vision.encoders.deepface_encoder.scaled`."""

INPUTS: dict[Scaling, str] = {
    "bytes": "RGB, bytes as they are",
    "standardize": "RGB, each chip to mean 0 and deviation 1",
    "minus-one-to-one": "RGB, (x - 127.5) / 127.5",
    "unit": "BGR in [0, 1], as DeepFace's client takes it",
    "vggface": "BGR less its mean colour",
}
"""The same in words."""

STRICTER = 0.93
"""Link threshold over pair threshold (distances) for models that were not measured: as Dlib's."""


class Encoder(Protocol):
    """An embedding model, loaded; safe to call from many threads."""

    spec: ModelSpec

    def encode(self, chips: Chips) -> Vectors:
        """Embeddings [n, dimensions], raw, of RGB chips [n, height, width, 3]."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec(Entry):
    """One embedding model, as it is pinned in a graph's `:Space`."""

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
    scaling: Scaling = "minus-one-to-one"
    runs_on: Literal["TensorFlow", "onnxruntime"] = "TensorFlow"
    make: Callable[[ModelSpec, int | None], Encoder]
    """Loads it, given the threads of one call (None: all cores)."""

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


def stricter(pairs: dict[Metric, float]) -> dict[Metric, float]:
    """Link thresholds from pair thresholds, for a model that was not measured.

    Cosine distance goes with the square of the distance between unit vectors.
    """
    return {
        metric: round(value * (STRICTER**2 if metric == "cosine" else STRICTER), 4)
        for metric, value in pairs.items()
    }


REGISTRY = Registry(ModelSpec, "model", __name__, "model-unknown", ", or the path of an .onnx file")
names, find, get = REGISTRY.names, REGISTRY.find, REGISTRY.get


def is_onnx(name: str) -> bool:
    """Does `name` look like the path of an ONNX file?"""
    return name.lower().endswith(".onnx")


def spec_of(name: str) -> ModelSpec:
    """The model called `name`, or the one in the `.onnx` file of that path; nothing is loaded."""
    if not is_onnx(name):
        return get(name)
    from graphface.vision.encoders.onnx_model import read_model

    return read_model(Path(name).expanduser())[0]


def choose(name: str | None = None) -> tuple[str, str]:
    """The model to use, and one sentence that says which and why.

    `name` wins, then GRAPHFACE_MODEL, then the best whose weights are here or can be fetched (they
    are, now).
    """
    if asked := name or settings().model:
        return asked, f"The embedding model is {asked}, as asked for."
    spec, passed = REGISTRY.best()
    if passed:
        return spec.name, instead_of(passed, f"faces are embedded by {spec.title}", spec)
    return spec.name, f"The embedding model is {spec.title}."


def load(name: str | None = None, threads: int | None = None) -> Encoder:
    """The encoder for a model's name or an `.onnx` file's path; None chooses (`choose`).

    `threads` bounds the threads of one call (all cores if None; models that TensorFlow runs use
    its own setting). Raises UsageError, ModelError or WeightsMissing.
    """
    spec = spec_of(name or choose()[0])
    return spec.make(spec, threads)
