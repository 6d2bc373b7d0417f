"""What does each detector find, what does it take for a face, and what does it cost?

Every detector of the registry that can be had looks at the same pictures:

- `wider-dev`: thumbnails with all their faces marked, most of them small;
- 2, 12 and 48 megapixels: 2 x 2, 3 x 3 and 4 x 4 of those thumbnails, enlarged;
- `lfw-dev`: portraits of 250 x 250 pixels, of which the face in the middle is known.

Recall is by height of the face in the thumbnail, in pixels. A face is found if a box shares 40 % of
the union with it. A box that shares less than 20 % with every marked face is a false positive.
Time is processor time of all threads.

    python benchmarks/detection.py --detectors centerface,yunet,dlib
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import data, finish, parser
from verification import prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.records import Pixels
    from graphface.vision.detectors import Detector

    Edges = NDArray[np.float64]
    """[n, 4]: left, top, right, bottom."""

SIZES = ((10, 20), (20, 40), (40, 10_000))
"""Heights of faces, in pixels of the thumbnail."""

FOUND, ELSEWHERE = 0.4, 0.2
"""Shared part of the union: a face is found; a box is of no marked face."""

MADE = {"2 MP": (1600, 1200, 2, 8), "12 MP": (4000, 3000, 3, 3), "48 MP": (8000, 6000, 4, 2)}
"""Width, height, thumbnails a side, and how many pictures are made."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, its faces, and their heights in the thumbnail that they come from."""

    pixels: Pixels
    faces: Edges
    heights: NDArray[np.float64]
    all_marked: bool = True
    """Whether any other box is a false positive."""


@dataclass(slots=True)
class Count:
    """What one detector did on one collection."""

    pictures: int = 0
    without: int = 0
    boxes: int = 0
    wrong: int = 0
    milliseconds: float = 0.0
    faces: dict[tuple[int, int], list[bool]] = field(default_factory=lambda: defaultdict(list))

    def take(self, shown: Shown, boxes: Edges) -> None:
        self.pictures += 1
        self.without += not len(boxes)
        shared = overlaps(shown.faces, boxes)
        found = matched(shared)
        for size in SIZES:
            inside = (shown.heights >= size[0]) & (shown.heights < size[1])
            self.faces[size] += found[inside].tolist()
        if shown.all_marked:
            self.boxes += len(boxes)
            self.wrong += int((shared.max(axis=0, initial=0) < ELSEWHERE).sum())

    def row(self) -> dict[str, Any]:
        recall = {
            f"recall_{low}": round(float(np.mean(found)), 4)
            for (low, _), found in self.faces.items()
            if found
        }
        wrong = {"false_positives": round(self.wrong / self.boxes, 4)} if self.boxes else {}
        return {
            **recall,
            **wrong,
            "boxes": self.boxes,
            "pictures": self.pictures,
            "without_face": self.without,
            "milliseconds": round(self.milliseconds / self.pictures, 1),
        }


def overlaps(faces: Edges, boxes: Edges) -> NDArray[np.float64]:
    """Intersection over union of each face with each box."""
    from graphface.vision.detectors.boxes import overlaps as of_one

    return np.array([of_one(face, boxes) for face in faces]).reshape(len(faces), len(boxes))


def matched(shared: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which faces are found, each by a box of its own, the best pairs first."""
    left = shared.copy()
    found = np.zeros(len(shared), bool)
    while left.size and left.max() >= FOUND:
        face, box = np.unravel_index(int(left.argmax()), left.shape)
        found[face] = True
        left[face], left[:, box] = 0, 0
    return found


def thumbnails() -> list[Shown]:
    """The pictures of `wider-dev`."""
    faces = defaultdict(list)
    with data("wider-dev", "faces.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            x, y, width, height = (float(row[k]) for k in ("x", "y", "width", "height"))
            faces[row["picture"]].append((x, y, x + width, y + height))
    shown = []
    for name, edges in sorted(faces.items()):
        edges = np.array(edges)
        pixels = read(data("wider-dev", name))
        shown.append(Shown(pixels, edges, edges[:, 3] - edges[:, 1]))
    return shown


def made(of: list[Shown], width: int, height: int, side: int, count: int) -> Iterator[Shown]:
    """Pictures of `side` x `side` thumbnails, each enlarged to its place."""
    import cv2

    order = np.random.default_rng(3).permutation(np.tile(np.arange(len(of)), 2))
    for number in range(count):
        canvas = np.full((height, width, 3), 128, np.uint8)
        faces, heights = [], []
        for place in range(side * side):
            one = of[order[(number * side * side + place) % len(order)]]
            scale = min(width / side / one.pixels.shape[1], height / side / one.pixels.shape[0])
            large = cv2.resize(one.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            x, y = place % side * (width // side), place // side * (height // side)
            large = large[: height // side, : width // side]
            canvas[y : y + large.shape[0], x : x + large.shape[1]] = large
            faces.append(one.faces * scale + (x, y, x, y))
            heights.append(one.heights)
        yield Shown(canvas, np.concatenate(faces), np.concatenate(heights))


def portraits(count: int) -> Iterator[Shown]:
    """Pictures of `lfw-dev`; the face in the middle is some 95 x 120 pixels large."""
    files = sorted(data("lfw-dev").glob("*/*_0001.jpg"))
    middle = np.array([[78.0, 68.0, 172.0, 188.0]])
    for file in files[:: max(len(files) // count, 1)][:count]:
        yield Shown(read(file), middle, np.array([120.0]), all_marked=False)


def read(file: Path) -> Pixels:
    from graphface.vision.pictures import read_picture

    return read_picture(file).pixels


def collections(portrait_count: int) -> Iterator[tuple[str, Iterator[Shown]]]:
    small = thumbnails()
    yield "wider-dev", iter(small)
    for name, (width, height, side, count) in MADE.items():
        yield name, made(small, width, height, side, count)
    yield "lfw-dev", portraits(portrait_count)


def available(wanted: str | None) -> dict[str, Detector]:
    """The detectors asked for, or all that can be had; the reason where one cannot."""
    from graphface.errors import GraphfaceError
    from graphface.vision import detectors

    loaded = {}
    for name in wanted.split(",") if wanted else detectors.names():
        try:
            loaded[name] = detectors.load(name)
        except GraphfaceError as error:
            print(f"{name:12} left out: {str(error).splitlines()[0]}")
    return loaded


def detected(detector: Detector, pixels: Pixels) -> tuple[Edges, float]:
    """Boxes [n, 4] and milliseconds."""
    started = time.process_time()
    found = detector.detect(pixels)
    took = (time.process_time() - started) * 1000
    boxes = [(b.x, b.y, b.x + b.width, b.y + b.height) for b in (face.box for face in found)]
    return np.array(boxes, np.float64).reshape(-1, 4), took


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--detectors", help="only these, like centerface,dlib")
    options.add_argument("--portraits", type=int, default=200, help="how many of lfw-dev")
    asked = options.parse_args()
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        loaded = available(asked.detectors)
        for detector in loaded.values():  # what a first call loads is not counted
            detector.detect(np.zeros((64, 64, 3), np.uint8))
        for name, pictures in collections(asked.portraits):
            counts = {one: Count() for one in loaded}
            for shown in pictures:
                for one, detector in loaded.items():
                    boxes, took = detected(detector, shown.pixels)
                    counts[one].take(shown, boxes)
                    counts[one].milliseconds += took
            result[name] = {one: count.row() for one, count in counts.items()}
            show(name, result[name])
    finish(asked, result)


def show(name: str, rows: dict[str, dict[str, Any]]) -> None:
    head = ["found 10-20", "20-40", "40+", "false", "boxes", "no face", "of", "ms"]
    keys = ["recall_10", "recall_20", "recall_40", "false_positives", "boxes", "without_face",
            "pictures", "milliseconds"]  # fmt: skip
    print(f"\n{name:12} " + " ".join(f"{title:>11}" for title in head))
    for one, row in rows.items():
        cells = [row.get(key, "") for key in keys]
        print(f"{one:12} " + " ".join(f"{cell:>11}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
