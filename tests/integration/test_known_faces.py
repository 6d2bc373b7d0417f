"""The faces around a face that is asked about show several people, whoever has most pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from graphface.recognition.identify import NEAREST, PEOPLE, weights_for, weights_of
from graphface.recognition.known_faces import known_faces
from tests.integration.faces import SPACE, add_embeddings

if TYPE_CHECKING:
    from graphface.db import Connection

CROWD = 300
"""Faces of the one person who has more than all that are looked at first."""


def test_others_are_among_them_where_one_person_has_all_the_nearest(graph: Connection) -> None:
    draw = np.random.default_rng(0)
    middle, others = draw.standard_normal(128), draw.standard_normal((30, 128))
    crowd = middle + 0.1 * draw.standard_normal((CROWD, 128))
    vectors = np.concatenate([crowd, others]).astype(np.float32)
    names = [f"f{number}" for number in range(len(vectors))]
    add_embeddings(graph, names, vectors)
    assert _people(graph, vectors[0]) == 0
    assert len(known_faces(graph, SPACE, vectors[0])) == NEAREST, "nobody is known: no more is read"
    persons = [max(number - CROWD + 1, 0) for number in range(len(vectors))]
    _belong(graph, dict(zip(names, persons, strict=True)))
    assert _people(graph, vectors[0]) >= PEOPLE
    assert len(known_faces(graph, SPACE, vectors[0])) == len(vectors)


def test_two_people_are_all_where_the_graph_has_no_more(graph: Connection) -> None:
    draw = np.random.default_rng(0)
    middles = draw.standard_normal((2, 128)) * 4
    vectors = np.concatenate([m + 0.1 * draw.standard_normal((250, 128)) for m in middles])
    names = [f"f{number}" for number in range(500)]
    add_embeddings(graph, names, vectors.astype(np.float32))
    _belong(graph, {name: number // 250 for number, name in enumerate(names)})
    assert _people(graph, vectors[0].astype(np.float32)) == 2


def test_weights_that_an_older_version_learnt_are_read(graph: Connection) -> None:
    add_embeddings(graph, ["one"], np.ones((1, 128), np.float32))
    before = [80.0, 220.0, -140.0, -100.0, -68.0, 0.91, 0.92, 0.95]
    graph.run("save-identification", weights=before)
    found = weights_of(graph, SPACE)
    assert found == replace(
        weights_for(SPACE),
        nearest=80.0,
        middle=220.0,
        probe_cohort=-140.0,
        person_cohort=-100.0,
        faces=0.0,
        constant=-68.0,
        least_cohort=(0.91, 0.92),
        twin=0.95,
    )


def _people(graph: Connection, vector: np.ndarray) -> int:
    return len({row["person"] for row in known_faces(graph, SPACE, vector)} - {None})


def _belong(graph: Connection, persons: dict[str, int]) -> None:
    numbers = sorted(set(persons.values()))
    rows = [{"id": f"p{number}", "number": number} for number in numbers]
    graph.run("write-persons", persons=rows)
    belongs = [
        {"face": face, "person": f"p{number}", "confidence": 1.0, "source": "user"}
        for face, number in persons.items()
    ]
    graph.run("write-belongs", rows=belongs)
