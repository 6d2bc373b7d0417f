"""Learn how much each piece of evidence counts for identification, from faces of known people.

Some people are taken out, and a face of each plays a stranger. Each of the others lends one face as
a probe. Logistic regression finds what the right answers have in common.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphface.errors import UsageError
from graphface.numbers import logistic, unit_vectors
from graphface.progress import task
from graphface.recognition.identify import (
    MORE,
    NEAREST,
    Weights,
    enough,
    evidence,
    log_odds,
    weights_for,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from graphface.clustering.calibrate import CalibrationReport
    from graphface.db import Connection
    from graphface.recognition.identify import Floats, Numbers
    from graphface.records import Vectors

LEAST = 0.1
"""Quantile of the cohorts seen in learning that stands for a cohort where there is none."""

ROUNDS = 3
"""Times that people are drawn anew."""

FEWEST = 30
"""People with two faces or more that are needed: with fewer, the weights would be noise."""

MISLABELLED = 0.003
"""Share of faces taken to have a wrong name: one of them would otherwise outweigh a hundred others,
and make all answers less sure than they are right."""

RIDGE = 1e-2
"""Keeps weights finite where right and wrong answers do not overlap at all."""


def calibrate(graph: Connection) -> CalibrationReport:
    """Learn how sure a distance makes us, and then the weights of the evidence of `who`.

    Raises the errors of `graphface.clustering.calibrate` and `learn_identification`.
    """
    from graphface.clustering.calibrate import calibrate as learn_distances

    report = learn_distances(graph)
    people = learn_identification(graph)
    return replace(report, identification_people=people, identification_needs=FEWEST)


def learn_identification(graph: Connection) -> int | None:
    """Learn the weights of `who` on this graph's named people and store them in `:Space`.

    Returns the number of people with two or more faces it learned from. With fewer than `FEWEST` it
    stores nothing and returns None. Raises NotFound for an empty graph.
    """
    from graphface.clustering.face_graph import read_vectors

    space = graph.require_space()
    ids, vectors = read_vectors(graph, space)
    persons = {row["id"]: row["person"] for row in graph.stream("calibration-faces")}
    named = [k for k, id in enumerate(ids) if persons.get(id)]
    people = np.unique([persons[ids[k]] for k in named], return_inverse=True)[1].astype(np.int64)
    several = int((np.bincount(people) > 1).sum()) if named else 0
    if several < FEWEST:
        return None
    with task("learning who is who"):
        found = learn(vectors[named], people, weights_for(space).twin)
    each = (
        found.nearest, found.middle, found.probe_cohort, found.person_cohort, found.faces,
        found.constant,
    )  # fmt: skip
    graph.run("save-identification", weights=[*each, *found.least_cohort, found.twin])
    return several


def learn(vectors: Vectors, people: NDArray[np.int64], twin: float, *, seed: int = 0) -> Weights:
    """Weights for the model that made `vectors` [n, d], of the people numbered `people` [n].

    `twin` is the cosine of two faces under the link threshold. Takes a few seconds for ten thousand
    faces. Raises UsageError with fewer than `FEWEST` people of two faces or more.
    """
    sizes = np.bincount(people)
    if (sizes > 1).sum() < FEWEST:
        raise UsageError(
            f"{int((sizes > 1).sum())} people have two faces or more, and {FEWEST} are needed",
            "Name more people, or use the built-in weights",
            code="too-little-to-learn",
            fewest=FEWEST,
        )
    draw, ready = np.random.default_rng(seed), unit_vectors(vectors, np.float64)
    asked = [one for _ in range(ROUNDS) for one in _round(ready, people, twin, draw)]
    weights = Weights(0.5, 0.5, 0, 0, 0, 0, (-1.0, -1.0), twin)
    for _ in range(3):  # which candidate leads depends on the weights
        leads = [_lead(cosines, right, weights) for cosines, right in asked]
        cosines, right = np.array([lead[0] for lead in leads]), np.array([x[1] for x in leads])
        weights = _fitted(cosines, right, twin)
    return weights


def _lead(cosines: Floats, right: NDArray[np.bool_], weights: Weights) -> tuple[Floats, bool]:
    best = int(log_odds(cosines, weights).argmax())
    return cosines[best], bool(right[best])


def _round(
    ready: Floats, people: Numbers, twin: float, draw: np.random.Generator
) -> Iterator[tuple[Floats, NDArray[np.bool_]]]:
    """Probe strangers and known people once: the cosines of the candidates, and which is right."""
    known = (draw.random(int(people.max()) + 1) < 0.5)[people]
    order = draw.permutation(len(people))
    _, first = np.unique(people[order], return_index=True)
    one_each = np.zeros(len(people), bool)
    one_each[order[first]] = True  # a face of each person, drawn at random
    gallery = np.flatnonzero(known & ~one_each)
    alone = np.bincount(people) == 1
    gallery = np.concatenate([gallery, np.flatnonzero(known & alone[people])])
    asked = np.flatnonzero(one_each & ~(known & alone[people]))
    yield from ask(ready[asked], people[asked], ready[gallery], people[gallery], twin)


def ask(
    probes: Floats, true: Numbers, gallery: Floats, people: Numbers, twin: float
) -> Iterator[tuple[Floats, NDArray[np.bool_]]]:
    """For each probe: the evidence for its candidates, and which candidate is right."""
    for start in range(0, len(probes), 256):
        part = slice(start, start + 256)
        cosine = probes[part] @ gallery.T
        for probe, who, near in zip(probes[part], true[part], around(cosine, people), strict=True):
            names, person = np.unique(people[near], return_inverse=True)
            candidates, found = evidence(probe, gallery[near], person, (-1.0, -1.0), twin)
            yield found, names[candidates] == who


def around(cosine: Floats, people: Numbers) -> Iterator[Numbers]:
    """For each row of `cosine` [probes, known faces]: the faces that `who` would look at.

    `people` [known faces] is the person of each.
    """
    there = len(np.unique(people))
    first = min(NEAREST, len(people))
    nearest = np.argpartition(-cosine, first - 1, axis=1)[:, :first]
    for row, near in zip(cosine, nearest, strict=True):
        found, count = near, first
        while count < len(people) and not enough(count, len(np.unique(people[found])), there):
            count = min(MORE * count, len(people))
            found = np.argpartition(-row, count - 1)[:count]
        yield found


def _fitted(cosines: Floats, right: NDArray[np.bool_], twin: float) -> Weights:
    """Fit a logistic regression (Newton's method), and shift it to even odds."""
    mean, spread = cosines.mean(axis=0), cosines.std(axis=0) + 1e-9
    rows = np.column_stack([(cosines - mean) / spread, np.ones(len(cosines))])
    beta = np.zeros(rows.shape[1])
    ridge = RIDGE * len(rows) ** 0.5 * np.diag([1.0] * 5 + [0.0])
    for _ in range(50):
        true = logistic(rows @ beta)
        said = MISLABELLED + (1 - 2 * MISLABELLED) * true
        gain = (1 - 2 * MISLABELLED) * true * (1 - true) / (said * (1 - said))
        slope = rows.T @ (gain * (right - said)) - ridge @ beta
        curvature = (rows.T * (gain**2 * said * (1 - said))) @ rows + ridge + 1e-9 * np.eye(6)
        step = np.linalg.solve(curvature, slope)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    each = beta[:5] / spread
    constant = float(beta[5] - each @ mean - np.log(right.sum() / max((~right).sum(), 1)))
    least = np.quantile(cosines[:, 2:4], LEAST, axis=0)
    nearest, middle, probe_cohort, person_cohort, faces = each.tolist()
    return Weights(
        nearest,
        middle,
        probe_cohort,
        person_cohort,
        faces,
        constant,
        (float(least[0]), float(least[1])),
        twin,
    )
