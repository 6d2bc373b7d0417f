"""FaceNet's real weights, where DeepFace's address or a package index gives them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from graphface.numbers import unit_vectors
from graphface.vision import encoders
from graphface.vision.extractor import Extractor
from graphface.vision.pictures import read_picture


@pytest.mark.slow
def test_the_real_network_tells_real_people_apart(
    data: Path, facenet: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in facenet.items():
        monkeypatch.setenv(name, value)
    folders = [f for f in sorted((data / "lfw-dev").iterdir()) if len(list(f.iterdir())) > 1][::40]
    pictures = [read_picture(path) for f in folders for path in sorted(f.iterdir())[:2]]
    extractor = Extractor.create("Facenet", "dlib")
    faces = [max(found, key=lambda face: face.box.width) for found in extractor.extract(pictures)]
    vectors = np.stack([face.embedding for face in faces])
    # The last layer is a batch normalisation: it holds the length near the root of 128.
    assert np.linalg.norm(vectors, axis=1).mean() == pytest.approx(11.6, abs=0.6)
    apart = {
        (a, b): float(np.linalg.norm(unit_vectors(vectors[a]) - unit_vectors(vectors[b])))
        for a, b in combinations(range(len(vectors)), 2)
    }
    same = [apart[a, a + 1] for a in range(0, len(vectors), 2)]
    other = [far for (a, b), far in apart.items() if a // 2 != b // 2]
    limit = encoders.get("Facenet").pairs["euclidean_l2"]
    assert len(same) > 15
    assert np.mean(np.array(same) < limit) > 0.9
    assert np.mean(np.array(other) > limit) > 0.98
