"""Choose the next question: the one whose answer is expected to name most faces rightly.

There are two kinds of question:

- "who is this?" about an unnamed person names all their faces at once, if the user knows
  them: most people know everybody with many pictures in their own album, and few of the passers-by
  with one (`known`).
- "are these two the same person?" gains the faces of the smaller one, times the probability of a
  yes, if the other has a name. If neither has one, the name must still be asked for (`LATER`).

The probability rests on the same figures as the default clustering: the mean distance of the two,
beside their scatter and their impostor distances (`graphface.clustering.scatter`), and their sizes.

Everything here works on arrays, so that `benchmarks/review.py` asks in the same order as the
command. `docs/people/review.md` lists what was tried.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from graphface.names import same_name
from graphface.numbers import logistic
from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from graphface.clustering.agglomerative import Clusters, Floats, Ints
    from graphface.clustering.scatter import Limit
    from graphface.records import Vectors

    Flags = NDArray[np.bool_]


LATER = 0.5
"""What faces are worth that get a name only with a further answer."""

UNLIKELY = 0.02
"""Pairs less probable than this are not asked about: fifty questions for one yes."""

SHOWN = 4
"""Faces of a person that a question shows."""


@dataclass(frozen=True, slots=True)
class Question(Record):
    """One question about the persons `a` and `b`, or about `a` alone."""

    kind: Literal["name", "same"]
    a: int
    """The person with the name, or the larger one."""
    b: int | None
    probability: float
    """Probability of an answer that names faces: yes, or a name."""
    gain: float
    """The expected number of faces that end up named rightly."""


class Deck:
    """Persons as sums of unit vectors, with what is known about them and the open questions.

    Answers update it: `named`, `same`, `different`, `skip`. A person that was merged into another
    keeps its number and has no faces.
    """

    def __init__(
        self,
        units: Vectors,
        persons: Ints,
        names: Sequence[str | None],
        apart: Ints,
        expected: float,
        silent: Iterable[int] = (),
    ) -> None:
        """Take `units` [faces, d], `persons` [faces] and `names` [persons].

        `units` are unit vectors, `persons` is the number of each face's person (0, 1, ... without
        gaps). `apart` [k, 2] are pairs of faces of two people. `expected` is the expected impostor
        distance. No question is about `silent` persons.
        """
        from graphface.clustering.agglomerative import contracted, sums_of
        from graphface.clustering.impostors import common_impostor_distance
        from graphface.clustering.scatter import measured

        self.units, self.persons = units, persons.astype(np.int64)
        self.names = list(names)
        self.silent = np.zeros(len(names), np.bool_)
        self.silent[list(silent)] = True
        self.sums, sizes = sums_of(units, self.persons)
        common = common_impostor_distance(units, expected)
        self.clusters, self.limit = measured(self.sums, sizes, common)
        self.asked = np.zeros(len(names), np.bool_)
        self.closed = self._keys(contracted(apart, self.persons))
        self.pairs = nearest_others(self.means())
        self.chance = self._match_probabilities(self.pairs)

    @property
    def sizes(self) -> Floats:
        """Faces of each person, [persons]."""
        return self.clusters.sizes

    def means(self) -> Floats:
        """Means of the persons, [persons, d]; zeros for a person without faces."""
        means: Floats = self.sums / at_least_one(self.sizes)[:, None]
        return means

    def faces(self, person: int) -> Ints:
        """The faces of a person, those nearest to their middle first."""
        found = np.flatnonzero(self.persons == person)
        return found[np.argsort(-(self.units[found] @ self.sums[person]), kind="stable")]

    def shown(self, person: int, count: int = SHOWN) -> list[int]:
        """Faces of a person to show, from the most to the least typical.

        They are spread evenly, so that a face of somebody else among them is visible.
        """
        faces = self.faces(person)
        some = np.unique(np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(np.int64))
        return [int(face) for face in faces[some]]

    def nearest(self, a: int, b: int) -> tuple[int, int]:
        """The nearest pair of faces, one of each person."""
        left, right = self.faces(a), self.faces(b)
        best, at = -2.0, (int(left[0]), int(right[0]))
        for start in range(0, len(left), 1024):
            dots = self.units[left[start : start + 1024]] @ self.units[right].T
            i, j = np.unravel_index(int(dots.argmax()), dots.shape)
            if dots[i, j] > best:
                best, at = float(dots[i, j]), (int(left[start + i]), int(right[j]))
        return at

    @property
    def faces_named(self) -> int:
        """Faces that belong to somebody with a name."""
        return int(self.sizes[self._have_names()].sum())

    def questions(self, count: int = 1) -> list[Question]:
        """The most useful questions first, at most so many."""
        names, joins = self.naming_gains(), self.joining_gains()
        found = [self.naming(one) for one in _largest(names, count)]
        found += [self.joining(place, float(joins[place])) for place in _largest(joins, count)]
        return sorted(found, key=lambda q: (-q.gain, q.kind, q.a, q.b or 0))[:count]

    def named(self, person: int, name: str) -> int:
        """Name a person, or merge two of one name. Returns the number that remains."""
        for other, has in enumerate(self.names):
            if other != person and same_name(has, name):
                return self.same(other, person)
        self.names[person] = name
        self._again(person)
        return person

    def same(self, a: int, b: int) -> int:
        """Merge two persons. Returns the number that remains."""
        a, b = self.leading(a, b)
        self.sums[a] += self.sums[b]
        self.clusters.join(a, b, self.sums[a])
        self.sums[b], self.sizes[b] = 0, 0
        self.persons[self.persons == b] = a
        if self.names[a] is None:
            self.names[a] = self.names[b]
        self.names[b] = None
        self.closed = self._keys(np.where(self._ends(self.closed) == b, a, self._ends(self.closed)))
        pairs = np.concatenate([np.where(self.pairs == b, a, self.pairs), self._others(a)])
        self.pairs = self._ends(np.unique(self._keys(pairs[pairs[:, 0] != pairs[:, 1]])))
        self.chance = self._match_probabilities(self.pairs)
        return a

    def different(self, a: int, b: int) -> None:
        """Record that they are two people, so that they are never asked about again."""
        self.closed = np.append(self.closed, self._keys(np.array([[a, b]])))
        self._again(a)

    def skip(self, question: Question) -> None:
        """Not asked again."""
        if question.b is None:
            self.asked[question.a] = True
        else:
            self.different(question.a, question.b)

    def leading(self, a: int, b: int) -> tuple[int, int]:
        """The one of two persons that a merge keeps: the named, else the larger, else the first."""
        ranked = sorted((a, b), key=lambda one: (self.names[one] is None, -self.sizes[one], one))
        return ranked[0], ranked[1]

    def _have_names(self) -> Flags:
        return np.array([name is not None for name in self.names], np.bool_)

    def naming_gains(self) -> Floats:
        """Faces that "who is this?" is expected to name, [persons]; 0 where it is not asked."""
        gain = self.sizes * known(self.sizes)
        gain[self._have_names() | self.asked | self.silent] = 0
        return gain

    def joining_gains(self) -> Floats:
        """Faces that "the same person?" is expected to name, [pairs]; 0 where it is not asked."""
        return self.chance * self._worth()

    def naming(self, person: int) -> Question:
        """ "Who is this?" """
        size = self.sizes[person : person + 1]
        likely = known(size)
        return Question("name", person, None, float(likely[0]), float((size * likely)[0]))

    def joining(self, place: int, gain: float) -> Question:
        """ "Are these two the same person?", of the pair at this place."""
        a, b = self.leading(*self.pairs[place].tolist())
        return Question("same", a, b, float(self.chance[place]), gain)

    def _worth(self) -> Floats:
        """Faces that a yes would name, [pairs]."""
        named = self._have_names()[self.pairs]
        sizes = self.sizes[self.pairs]
        unnamed = np.where(named, 0.0, sizes).sum(axis=1)
        neither = LATER * sizes.min(axis=1) * known(sizes.sum(axis=1))
        worth: Floats = np.where(named.any(axis=1), unnamed, neither)
        # The user does not know the persons they skipped, and two names are two people.
        pointless = named.all(axis=1) | self.silent[self.pairs].any(axis=1)
        worth[pointless | (self.asked[self.pairs] & ~named).all(axis=1)] = 0
        return worth

    def _match_probabilities(self, pairs: Ints) -> Floats:
        """Probability that the two are one person, [pairs]; 0 where that question is closed."""
        chance = probability(self.sums, self.clusters, self.limit, pairs)
        chance[np.isin(self._keys(pairs), self.closed) | (chance < UNLIKELY)] = 0
        return chance

    def _keys(self, pairs: Ints) -> Ints:
        """A number for each pair of persons in either order, [pairs]."""
        keys: Ints = pairs.min(axis=1) * len(self.names) + pairs.max(axis=1)
        return keys

    def _ends(self, keys: Ints) -> Ints:
        """The pairs of these numbers, the smaller person first, [pairs, 2]."""
        return np.stack([keys // len(self.names), keys % len(self.names)], axis=1)

    def _again(self, person: int) -> None:
        """Recompute the weights of one person's pairs."""
        mine = np.flatnonzero((self.pairs == person).any(axis=1))
        self.chance[mine] = self._match_probabilities(self.pairs[mine])

    def _others(self, person: int) -> Ints:
        dots = self.means() @ (self.sums[person] / self.sizes[person])
        dots[(self.sizes == 0) | (np.arange(len(dots)) == person)] = -2
        best = np.argsort(-dots, kind="stable")[:NEAR]
        best = best[dots[best] > -2]
        return np.stack([np.full(len(best), person), best], axis=1)


def _largest(gain: Floats, count: int) -> list[int]:
    """Indices of up to `count` of the largest numbers over 0."""
    best = np.argsort(-gain, kind="stable")[:count]
    return [int(place) for place in best[gain[best] > 0]]


NEAR = 5
"""Others that each person is held against, the nearest; more found no more of the same."""

STRANGE = 2.0
"""Faces a person has when it is as likely as not that whoever is asked knows them."""


@dataclass(frozen=True, slots=True)
class MatchWeights:
    """Weights of the log odds that two persons are one.

    They weigh the margin by which the mean distance of the two is under what joins clusters
    (`graphface.clustering.scatter`), and their sizes.
    """

    score: float
    smaller: float
    """Times the logarithm of the faces of the smaller one: the distance of many faces is known
    precisely, and a gap between two large persons is one."""
    larger: float
    constant: float


MATCH = MatchWeights(42.8, -0.96, -0.64, 0.52)
"""Logistic regression on what the default clustering leaves apart of `lfw-dev`: the embeddings of
four networks, which agree on it (learnt on three, the log loss of the fourth grows by .001)."""


def known(faces: Floats) -> Floats:
    """The probability that the user knows a person with this number of faces."""
    likely: Floats = faces / (faces + STRANGE)
    return likely


def probability(sums: Floats, clusters: Clusters, limit: Limit, pairs: Ints) -> Floats:
    """Probability that two persons are one, [pairs].

    Arrays are as in `graphface.clustering.agglomerative`. A person without faces counts as one.
    """
    a, b = pairs[:, 0], pairs[:, 1]
    one = replace(clusters, sizes=at_least_one(clusters.sizes))
    size_a, size_b = one.sizes[a], one.sizes[b]
    dots = np.einsum("ij,ij->i", sums[a], sums[b]) / (size_a * size_b)
    distance = np.sqrt(np.maximum(2 - 2 * dots, 0))
    score = limit.score(one[a], one[b], distance)
    odds = (
        MATCH.score * score
        + MATCH.smaller * np.log(np.minimum(size_a, size_b))
        + MATCH.larger * np.log(np.maximum(size_a, size_b))
        + MATCH.constant
    )
    return logistic(odds)


def nearest_others(means: Floats) -> Ints:
    """Pairs of persons [m, 2], each once: every person with the `NEAR` persons nearest to them."""
    count, wide = len(means), means.astype(np.float32)
    most = min(NEAR, count - 1)
    found = [np.empty((0, 2), np.int64)]
    for start in range(0, count if most > 0 else 0, 512):
        dots = wide[start : start + 512] @ wide.T
        rows = np.arange(len(dots))
        dots[rows, start + rows] = -np.inf
        best = np.argpartition(-dots, most - 1, axis=1)[:, :most]
        found.append(np.stack([np.repeat(start + rows, most), best.ravel()], axis=1))
    return np.unique(np.sort(np.concatenate(found), axis=1), axis=0)


def at_least_one(sizes: Floats) -> Floats:
    return np.maximum(sizes, 1.0)
