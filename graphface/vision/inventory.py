"""List models and detectors: which are here, which can be fetched, and which is used now."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from graphface.errors import UsageError, WeightsMissing
from graphface.records import Record
from graphface.settings import settings
from graphface.vision import detectors, encoders
from graphface.vision.deepface_bridge import weights_folder
from graphface.vision.detectors import DetectorSpec
from graphface.vision.encoders import ModelSpec
from graphface.vision.encoders.keras_export import exported

if TYPE_CHECKING:
    from graphface.vision.catalog import Entry, State


@dataclass(frozen=True, slots=True)
class Listed(Record):
    """One row of the inventory."""

    kind: Literal["model", "detector"]
    name: str
    used: str
    """"now" for the one that would be used, requested or chosen, as known without fetching."""
    weights: State
    size: int | None
    """Approximate bytes of the weights; None if unknown or if they come with a package."""
    licence: str
    """The licence of the weights."""
    needs: str
    """The command that installs what is missing."""
    source: str
    """Where code and weights come from."""
    trained_on: str
    """The pictures that the weights were trained on, as far as their authors tell."""
    dimensions: int | None = None
    alignment: str | None = None
    metric: str | None = None
    link: float | None = None
    """The link threshold in `metric`."""
    pair: float | None = None
    """The threshold for a pair, in the same metric."""
    min_face: int | None = None
    """Width of the smallest face a detector finds, in pixels of the searched size."""


def inventory() -> list[Listed]:
    """List every model, then every detector."""
    model, detector = _used_model(), _used_detector()
    return [
        *(_listed_model(spec, model) for spec in encoders.REGISTRY.entries()),
        *(_listed_detector(spec, detector) for spec in detectors.REGISTRY.entries()),
    ]


def fetch_model(name: str) -> Path:
    """Fetch or make the weights of a model or a detector; returns their path.

    A Keras model is exported too, so that its first use needs no TensorFlow. Raises UsageError for
    an unknown name, WeightsMissing when nothing can be fetched.
    """
    if encoders.is_onnx(name):
        return model_path(name)
    entry = _entry(name)
    if isinstance(entry, DetectorSpec) and entry.state != "here":
        detectors.load(entry.name)  # some of DeepFace's clients fetch their files themselves
    path = entry.weights.obtain() if entry.weights else model_path(name)
    if isinstance(entry, ModelSpec) and path.suffix == ".h5":
        exported(entry, path)
    return path


def model_path(name: str | None = None) -> Path:
    """The path of the weights of a model or a detector, present or not; None: DeepFace's folder.

    Raises WeightsMissing for a missing `.onnx` file, UsageError for an entry whose weights are no
    file.
    """
    if name is None:
        return weights_folder()
    if encoders.is_onnx(name):
        path = Path(name).expanduser().resolve()
        if not path.is_file():
            raise WeightsMissing(
                f"{path}: no such file",
                "Give the path of an .onnx file",
                code="file-not-found",
                path=path,
            )
        return path
    entry = _entry(name)
    if entry.weights is None:
        package = f": {entry.package.command}" if entry.package else ""
        raise UsageError(
            f"{entry.name} has no file of weights",
            f"They come with its package{package}",
            code="file-not-found",
            name=entry.name,
        )
    return entry.weights.path


def _entry(name: str) -> Entry:
    """A model, or else a detector. Raises UsageError, which lists similar names."""
    entry = encoders.find(name) or detectors.REGISTRY.find(name)
    if entry is not None:
        return entry
    near = detectors.REGISTRY.nearest(name)
    return detectors.get(name) if near else encoders.get(name)


def _listed_model(spec: ModelSpec, used: str) -> Listed:
    return Listed(
        kind="model", **_common(spec, used), dimensions=spec.dimensions, alignment=spec.alignment,
        metric=spec.metric, link=spec.threshold(), pair=spec.pairs.get(spec.metric),
    )  # fmt: skip


def _listed_detector(spec: DetectorSpec, used: str) -> Listed:
    return Listed(kind="detector", **_common(spec, used), min_face=spec.min_face)


def _common(spec: Entry, used: str) -> dict[str, Any]:
    missing = spec.package and not spec.package.installed
    return {
        "name": spec.name,
        "used": "now" if spec.name == used else "",
        "weights": spec.state,
        "size": spec.weights.size if spec.weights else None,
        "licence": spec.licence.weights,
        "needs": spec.package.command if spec.package and missing else "",
        "source": spec.source,
        "trained_on": spec.licence.training,
    }


def _used_model() -> str:
    """The model in use, without a check whether a better one could be fetched, which is slow."""
    if asked := settings().model:
        return asked if encoders.is_onnx(asked) else encoders.get(asked).name
    return encoders.REGISTRY.best_here().name


def _used_detector() -> str:
    asked = settings().detector
    return detectors.get(asked).name if asked else detectors.REGISTRY.best_here().name
