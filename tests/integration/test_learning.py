"""`calibrate` on real faces: what it learns is stored, and everything takes it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.clustering.calibrate import calibrate
from graphface.clustering.match_probability import curve, learned_curve
from graphface.exchange.import_embeddings import import_embeddings
from graphface.recognition.identify import weights_for, weights_of
from graphface.recognition.learning import FEWEST, learn_identification

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.records import Space


def named(graph: Connection, data: Path, folder: Path, count: int) -> Space:
    """Real faces of so many people who have two pictures to ten, named."""
    with np.load(data / "embeddings" / "lfw-dev-dlib.npz") as file:
        names, counts = np.unique(file["person"], return_counts=True)
        some = names[(counts > 1) & (counts <= 10)][:count]
        kept = np.isin(file["person"], some)
        np.savez(
            folder / "some.npz", embedding=file["embedding"][kept], person=file["person"][kept]
        )
    import_embeddings(graph, folder / "some.npz", model="Dlib", people=True)
    space = graph.space()
    assert space is not None
    return space


def test_what_is_learned_is_used(graph: Connection, data: Path, tmp_path: Path) -> None:
    space = named(graph, data, tmp_path, 120)
    assert weights_of(graph, space) == weights_for(space)
    assert learn_identification(graph) == 120
    assert weights_of(graph, space) != weights_for(space)
    report = calibrate(graph)
    assert report.learned_from == "names"
    learned, built_in = learned_curve(graph, space), curve(space)
    assert learned(report.middle) == pytest.approx(0.5)
    assert learned(report.middle) != built_in(report.middle)
    sure = [row for row in report.reliability if row.low >= 0.9]
    assert sure
    assert all(abs(row.said - row.true) < 0.06 for row in sure)


def test_too_few_people_leave_the_weights_as_they_are(
    graph: Connection, data: Path, tmp_path: Path
) -> None:
    space = named(graph, data, tmp_path, FEWEST - 1)
    assert learn_identification(graph) is None
    assert weights_of(graph, space) == weights_for(space)
