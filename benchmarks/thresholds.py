"""Where the link thresholds come from.

1. For two models with embeddings of labelled faces: the threshold whose connected components agree
   best with the people (mean of pairwise F and BCubed F), in five folds over people: tuned on four
   fifths of the people, judged on the fifth; then tuned on all.
2. For Facenet, whose weights are not here, from real distances that DeepFace measured and published
   with its tests: the threshold that lets through as small a share of different people as the
   thresholds of (1) do, the lower tail taken as a half normal.

    python benchmarks/thresholds.py
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import data, finish, parser

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
WIDEST = {"euclidean": 0.60, "euclidean_l2": 0.42}
GRIDS = {"Dlib": {"euclidean": (0.34, 0.52), "euclidean_l2": (0.24, 0.38)},
         "MobileFaceNet": {"euclidean_l2": (0.80, 1.15)}}  # fmt: skip
FILES = {"Dlib": "lfw-dev-dlib.npz", "MobileFaceNet": "lfw-dev-mobilefacenet.npz"}


@dataclass
class Pairs:
    """Pairs of faces nearer than some limit, nearest first."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    distance: NDArray[np.float32]


def near(vectors: NDArray[np.float32], limit: float) -> Pairs:
    rows, columns, distances = [], [], []
    squares = (vectors**2).sum(1)
    for start in range(0, len(vectors), 512):
        block = slice(start, start + 512)
        square = squares[block, None] + squares[None] - 2 * vectors[block] @ vectors.T
        i, j = np.nonzero(square < limit**2)
        keep = i + start < j
        rows.append(i[keep] + start)
        columns.append(j[keep])
        distances.append(np.sqrt(np.maximum(square[i[keep], j[keep]], 0)))
    distance = np.concatenate(distances)
    order = np.argsort(distance, kind="stable")
    return Pairs(np.concatenate(rows)[order], np.concatenate(columns)[order], distance[order])


def components(count: int, pairs: Pairs, thresholds: NDArray[Any]) -> list[NDArray[np.int64]]:
    """Component numbers of `count` faces at each threshold (ascending)."""
    parent = np.arange(count)

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    labels, at = [], 0
    for threshold in thresholds:
        end = int(np.searchsorted(pairs.distance, threshold))
        for i, j in zip(pairs.first[at:end], pairs.second[at:end], strict=True):
            parent[root(int(i))] = root(int(j))
        at = end
        labels.append(np.array([root(node) for node in range(count)]))
    return labels


def agreement(truth: NDArray[np.int64], found: NDArray[np.int64]) -> tuple[float, float]:
    """Pairwise F and BCubed F of a grouping."""
    _, t = np.unique(truth, return_inverse=True)
    _, f = np.unique(found, return_inverse=True)
    _, cell, size = np.unique(t * (f.max() + 1) + f, return_inverse=True, return_counts=True)
    a, b = np.bincount(t), np.bincount(f)
    both, pairs = (size * (size - 1)).sum(), [(n * (n - 1)).sum() for n in (a, b)]
    pairwise = 2 * both / max(sum(pairs), 1)
    inside = size[cell]
    precision, recall = (inside / b[f]).mean(), (inside / a[t]).mean()
    return float(pairwise), float(2 * precision * recall / (precision + recall))


def best(vectors: NDArray[Any], truth: NDArray[Any], grid: NDArray[Any]) -> tuple[float, float]:
    """The threshold of `grid` with the best mean of both figures, and that mean."""
    labels = components(len(vectors), near(vectors, float(grid[-1])), grid)
    scores = [float(np.mean(agreement(truth, found))) for found in labels]
    return float(grid[int(np.argmax(scores))]), max(scores)


def folds(vectors: NDArray[Any], truth: NDArray[Any], grid: NDArray[Any]) -> dict[str, Any]:
    side = np.random.default_rng(1).integers(0, FOLDS, truth.max() + 1)[truth]
    chosen, held = [], []
    for fold in range(FOLDS):
        threshold, _ = best(vectors[side != fold], truth[side != fold], grid)
        chosen.append(threshold)
        out = side == fold
        (labels,) = components(out.sum(), near(vectors[out], threshold), np.array([threshold]))
        held.append(float(np.mean(agreement(truth[out], labels))))
    threshold, score = best(vectors, truth, grid)
    (labels,) = components(len(truth), near(vectors, threshold), np.array([threshold]))
    pairwise, bcubed = agreement(truth, labels)
    return {
        "threshold": round(threshold, 4), "pairwise_f": pairwise, "bcubed_f": bcubed,
        "mean": score, "folds": [round(t, 4) for t in chosen],
        "held_out_mean": float(np.mean(held)),
        "false_share": false_share(vectors, truth, threshold),
    }  # fmt: skip


def false_share(vectors: NDArray[Any], truth: NDArray[Any], threshold: float) -> float:
    """Of all pairs of different people, the share nearer than `threshold`."""
    pairs = near(vectors, threshold)
    sizes = np.bincount(truth)
    different = (len(truth) ** 2 - (sizes**2).sum()) / 2
    return float((truth[pairs.first] != truth[pairs.second]).sum() / different)


def facenet(share: float) -> dict[str, Any]:
    """The same share of different people on DeepFace's published Facenet distances."""
    result: dict[str, Any] = {}
    path = data("deepface-tests", "dataset", "face-recognition-pivot.csv")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    same = np.array([row["decision"] == "Yes" for row in rows])
    for metric in ("euclidean", "euclidean_l2"):
        distance = np.array([float(row[f"Facenet_{metric}"]) for row in rows])
        middle = float(np.median(distance[~same]))
        low = distance[~same][distance[~same] < middle]
        spread = float(np.sqrt(((middle - low) ** 2).mean()))
        threshold = middle + spread * NormalDist().inv_cdf(share)
        result[metric] = {
            "threshold": round(threshold, 3), "nearest_different": float(distance[~same].min()),
            "farthest_same": float(distance[same].max()),
            "same_kept": float((distance[same] < threshold).mean()),
        }  # fmt: skip
    unit = result["euclidean_l2"]["threshold"]
    result["cosine"] = {
        "threshold": round(unit**2 / 2, 3)
    }  # between unit vectors, d² = 2 (1 - cos)
    return result


def main() -> None:
    options = parser(__doc__).parse_args()
    result: dict[str, Any] = {}
    for model, metrics in GRIDS.items():
        stored = np.load(data("embeddings", FILES[model]))
        _, truth = np.unique(stored["person"], return_inverse=True)
        raw = stored["embedding"].astype(np.float32)
        for metric, (low, high) in metrics.items():
            vectors = raw
            if metric == "euclidean_l2":
                vectors = raw / np.linalg.norm(raw, axis=1, keepdims=True)
            found = folds(vectors, truth, np.linspace(low, high, 37))
            result[f"{model} {metric}"] = found
            print(f"{model:14} {metric:13} best {found['threshold']:.3f}  "
                  f"pairwise F {found['pairwise_f']:.3f}  BCubed F {found['bcubed_f']:.3f}  "
                  f"held-out mean {found['held_out_mean']:.3f}  folds {found['folds']}  "
                  f"false share {found['false_share']:.1e}", flush=True)  # fmt: skip
    shares = [found["false_share"] for found in result.values()]
    share = float(np.exp(np.mean(np.log(shares))))
    result["facenet"] = facenet(share)
    for metric, found in result["facenet"].items():
        print(f"{'Facenet':14} {metric:13} {found}")
    finish(options, result)


if __name__ == "__main__":
    main()
