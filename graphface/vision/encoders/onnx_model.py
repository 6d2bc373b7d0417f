"""A user's own embedding model: an `.onnx` file by path, with an optional `.json` beside it.

The file defines the layout and size of its input and the length of its output. Everything else is
in a file of the same name that ends in `.json`:

    {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "channels": "RGB",
     "alignment": "five-point-112", "size": 112, "metric": "euclidean_l2",
     "thresholds": {"euclidean_l2": 1.0}}

`mean` and `std` are for pixels in [0, 1]: one number, or one for each channel in the order of
`channels`. The default of both is 0.5, which is ArcFace's (x - 127.5) / 127.5. A model that takes
uint8 gets the pixels unchanged.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import ModelError, UsageError
from graphface.files import sha256
from graphface.records import METRICS
from graphface.vision.alignment import ALIGNMENTS
from graphface.vision.catalog import Licence
from graphface.vision.encoders.batches import BATCH, in_batches, run, session
from graphface.vision.encoders.model_spec import ModelSpec

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.records import Metric, Vectors
    from graphface.vision.encoders.model_spec import Chips

LINK_UNIT = 1.08
"""Distance between unit vectors under which faces are linked where nobody said: the middle of the
range in which MobileFaceNet's persons on `lfw-dev` do not change (`docs/clustering.md`)."""

TYPES = ("float32", "float16", "uint8")

KEYS = {"mean", "std", "channels", "alignment", "size", "metric", "thresholds", "pairs"}


@dataclass(frozen=True, slots=True)
class OnnxInput:
    """How chips become the input of an `.onnx` file."""

    path: Path
    channels_first: bool
    batched: bool
    """Whether it takes more than one chip at a time."""
    mean: tuple[float, float, float] = (0.5, 0.5, 0.5)
    std: tuple[float, float, float] = (0.5, 0.5, 0.5)
    bgr: bool = False
    type: str = "float32"
    """numpy's name of its input type: float32, float16, or uint8 for unchanged pixels."""


class OnnxModel:
    """A user's own model through onnxruntime."""

    def __init__(self, spec: ModelSpec, taken: OnnxInput, threads: int | None = None) -> None:
        self.spec, self._input = spec, taken
        self._session = session(taken.path, threads)

    def encode(self, chips: Chips) -> Vectors:
        return in_batches(chips, self.spec, self._encode, BATCH if self._input.batched else 1)

    def _encode(self, chips: Chips) -> Vectors:
        taken = self._input
        values: Any = chips[..., ::-1] if taken.bgr else chips
        if taken.type != "uint8":
            values = values.astype(np.float32) / np.float32(255)
            values = (values - np.array(taken.mean, np.float32)) / np.array(taken.std, np.float32)
        ordered = values.transpose(0, 3, 1, 2) if taken.channels_first else values
        return run(self._session, ordered.astype(taken.type))


def read_model(path: Path) -> tuple[ModelSpec, OnnxInput]:
    """Read the file and its `.json`. The name contains a hash: two files never share a space.

    Raises ModelError if it is no ONNX model from faces to vectors.
    """
    shape, length, kind = _shapes(path)
    channels_first = shape[1] == 3
    sides = shape[2:] if channels_first else shape[1:3]
    options = _options(path.with_suffix(".json"))
    height, width = (s if isinstance(s, int) else int(options.get("size", 112)) for s in sides)
    name = f"{path.stem}@{sha256(path)[:12]}"
    batched = not isinstance(shape[0], int)
    taken = _with_pixels(OnnxInput(path, channels_first, batched, type=kind), options)
    spec = ModelSpec(
        name=name, title=name, source=str(path), licence=Licence("MIT", "yours"),
        runs_on="onnxruntime", dimensions=length, alignment="five-point-112",
        size=(height, width), metric="euclidean_l2",
        links={"euclidean_l2": LINK_UNIT, "cosine": round(LINK_UNIT**2 / 2, 4)},
        make=lambda spec, threads: OnnxModel(spec, taken, threads),
    )  # fmt: skip
    return _with(spec, options), taken


def _shapes(path: Path) -> tuple[list[Any], int, str]:
    """Shape of the input, length of the output, and the type of the input."""
    import onnx

    try:
        graph = onnx.load(str(path), load_external_data=False).graph
        constants = {tensor.name for tensor in graph.initializer}
        (taken,) = [value for value in graph.input if value.name not in constants]
        shape, given = _shape(taken), _shape(graph.output[0])
    except FileNotFoundError as error:
        raise ModelError(
            f"{path}: no such file",
            "Give the path of an .onnx file",
            code="file-not-found",
            path=path,
        ) from error
    except Exception as error:
        raise ModelError(
            f"{path} is no ONNX model with one input",
            "Export it anew",
            code="model-unfit",
            path=path,
        ) from error
    if len(shape) != 4 or 3 not in (shape[1], shape[3]):
        raise ModelError(
            f"{path} takes {shape}, not a picture",
            "It must take [n, 3, h, w] or [n, h, w, 3]",
            code="model-unfit",
            path=path,
            shape=shape,
        )
    if len(given) != 2 or not isinstance(given[1], int):
        raise ModelError(
            f"{path} gives {given}, not vectors",
            "It must give [n, dimensions]",
            code="model-unfit",
            path=path,
            given=given,
        )
    kind = onnx.helper.tensor_dtype_to_np_dtype(taken.type.tensor_type.elem_type).name
    if kind not in TYPES:
        raise ModelError(
            f"{path} takes {kind}, not pixels",
            f"It must take {' or '.join(TYPES)}",
            code="model-unfit",
            path=path,
            kind=kind,
        )
    return shape, given[1], kind


def _shape(value: Any) -> list[Any]:
    dims = value.type.tensor_type.shape.dim
    return [dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else dim.dim_param
            for dim in dims]  # fmt: skip


def _options(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        options = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(
            f"{path} is no JSON: {error}", code="json-invalid", path=path, reason=str(error)
        ) from error
    if unknown := set(options) - KEYS:
        raise UsageError(
            f"{path}: unknown key {sorted(unknown)[0]}",
            f"Known: {sorted(KEYS)}",
            code="model-description-invalid",
            path=path,
        )
    if options.get("alignment", ALIGNMENTS[0]) not in ALIGNMENTS:
        raise UsageError(
            f"{path}: no such alignment",
            f"Use one of {', '.join(ALIGNMENTS)}",
            code="model-description-invalid",
            path=path,
        )
    if bad := set(options.get("thresholds", {})) | {options.get("metric", "cosine")}:
        bad -= set(METRICS)
    if bad:
        raise UsageError(
            f"{path}: no metric is called {sorted(bad)[0]}",
            f"Use {METRICS}",
            code="model-description-invalid",
            path=path,
        )
    return dict(options)


def _with(spec: ModelSpec, options: dict[str, Any]) -> ModelSpec:
    links: dict[Metric, float] = {**spec.links, **options.get("thresholds", {})}
    return replace(
        spec,
        alignment=options.get("alignment", spec.alignment),
        metric=options.get("metric", spec.metric),
        links=links,
        pairs=options.get("pairs", {}),
    )


def _with_pixels(taken: OnnxInput, options: dict[str, Any]) -> OnnxInput:
    if taken.type == "uint8" and options.keys() & {"mean", "std"}:
        raise UsageError(
            f"{taken.path} takes pixels as they are: mean and std say nothing",
            f"Take them out of {taken.path.with_suffix('.json').name}",
            code="model-description-invalid",
            path=taken.path,
        )
    mean, std = _three(options.get("mean", 0.5)), _three(options.get("std", 0.5))
    if max(mean) > 1 or min(std) <= 0 or max(std) > 1:
        raise UsageError(
            f"{taken.path.with_suffix('.json')}: mean and std are for pixels in [0, 1]",
            "Divide by 255",
            code="model-description-invalid",
        )
    return replace(taken, mean=mean, std=std, bgr=options.get("channels", "RGB").upper() == "BGR")


def _three(value: float | list[float]) -> tuple[float, float, float]:
    first, second, third = value if isinstance(value, list) else [value] * 3
    return float(first), float(second), float(third)
