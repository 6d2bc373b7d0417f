"""Synthetic embeddings that behave like real ones, as many as asked for, from a seed.

    python benchmarks/synthetic.py 100000 out.npz [--like lfw-dev-dlib] [--seed 1]

A person is a centre drawn from a normal distribution; a face is a centre plus a deviation drawn
from another. Some people and some pictures lie farther out than others: log-normal factors.
Covariances, factors and how many pictures a person has are fitted to real embeddings, where they
are here; else figures of that fit stand in. Without a number, distances of real and synthetic faces
are printed side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from _common import finish, parser

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Eigenvalues 0, 1, 2, 4, 8, 16, 32, 64, 100, 127 of the two covariances, from dlib's embeddings.
PLACES = [0, 1, 2, 4, 8, 16, 32, 64, 100, 127]
BETWEEN = [3.0e-2, 2.4e-2, 1.5e-2, 1.1e-2, 6.6e-3, 3.7e-3, 1.9e-3, 4.4e-4, 1e-7, 1e-7]
WITHIN = [2.9e-3, 2.7e-3, 2.7e-3, 2.5e-3, 2.3e-3, 1.9e-3, 1.4e-3, 5.8e-4, 1e-7, 1e-7]
SIZES = {1: 2023, 2: 398, 3: 150, 4: 102, 5: 52, 6: 30, 7: 17, 8: 17, 9: 16, 14: 40, 25: 26, 70: 12}
NORM, SPREADS = 1.3, (0.0, 0.13, 0.09)


@dataclass(frozen=True)
class Model:
    """Where persons lie and how their faces scatter."""

    mean: Floats
    between: Floats
    """[d, d]: a square root of the covariance of persons."""
    within: Floats
    """[d, d]: a square root of the covariance of a person's faces."""
    spreads: tuple[float, float, float]
    """Standard deviations of the logarithms of how far persons lie from the middle, how far each
    person's faces scatter, and how far each face does."""
    sizes: NDArray[np.int64]
    """Pictures of a person; drawn from."""
    unit: bool
    """Whether embeddings have norm 1."""

    def draw(self, count: int, seed: int = 1) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """`count` embeddings, [count, d], in random order, and the person of each."""
        rng = np.random.default_rng(seed)
        person = self._people(rng, count)
        people = int(person.max()) + 1
        dimensions = len(self.mean)
        far, wide, off = self.spreads
        centres = rng.standard_normal((people, dimensions)) @ self.between
        centres = self.mean + centres * np.exp(far * rng.standard_normal((people, 1)))
        widths = np.exp(wide * rng.standard_normal((people, 1)))
        out = np.empty((count, dimensions), np.float32)
        for start in range(0, count, 50_000):
            some = person[start : start + 50_000]
            scatter = rng.standard_normal((len(some), dimensions)) @ self.within
            scatter *= widths[some] * np.exp(off * rng.standard_normal((len(some), 1)))
            faces = centres[some] + scatter
            if self.unit:
                faces /= np.linalg.norm(faces, axis=1, keepdims=True)
            out[start : start + 50_000] = faces
        return out, person

    def _people(self, rng: np.random.Generator, count: int) -> NDArray[np.int32]:
        sizes = rng.choice(self.sizes, count)
        person = np.repeat(np.arange(count, dtype=np.int32), sizes)[:count]
        return rng.permutation(person)


def fit(vectors: NDArray[np.float32], people: NDArray[np.str_]) -> Model:
    """The model of real embeddings [faces, d] with the person of each."""
    faces = vectors.astype(np.float64)
    _, person, sizes = np.unique(people, return_inverse=True, return_counts=True)
    means = np.zeros((len(sizes), faces.shape[1]))
    np.add.at(means, person, faces)
    means /= sizes[:, None]
    many = sizes[person] > 1
    scale = np.sqrt(sizes / np.maximum(sizes - 1, 1))[person][many, None]
    scatter = (faces - means[person])[many] * scale
    weight = 1 / sizes[person][many]  # people with many pictures count no more than others
    within = (scatter.T * weight) @ scatter / weight.sum()
    between = np.cov(means.T) - within * (1 / sizes).mean()
    far = _excess(means - means.mean(axis=0), _root(np.cov(means.T)))
    logs = np.log(np.linalg.norm(scatter, axis=1))
    both = _excess(scatter, _root(within))
    wide = _between_groups(logs, person[many], sizes)
    off = float(np.sqrt(max(both**2 - wide**2, 0.0)))
    unit = bool(np.allclose(np.linalg.norm(faces, axis=1), 1, atol=1e-3))
    return Model(
        means.mean(axis=0),
        _root(between / np.exp(2 * far**2)),
        _root(within / np.exp(2 * both**2)),
        (far, wide, off),
        sizes,
        unit,
    )


def _excess(vectors: Floats, root: Floats) -> float:
    """Spread of the logarithms of lengths, over what a normal distribution has by itself."""
    drawn = np.random.default_rng(0).standard_normal((20_000, len(root))) @ root
    own, real = (np.log(np.linalg.norm(some, axis=1)).var() for some in (drawn, vectors))
    return float(np.sqrt(max(real - own, 0.0)))


def _between_groups(values: Floats, group: NDArray[np.int64], sizes: NDArray[np.int64]) -> float:
    """Standard deviation of the groups' own means (random effects), groups of 3 and more."""
    large = np.flatnonzero(sizes >= 3)
    some = [values[group == one] for one in large]
    means = np.array([one.mean() for one in some])
    noise = np.mean([one.var(ddof=1) / len(one) for one in some])
    return float(np.sqrt(max(means.var() - noise, 0.0)))


def _root(covariance: Floats) -> Floats:
    values, vectors = np.linalg.eigh(covariance)
    root: Floats = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root


def stand_in(dimensions: int = 128) -> Model:
    """The model without data: the same spectra along random axes."""
    rng = np.random.default_rng(0)

    def covariance(values: list[float]) -> Floats:
        spectrum = np.exp(np.interp(np.arange(dimensions), PLACES, np.log(values)))
        axes = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))[0]
        return (axes * spectrum) @ axes.T

    mean = rng.standard_normal(dimensions)
    sizes = np.repeat(list(SIZES), list(SIZES.values()))
    between, within = _root(covariance(BETWEEN)), _root(covariance(WITHIN))
    return Model(NORM * mean / np.linalg.norm(mean), between, within, SPREADS, sizes, False)


def model(data: Path | None, like: str = "lfw-dev-dlib") -> Model:
    """The model fitted to `data`/embeddings/`like`.npz, or the stand-in where there is none."""
    file = data / "embeddings" / f"{like}.npz" if data else None
    if file is None or not file.is_file():
        return stand_in()
    with np.load(file) as real:
        return fit(real["embedding"], real["person"])


def quantiles(
    vectors: NDArray[np.float32], person: NDArray[np.int64], seed: int = 0
) -> dict[str, list[float]]:
    """Distances within persons (1, 10, 50, 90, 99 %) and between (from 1e-5 to a half)."""
    rng = np.random.default_rng(seed)
    order = np.lexsort((rng.random(len(person)), person))
    same = np.flatnonzero(person[order][1:] == person[order][:-1])
    a, b = rng.integers(0, len(person), (2, 2_000_000))
    other = person[a] != person[b]
    within = _distances(vectors, order[same], order[same + 1])
    between = _distances(vectors, a[other], b[other])
    return {
        "within": np.quantile(within, [0.01, 0.1, 0.5, 0.9, 0.99]).tolist(),
        "between": np.quantile(between, [1e-5, 1e-4, 1e-3, 1e-2, 0.1, 0.5]).tolist(),
    }


def _distances(vectors: NDArray[np.float32], a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
    parts = [
        np.linalg.norm(vectors[a[k : k + 100_000]] - vectors[b[k : k + 100_000]], axis=1)
        for k in range(0, len(a), 100_000)
    ]
    return np.concatenate(parts)


def compare(data: Path, like: str) -> dict[str, dict[str, list[float]]]:
    """Print real and synthetic distances side by side: quantiles."""
    with np.load(data / "embeddings" / f"{like}.npz") as real:
        vectors, names = real["embedding"], real["person"]
    _, person = np.unique(names, return_inverse=True)
    fitted = fit(vectors, names)
    print("spreads of persons, widths, faces:", *(f"{spread:.3f}" for spread in fitted.spreads))
    made, who = fitted.draw(len(vectors))
    bare, bare_who = stand_in().draw(len(vectors))
    rows = {
        "real": quantiles(vectors, person),
        "fitted": quantiles(made, who),
        "stand-in": quantiles(bare, bare_who),
    }
    for kind in ("within", "between"):
        for name, row in rows.items():
            print(f"{kind:8} {name:9}", " ".join(f"{value:.3f}" for value in row[kind]))
    return {
        name: {kind: [float(value) for value in row[kind]] for kind in row}
        for name, row in rows.items()
    }


def real_data() -> Path | None:
    """The folder of real embeddings, where there is one."""
    import os

    from _common import ROOT

    folder = Path(os.environ.get("GRAPHFACE_DATA") or ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None


def main() -> None:
    options = parser(__doc__)
    options.add_argument(
        "faces", type=int, nargs="?", help="how many; without, compare with real ones"
    )
    options.add_argument("out", type=Path, nargs="?", help="an .npz to write: embedding, person")
    options.add_argument("--like", default="lfw-dev-dlib")
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args()
    data = real_data()
    if args.faces is None or args.out is None:
        if data is None:
            options.error("no real embeddings here to compare with (GRAPHFACE_DATA)")
        finish(args, compare(data, args.like))
        return
    vectors, person = model(data, args.like).draw(args.faces, args.seed)
    np.savez(args.out, embedding=vectors, person=person)
    finish(args, {"faces": args.faces, "persons": int(person.max()) + 1, "out": str(args.out)})


if __name__ == "__main__":
    main()
