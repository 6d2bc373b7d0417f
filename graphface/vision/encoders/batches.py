"""Shared parts of encoders: batches of chips, onnxruntime sessions, and checks of the output."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import EmbeddingError, ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from graphface.records import Vectors
    from graphface.vision.encoders.model_spec import Chips, ModelSpec

BATCH = 32
"""Chips handed to a network at once."""


def check_vectors(vectors: Vectors, dimensions: int) -> list[str]:
    """For each row, the reason why it is no embedding, or an empty text.

    Raises EmbeddingError if the rows have the wrong length, since then none is usable.
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


def in_batches(
    chips: Chips, spec: ModelSpec, encode: Callable[[Chips], Vectors], size: int = BATCH
) -> Vectors:
    """Embed chips in batches. Raises ModelError for chips of the wrong shape."""
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


def session(model: Path | bytes, threads: int | None) -> Any:
    """Open an ONNX file, or its bytes, to run on `threads` threads (None for all cores)."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or _cores()
    options.log_severity_level = 3
    # Waiting threads sleep, since the threads that detect faces need the cores meanwhile.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(
            model if isinstance(model, bytes) else str(model),
            options,
            providers=["CPUExecutionProvider"],
        )
    except Exception as error:
        reason = str(error).splitlines()[0]
        name = "the model" if isinstance(model, bytes) else model
        raise ModelError(
            f"{name} cannot be run: {reason}",
            "Delete it, or export it anew",
            code="model-damaged",
            path=name,
            reason=reason,
        ) from error


def _cores() -> int:
    """Cores that this process may use; in a container fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(network: Any, values: NDArray[Any]) -> Vectors:
    """The first output of a session for its first input."""
    answer = network.run(None, {network.get_inputs()[0].name: np.ascontiguousarray(values)})[0]
    return np.asarray(answer, np.float32)
