"""YuNet: the fastest detector that finds small faces."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.vision.catalog import Licence
from graphface.vision.deepface_bridge import DeepFaceFile
from graphface.vision.detectors import DetectorSpec
from graphface.vision.detectors.boxes import (
    SAME_FACE,
    Candidate,
    finish,
    overlaps,
    resized,
    search,
)
from graphface.vision.detectors.deepface_detector import client_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.records import Detection, Pixels

SCORE = 0.7
"""Lowest score. With DeepFace's .9 its path finds no face in 34 of `lfw-dev`'s 3,302 pictures."""


WEIGHTS = DeepFaceFile(
    "face_detector",
    "yunet",
    "face_detection_yunet_2023mar.onnx",
    size=232_589,
    sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
)


class YuNet:
    """YuNet, loaded by DeepFace's client, read directly.

    The client rounds to whole pixels at 640 pixels and drops nose and mouth. The network's own
    output is finer, and a five-point alignment needs it.
    """

    name = "yunet"
    coarse, fine = 640, 1920
    """The longest side of the searched picture."""
    enlarged = 1.5
    """How far the second search enlarges a small picture."""
    close_up = 320
    """The side at which a face of a large picture is searched again."""

    def __init__(self, min_confidence: float = SCORE) -> None:
        WEIGHTS.obtain()
        self.min_confidence = min_confidence
        self._threads = threading.local()

    def detect(self, pixels: Pixels) -> list[Detection]:
        longest = max(pixels.shape[:2])
        first = min(1.0, self.coarse / longest)
        second = min(self.enlarged, self.fine / longest)
        found = search(pixels, first, second, self._run)
        if first < 1:
            found = [self._closer(pixels, face) for face in found]
        return finish(pixels, found, self.min_confidence)

    def _run(self, pixels: Pixels) -> Iterable[Candidate]:
        network = self._network()
        network.setInputSize((pixels.shape[1], pixels.shape[0]))
        network.setScoreThreshold(self.min_confidence)
        _, rows = network.detect(np.ascontiguousarray(pixels[:, :, ::-1]))
        for row in () if rows is None else rows.astype(np.float64):
            edges = np.array([row[0], row[1], row[0] + row[2], row[1] + row[3]])
            yield Candidate(edges, float(min(row[14], 1.0)), row[4:14].reshape(5, 2))

    def _closer(self, pixels: Pixels, face: Candidate) -> Candidate:
        """Detect the same face again by itself, for landmarks at full resolution."""
        margin = 0.6 * face.width
        low = np.maximum(np.floor(face.edges[:2] - margin), 0).astype(int)
        high = np.ceil(face.edges[2:] + margin).astype(int)
        part = pixels[low[1] : high[1], low[0] : high[0]]
        scale = min(1.0, self.close_up / max(part.shape[:2]))
        again = [f.moved(1 / scale, *low) for f in self._run(resized(part, scale))]
        if not again:
            return face
        shared = overlaps(face.edges, np.array([other.edges for other in again]))
        return again[int(shared.argmax())] if shared.max() > SAME_FACE else face

    def _network(self) -> Any:
        if not hasattr(self._threads, "network"):
            import cv2

            cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
            self._threads.network = client_of(self.name).model
        return self._threads.network


ENTRIES = (
    DetectorSpec(
        name="yunet",
        title="YuNet",
        source="https://github.com/opencv/opencv_zoo",
        licence=Licence("Apache-2.0", "MIT", "WIDER FACE"),
        weights=WEIGHTS,
        rank=2,
        make=YuNet,
        min_confidence=SCORE,
        min_face=10,
        usual=0.94,
        standing=0.88,
    ),
)
