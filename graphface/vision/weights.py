"""Weights that DeepFace keeps: where they lie, whether they can be had, and fetching them.

Addresses are DeepFace's own: they are read, without importing TensorFlow, from the module of
DeepFace that would download the file.
"""

from __future__ import annotations

import ast
import bz2
import hashlib
import importlib.util
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graphface.errors import ModelError, WeightsMissing
from graphface.files import atomic_write
from graphface.progress import task
from graphface.settings import settings
from graphface.vision.quiet import hush

if TYPE_CHECKING:
    from graphface.vision.catalog import ModelSpec


REACH_SECONDS = 3.0
"""The longest a look whether weights can be fetched takes."""

UNREACHABLE_SECONDS = 600.0
"""So long an address that did not answer is not asked again."""

Task = Literal["facial_recognition", "face_detector"]

FETCHED_DETECTORS = {"yunet": "WEIGHTS_URL", "centerface": "WEIGHTS_URL"}
"""Detectors of one file of weights, and the constant in DeepFace that holds its address."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights: where DeepFace looks for it and where it comes from."""

    owner: str
    """The model or detector it belongs to."""
    path: Path
    urls: tuple[str, ...]

    @property
    def present(self) -> bool:
        return self.path.is_file()

    def missing(self, reason: str) -> WeightsMissing:
        """The error that says which file to put where."""
        address = self.urls[0] if self.urls else "its authors"
        return WeightsMissing(
            f"the weights of {self.owner} are not here and {reason}",
            f"Get {address} on a machine that reaches it and put it at {self.path}"
            + (" (unpacked)" if address.endswith(".bz2") else ""),
            owner=self.owner,
            reason=reason,
        )


def weights_folder() -> Path:
    """Where DeepFace keeps weights: `.deepface/weights` in DEEPFACE_HOME or the user's home."""
    return Path(os.environ.get("DEEPFACE_HOME") or Path.home()) / ".deepface" / "weights"


def model_weights(spec: ModelSpec) -> Weights | None:
    """The weights of a model that DeepFace runs; None for one that needs no download."""
    if spec.weights is None:
        return None
    return _weights("facial_recognition", spec.name, spec.weights, spec.weights_file)


def detector_weights(name: str) -> Weights:
    """The weights of one of DeepFace's detectors."""
    return _weights("face_detector", name, FETCHED_DETECTORS[name], None)


def obtain(weights: Weights) -> Path:
    """The file, fetched if it is not here and can be had; else WeightsMissing, in some seconds."""
    if not weights.present:
        if not reachable(weights):
            raise weights.missing("their address cannot be reached")
        fetch(weights)
    return weights.path


def reachable(weights: Weights) -> bool:
    """Does one of the addresses answer? Asked for at most REACH_SECONDS; "no" is remembered."""
    note = _note(weights)
    if note.exists() and time.time() - note.stat().st_mtime < UNREACHABLE_SECONDS:
        return False
    answers: list[bool] = []
    # Looking up a name can hang beyond any timeout, so it happens beside.
    asking = threading.Thread(target=lambda: answers.append(_answers(weights.urls)), daemon=True)
    asking.start()
    asking.join(REACH_SECONDS)
    if any(answers):
        return True
    atomic_write(note, b"")
    return False


def fetch(weights: Weights) -> Path:
    """Download `weights` to where DeepFace looks, whole or not at all, with progress.

    Raises WeightsMissing when no address delivers it.
    """
    reason = "DeepFace names no address"
    for url in weights.urls:
        try:
            data = _download(url, f"fetching {weights.path.name}")
        except (OSError, ValueError) as error:
            reason = f"{url} failed: {str(error).splitlines()[0]}"
            continue
        atomic_write(weights.path, bz2.decompress(data) if url.endswith(".bz2") else data)
        _note(weights).unlink(missing_ok=True)
        return weights.path
    raise weights.missing(reason)


def _download(url: str, title: str) -> bytes:
    import httpx

    parts = []
    try:
        with (
            httpx.stream("GET", url, follow_redirects=True, timeout=30) as answer,
            task(title, unit="B") as bar,
        ):
            answer.raise_for_status()
            if size := int(answer.headers.get("content-length", 0)):
                bar.update(size)
            for part in answer.iter_bytes(1 << 18):
                parts.append(part)
                bar.advance(len(part))
    except httpx.HTTPError as error:
        raise OSError(str(error) or type(error).__name__) from error
    data = b"".join(parts)
    if data[:1] == b"<":
        raise ValueError("a web page came instead of the file")
    return data


def _answers(urls: tuple[str, ...]) -> bool:
    import httpx

    for url in urls:
        try:
            if httpx.head(url, follow_redirects=True, timeout=2).status_code < 400:
                return True
        except httpx.HTTPError:
            continue
    return False


def _note(weights: Weights) -> Path:
    """A file whose age says when the addresses were last found out of reach."""
    key = hashlib.sha256(" ".join(weights.urls).encode()).hexdigest()[:16]
    return settings().cache / "models" / f"unreachable-{key}"


def _weights(kind: Task, name: str, constant: str, file: str | None) -> Weights:
    urls = _addresses(_source_of(kind, name), constant)
    last = urls[0].rsplit("/", 1)[-1].removesuffix(".bz2")
    return Weights(name, weights_folder() / (file or last), urls)


def _source_of(kind: Task, name: str) -> Path:
    """The module of DeepFace that implements `name` on the engine DeepFace runs on here."""
    hush()
    from deepface.commons.backend_utils import get_backend_engine
    from deepface.modules.modeling import ANY, AVAILABLE_MODELS

    try:
        sources = AVAILABLE_MODELS[kind][name]
        dotted = sources.get(get_backend_engine()) or sources[ANY]
    except (KeyError, ValueError) as error:
        raise ModelError(
            f"this DeepFace does not run {name} here ({error})",
            code="deepface-unfit",
            name=name,
            reason=str(error),
        ) from error
    package = importlib.util.find_spec("deepface")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent.joinpath(*dotted.split(".")[1:-1]).with_suffix(".py")


def _addresses(module: Path, constant: str) -> tuple[str, ...]:
    """The text, or list of texts, that `module` assigns to `constant`; the module is not run."""
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == constant for target in node.targets
        ):
            value = ast.literal_eval(node.value)
            return (value,) if isinstance(value, str) else tuple(value)
    raise ModelError(
        f"DeepFace's {module.name} has no {constant}",
        "Use another DeepFace version",
        code="deepface-unfit",
        name=module.name,
        constant=constant,
    )


def packaged(name: str) -> Path:
    """The file `name` that the package face_recognition_models ships.

    The package is not imported: it asks for setuptools, which new Pythons do not bring.
    Raises ModelError when the package or the file is missing.
    """
    spec = importlib.util.find_spec("face_recognition_models")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder) / "models" / name
        if path.is_file():
            return path
    raise ModelError(
        f"{name} is not installed",
        "pip install face_recognition_models",
        code="package-missing",
        name=name,
    )
