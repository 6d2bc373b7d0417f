"""A Keras model of DeepFace's as ONNX: exported once, then run without TensorFlow.

TensorFlow takes ten seconds to load a network and half a gigabyte to hold it. So another process
loads it once, tf2onnx writes it as an ONNX file into graphface's cache, and onnxruntime runs that
file from then on. The process compares both on random chips before it writes. Where the export
cannot run, TensorFlow goes on.

    python -m graphface.vision.encoders.keras_export Facenet network.onnx
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import ModelError
from graphface.files import atomic_write, sha256, size_and_time
from graphface.progress import say, task
from graphface.vision.weights import (
    digest_of,
    forget_unreachable,
    models_cache,
    note_unreachable,
    one_at_a_time,
    unreachable,
)

if TYPE_CHECKING:
    from graphface.vision.encoders.model_spec import ModelSpec

OPSET = 17

TOLERANCE = 1e-4
"""Largest difference between TensorFlow's and onnxruntime's numbers, as a share of the largest
number. FaceNet's differ by 1e-6."""

SECONDS = 600
"""The longest an export may take."""

HDF5 = b"\x89HDF\r\n\x1a\n"

_REVISION = 1
"""Of the export: a changed graph gets a new file name."""


def exported(spec: ModelSpec, weights: Path) -> Path | None:
    """The ONNX file of a Keras model with these weights, exported now if the cache lacks it.

    Several processes may call it at once: one exports, the others wait. Returns None where the
    export cannot run, or could not a short while ago.
    """
    target = models_cache() / f"{spec.name.lower()}-{_digest(weights)[:12]}-r{_REVISION}.onnx"
    if target.is_file():
        return target
    if unreachable(target.name) or not _is_hdf5(weights):
        return None
    try:
        with one_at_a_time(target):
            if target.is_file():
                return target
            with task(f"preparing {spec.title} for onnxruntime, once"):
                reason = _in_a_process(spec, target)
    except OSError as error:  # the cache cannot be written
        say(f"{spec.title} is not exported: {error}", "detail")
        return None
    if not target.is_file():
        note_unreachable(target.name)
        say(f"{spec.title} runs on TensorFlow, since its export failed: {reason}", "detail")
        return None
    forget_unreachable(target.name)
    return target


def _is_hdf5(weights: Path) -> bool:
    """Whether Keras can read the file; TensorFlow takes half a minute to say that it cannot."""
    with weights.open("rb") as file:
        return file.read(len(HDF5)) == HDF5


def _digest(weights: Path) -> str:
    """The SHA-256 of the weights, remembered: computing it takes 0.1 s for FaceNet's."""
    seen = digest_of(str(weights.resolve()), *map(str, size_and_time(weights) or ()))
    note = models_cache() / f"{weights.name}-{seen}.sha256"
    with suppress(OSError):
        return note.read_text("ascii")
    digest = sha256(weights)
    with suppress(OSError):  # the cache may be read-only
        atomic_write(note, digest.encode())
    return digest


def _in_a_process(spec: ModelSpec, target: Path) -> str:
    """Export in a process of its own, which ends with TensorFlow; returns its last words."""
    command = [sys.executable, "-m", __name__, spec.name, str(target)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"it took more than {SECONDS} seconds"
    return next(
        iter(reversed(done.stderr.strip().splitlines())), f"it ended with {done.returncode}"
    )


def export(name: str, target: Path) -> None:
    """Write the Keras model called `name` to `target`. Raises ModelError if the numbers differ."""
    from graphface.vision import encoders
    from graphface.vision.deepface_bridge import load_client, quiet

    spec = encoders.get(name)
    client = load_client("facial_recognition", spec.name)
    with quiet():
        import tensorflow as tf
        import tf2onnx

        signature = [tf.TensorSpec([None, *spec.size, 3], tf.float32, name="chips")]
        function = tf.function(lambda x: client.model(x, training=False), input_signature=signature)
        model, _ = tf2onnx.convert.from_function(function, signature, opset=OPSET)
    data = bytes(model.SerializeToString())
    values = np.random.default_rng(0).normal(size=(2, *spec.size, 3)).astype(np.float32)
    _compare(function(tf.constant(values)).numpy(), data, values)
    atomic_write(target, data)


def _compare(expected: Any, data: bytes, values: Any) -> None:
    from graphface.vision.encoders.batches import run, session

    found = run(session(data, None), values)
    difference = float(np.abs(found - expected).max() / np.abs(expected).max())
    if not difference <= TOLERANCE:
        raise ModelError(
            f"onnxruntime's numbers differ from TensorFlow's by {difference:.1e}",
            code="model-unfit",
            difference=difference,
        )


if __name__ == "__main__":
    export(sys.argv[1], Path(sys.argv[2]))
