"""What an embedding model says of itself: the entry of the registry, and what loads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from graphface.errors import UsageError
from graphface.vision.catalog import Entry

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
    """The crop of its training; see `graphface.vision.alignment`."""
    size: tuple[int, int]
    """Height and width of the chip, in pixels."""
    metric: Metric
    """The default metric."""
    pairs: Mapping[Metric, float] = field(default_factory=dict)
    """Distance under which two pictures show one person, by metric: DeepFace's unless measured."""
    links: Mapping[Metric, float] = field(default_factory=dict)
    """Distance under which two faces of a graph are SAME, by metric."""
    figures: str = ""
    """How good and how fast it is, in a few words, for the sentence that says which was chosen."""
    scaling: Scaling = "minus-one-to-one"
    runs_on: Literal["onnxruntime", "onnxruntime, from Keras"] = "onnxruntime, from Keras"
    make: Callable[[ModelSpec, int | None], Encoder]
    """Loads it with a number of threads per call (None for all cores)."""

    def threshold(self, metric: Metric | None = None) -> float:
        """The link threshold for `metric`. Raises UsageError if the model has none for it."""
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

    Cosine distance is proportional to the square of the distance between unit vectors.
    """
    return {
        metric: round(value * (STRICTER**2 if metric == "cosine" else STRICTER), 4)
        for metric, value in pairs.items()
    }
