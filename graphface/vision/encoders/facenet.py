"""FaceNet, as DeepFace has it: David Sandberg's networks on TensorFlow."""

from __future__ import annotations

from graphface.vision.catalog import Licence
from graphface.vision.deepface_bridge import DeepFaceFile
from graphface.vision.encoders.deepface_encoder import DeepFaceEncoder
from graphface.vision.encoders.model_spec import ModelSpec, metrics, stricter

SOURCE = "https://github.com/davidsandberg/facenet"

_FACENET512 = metrics(23.56, 1.04, 0.30)

ENTRIES = (
    ModelSpec(
        name="Facenet",
        title="Facenet",
        source=SOURCE,
        licence=Licence("MIT", "MIT", "MS-Celeb-1M (withdrawn; research only)"),
        weights=DeepFaceFile(
            "facial_recognition",
            "Facenet",
            "facenet_weights.h5",
            92_000_000,
            constant="FACENET128_WEIGHTS",
        ),
        rank=1,
        dimensions=128,
        alignment="facenet-160",
        size=(160, 160),
        metric="euclidean",
        pairs=metrics(10, 0.80, 0.40),
        links=metrics(10, 0.80, 0.32),
        scaling="standardize",
        make=DeepFaceEncoder,
    ),
    ModelSpec(
        name="Facenet512",
        title="Facenet512",
        source=SOURCE,
        licence=Licence("MIT", "MIT", "VGGFace2 (withdrawn)"),
        weights=DeepFaceFile(
            "facial_recognition",
            "Facenet512",
            "facenet512_weights.h5",
            95_000_000,
            constant="FACENET512_WEIGHTS",
        ),
        dimensions=512,
        alignment="facenet-160",
        size=(160, 160),
        metric="euclidean_l2",
        pairs=_FACENET512,
        links=stricter(_FACENET512),
        make=DeepFaceEncoder,
    ),
)
