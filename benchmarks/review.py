"""How many faces have their right name after so many answers, when an honest user is asked.

    python benchmarks/review.py                      # dlib's and MobileFaceNet's, all orders
    python benchmarks/review.py --knows 2 --json     # a user who knows nobody with one picture

Faces of `lfw-dev` are grouped by the default method; nobody has a name. Then questions are asked in
the order of `graphface review`, by its own code (`graphface.people.review_questions`).

An *answer* is one reply to one question: a name typed, a yes, a no, or a skip; each counts as 1.
The user sees the faces that the command shows (four of a person) and nothing else. "Who is this?"
is answered with the name of most of the faces shown; "the same person?" with yes where that name is
the same for both, else no. `--knows N` is a user who knows only people with N pictures or more, and
skips who they do not know.

A face is *correctly named* when the person it belongs to has a name and it is the name of whom the
face shows. Faces in a wrong person's group are therefore wrong even when nobody is asked about
them, and there is no answer that splits a group.

Orders: `graphface`; `largest first`, which only asks for names; `random`, any question that could
be asked; `oracle`, the upper bound: one answer names all faces of a person, the most photographed
first, as if the grouping were perfect.

lfw-dev has 2,883 people, 2,023 of them with one picture, so no user can get far in 250 answers.
The shares are therefore also given among the faces of people with 2 and with 10 pictures or more.
Nextcloud gives 47 % after 50 and 80 % after 250 for its own suggestions, on an album that nobody
else has: those figures and these are not of the same faces.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from _common import clock, finish, parser
from clustering import SETS, UNKNOWN, face_graph, loaded

from graphface.clustering.impostors import expected_impostor_distance
from graphface.clustering.relative import relative
from graphface.numbers import unit_vectors
from graphface.people.review_questions import Deck, Question
from graphface.vision import encoders

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Choose = Callable[[Deck], Question | None]

AT = (10, 50, 250, 1000)
AMONG = (1, 2, 10)
"""Faces of people with so many pictures or more."""


class User:
    """Sees what is shown, tells the truth, and does not know everybody."""

    def __init__(self, deck: Deck, truth: Ints, least: int) -> None:
        self.deck, self.truth = deck, truth
        self.known = np.bincount(truth) >= least
        self.kinds: dict[str, int] = {}

    def answer(self, question: Question) -> None:
        first = self._seen(question.a)
        if question.b is not None:
            second = self._seen(question.b)
            self._count("yes" if first == second else "no")
            if first == second:
                self.deck.same(question.a, question.b)
            else:
                self.deck.different(question.a, question.b)
        elif self.known[first]:
            self._count("name")
            self.deck.named(question.a, str(first))
        else:
            self._count("skip")
            self.deck.skip(question)

    def right(self) -> NDArray[np.bool_]:
        """Which faces are correctly named."""
        names = np.array([-1 if name is None else int(name) for name in self.deck.names])
        found: NDArray[np.bool_] = names[self.deck.persons] == self.truth
        return found

    def _seen(self, person: int) -> int:
        people = self.truth[self.deck.shown(person)].tolist()
        return int(max(people, key=lambda one: (people.count(one), -people.index(one))))

    def _count(self, kind: str) -> None:
        self.kinds[kind] = self.kinds.get(kind, 0) + 1


def graphface(deck: Deck) -> Question | None:
    return next(iter(deck.questions()), None)


def largest_first(deck: Deck) -> Question | None:
    open_ = deck.sizes * ~deck.asked * np.array([name is None for name in deck.names])
    best = int(open_.argmax())
    return Question("name", best, None, 1.0, 0.0) if open_[best] else None


def at_random(seed: int) -> Choose:
    draw = np.random.default_rng(seed)

    def choose(deck: Deck) -> Question | None:
        names, joins = np.flatnonzero(deck.naming_gains()), np.flatnonzero(deck.joining_gains())
        if not len(names) + len(joins):
            return None
        drawn = int(draw.integers(len(names) + len(joins)))
        if drawn < len(names):
            return deck.naming(int(names[drawn]))
        return deck.joining(int(joins[drawn - len(names)]), 0.0)

    return choose


def shares(right: NDArray[np.bool_], truth: Ints) -> dict[str, float]:
    """Share of the faces that are right, among those of people with so many pictures."""
    pictures = np.bincount(truth)[truth]
    return {str(least): float(right[pictures >= least].mean()) for least in AMONG}


def simulate(deck: Deck, truth: Ints, choose: Choose, least: int) -> dict[str, Any]:
    user, rows = User(deck, truth, least), {}
    for count in range(1, max(AT) + 1):
        question = choose(deck)
        if question is not None:
            user.answer(question)
        if count in AT:
            rows[str(count)] = {**shares(user.right(), truth), "answers": dict(user.kinds)}
    return rows


def oracle(truth: Ints) -> dict[str, Any]:
    order = np.argsort(-np.bincount(truth), kind="stable")
    return {str(count): shares(np.isin(truth, order[:count]), truth) for count in AT}


def run(which: str, least: int) -> dict[str, Any]:
    vectors, people = loaded(which)
    model = SETS[which][0]
    truth = np.unique(people, return_inverse=True)[1].astype(np.int64)
    threshold = spec.threshold("euclidean_l2") if (spec := encoders.find(model)) else UNKNOWN
    faces = face_graph(vectors, model, threshold)
    persons = relative(None, faces).astype(np.int64)  # type: ignore[arg-type]
    units, apart = unit_vectors(vectors), np.empty((0, 2), np.int64)
    nobody: list[str | None] = [None] * (int(persons.max()) + 1)
    orders = {"graphface": graphface, "largest first": largest_first, "random": at_random(0)}
    result: dict[str, Any] = {}
    print(f"{which}: {len(truth):,} faces of {truth.max() + 1:,} people, {len(nobody):,} groups")
    for order, choose in orders.items():
        deck = Deck(units, persons, nobody, apart, expected_impostor_distance(faces))
        with clock() as seconds:
            result[order] = simulate(deck, truth, choose, least)
        show(order, result[order], f"{seconds[0]:.1f} s")
    result["oracle"] = oracle(truth)
    show("oracle", result["oracle"], "")
    return result


def show(order: str, rows: dict[str, Any], note: str) -> None:
    for least in AMONG:
        cells = "  ".join(f"{rows[str(count)][str(least)]:6.1%}" for count in AT)
        print(
            f"  {order:14} people with {least:2}+ pictures  {cells}  {note if least == 1 else ''}"
        )
    if kinds := rows[str(max(AT))].get("answers"):
        print(f"  {'':14} {', '.join(f'{count} {kind}' for kind, count in kinds.items())}")


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--embeddings", choices=SETS, action="append")
    options.add_argument("--knows", type=int, default=1, help="fewest pictures of whom they know")
    args = options.parse_args()
    print("answers:", *AT)
    finish(args, {which: run(which, args.knows) for which in args.embeddings or SETS})


if __name__ == "__main__":
    main()
