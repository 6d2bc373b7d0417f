"""From pictures to faces: detect, align, judge, embed. Does not use the database.

    extractor = Extractor.create()
    (faces,) = extractor.extract([read_picture(path)])

`detect` and `embed` are separate so that a pipeline can overlap them. `detect` is safe in many
threads (dlib's HOG and YuNet release the GIL; landmarks and the chip hold it for a millisecond per
face), and `embed` is fastest with many chips at once. The same picture gives the same boxes and
embeddings in any batch.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

import numpy as np

from graphface.errors import UsageError
from graphface.progress import say
from graphface.records import Face, Space, Upright
from graphface.settings import settings
from graphface.vision import detectors, encoders
from graphface.vision.alignment import align
from graphface.vision.encoders.batches import check_vectors
from graphface.vision.quality import quality
from graphface.vision.upright import faces_upright

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.records import Box, Metric, Picture, Pixels, Points, Vectors
    from graphface.vision.alignment import Aligned
    from graphface.vision.detectors import Detector
    from graphface.vision.encoders import Encoder, ModelSpec


@dataclass(frozen=True, slots=True, eq=False)
class FoundFace:
    """A face that is detected, cropped and judged, but not embedded yet."""

    box: Box
    confidence: float | None
    """None for a face that a person marked."""
    quality: float
    landmarks: Points
    chip: Pixels
    """uint8 [height, width, 3] RGB, the input of the model's network."""


class Extractor:
    """A detector and an embedding model; the network loads when first needed."""

    def __init__(
        self,
        model: str,
        spec: ModelSpec,
        detector: Detector,
        min_face: int,
        reasons: tuple[str, ...],
        upright: Upright = "auto",
    ) -> None:
        self.model, self.spec, self.detector = model, spec, detector
        self.min_face, self.upright = min_face, upright
        self.reasons = reasons
        """What a person should be told about what was chosen, one sentence each."""
        self._described = detectors.REGISTRY.find(detector.name)
        self._encoder: Encoder | None = None
        self._loading = threading.Lock()

    @classmethod
    def create(
        cls,
        model: str | None = None,
        detector: str | None = None,
        min_face: int = 20,
        min_confidence: float | None = None,
        upright: Upright = "auto",
    ) -> Extractor:
        """Choose the model and detector not named, and make sure that their weights are here.

        `min_face` is the minimum width of a face's box in pixels, `min_confidence` the detector's
        lowest score in [0, 1] (None for the detector's own), `upright` whether pictures are turned
        (`graphface.vision.upright`). Raises UsageError, ModelError or WeightsMissing.
        """
        _check(min_face, min_confidence, upright)
        name, why = encoders.choose(model)
        spec = encoders.spec_of(name)
        spec.prepare()
        reasons = [why]
        finder = detector or settings().detector
        if finder is None:
            finder, why = detectors.choose()
            reasons.append(why)
        found = detectors.load(finder, min_confidence)
        return cls(name, spec, found, min_face, tuple(reasons), upright)

    def __reduce__(self) -> tuple[object, tuple[str, str, int, float | None, Upright]]:
        """Pickle the choices only; another process loads detector and network itself."""
        lowest = getattr(self.detector, "min_confidence", None)
        choices = (self.model, self.detector.name, self.min_face, lowest, self.upright)
        return _same_choices, choices

    @property
    def encoder(self) -> Encoder:
        """The embedding network, loaded now if it is not yet."""
        with self._loading:
            if self._encoder is None:
                self._encoder = encoders.load(self.model)
            return self._encoder

    def space(self, threshold: float | None = None, metric: Metric | None = None) -> Space:
        """The space of these embeddings; metric and link threshold default to the model's."""
        chosen = metric or self.spec.metric
        return Space(
            model=self.spec.name,
            detector=self.detector.name,
            alignment=self.spec.alignment,
            dimensions=self.spec.dimensions,
            metric=chosen,
            threshold=self.spec.threshold(chosen) if threshold is None else threshold,
            file=os.path.abspath(self.model) if encoders.is_onnx(self.model) else None,
        )

    def detect(self, picture: Picture) -> list[FoundFace]:
        """Detect the faces of a picture, left to right, ready to be embedded. Thread-safe."""
        pixels = np.ascontiguousarray(picture.pixels)
        standing = self._described.standing if self._described else 0.0
        found = []
        for one in faces_upright(
            self.detector, pixels, self.upright, told=picture.oriented, standing=standing
        ):
            face = one.face
            if face.box.width < self.min_face:
                continue
            cut = align(self.spec.alignment, self.spec.size, one.pixels, face)
            grade = self.grade(cut, face.confidence)
            points = one.shown(cut.landmarks).astype(np.float32)
            found.append(FoundFace(one.box, face.confidence, grade, points, cut.chip))
        return found

    def grade(self, cut: Aligned, confidence: float) -> float:
        """The quality of a face that the detector found with this score."""
        usual = self._described.usual if self._described else 1.0
        return quality(cut.chip, cut.landmarks, confidence / usual)

    def embed(self, chips: Sequence[Pixels]) -> Vectors:
        """Embed faces in batches: raw float32 [n, dimensions]."""
        if not chips:
            return np.zeros((0, self.spec.dimensions), np.float32)
        return self.encoder.encode(np.stack(chips))

    def faces(
        self, picture: Picture, found: Sequence[FoundFace], vectors: Vectors
    ) -> tuple[list[Face], list[str]]:
        """The faces of one picture with their embeddings, and why others were dropped."""
        faces, dropped = [], []
        reasons = check_vectors(vectors, self.spec.dimensions)
        for face, vector, reason in zip(found, vectors, reasons, strict=True):
            if reason:
                dropped.append(f"{picture.path}: the face at {face.box.x}, {face.box.y}: {reason}")
                continue
            faces.append(
                Face(
                    face_id(picture.id, face.box), face.box, face.confidence, face.quality, vector,
                    face.landmarks,
                )
            )  # fmt: skip
        return faces, dropped

    def extract(self, pictures: Sequence[Picture]) -> list[list[Face]]:
        """Extract the faces of each picture; all are embedded together."""
        found = [self.detect(picture) for picture in pictures]
        vectors = self.embed([face.chip for faces in found for face in faces])
        results, start = [], 0
        for picture, faces in zip(pictures, found, strict=True):
            end = start + len(faces)
            kept, dropped = self.faces(picture, faces, vectors[start:end])
            results.append(kept)
            start = end
            for reason in dropped:
                say(f"left out: {reason}", "warning")
        return results


@lru_cache(maxsize=4)
def _same_choices(
    model: str, detector: str, min_face: int, min_confidence: float | None, upright: Upright
) -> Extractor:
    """One extractor per process, no matter how many items of work arrive with it."""
    return Extractor.create(model, detector, min_face, min_confidence, upright)


def face_id(picture_id: str, box: Box) -> str:
    """The id of a `:Face`, derived from the picture's bytes and the box, so it never changes."""
    return f"{picture_id[:32]}-{box.x}-{box.y}-{box.width}-{box.height}"


def _check(min_face: int, min_confidence: float | None, upright: str) -> None:
    if min_face < 1:
        raise UsageError(
            f"`min_face` is {min_face} pixels",
            "Give 1 or more",
            code="out-of-range",
            min_face=min_face,
        )
    if min_confidence is not None and not 0 <= min_confidence <= 1:
        raise UsageError(
            f"`min_confidence` is {min_confidence}",
            "Give a number from 0 to 1",
            code="out-of-range",
            min_confidence=min_confidence,
        )
    if upright not in get_args(Upright):
        raise UsageError(
            f"`upright` is {upright!r}",
            f"Use one of: {', '.join(get_args(Upright))}",
            code="out-of-range",
            upright=upright,
        )
