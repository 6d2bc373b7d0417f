"""dlib's face network through onnxruntime: it needs no download."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.vision.catalog import Licence
from graphface.vision.encoders.batches import in_batches, run, session
from graphface.vision.encoders.dlib_network import dlib_network, network_path
from graphface.vision.encoders.model_spec import ModelSpec, metrics

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.records import Vectors
    from graphface.vision.encoders.model_spec import Chips


@dataclass(frozen=True, slots=True)
class DlibNetwork:
    """The network of the package face_recognition_models, converted into the cache."""

    size: int | None = 22_000_000

    @property
    def path(self) -> Path:
        """The path of the converted network, present or not."""
        return network_path()

    @property
    def present(self) -> bool:
        """It is made of what pip installed."""
        return True

    @property
    def built_in(self) -> bool:
        """It is made of what pip installed."""
        return True

    @property
    def out_of_reach(self) -> bool:
        """Nothing is fetched."""
        return False

    def obtain(self) -> Path:
        """The ONNX file, converted now if the cache does not have it."""
        return dlib_network()


class DlibEncoder:
    """dlib's network through onnxruntime: 128 numbers, a few milliseconds per face."""

    def __init__(self, spec: ModelSpec, threads: int | None = None) -> None:
        self.spec = spec
        self._session = session(dlib_network(), threads)

    def encode(self, chips: Chips) -> Vectors:
        return in_batches(chips, self.spec, lambda part: run(self._session, part))


ENTRIES = (
    ModelSpec(
        name="Dlib",
        title="Dlib",
        source="the package face_recognition_models, https://github.com/davisking/dlib-models",
        licence=Licence(
            "BSL-1.0", "public domain", "FaceScrub, VGGFace and pictures of the web: 3 million"
        ),
        weights=DlibNetwork(),
        rank=2,
        runs_on="onnxruntime",
        dimensions=128,
        alignment="dlib-5-150",
        size=(150, 150),
        metric="euclidean_l2",
        pairs=metrics(0.6, 0.4, 0.07),
        links=metrics(0.52, 0.37, 0.068),
        figures="83 %, 6 ms",
        scaling="bytes",
        make=DlibEncoder,
    ),
)
