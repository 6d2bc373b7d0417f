"""Face detectors behind one interface: DeepFace's, and dlib's HOG detector that needs no download.

A detector may be used from many threads at once: dlib's and YuNet's keep one instance per thread
(both release the interpreter lock), DeepFace's other clients run one call at a time.

A large picture is searched at a bounded size first and, unless it is a portrait, once more at a
finer one, so that small faces are found at a bounded cost; boxes and landmarks come back in pixels
of the full picture.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from graphface.errors import ModelError, UsageError, WeightsMissing
from graphface.records import Box, Detection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from graphface.records import Pixels

PORTRAIT = 0.25
"""A face that fills so much of the picture's shorter side makes it a portrait."""

SAME_FACE = 0.4
"""Two boxes that share so much of their union are one face."""

DETECTORS = ("yunet", "dlib", "retinaface", "mtcnn", "fastmtcnn", "mediapipe", "centerface", "ssd",
             "opencv", "yolov8n", "yolov8m", "yolov8l", "yolov11n", "yolov11s", "yolov11m",
             "yolov11l", "yolov12n", "yolov12s", "yolov12m", "yolov12l")  # fmt: skip
"""Names a detector can be asked by: DeepFace's."""


class Detector(Protocol):
    """Finds faces; safe to call from many threads."""

    name: str

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Faces of a picture [height, width, 3] uint8 RGB, boxes clipped to it, left to right."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A face before it is clipped: edges in pixels, score, landmarks [5, 2] or none."""

    edges: NDArray[np.float64]
    score: float
    points: NDArray[np.float64] | None = None

    @property
    def width(self) -> float:
        return float(self.edges[2] - self.edges[0])

    def moved(self, scale: float, x: float = 0, y: float = 0) -> _Found:
        """The same face in a picture that is `scale` times as large, shifted."""
        points = None if self.points is None else self.points * scale + (x, y)
        return _Found(self.edges * scale + np.array([x, y, x, y]), self.score, points)


def load_detector(name: str | None = None, min_confidence: float | None = None) -> Detector:
    """The detector called `name`; None chooses the best that can be had.

    `min_confidence` in [0, 1] replaces the detector's own lowest score. Raises UsageError for an
    unknown name, WeightsMissing or ModelError when it cannot be loaded.
    """
    if name is None:
        return load_detector(choose_detector()[0], min_confidence)
    if name == "dlib":
        return DlibHog(min_confidence or 0.0)
    if name == "yunet":
        return YuNet(YUNET_SCORE if min_confidence is None else min_confidence)
    if name not in DETECTORS:
        raise UsageError(
            f"no detector is called {name}",
            f"Use one of: {', '.join(DETECTORS)}",
            code="detector-unknown",
            name=name,
        )
    return DeepFaceDetector(name, min_confidence or 0.0)


def choose_detector() -> tuple[str, str]:
    """The detector used where none is asked for, and one sentence that says why."""
    from graphface.vision.weights import detector_weights, obtain

    try:
        obtain(detector_weights("yunet"))
    except WeightsMissing:
        return "dlib", (
            "YuNet's weights are neither here nor reachable, so faces are found by dlib's HOG "
            "detector, which needs no download."
        )
    return "yunet", "Faces are found by YuNet."


class DlibHog:
    """dlib's frontal face detector: no download, 5 ms for 250 x 250 pixels, faces from 80 pixels.

    Scores are margins of a support vector machine; the confidence is their logistic.
    """

    name = "dlib"
    coarse, fine = 1_000_000, 4_800_000
    """Pixels a picture is searched at."""

    def __init__(self, min_confidence: float = 0.0) -> None:
        self.min_confidence = min_confidence
        self._threads = threading.local()

    def detect(self, pixels: Pixels) -> list[Detection]:
        area = pixels.shape[0] * pixels.shape[1]
        first = min(1.0, (self.coarse / area) ** 0.5)
        second = min(2.0, (self.fine / area) ** 0.5)
        return _finish(pixels, _search(pixels, first, second, self._run), self.min_confidence)

    def _run(self, pixels: Pixels) -> Iterable[_Found]:
        boxes, scores, _ = self._hog().run(pixels, 0, 0.0)
        for box, score in zip(boxes, scores, strict=True):
            edges = np.array([box.left(), box.top(), box.right() + 1, box.bottom() + 1], np.float64)
            yield _Found(edges, float(1 / (1 + np.exp(-4 * score))))

    def _hog(self) -> Any:
        if not hasattr(self._threads, "hog"):
            import dlib

            self._threads.hog = dlib.get_frontal_face_detector()
        return self._threads.hog


YUNET_SCORE = 0.7
"""Lowest score. With DeepFace's .9 its path finds no face in 34 of `lfw-dev`'s 3,302 pictures."""


class YuNet:
    """YuNet, loaded by DeepFace's client, read directly.

    The client rounds to whole pixels at 640 pixels and drops nose and mouth; the network's own
    answer is finer, and a five-point alignment needs it.
    """

    name = "yunet"
    coarse, fine = 640, 1920
    """Longest side a picture is searched at."""
    close_up = 320
    """Side at which a face of a large picture is looked at again."""

    def __init__(self, min_confidence: float = YUNET_SCORE) -> None:
        from graphface.vision.weights import detector_weights, obtain

        obtain(detector_weights(self.name))
        self.min_confidence = min_confidence
        self._threads = threading.local()

    def detect(self, pixels: Pixels) -> list[Detection]:
        longest = max(pixels.shape[:2])
        first, second = min(1.0, self.coarse / longest), min(1.0, self.fine / longest)
        found = _search(pixels, first, second, self._run)
        if first < 1:
            found = [self._closer(pixels, face) for face in found]
        return _finish(pixels, found, self.min_confidence)

    def _run(self, pixels: Pixels) -> Iterable[_Found]:
        network = self._network()
        network.setInputSize((pixels.shape[1], pixels.shape[0]))
        network.setScoreThreshold(self.min_confidence)
        _, rows = network.detect(np.ascontiguousarray(pixels[:, :, ::-1]))
        for row in () if rows is None else rows.astype(np.float64):
            edges = np.array([row[0], row[1], row[0] + row[2], row[1] + row[3]])
            yield _Found(edges, float(min(row[14], 1.0)), row[4:14].reshape(5, 2))

    def _closer(self, pixels: Pixels, face: _Found) -> _Found:
        """The same face looked at again by itself: landmarks at full resolution."""
        margin = 0.6 * face.width
        low = np.maximum(np.floor(face.edges[:2] - margin), 0).astype(int)
        high = np.ceil(face.edges[2:] + margin).astype(int)
        part = pixels[low[1] : high[1], low[0] : high[0]]
        scale = min(1.0, self.close_up / max(part.shape[:2]))
        again = [f.moved(1 / scale, *low) for f in self._run(_resized(part, scale))]
        best = max(again, key=lambda other: _overlap(face, other), default=face)
        return best if _overlap(face, best) > SAME_FACE else face

    def _network(self) -> Any:
        if not hasattr(self._threads, "network"):
            import cv2

            cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
            self._threads.network = _deepface_client(self.name).model
        return self._threads.network


class DeepFaceDetector:
    """Any other detector of DeepFace's, through its client; one call at a time."""

    longest = 1600

    def __init__(self, name: str, min_confidence: float = 0.0) -> None:
        from graphface.vision.weights import FETCHED_DETECTORS, detector_weights, obtain

        if name in FETCHED_DETECTORS:
            obtain(detector_weights(name))
        self.name, self.min_confidence = name, min_confidence
        self._client = _deepface_client(name)
        self._lock = threading.Lock()

    def detect(self, pixels: Pixels) -> list[Detection]:
        scale = min(1.0, self.longest / max(pixels.shape[:2]))
        found = [face.moved(1 / scale) for face in self._run(_resized(pixels, scale))]
        return _finish(pixels, found, self.min_confidence)

    def _run(self, pixels: Pixels) -> Iterable[_Found]:
        with self._lock:
            regions = self._client.detect_faces(np.ascontiguousarray(pixels[:, :, ::-1]))
        for region in regions:
            edges = np.array([region.x, region.y, region.x + region.w, region.y + region.h], float)
            # DeepFace names sides as the person would: its right eye is on the picture's left.
            points = [region.right_eye, region.left_eye, region.nose, region.mouth_right,
                      region.mouth_left]  # fmt: skip
            whole = None if None in points else np.array(points, np.float64)
            score = 1.0 if region.confidence is None else float(region.confidence)
            yield _Found(edges, min(max(score, 0.0), 1.0), whole)


def _deepface_client(name: str) -> Any:
    from graphface.vision.quiet import quiet

    try:
        with quiet():
            from deepface.modules.modeling import get_model_class

            return get_model_class("face_detector", name)()
    except (ImportError, ValueError, OSError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ModelError(
            f"the detector {name} cannot be loaded: {reason}",
            "Use `detector` dlib or yunet",
            code="detector-failed",
            name=name,
            reason=reason,
        ) from error


def _search(
    pixels: Pixels, first: float, second: float, run: Callable[[Pixels], Iterable[_Found]]
) -> list[_Found]:
    found = [face.moved(1 / first) for face in run(_resized(pixels, first))]
    portrait = any(face.width > PORTRAIT * min(pixels.shape[:2]) for face in found)
    if portrait or second <= first:
        return found
    return found + [face.moved(1 / second) for face in run(_resized(pixels, second))]


def _resized(pixels: Pixels, scale: float) -> Pixels:
    import cv2

    if scale == 1:
        return np.ascontiguousarray(pixels)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)


def _overlap(a: _Found, b: _Found) -> float:
    """Shared area of two boxes over the area of both."""
    shared = np.minimum(a.edges[2:], b.edges[2:]) - np.maximum(a.edges[:2], b.edges[:2])
    inner = float(np.prod(np.maximum(shared, 0)))
    both = sum(float(np.prod(f.edges[2:] - f.edges[:2])) for f in (a, b)) - inner
    return inner / max(both, 1e-9)


def _finish(pixels: Pixels, found: list[_Found], min_confidence: float) -> list[Detection]:
    """Each face once (the surest), clipped to the picture, left to right."""
    kept: list[_Found] = []
    for face in sorted(found, key=lambda f: (-f.score, *f.edges)):
        if face.score >= min_confidence and all(_overlap(face, k) < SAME_FACE for k in kept):
            kept.append(face)
    clipped = (_clipped(pixels, face) for face in kept)
    return sorted((c for c in clipped if c), key=lambda d: (d.box.x, d.box.y, d.box.width))


def _clipped(pixels: Pixels, face: _Found) -> Detection | None:
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = (round(float(edge)) for edge in face.edges)
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, width), min(y1, height)
    if x1 - x0 < 2 or y1 - y0 < 2:
        return None
    points = None if face.points is None else face.points.astype(np.float32)
    return Detection(Box(x0, y0, x1 - x0, y1 - y0), face.score, points)
