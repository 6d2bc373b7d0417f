"""Who is this, or is it a stranger? Open-set identification on embeddings of labelled faces.

People with two pictures or more are enrolled with all but one, drawn; the left-out pictures are
mates. People with one picture are strangers. For each way of scoring: the share of mates who are
found under their own name while 1 % (0.1 %) of the strangers are found under any name.

    python benchmarks/identification.py --seeds 5

graphface's weights are learnt on four fifths of the people and judged on the fifth; the built-in
ones were learnt on all of them. `--gallery N` enrolls only N people and takes the others for
strangers, to see that the probability holds in a small graph too.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import clock, data, finish, parser

from graphface.numbers import unit_vectors
from graphface.recognition.identify import identify, weights_for
from graphface.recognition.learning import around, learn
from graphface.records import Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from graphface.recognition.identify import Weights

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]
    Score = Callable[["Trial"], tuple[Floats, Numbers]]

FOLDS = 5
RATES = (0.01, 0.001)
FILES = {
    "dlib": Space("Dlib", "", "", 128, "euclidean_l2", 0.29),
    "facenet": Space("Facenet", "", "", 128, "euclidean_l2", 0.68),
    "mobilefacenet": Space("mobilefacenet", "", "", 128, "euclidean_l2", 0.95),
}


class Trial:
    """One draw: who is enrolled, who is asked about."""

    def __init__(self, vectors: Floats, person: Numbers, seed: int, enrolled: int | None) -> None:
        draw = np.random.default_rng(seed)
        sizes = np.bincount(person)
        several = np.flatnonzero(sizes > 1)
        if enrolled:
            several = draw.permutation(several)[:enrolled]
        order = draw.permutation(len(person))
        _, first = np.unique(person[order], return_index=True)
        left_out = order[first]
        known = np.isin(person, several)
        mates = left_out[known[left_out]]
        strangers = left_out[~known[left_out]]
        gallery = np.setdiff1d(np.flatnonzero(known), mates)
        self.vectors, self.person = vectors, person
        self.gallery, self.people = vectors[gallery], person[gallery]
        self.asked = np.concatenate([mates, strangers])
        self.probes, self.true = vectors[self.asked], person[self.asked]
        self.mate = np.arange(len(self.asked)) < len(mates)


def nearest(trial: Trial) -> tuple[Floats, Numbers]:
    """The nearest face, as it is: what DeepFace's search does."""
    square = (trial.gallery**2).sum(1) - 2 * trial.probes @ trial.gallery.T
    best = square.argmin(axis=1)
    least = square[np.arange(len(best)), best] + (trial.probes**2).sum(1)
    return -least, trial.people[best]


def nearest_unit(trial: Trial) -> tuple[Floats, Numbers]:
    """The nearest face among unit vectors."""
    cosine = unit_vectors(trial.probes, np.float64) @ unit_vectors(trial.gallery, np.float64).T
    best = cosine.argmax(axis=1)
    return cosine[np.arange(len(best)), best], trial.people[best]


def middle(trial: Trial) -> tuple[Floats, Numbers]:
    """The nearest mean of a person's unit vectors."""
    names, person = np.unique(trial.people, return_inverse=True)
    sums = np.zeros((len(names), trial.gallery.shape[1]))
    np.add.at(sums, person, unit_vectors(trial.gallery, np.float64))
    cosine = unit_vectors(trial.probes, np.float64) @ unit_vectors(sums, np.float64).T
    best = cosine.argmax(axis=1)
    return cosine[np.arange(len(best)), best], names[best]


def by_weights(weights_of: Callable[[int], Weights]) -> Score:
    """`identify` on the nearest faces of each probe, as `who` does."""

    def score(trial: Trial) -> tuple[Floats, Numbers]:
        cosine = unit_vectors(trial.probes, np.float64) @ unit_vectors(trial.gallery, np.float64).T
        sure, who = np.empty(len(cosine)), np.empty(len(cosine), np.int64)
        share = float(trial.mate.mean())
        for k, some in enumerate(around(cosine, trial.people)):
            names = [str(name) for name in trial.people[some]]
            weights = weights_of(int(trial.true[k]))
            found = identify(trial.probes[k], trial.gallery[some], names, weights, prior=share)
            assert found is not None
            sure[k], who[k] = found.probability, int(found.person)
        return sure, who

    return score


def found_at(trial: Trial, sure: Floats, who: Numbers, rate: float) -> float:
    """Share of mates found when at most `rate` of the strangers are."""
    strangers = np.sort(sure[~trial.mate])[::-1]
    limit = strangers[int(rate * len(strangers))]
    right = (sure > limit) & (who == trial.true)
    return float(right[trial.mate].mean())


def folds(vectors: Floats, person: Numbers, space: Space) -> Callable[[int], Weights]:
    """Weights for each person, learnt on the people of the other folds."""
    fold = np.random.default_rng(0).integers(0, FOLDS, int(person.max()) + 1)
    learnt = []
    for k in range(FOLDS):
        others = np.flatnonzero(fold[person] != k)
        _, numbers = np.unique(person[others], return_inverse=True)
        learnt.append(learn(vectors[others], numbers, weights_for(space).twin))
    return lambda one: learnt[fold[one]]


def reliability(sure: Floats, right: NDArray[np.bool_]) -> list[dict[str, float]]:
    """How often the answers of each probability are right."""
    edges = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0 + 1e-9]
    rows = []
    for low, high in pairwise(edges):
        some = (sure >= low) & (sure < high)
        if some.any():
            rows.append({
                "from": low, "said": float(sure[some].mean()), "right": float(right[some].mean()),
                "faces": int(some.sum()),
            })  # fmt: skip
    return rows


def run(name: str, seeds: int, enrolled: int | None, people: str) -> dict[str, Any]:
    space = FILES[name]
    with np.load(data("embeddings", f"{people}-{name}.npz")) as file:
        vectors = file["embedding"].astype(np.float64)
        _, person = np.unique(file["person"], return_inverse=True)
    with clock() as seconds:
        learnt = folds(vectors, person, space)
    print(f"{name}: weights learnt {FOLDS} times in {seconds[0]:.1f} s")
    builtin = weights_for(space)
    ways: dict[str, Score] = {
        "nearest": nearest,
        "nearest, unit": nearest_unit,
        "mean, unit": middle,
        "graphface, built in": by_weights(lambda _: builtin),
        "graphface": by_weights(learnt),
    }
    result: dict[str, Any] = {}
    trials = [Trial(vectors, person, seed, enrolled) for seed in range(seeds)]
    for way, score in ways.items():
        answers = [score(trial) for trial in trials]
        rates = [
            float(np.mean([found_at(t, *a, rate) for t, a in zip(trials, answers, strict=True)]))
            for rate in RATES
        ]
        result[way] = {"tpir_at_1%": rates[0], "tpir_at_0.1%": rates[1]}
        print(f"  {way:20} {rates[0]:.3f} at 1 %   {rates[1]:.3f} at 0.1 %")
    misses = 1 - np.array([result[way]["tpir_at_1%"] for way in ("nearest", "graphface")])
    result["misses_against_nearest"] = float(misses[1] / misses[0])
    print(f"  graphface misses {misses[1] / misses[0]:.0%} of what nearest misses at 1 %")
    sure = np.concatenate([answer[0] for answer in answers])
    right = np.concatenate([a[1] == t.true for t, a in zip(trials, answers, strict=True)])
    result["reliability"] = reliability(sure, right)
    for row in result["reliability"]:
        print(f"  said {row['said']:6.1%}  right {row['right']:6.1%}  of {row['faces']:,}")
    return result


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--seeds", type=int, default=5, help="draws of the left-out pictures")
    options.add_argument("--gallery", type=int, help="enrol only so many people")
    options.add_argument("--embeddings", choices=FILES, action="append")
    options.add_argument(
        "--on",
        choices=("lfw-dev", "lfw-dev2"),
        default="lfw-dev",
        help="the people: those of lfw-dev2 are not among whom the built-in weights were learnt",
    )
    args = options.parse_args()
    names = args.embeddings or list(FILES)
    finish(args, {name: run(name, args.seeds, args.gallery, args.on) for name in names})


if __name__ == "__main__":
    main()
