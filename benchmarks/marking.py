"""How good is the embedding of a face that a person marked with a box?

Faces of `lfw-dev` that the detector finds are marked again, with boxes as hands draw them: how far
the embedding lies from the detector's own (unit vectors), with the surroundings looked at by the
detector, and where that finds nothing, by dlib's predictor alone.

    python benchmarks/marking.py
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from _common import data, finish, parser

if TYPE_CHECKING:
    from graphface.records import Box, Face, Picture
    from graphface.vision.extractor import Extractor

DRAWN = {
    "as it was found": (1.0, 0.0, 0.0),
    "smaller": (0.8, 0.0, 0.0),
    "aside": (1.1, 0.15, 0.1),
    "with hair and chin": (1.4, 0.0, -0.05),
    "with neck and shoulders": (1.8, 0.05, -0.1),
}
"""Times as large as the detector's box, and moved by shares of itself."""


def collect(people: int, model: str, detector: str) -> tuple[Extractor, list[tuple[Picture, Face]]]:
    """A picture a person with the only face that is found in it."""
    from graphface.vision.extractor import Extractor
    from graphface.vision.pictures import read_picture

    extractor = Extractor.create(model, detector)
    folders = sorted(data("lfw-dev").iterdir())
    pairs = []
    for folder in folders[:: max(len(folders) // people, 1)][:people]:
        picture = read_picture(min(folder.iterdir()))
        (faces,) = extractor.extract([picture])
        if len(faces) == 1:
            pairs.append((picture, faces[0]))
    return extractor, pairs


def drawn(box: Box, picture: Picture, grown: float, aside: float, down: float) -> Box:
    from graphface.people.marking import clipped
    from graphface.records import Box

    width, height = round(box.width * grown), round(box.height * grown)
    x = box.x + box.width / 2 + aside * width - width / 2
    y = box.y + box.height / 2 + down * height - height / 2
    return clipped(
        Box(round(x), round(y), width, height), *picture.pixels.shape[1::-1], picture.path
    )


def away(one: Face, other: Face) -> float:
    a, b = (face.embedding / np.linalg.norm(face.embedding) for face in (one, other))
    return float(np.linalg.norm(a - b))


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--people", type=int, default=100)
    made.add_argument("--model", default="Dlib")
    made.add_argument("--detector", default="dlib")
    options = made.parse_args()
    from graphface.vision import marked

    extractor, pairs = collect(options.people, options.model, options.detector)
    looks = {"detector": True, "predictor alone": False}
    result: dict[str, Any] = {"faces": len(pairs), "boxes": []}
    for name, how in DRAWN.items():
        for landmarks, look in looks.items():
            faces = [
                (marked.marked_faces(extractor, picture, [drawn(face.box, picture, *how)],
                                     look=look)[0], face)
                for picture, face in pairs
            ]  # fmt: skip
            far = np.array([away(*both) for both in faces])
            row = {"box": name, "landmarks": landmarks, "median": float(np.median(far)),
                   "most": float(np.quantile(far, 0.9)),
                   "quality": float(np.median([one.quality for one, _ in faces]))}  # fmt: skip
            result["boxes"].append(row)
            print(
                f"{name:24} {landmarks:16} {row['median']:.3f} away, nine in ten under "
                f"{row['most']:.3f}, quality {row['quality']:.2f}"
            )
    finish(options, result)


if __name__ == "__main__":
    main()
