"""Choose the people of `graphface/sample/identities.json`.

Random people lie too near each other, so they are chosen through the pipeline that will meet them
(dlib's HOG detector, its 5-point chip, its network): a farthest-point subset of a random pool, then
a climb that changes one of the two nearest people a little, or for somebody new, and keeps what
moves them apart. The same seed tries the same people in the same order; --minutes bounds the climb.

    python benchmarks/sample_identities.py --pool 110 --minutes 10 --out people.json
    python benchmarks/sample_identities.py --start people.json --minutes 10 --out better.json
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import finish, parser

if TYPE_CHECKING:
    import argparse

    from numpy.typing import NDArray

    from graphface.sample import Identity

PICTURES = 4
WIDEST = 0.28
"""A person whose own pictures lie further apart than this is not taken."""
KEPT = (
    "hair",
    "hair_colour",
    "beard",
    "iris",
    "skin",
    "grain",
    "hairline",
    "hair_volume",
    "freckles",
)
"""Left as they are in the climb: people keep their looks, and the names that go with them."""


@dataclass
class Candidate:
    person: Identity
    vectors: NDArray[np.float32]
    """[pictures, dimensions]"""

    @property
    def width(self) -> float:
        return float(np.linalg.norm(self.vectors[:, None] - self.vectors[None], axis=-1).max())

    def gap(self, other: Candidate) -> float:
        apart = np.linalg.norm(self.vectors[:, None] - other.vectors[None], axis=-1)
        return float(apart.min())


@dataclass(frozen=True)
class Far:
    """Further than `least` from every picture of `others`."""

    others: tuple[Candidate, ...] = ()
    least: float = 0.0

    def near(self, vector: NDArray[np.float32]) -> bool:
        gaps = (np.linalg.norm(other.vectors - vector, axis=1).min() for other in self.others)
        return any(gap <= self.least for gap in gaps)


class Eye:
    """The pipeline: draws a person a few times and embeds what is found."""

    def __init__(self) -> None:
        from graphface.vision.extractor import Extractor

        self.extractor = Extractor.create(model="Dlib", detector="dlib")

    def look(self, person: Identity, widest: float = WIDEST, far: Far = Far()) -> Candidate | None:
        """None where a face is missed, the pictures lie further apart than `widest`, or one is not
        `far` from everybody else."""
        vectors: list[NDArray[np.float32]] = []
        for turn in range(PICTURES):
            vector = self._embed(person, turn)
            if vector is None or far.near(vector):  # most fail at the first picture: draw no more
                return None
            vectors.append(vector)
        candidate = Candidate(person, np.stack(vectors))
        return candidate if candidate.width < widest else None

    def _embed(self, person: Identity, turn: int) -> NDArray[np.float32] | None:
        from graphface.sample.album import portrait
        from graphface.sample.render import draw
        from graphface.vision.alignment import align

        spec, plan = self.extractor.spec, portrait(Path(), person, [person.grain, turn])
        pixels = draw(plan.people, plan.shot)
        found = self.extractor.detector.detect(pixels)
        if len(found) != 1:
            return None
        chip = align(spec.alignment, spec.size, pixels, found[0]).chip
        return np.asarray(self.extractor.embed([chip])[0], np.float32)


def gaps(people: list[Candidate]) -> NDArray[np.float64]:
    """[people, people] smallest distances, infinite on the diagonal."""
    table = np.full((len(people), len(people)), np.inf)
    for i, first in enumerate(people):
        for j in range(i):
            table[i, j] = table[j, i] = first.gap(people[j])
    return table


def farthest(pool: list[Candidate], count: int) -> list[Candidate]:
    """The best of the farthest-point subsets that start at each of the pool."""
    table, best, width = gaps(pool), [], 0.0
    for start in range(len(pool)):
        chosen = [start]
        while len(chosen) < count:
            impostor = table[:, chosen].min(1)
            impostor[chosen] = -1
            chosen.append(int(impostor.argmax()))
        smallest = table[np.ix_(chosen, chosen)].min()
        if smallest > width:
            best, width = chosen, float(smallest)
    return [pool[i] for i in best]


def changed(person: Identity, rng: np.random.Generator) -> Identity:
    """Somebody much like `person`."""
    from graphface.sample.identity import CHOICES, RANGES, random_identity

    other = random_identity(rng, person.name)
    keys = [key for key in (*RANGES, *CHOICES) if key not in KEPT]
    chosen = rng.choice(keys, size=int(rng.integers(1, 9)), replace=False)
    values: dict[str, Any] = {}
    for key in map(str, chosen):
        mine, theirs = getattr(person, key), getattr(other, key)
        values[key] = mine + (theirs - mine) * 0.7 if key in RANGES else theirs
    made = dataclasses.replace(person, **values)
    return person if made.beard != "none" and max(made.lip_red, made.lashes) > 0.6 else made


def climb(people: list[Candidate], eye: Eye, rng: np.random.Generator, minutes: float) -> int:
    """Move the nearest people apart, in place, until time is up; how many changes were kept."""
    from graphface.progress import say

    until, kept, table = time.monotonic() + 60 * minutes, 0, gaps(people)
    while time.monotonic() < until:
        pair = np.unravel_index(table.argmin(), table.shape)
        weak = int(pair[int(rng.integers(2))])
        others = tuple(p for i, p in enumerate(people) if i != weak)
        far = Far(others, table[weak].min() + 0.002)
        new = eye.look(changed(people[weak].person, rng), max(WIDEST, people[weak].width), far)
        if new:
            row = np.array([np.inf if i == weak else new.gap(p) for i, p in enumerate(people)])
            people[weak], table[weak], table[:, weak] = new, row, row
            kept += 1
            say(f"smallest distance between two people {table.min():.3f}")
    return kept


def best_first(people: list[Candidate]) -> list[Candidate]:
    """So that the first few are those furthest apart."""
    left, last = list(people), []
    while len(left) > 2:
        worst = gaps(left).min(1).argmin()
        last.append(left.pop(int(worst)))
    return left + last[::-1]


def pooled(count: int, eye: Eye, rng: np.random.Generator) -> list[Candidate]:
    from graphface.progress import task
    from graphface.sample import random_identity

    pool = []
    with task("drawing", count, "people") as bar:
        for number in range(count):
            if found := eye.look(random_identity(rng, f"Person {number}")):
                pool.append(found)
            bar.advance()
    return pool


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--count", type=int, default=12)
    options.add_argument("--pool", type=int, default=110)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=11)
    options.add_argument("--start", type=Path, help="people to improve, instead of a pool")
    options.add_argument("--out", type=Path, required=True)
    chosen = options.parse_args()
    from graphface.progress import reporting_to
    from graphface.sinks import command_line_sink

    with reporting_to(command_line_sink()):
        improve(chosen)


def improve(chosen: argparse.Namespace) -> None:
    from graphface.sample.identity import Identity, as_json

    eye, rng = Eye(), np.random.default_rng(chosen.seed)
    if chosen.start:
        entries = json.loads(chosen.start.read_text("utf-8"))["people"]
        looked = [eye.look(Identity(**entry), np.inf) for entry in entries]
        people = [found for found in looked if found is not None]
        if len(people) < len(entries):
            sys.exit(f"{len(entries) - len(people)} of {chosen.start} are not found every time")
    else:
        people = farthest(pooled(chosen.pool, eye, rng), chosen.count)
    before = float(gaps(people).min())
    kept = climb(people, eye, rng, chosen.minutes)
    people = best_first(people)
    entries = [as_json(candidate.person) for candidate in people]
    chosen.out.write_text(json.dumps({"people": entries}, indent=1) + "\n", "utf-8")
    widest = max(candidate.width for candidate in people)
    after = float(gaps(people).min())
    print(f"between {before:.3f} at first, {after:.3f} after {kept} changes; within {widest:.3f}")
    finish(chosen, {"before": before, "after": after, "within": widest, "kept": kept})


if __name__ == "__main__":
    main()
