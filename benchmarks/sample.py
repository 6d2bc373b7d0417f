"""How well the pipeline sees the people that `graphface sample` draws.

Draws an album, finds the faces with each of graphface's usual detectors that can be had (YuNet's
file may be in GRAPHFACE_DATA), embeds them with dlib's network, and prints how many
faces were found, how far apart pictures of one person and of different people lie, and the
pairwise F of connected components at each threshold. It is a check of the fixture and says
nothing about accuracy on real people.

    python benchmarks/sample.py
    python benchmarks/sample.py --people 12 --pictures 6 --json
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import ROOT, clock, finish, parser, usual_detectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from graphface.records import Box
    from graphface.sample import Drawn

YUNET = "face_detection_yunet_2023mar.onnx"


@dataclass
class Seen:
    """What a detector and dlib's network made of an album."""

    expected: int
    found: int
    wrong: int
    names: list[str]
    vectors: NDArray[np.float32]


def see(pictures: list[Drawn], detector: str) -> Seen:
    """Detect and embed every picture; a detection counts for the drawn face it overlaps most."""
    from graphface.vision.extractor import Extractor
    from graphface.vision.pictures import read_picture

    extractor = Extractor.create(model="Dlib", detector=detector)
    names: list[str] = []
    chips, wrong = [], 0
    for picture in pictures:
        left = list(picture.people)
        for face in extractor.detect(read_picture(picture.path)):
            best = max(left, key=lambda shown: overlap(shown.box, face.box), default=None)
            if best is None or overlap(best.box, face.box) < 0.3:
                wrong += 1
                continue
            left.remove(best)
            names.append(best.name)
            chips.append(face.chip)
    expected = sum(len(picture.people) for picture in pictures)
    return Seen(expected, len(names), wrong, names, extractor.embed(chips))


def overlap(a: Box, b: Box) -> float:
    """Shared area over joint area."""
    wide = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    high = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0, wide) * max(0, high)
    return shared / (a.width * a.height + b.width * b.height - shared)


def distances(seen: Seen, unit: bool) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """All pairs: distance, and whether it is one person."""
    vectors = seen.vectors
    if unit:
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    first, second = np.triu_indices(len(vectors), 1)
    names = np.array(seen.names)
    gap = np.linalg.norm(vectors[first] - vectors[second], axis=1)
    return gap, names[first] == names[second]


def pairwise_f(seen: Seen, unit: bool, threshold: float) -> float:
    """F of the pairs that connected components at `threshold` put together."""
    gap, same = distances(seen, unit)
    first, second = np.triu_indices(len(seen.names), 1)
    group = np.arange(len(seen.names))
    for i, j in zip(first[gap <= threshold], second[gap <= threshold], strict=True):
        if group[i] != group[j]:
            group[group == group[j]] = group[i]
    together = group[first] == group[second]
    right = float((together & same).sum())
    return 2 * right / max(float(together.sum() + same.sum()), 1.0)


def figures(seen: Seen) -> dict[str, Any]:
    """Everything this benchmark prints about one detector."""
    result: dict[str, Any] = {"faces": seen.expected, "found": seen.found, "wrong": seen.wrong}
    for metric, unit in (("euclidean", False), ("euclidean_l2", True)):
        gap, same = distances(seen, unit)
        grid = np.round(np.arange(0.1, 0.75, 0.01), 2)
        scores = {float(t): pairwise_f(seen, unit, float(t)) for t in grid}
        perfect = [t for t, score in scores.items() if score > 0.9999]
        result[metric] = {
            "within_median": float(np.median(gap[same])), "within_max": float(gap[same].max()),
            "between_min": float(gap[~same].min()), "between_median": float(np.median(gap[~same])),
            "best_f": max(scores.values()),
            "perfect": [min(perfect), max(perfect)] if perfect else None,
            "f": {f"{t:.2f}": round(scores[t], 4) for t in (0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)},
        }  # fmt: skip
    return result


def show(detector: str, result: dict[str, Any]) -> None:
    print(f"{detector}: {result['found']} of {result['faces']} faces, {result['wrong']} false")
    for metric in ("euclidean", "euclidean_l2"):
        row = result[metric]
        print(
            f"  {metric}: within median {row['within_median']:.3f} max {row['within_max']:.3f}, "
            f"between min {row['between_min']:.3f} median {row['between_median']:.3f}"
        )
        scores = ", ".join(f"{t}: {f:.3f}" for t, f in row["f"].items())
        print(f"    best F {row['best_f']:.3f}, F = 1 over {row['perfect']}; {scores}")


def sheet(pictures: list[Drawn], path: Path) -> None:
    """The pictures side by side, six a row, small enough for a page."""
    from PIL import Image

    side, columns = 200, 6
    whole = Image.new("RGB", (columns * side, -(-len(pictures) // columns) * side), "white")
    for i, picture in enumerate(pictures):
        with Image.open(picture.path) as one:
            whole.paste(one.resize((side, side)), (i % columns * side, i // columns * side))
    path.parent.mkdir(parents=True, exist_ok=True)
    whole.save(path, quality=88)


def offer_yunet() -> None:
    """Put YuNet's file where DeepFace looks for it, if it can be had."""
    shared = Path(os.environ.get("GRAPHFACE_DATA") or ROOT.parent / "shared" / "data")
    file = shared / "models" / YUNET
    home = Path(os.environ.get("DEEPFACE_HOME") or Path.home())
    if (home / ".deepface" / "weights" / YUNET).is_file() or not file.is_file():
        return
    weights = Path(tempfile.mkdtemp(prefix="graphface-yunet-"))
    (weights / ".deepface" / "weights").mkdir(parents=True)
    shutil.copy(file, weights / ".deepface" / "weights" / YUNET)
    os.environ["DEEPFACE_HOME"] = str(weights)


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--people", type=int, default=8)
    options.add_argument("--pictures", type=int, default=6)
    options.add_argument("--scenes", type=int, default=6)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--keep", type=Path, help="draw into this folder and keep it")
    options.add_argument("--sheet", type=Path, help="write the people side by side to this file")
    chosen = options.parse_args()
    from graphface.sample import make_album

    folder = chosen.keep or Path(tempfile.mkdtemp(prefix="graphface-sample-"))
    with clock() as seconds:
        album = make_album(
            folder, people=chosen.people, pictures=chosen.pictures, scenes=chosen.scenes,
            seed=chosen.seed, ask=folder / "ask",
        )  # fmt: skip
    pictures = [*album.pictures, *album.ask]
    rate = album.drawn / seconds[0]
    print(f"{len(pictures)} pictures of {chosen.people} people, {album.drawn} drawn, {rate:.1f}/s")
    result: dict[str, Any] = {
        "people": chosen.people,
        "pictures": len(pictures),
        "per_second": rate,
    }
    offer_yunet()
    for detector in usual_detectors():
        result[detector] = figures(see(pictures, detector))
        show(detector, result[detector])
    if chosen.sheet:
        sheet(list(album.ask), chosen.sheet)
    if not chosen.keep:
        shutil.rmtree(folder)
    finish(chosen, result)


if __name__ == "__main__":
    sys.exit(main())
