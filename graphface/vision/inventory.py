"""Which models and detectors are here, which can be had, and which would be used now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphface.errors import WeightsMissing
from graphface.settings import settings
from graphface.vision.catalog import MODELS, OFFLINE, PREFERRED, known
from graphface.vision.dlib_network import dlib_network, network_path
from graphface.vision.onnx_file import is_onnx
from graphface.vision.weights import (
    FETCHED_DETECTORS,
    detector_weights,
    fetch,
    model_weights,
    weights_folder,
)

if TYPE_CHECKING:
    from graphface.vision.weights import Weights


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of the inventory."""

    model: str
    used: str
    """"now" for the one that would be used, asked for or chosen; nothing is fetched to find out."""
    weights: str
    dimensions: int
    alignment: str
    metric: str
    link: float
    """The link threshold in `metric`."""
    pair: float | None
    """DeepFace's threshold for a pair, in the same metric."""

    def as_dict(self) -> dict[str, Any]:
        """The row, in the order its columns are shown."""
        return asdict(self)


def inventory() -> list[Listed]:
    """Every model of the catalogue."""
    used = _used()
    return [
        Listed(
            model=spec.name,
            used="now" if spec.name == used else "",
            weights=_state(model_weights(spec)),
            dimensions=spec.dimensions,
            alignment=spec.alignment,
            metric=spec.metric,
            link=spec.threshold(),
            pair=spec.pairs.get(spec.metric),
        )
        for spec in MODELS.values()
    ]


def fetch_model(name: str) -> Path:
    """Make the weights of a model or a detector ready for use; where they lie now.

    Raises UsageError for an unknown name, WeightsMissing when nothing can be fetched.
    """
    if is_onnx(name):
        return model_path(name)
    weights = _weights_of(name)
    if weights is None:
        return dlib_network()
    return weights.path if weights.present else fetch(weights)


def model_path(name: str | None = None) -> Path:
    """Where the weights of a model or a detector lie or belong; None: DeepFace's folder.

    Raises WeightsMissing for an `.onnx` file that is not there.
    """
    if name is None:
        return weights_folder()
    if is_onnx(name):
        path = Path(name).expanduser().resolve()
        if not path.is_file():
            raise WeightsMissing(
                f"{path}: no such file",
                "Give the path of an .onnx file",
                code="file-not-found",
                path=path,
            )
        return path
    weights = _weights_of(name)
    return network_path() if weights is None else weights.path


def _weights_of(name: str) -> Weights | None:
    return detector_weights(name) if name in FETCHED_DETECTORS else model_weights(known(name))


def _state(weights: Weights | None) -> str:
    if weights is None:
        return "built in"
    return "here" if weights.present else "to be fetched"


def _used() -> str:
    """Without looking whether Facenet could be fetched: a list must answer at once."""
    if asked := settings().model:
        return asked if is_onnx(asked) else known(asked).name
    weights = model_weights(known(PREFERRED))
    return PREFERRED if weights and weights.present else OFFLINE
