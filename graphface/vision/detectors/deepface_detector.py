"""DeepFace's other detectors, through its clients."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from graphface.errors import ModelError
from graphface.vision.catalog import Licence, Package
from graphface.vision.deepface_bridge import (
    ClientFiles,
    load_client,
    reason_of,
)
from graphface.vision.detectors import DetectorSpec
from graphface.vision.detectors.boxes import Candidate, finish, resized

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.records import Detection, Pixels
    from graphface.vision.weights import WeightsSource


class DeepFaceDetector:
    """A detector of DeepFace, through its client; one call at a time."""

    longest = 1600
    """The longest side of the searched picture."""

    def __init__(
        self, name: str, weights: WeightsSource | None = None, min_confidence: float = 0.0
    ) -> None:
        if weights is not None:
            weights.obtain()
        self.name, self.min_confidence = name, min_confidence
        self._client = client_of(name)
        self._lock = threading.Lock()

    def detect(self, pixels: Pixels) -> list[Detection]:
        scale = min(1.0, self.longest / max(pixels.shape[:2]))
        found = [face.moved(1 / scale) for face in self._run(resized(pixels, scale))]
        return finish(pixels, found, self.min_confidence)

    def _run(self, pixels: Pixels) -> Iterable[Candidate]:
        with self._lock:
            regions = self._client.detect_faces(np.ascontiguousarray(pixels[:, :, ::-1]))
        for region in regions:
            edges = np.array([region.x, region.y, region.x + region.w, region.y + region.h], float)
            # DeepFace names sides from the person's view: the right eye is on the picture's left.
            points = [region.right_eye, region.left_eye, region.nose, region.mouth_right,
                      region.mouth_left]  # fmt: skip
            whole = None if None in points else np.array(points, np.float64)
            score = 1.0 if region.confidence is None else float(region.confidence)
            yield Candidate(edges, min(max(score, 0.0), 1.0), whole)


def client_of(name: str) -> Any:
    """DeepFace's client of a detector. Raises ModelError with DeepFace's reason in one line."""
    try:
        return load_client("face_detector", name)
    except (ImportError, ValueError, OSError) as error:
        reason = reason_of(error)
        raise ModelError(
            f"the detector {name} cannot be loaded: {reason}",
            "Use `detector` dlib or yunet",
            code="detector-failed",
            name=name,
            reason=reason,
        ) from error


NOT_STATED = "not stated"
YOLO_SIZES = ("v8n", "v8m", "v8l", "v11n", "v11s", "v11m", "v11l", "v12n", "v12s", "v12m", "v12l")


def _through_client(
    name: str,
    title: str,
    source: str,
    licence: Licence,
    package: Package | None = None,
    weights: WeightsSource | None = None,
    landmarks: Literal[0, 2, 5] = 2,
) -> DetectorSpec:
    return DetectorSpec(
        name=name, title=title, source=source, licence=licence, package=package, weights=weights,
        make=partial(DeepFaceDetector, name, weights), landmarks=landmarks,
    )  # fmt: skip


def _yolo(size: str) -> DetectorSpec:
    owner = "akanametov" if size in ("v8n", "v11n", "v11s", "v11m") else "YapaLab"
    return _through_client(
        f"yolo{size}", f"YOLO{size}", f"https://github.com/{owner}/yolo-face",
        Licence("AGPL-3.0", "AGPL-3.0", "WIDER FACE"),
        Package("ultralytics", "ultralytics"), ClientFiles((f"yolo{size}-face.pt",)),
    )  # fmt: skip


ENTRIES = (
    _through_client(
        "retinaface", "RetinaFace", "https://github.com/serengil/retinaface",
        Licence("MIT", NOT_STATED, "WIDER FACE, with InsightFace's landmarks (research only)"),
        Package("tf-keras", "tf_keras"), ClientFiles(("retinaface.h5",), 119_000_000), 5,
    ),
    _through_client(
        "mtcnn", "MTCNN", "https://github.com/ipazc/mtcnn",
        Licence("MIT", "MIT", "WIDER FACE and CelebA (research only)"), Package("mtcnn", "mtcnn"),
    ),
    _through_client(
        "fastmtcnn", "MTCNN on PyTorch", "https://github.com/timesler/facenet-pytorch",
        Licence("MIT", "MIT", "WIDER FACE and CelebA (research only)"),
        Package("facenet-pytorch", "facenet_pytorch"),
    ),
    _through_client(
        "mediapipe", "MediaPipe", "https://github.com/google/mediapipe",
        Licence("Apache-2.0", "Apache-2.0", "Google's own pictures"),
        Package("mediapipe", "mediapipe"),
    ),
    _through_client(
        "ssd", "OpenCV's SSD", "https://github.com/opencv/opencv_3rdparty",
        Licence("Apache-2.0", NOT_STATED),
        Package("opencv-contrib-python-headless<5", "cv2.dnn", "readNetFromCaffe"),
        ClientFiles(("deploy.prototxt", "res10_300x300_ssd_iter_140000.caffemodel"), 10_700_000),
        0,
    ),
    _through_client(
        "opencv", "OpenCV's Haar cascade", "https://github.com/opencv/opencv",
        Licence("Apache-2.0", "BSD-3-Clause", "Intel's own pictures"),
        Package("opencv-contrib-python-headless", "cv2", "CascadeClassifier"),
    ),
    *(_yolo(size) for size in YOLO_SIZES),
)  # fmt: skip
