"""Embedding models behind one interface; one module each.

An entry states a model's input and its thresholds, of which there are two kinds. `pairs` answer
"are these two the same person?" on balanced pairs: measured for FaceNet, else DeepFace's. `links`
are for the graph: they admit the pairs that clustering weighs. The default method hardly depends on
them; connected components need a far stricter one. `docs/models.md` gives the source of each
figure.
"""

from __future__ import annotations

from pathlib import Path

from graphface.settings import settings
from graphface.vision.catalog import Registry, instead_of
from graphface.vision.encoders.model_spec import INPUTS, Encoder, ModelSpec, metrics, stricter

__all__ = [
    "INPUTS", "REGISTRY", "Encoder", "ModelSpec", "choose", "find", "get", "is_onnx", "load",
    "metrics", "names", "spec_of", "stricter",
]  # fmt: skip

REGISTRY = Registry(ModelSpec, "model", __name__, "model-unknown", ", or the path of an .onnx file")
names, find, get = REGISTRY.names, REGISTRY.find, REGISTRY.get


def is_onnx(name: str) -> bool:
    """Whether `name` looks like the path of an ONNX file."""
    return name.lower().endswith(".onnx")


def spec_of(name: str) -> ModelSpec:
    """The model called `name`, or that of the `.onnx` file at this path, without loading it."""
    if not is_onnx(name):
        return get(name)
    from graphface.vision.encoders.onnx_model import read_model

    return read_model(Path(name).expanduser())[0]


def choose(name: str | None = None) -> tuple[str, str]:
    """The model to use, and one sentence that says which and why.

    `name` takes precedence, then GRAPHFACE_MODEL, then the best model whose weights are here or can
    be fetched; they are fetched now.
    """
    if asked := name or settings().model:
        return asked, f"The embedding model is {asked}, as asked for."
    spec, passed = REGISTRY.best()
    if passed:
        return spec.name, instead_of(passed, f"faces are embedded by {spec.title}", spec)
    ranked = [entry for entry in REGISTRY.entries() if entry.rank is not None]
    after = ranked[ranked.index(spec) + 1 :]
    if not after:
        return spec.name, f"The embedding model is {spec.title}."
    return spec.name, (
        f"The embedding model is {spec.title} ({spec.figures}), chosen before "
        f"{after[0].title} ({after[0].figures})."
    )


def load(name: str | None = None, threads: int | None = None) -> Encoder:
    """Load the encoder for a model's name or an `.onnx` file's path; None chooses (`choose`).

    `threads` bounds the threads of one call (all cores if None; models that TensorFlow runs use
    its own setting). Raises UsageError, ModelError or WeightsMissing.
    """
    spec = spec_of(name or choose()[0])
    return spec.make(spec, threads)
