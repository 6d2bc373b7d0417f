"""Does the quality figure say how far an embedding can be trusted?

Faces of people with several pictures, in five groups by quality: how far they lie from the median
of their own person's other faces, and how often another person's is nearer.

    python benchmarks/quality.py
"""

from __future__ import annotations

from typing import Any

import numpy as np
from _common import data, finish, parser

GROUPS = 5


def collect(people: int) -> tuple[list[float], list[Any], list[int]]:
    """Quality, unit embedding and person of each face that is alone in its picture."""
    from graphface.vision.extractor import Extractor
    from graphface.vision.pictures import read_picture

    extractor = Extractor.create("Dlib", "dlib")
    folders = [f for f in sorted(data("lfw-dev").iterdir()) if len(list(f.iterdir())) >= 5]
    figures, vectors, owners = [], [], []
    for owner, folder in enumerate(folders[:people]):
        shown = [read_picture(path) for path in sorted(folder.iterdir())[:10]]
        for faces in extractor.extract(shown):
            if len(faces) == 1:
                figures.append(faces[0].quality)
                vectors.append(faces[0].embedding / np.linalg.norm(faces[0].embedding))
                owners.append(owner)
    return figures, vectors, owners


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--people", type=int, default=100)
    options = made.parse_args()
    figures, stacked, owners = (np.array(x) for x in collect(options.people))
    own, other = [], []
    centres = np.stack([np.median(stacked[owners == o], axis=0) for o in np.unique(owners)])
    for vector, owner in zip(stacked, owners, strict=True):
        mine = stacked[(owners == owner) & (stacked != vector).any(axis=1)]
        own.append(float(np.linalg.norm(vector - np.median(mine, axis=0))))
        apart = np.linalg.norm(centres - vector, axis=1)
        other.append(bool(np.delete(apart, owner).min() < own[-1]))
    result: dict[str, Any] = {"faces": len(figures), "groups": []}
    edges = np.quantile(figures, np.linspace(0, 1, GROUPS + 1))
    groups = np.clip(np.searchsorted(edges, figures, side="right") - 1, 0, GROUPS - 1)
    for group in range(GROUPS):
        inside = groups == group
        row = {"quality": float(np.median(figures[inside])),
               "distance": float(np.mean(np.array(own)[inside])),
               "nearer_to_another": float(np.mean(np.array(other)[inside]))}  # fmt: skip
        result["groups"].append(row)
        print(
            f"quality about {row['quality']:.2f}: {row['distance']:.3f} from the own person, "
            f"{row['nearer_to_another']:.1%} nearer to another"
        )
    ranks = [np.argsort(np.argsort(values)) for values in (figures, own)]
    result["rank_correlation"] = float(np.corrcoef(*ranks)[0, 1])
    print(f"rank correlation {result['rank_correlation']:.2f} over {len(figures)} faces")
    finish(options, result)


if __name__ == "__main__":
    main()
