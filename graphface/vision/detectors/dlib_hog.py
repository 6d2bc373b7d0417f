"""dlib's frontal face detector: it needs no download."""

from __future__ import annotations

import pickle
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.files import atomic_write
from graphface.settings import settings
from graphface.vision.catalog import Licence
from graphface.vision.detectors import DetectorSpec
from graphface.vision.detectors.boxes import Candidate, finish, search

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.records import Detection, Pixels


class DlibHog:
    """Histograms of oriented gradients: 5 ms for 250 x 250 pixels, faces from 80 pixels.

    Scores are margins of a support vector machine; the confidence is their logistic function.
    """

    name = "dlib"
    coarse, fine = 1_000_000, 4_800_000
    """The number of pixels of the searched picture."""

    def __init__(self, min_confidence: float = 0.0) -> None:
        self.min_confidence = min_confidence
        self._threads = threading.local()

    def detect(self, pixels: Pixels) -> list[Detection]:
        area = pixels.shape[0] * pixels.shape[1]
        first = min(1.0, (self.coarse / area) ** 0.5)
        second = min(2.0, (self.fine / area) ** 0.5)
        return finish(pixels, search(pixels, first, second, self._run), self.min_confidence)

    def _run(self, pixels: Pixels) -> Iterable[Candidate]:
        boxes, scores, _ = self._hog().run(pixels, 0, 0.0)
        for box, score in zip(boxes, scores, strict=True):
            edges = np.array([box.left(), box.top(), box.right() + 1, box.bottom() + 1], np.float64)
            yield Candidate(edges, float(1 / (1 + np.exp(-4 * score))))

    def _hog(self) -> Any:
        if not hasattr(self._threads, "hog"):
            self._threads.hog = pickle.loads(_pickled())
        return self._threads.hog


@cache
def _pickled() -> bytes:
    """The detector, once per process; each thread takes a copy, which costs 2 ms."""
    return pickle.dumps(unpacked())


def unpacked() -> Any:
    """dlib's detector from the cache, since dlib takes almost a second to unpack its own."""
    import dlib

    file = unpacked_path()
    with suppress(RuntimeError):  # it is missing or damaged
        return dlib.fhog_object_detector(str(file))
    made = dlib.get_frontal_face_detector()
    with suppress(OSError), tempfile.TemporaryDirectory() as folder:  # the cache may be read-only
        part = Path(folder) / file.name
        made.save(str(part))
        atomic_write(file, part.read_bytes())
    return made


def unpacked_path() -> Path:
    """The path of the unpacked detector, present or not."""
    import dlib

    return settings().cache / "models" / f"dlib-hog-{dlib.__version__}.svm"


ENTRIES = (
    DetectorSpec(
        name="dlib",
        title="dlib's HOG detector",
        aliases=("hog", "dlib-hog"),
        source="the package dlib-bin, http://dlib.net",
        licence=Licence("BSL-1.0", "BSL-1.0", "about 3,000 pictures of LFW"),
        rank=3,
        make=DlibHog,
        min_face=80,
        standing=0.9,
        landmarks=0,
    ),
)
