"""Vectors that are no embeddings never reach the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from graphface.db.schema import pin_space
from graphface.ingest.photos import extractor_for, ingest
from tests.integration.faces import PLACES, SPACE, add_faces

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.records import Vectors
    from graphface.sample.album import Album


class Poisoned:
    """An encoder of which one face in three comes out bad, as a broken model's do."""

    def __init__(self, encoder: object, poison: float) -> None:
        self.encoder, self.poison = encoder, poison

    def encode(self, chips: object) -> Vectors:
        vectors: Vectors = self.encoder.encode(chips)  # type: ignore[attr-defined]
        vectors[::3, :] = self.poison
        return vectors


@pytest.mark.parametrize("poison", [np.nan, np.inf, 0.0])
def test_bad_embeddings_are_left_out_by_name(
    graph: Connection, album: Album, poison: float
) -> None:
    extractor = extractor_for(graph.space(), "Dlib", "dlib")
    extractor._encoder = Poisoned(extractor.encoder, poison)  # type: ignore[assignment]
    report = ingest(graph, [album.folder], extractor=extractor)
    assert report.failed
    assert all("the face at" in problem.reason for problem in report.failed)
    assert report.faces == graph.run("stats")[0]["faces"] > 0
    assert graph.run("stats")[0]["photos"] == len(album.pictures)


def test_an_index_that_a_killed_import_left_out_comes_back(graph: Connection) -> None:
    add_faces(graph, PLACES)
    graph.run("drop-index-face-embedding")
    pin_space(graph, SPACE)
    (index,) = graph.run("list-vector-indexes")
    assert (index["state"], index["dimensions"]) == ("ONLINE", SPACE.dimensions)
