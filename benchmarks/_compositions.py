"""Albums of many kinds, made of the faces of `lfw-dev` and `lfw-dev2`, to judge a grouping on.

What is chosen on one album overfits to it: how many people it has, how many pictures of each, how
alike they are. So the same faces are put together in many ways (`python benchmarks/clustering.py
--compositions`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from _common import data

from graphface.numbers import unit_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.records import Vectors

    Names = NDArray[np.str_]
    Which = NDArray[np.bool_]

SETS = ("lfw-dev", "lfw-dev2")

NETWORKS = {
    "facenet": ("Facenet", 0.94),
    "dlib": ("Dlib", 0.37),
    "mobilefacenet": ("mobilefacenet.onnx", 1.08),
    "mfn192": ("mfn192.onnx", 1.08),
}
"""Files of embeddings: the model in the registry, and a link threshold on unit vectors."""

MAIN = ("lfw-dev", "lfw-dev2", "both")

LARGE = 8
"""Two people with so many faces each in one person are a merge that no user forgives."""


@dataclass(frozen=True)
class Composition:
    """An album: unit vectors [n, d] and who each face shows, [n]."""

    name: str
    units: Vectors
    truth: Names


def compositions(network: str, only: tuple[str, ...] = ()) -> Iterator[Composition]:
    """All albums, or those called `only`, from the embeddings of one network."""
    faces = _Faces(network)
    for name, which in faces.parts():
        if not only or name in only:
            yield Composition(name, faces.units[which], faces.truth[which])
    for share in (0.5, 0.65, 0.8):
        name = f"brothers at {share:g}"
        if not only or name in only:
            yield faces.brothers(name, share)


class _Faces:
    """The faces of both sets, in an order that is random but always the same."""

    def __init__(self, network: str) -> None:
        files = [np.load(data("embeddings", f"{one}-{network}.npz")) for one in SETS]
        path = np.concatenate([file["path"] for file in files])
        part = np.repeat(np.arange(len(files)), [len(file["path"]) for file in files])
        order = np.lexsort((path, part))[np.random.default_rng(7).permutation(len(path))]
        vectors = np.concatenate([file["embedding"] for file in files]).astype(np.float32)
        self.units = unit_vectors(vectors[order])
        self.truth = np.concatenate([file["person"] for file in files])[order]
        self.part = part[order]
        self.people, self.number, self.count = np.unique(
            self.truth, return_inverse=True, return_counts=True
        )

    def parts(self) -> Iterator[tuple[str, Which]]:
        yield "lfw-dev", self.part == 0
        yield "lfw-dev2", self.part == 1
        yield "both", self.part >= 0
        for kind, parts, shown in (("half", 2, 2), ("quarter", 4, 4), ("twentieth", 20, 4)):
            drawn = self._drawn(kind) % parts
            for k in range(shown):
                yield f"{kind} {k + 1}", (drawn == k * (parts // shown))[self.number]
        yield from self._albums()

    def _albums(self) -> Iterator[tuple[str, Which]]:
        order = np.argsort(-self.count, kind="stable")
        first = order[np.isin(self.people[order], self.truth[self.part == 0])]
        for people in (1, 2, 5, 30):
            yield f"album of {people}", np.isin(self.number, first[:people])
        draw = np.random.default_rng(3)
        many = order[self.count[order] >= 10]
        for people in (3, 8, 20, 40):
            chosen = draw.choice(many, people, replace=False)
            yield f"{people} with many pictures", np.isin(self.number, chosen)
        single = np.flatnonzero(self.count == 1)
        some = np.concatenate([first[:4], draw.permutation(single)[:60]])
        yield "4 people and 60 strangers", np.isin(self.number, some)
        some = np.concatenate([order[10:16], single])
        yield "6 people and all strangers", np.isin(self.number, some)

    def brothers(self, name: str, share: float, pairs: int = 40) -> Composition:
        """Some people moved towards another, to `share` of the distance of their centres; half of
        the others are left out."""
        draw = np.random.default_rng(0)
        able = np.flatnonzero((self.count >= 4) & (self.count < 120))
        moved = draw.permutation(able)[: 2 * pairs]
        kept = self._drawn("brothers") % 2 == 0
        kept[moved] = True
        units = self.units.copy()
        for one, other in zip(moved[::2], moved[1::2], strict=True):
            mine, theirs = self.number == one, self.number == other
            gap = units[mine].mean(axis=0) - units[theirs].mean(axis=0)
            units[theirs] = unit_vectors(units[theirs] + (1 - share) * gap)
        which = kept[self.number]
        return Composition(name, units[which], self.truth[which])

    def _drawn(self, salt: str) -> NDArray[np.int64]:
        """A number for each person that depends on the name alone."""
        digests = [hashlib.sha1(f"{salt} {name}".encode()).hexdigest() for name in self.people]
        return np.array([int(digest[:8], 16) for digest in digests], dtype=np.int64)


def large_merges(truth: Names, labels: NDArray[np.int64]) -> int:
    """Groups that hold `LARGE` faces and more of two people or more."""
    _, people = np.unique(truth, return_inverse=True)
    table = np.unique(np.stack([labels, people]), axis=1, return_counts=True)
    groups, count = np.unique(table[0][0][table[1] >= LARGE], return_counts=True)
    return int((count > 1).sum()) if len(groups) else 0
