"""What FaceNet should see: crops, colours and metrics, on LFW's pairs.

The same weights and the same boxes (YuNet's); what differs is the crop and how its pixels become
numbers. Thresholds are chosen on nine tenths of the people and judged on the tenth. Beside each
stands DeepFace's own way: the box padded to a square, BGR in [0, 1], and its thresholds.

    python benchmarks/preprocessing.py --limit 700

Needs FaceNet's weights where graphface finds them. All pairs take 25 minutes on one core.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import finish, parser
from verification import best_accuracy, central, read_pairs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from graphface.records import Detection, Pixels

    Floats = NDArray[np.float32]

FOLDS = 10
DEEPFACE = {"euclidean": 10.0, "euclidean_l2": 0.80, "cosine": 0.40}
"""DeepFace's thresholds for Facenet."""


def own_crop(pixels: Pixels, face: Detection) -> Pixels:
    """graphface's facenet-160."""
    from graphface.vision.alignment import align

    return align("facenet-160", (160, 160), pixels, face).chip


def levelled(pixels: Pixels, face: Detection) -> Pixels:
    """The five points without the drawing out: a face keeps its proportions."""
    from graphface.vision.alignment import FACENET, similarity, warp

    assert face.landmarks is not None
    narrow = (np.array(FACENET) - 80) / (1.25, 1.0) + 80
    return warp(pixels, similarity(face.landmarks, narrow), (160, 160))


def padded_box(pixels: Pixels, face: Detection) -> Pixels:
    """The box, its shorter side padded with black, as DeepFace feeds it."""
    import cv2

    part = _part(pixels, face, 0)
    scale = 160 / max(part.shape[:2])
    width, height = (max(1, round(side * scale)) for side in part.shape[1::-1])
    small = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    chip = np.zeros((160, 160, 3), np.uint8)
    top, left = (160 - height) // 2, (160 - width) // 2
    chip[top : top + height, left : left + width] = small
    return chip


def stretched_box(pixels: Pixels, face: Detection) -> Pixels:
    """The box with FaceNet's margin, a tenth on each side, drawn out to a square, not levelled."""
    import cv2

    part = _part(pixels, face, 0.1)
    return np.asarray(cv2.resize(part, (160, 160), interpolation=cv2.INTER_AREA), np.uint8)


def _part(pixels: Pixels, face: Detection, margin: float) -> Pixels:
    box = face.box
    x, y = round(box.x - margin * box.width), round(box.y - margin * box.height)
    right, bottom = (
        round(box.x + (1 + margin) * box.width),
        round(box.y + (1 + margin) * box.height),
    )
    return np.ascontiguousarray(pixels[max(y, 0) : bottom, max(x, 0) : right])


def prewhitened(chips: Floats) -> Floats:
    """Each chip to mean 0 and deviation 1."""
    spread = chips.std(axis=(1, 2, 3), keepdims=True)
    return (chips - chips.mean(axis=(1, 2, 3), keepdims=True)) / np.maximum(spread, 1 / 277)


CROPS: dict[str, Callable[[Pixels, Detection], Pixels]] = {
    "graphface's": own_crop,
    "levelled, not drawn out": levelled,
    "box and margin, drawn out": stretched_box,
    "box padded (DeepFace's)": padded_box,
}
COLOURS: dict[str, Callable[[Floats], Floats]] = {
    "RGB prewhitened": prewhitened,
    "RGB (x - 127.5) / 128": lambda chips: (chips - 127.5) / 128,
    "RGB / 255": lambda chips: chips / 255,
    "BGR prewhitened": lambda chips: prewhitened(chips[..., ::-1]),
    "BGR / 255 (DeepFace's)": lambda chips: chips[..., ::-1] / 255,
}


def faces_of(files: list[Path], detector: str) -> dict[Path, Any]:
    """The face in the middle of each picture, or None, and the picture's pixels."""
    from graphface.vision import detectors
    from graphface.vision.pictures import read_picture

    finder = detectors.load(detector)
    found: dict[Path, Any] = {}
    for file in files:
        pixels = np.ascontiguousarray(read_picture(file).pixels)
        face = central(finder.detect(pixels), lambda f: np.array(
            [f.box.x + f.box.width / 2, f.box.y + f.box.height / 2]))  # fmt: skip
        found[file] = None if face is None else (pixels, face)
    return found


def embedded(forward: Callable[[Floats], Floats], chips: NDArray[np.uint8], colour: str) -> Floats:
    """Raw embeddings [n, 128]."""
    scale = COLOURS[colour]
    parts = [
        forward(np.ascontiguousarray(scale(chips[i : i + 32].astype(np.float32)), np.float32))
        for i in range(0, len(chips), 32)
    ]
    return np.concatenate(parts)


def distances(a: Floats, b: Floats, metric: str) -> NDArray[np.float64]:
    if metric == "euclidean":
        return np.linalg.norm(a.astype(np.float64) - b, axis=1)
    a, b = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (a, b))
    square = ((a.astype(np.float64) - b) ** 2).sum(axis=1)
    return square / 2 if metric == "cosine" else np.sqrt(square)


def held_out(far: Any, same: Any, fold: Any) -> tuple[float, list[float]]:
    """Mean accuracy on each fold at the threshold that is best on the others; the thresholds."""
    right, limits = 0, []
    for k in range(FOLDS):
        limit = best_accuracy(far[fold != k], same[fold != k])[1]
        right += int(((far <= limit) == same)[fold == k].sum())
        limits.append(limit)
    return right / len(far), limits


def judged(a: Floats, b: Floats, same: Any, fold: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"length": round(float(np.linalg.norm(a, axis=1).mean()), 2)}
    for metric, usual in DEEPFACE.items():
        far = distances(a, b, metric)
        best, limit = best_accuracy(far, same)
        folded, limits = held_out(far, same, fold)
        row[metric] = {
            "best": round(best, 4), "threshold": round(limit, 4), "held_out": round(folded, 4),
            "thresholds": [round(min(limits), 4), round(max(limits), 4)],
            "at_deepfaces": round(float(((far <= usual) == same).mean()), 4),
            "within": round(float(far[same].mean()), 4),
            "between": round(float(far[~same].mean()), 4),
        }  # fmt: skip
    return row


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--limit", type=int, help="take so many pairs, drawn at random")
    options.add_argument("--crops", nargs="*", default=list(CROPS), help="some of the crops")
    options.add_argument("--colours", nargs="*", default=list(COLOURS), help="some of the colours")
    asked = options.parse_args()
    from graphface.errors import GraphfaceError
    from graphface.vision import encoders

    try:
        forward = encoders.load("Facenet", threads=1).forward  # type: ignore[attr-defined]
    except GraphfaceError as error:
        sys.exit(str(error))
    pairs = read_pairs(asked.limit)
    files = sorted({file for first, second, _ in pairs for file in (first, second)})
    found = faces_of(files, "yunet")
    pairs = [pair for pair in pairs if found[pair[0]] and found[pair[1]]]
    same = np.array([one for *_, one in pairs])
    people = {name: k for k, name in enumerate(sorted({f.parent.name for f in files}))}
    drawn = np.random.default_rng(1).integers(0, FOLDS, len(people))
    fold = np.array([drawn[people[first.parent.name]] for first, *_ in pairs])
    faces = [file for file in files if found[file]]
    place = {file: k for k, file in enumerate(faces)}
    first, second = (np.array([place[pair[k]] for pair in pairs]) for k in (0, 1))
    print(f"{len(pairs)} pairs, {len(faces)} faces; held-out accuracy in {FOLDS} folds over people")
    result: dict[str, Any] = {"pairs": len(pairs), "faces": len(faces)}
    for crop in asked.crops:
        chips = np.stack([CROPS[crop](*found[file]) for file in faces])
        for colour in asked.colours:
            vectors = embedded(forward, chips, colour)
            row = judged(vectors[first], vectors[second], same, fold)
            result[f"{crop}, {colour}"] = row
            show(f"{crop}, {colour}", row)
    finish(asked, result)


def show(title: str, row: dict[str, Any]) -> None:
    raw, unit = row["euclidean"], row["euclidean_l2"]
    print(
        f"{title:50} raw {raw['held_out']:.2%} (best at {raw['threshold']:.2f}; at 10 "
        f"{raw['at_deepfaces']:.2%})  unit {unit['held_out']:.2%} (best at "
        f"{unit['threshold']:.3f}; at .80 {unit['at_deepfaces']:.2%})  length {row['length']}",
        flush=True,
    )


if __name__ == "__main__":
    main()
