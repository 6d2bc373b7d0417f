"""Which thresholds a model's distances call for: for pairs, and for connected components.

Pairs: the threshold that is right most often, pairs of one person (at most 50 each) and random ones
of two weighed alike, on `lfw-dev` and on the further people of `lfw-dev2`; and the range in which
.05 points are lost.

Components: the threshold whose connected components agree best with the people (mean of pairwise F
and BCubed F), in five folds over people: tuned on four fifths of the people, judged on the fifth;
then tuned on all.

    python benchmarks/thresholds.py
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import data, finish, parser

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS = 5
PER_PERSON, NEARLY = 50, 0.0005
GRIDS = {"Dlib": {"euclidean": (0.34, 0.52), "euclidean_l2": (0.24, 0.38)},
         "Facenet": {"euclidean": (5.5, 9.5), "euclidean_l2": (0.45, 0.80)},
         "MobileFaceNet": {"euclidean_l2": (0.80, 1.15)}}  # fmt: skip
FILES = {
    "Dlib": "lfw-dev-dlib.npz",
    "Facenet": "lfw-dev-facenet.npz",
    "MobileFaceNet": "lfw-dev-mobilefacenet.npz",
}


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


def of_pairs(vectors: NDArray[Any], truth: NDArray[Any]) -> dict[str, Any]:
    """The best threshold for balanced pairs, and the range that is nearly as good."""
    draw, ones = np.random.default_rng(0), []
    for person in np.flatnonzero(np.bincount(truth) > 1):
        i, j = np.triu_indices((truth == person).sum(), 1)
        some = draw.permutation(len(i))[:PER_PERSON]
        ones.append(np.flatnonzero(truth == person)[np.stack([i[some], j[some]])])
    same = np.concatenate(ones, axis=1)
    other = draw.integers(0, len(vectors), (2, 3 * same.shape[1]))
    other = other[:, truth[other[0]] != truth[other[1]]]
    within, between = (
        np.sort(np.linalg.norm(vectors[a] - vectors[b], axis=1)) for a, b in (same, other)
    )
    grid = np.linspace(between[0], within[-1], 2000)
    right = np.searchsorted(within, grid) / len(within)
    right = (right + 1 - np.searchsorted(between, grid) / len(between)) / 2
    good = grid[right > right.max() - NEARLY]
    return {
        "pairs": same.shape[1], "threshold": float(grid[right.argmax()]),
        "right": float(right.max()), "range": [float(good[0]), float(good[-1])],
    }  # fmt: skip


def show_pairs(model: str, metric: str, file: str) -> dict[str, Any]:
    vectors, truth = read(file, metric)
    found = of_pairs(vectors, truth)
    low, high = found["range"]
    print(
        f"{model:14} {metric:13} pairs, {file:27} best {found['threshold']:.3f} ({low:.3f} to "
        f"{high:.3f})  right {found['right']:.2%} of {found['pairs']:,}",
        flush=True,
    )
    return found


def read(file: str, metric: str) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Embeddings, of length 1 for `euclidean_l2`, and the number of each one's person."""
    with np.load(data("embeddings", file)) as stored:
        _, truth = np.unique(stored["person"], return_inverse=True)
        vectors = stored["embedding"].astype(np.float32)
    if metric == "euclidean_l2":
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, truth


def main() -> None:
    options = parser(__doc__).parse_args()
    result: dict[str, Any] = {}
    for model, metrics in GRIDS.items():
        for metric, (low, high) in metrics.items():
            vectors, truth = read(FILES[model], metric)
            for file in (FILES[model], FILES[model].replace("dev", "dev2")):
                result[f"{model} {metric} pairs {file}"] = show_pairs(model, metric, file)
            found = folds(vectors, truth, np.linspace(low, high, 37))
            result[f"{model} {metric}"] = found
            print(f"{model:14} {metric:13} best {found['threshold']:.3f}  "
                  f"pairwise F {found['pairwise_f']:.3f}  BCubed F {found['bcubed_f']:.3f}  "
                  f"held-out mean {found['held_out_mean']:.3f}  folds {found['folds']}  "
                  f"false share {found['false_share']:.1e}", flush=True)  # fmt: skip
    finish(options, result)


if __name__ == "__main__":
    main()
