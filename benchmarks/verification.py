"""Are these two pictures of one person? LFW's pairs, through graphface and through DeepFace.

Both run the same network (dlib's) with the same detector in the same process; what differs is the
crop. graphface's crop is the one the network was trained on. The figure is the accuracy at the
best threshold on the Euclidean distance.

    python benchmarks/verification.py --limit 300
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import clock, data, finish, parser, usual_detectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

Pair = tuple[Path, Path, bool]


def read_pairs(limit: int | None) -> list[Pair]:
    """LFW's pairs: `name i j` is one person, `name i other j` is two."""
    folder = data("lfw-dev")
    pairs = []
    for line in data("lfw-dev-pairs.tsv").read_text("utf-8").splitlines():
        cells = line.split()
        name, first, *_ = cells
        other, second = cells[-2:] if len(cells) == 4 else (name, cells[2])
        pairs.append((picture(folder, name, first), picture(folder, other, second), name == other))
    if limit is None or limit >= len(pairs):
        return pairs
    order = np.random.default_rng(7).permutation(len(pairs))[:limit]
    return [pairs[i] for i in sorted(order)]


def picture(folder: Path, name: str, number: str) -> Path:
    return folder / name / f"{name}_{int(number):04d}.jpg"


def best_accuracy(distances: NDArray[Any], same: NDArray[Any]) -> tuple[float, float]:
    """The best share of right answers over all thresholds, and the threshold."""
    order = np.argsort(distances, kind="stable")
    said_same = np.cumsum(same[order]) + (~same).sum() - np.cumsum(~same[order])
    at = int(np.argmax(said_same))
    return float(said_same[at] / len(same)), float(distances[order][at])


def central(faces: list[Any], centre: Any) -> Any:
    """LFW's labels are about the face in the middle."""
    return min(faces, key=lambda face: ((centre(face) - 125) ** 2).sum(), default=None)


def by_graphface(model: str | None, detector: str, files: list[Path]) -> dict[Path, Any]:
    from graphface.vision.extractor import Extractor
    from graphface.vision.pictures import read_picture

    extractor = Extractor.create(model or "Dlib", detector, min_face=20)
    found = {}
    for start in range(0, len(files), 64):
        part = files[start : start + 64]
        for file, faces in zip(
            part, extractor.extract([read_picture(f) for f in part]), strict=True
        ):
            face = central(faces, lambda f: np.array(
                [f.box.x + f.box.width / 2, f.box.y + f.box.height / 2]))  # fmt: skip
            found[file] = None if face is None else face.embedding
    return found


def by_deepface(detector: str, files: list[Path]) -> dict[Path, Any]:
    try:
        from deepface import DeepFace
    except ImportError as error:  # DeepFace imports werkzeug without asking for it
        sys.exit(f"DeepFace cannot be imported ({error}): pip install werkzeug")
    found = {}
    for file in files:
        try:
            faces = DeepFace.represent(str(file), model_name="Dlib", detector_backend=detector)
        except ValueError:  # what DeepFace raises when it finds no face
            faces = []
        face = central(faces, lambda f: np.array(
            [f["facial_area"]["x"] + f["facial_area"]["w"] / 2,
             f["facial_area"]["y"] + f["facial_area"]["h"] / 2]))  # fmt: skip
        found[file] = None if face is None else np.array(face["embedding"])
    return found


def judged(pairs: list[Pair], found: dict[Path, Any], unit: bool) -> dict[str, Any]:
    """A pair with a face that was not found counts as answered "two people"."""

    def distance(a: Any, b: Any) -> float:
        if a is None or b is None:
            return 1e9
        if unit:
            a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
        return float(np.linalg.norm(a - b))

    distances = np.array([distance(found[a], found[b]) for a, b, _ in pairs])
    accuracy, threshold = best_accuracy(distances, np.array([same for *_, same in pairs]))
    without = sum(vector is None for vector in found.values())
    return {"accuracy": round(accuracy, 4), "threshold": round(threshold, 4), "no_face": without}


def prepare(folder: Path) -> str:
    """A DeepFace home with the weights that are here; the detector both paths will use."""
    from graphface.vision.encoders.dlib_network import NETWORK
    from graphface.vision.weights import packaged

    weights = folder / ".deepface" / "weights"
    weights.mkdir(parents=True)
    for file in (packaged(NETWORK), packaged("shape_predictor_5_face_landmarks.dat")):
        (weights / file.name).symlink_to(file)
    yunet = data("models") / "face_detection_yunet_2023mar.onnx"
    if yunet.exists():
        (weights / yunet.name).symlink_to(yunet)
    os.environ["DEEPFACE_HOME"] = str(folder)
    os.environ["DEEPFACE_LOG_LEVEL"] = "40"
    os.environ["DEEPFACE_BACKEND_ENGINE"] = "onnx"  # dlib's network needs none: spare TensorFlow
    return "yunet" if yunet.exists() else "dlib"


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--limit", type=int, help="take so many pairs, drawn at random")
    options.add_argument(
        "--model", help="another model for graphface's side, by name or .onnx path"
    )
    options.add_argument("--skip-deepface", action="store_true", help="graphface's figure alone")
    asked = options.parse_args()
    pairs = read_pairs(asked.limit)
    files = sorted({file for first, second, _ in pairs for file in (first, second)})
    unit = asked.model is not None
    result: dict[str, Any] = {"pairs": len(pairs), "pictures": len(files)}
    with tempfile.TemporaryDirectory() as folder:
        best = prepare(Path(folder))
        print(f"{len(pairs)} pairs, {len(files)} pictures")
        for detector in usual_detectors():
            with clock() as seconds:
                found = by_graphface(asked.model, detector, files)
            result[f"graphface_{detector}"] = show(
                f"graphface, {detector}", judged(pairs, found, unit), len(files) / seconds[0]
            )
        if not asked.skip_deepface:
            with clock() as seconds:
                found = by_deepface(best, files)
            result[f"deepface_{best}"] = show(
                f"DeepFace.represent, {best}", judged(pairs, found, False), len(files) / seconds[0]
            )
    finish(asked, result)


def show(title: str, row: dict[str, Any], rate: float) -> dict[str, Any]:
    print(f"{title:28} {row['accuracy']:.2%} at {row['threshold']:.3f}, "
          f"no face in {row['no_face']}, {rate:.1f} pictures/s", flush=True)  # fmt: skip
    return row | {"pictures_per_second": round(rate, 1)}


if __name__ == "__main__":
    main()
