"""Poor faces: persons that are there already may claim them; they found none and bridge none."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.clustering.merging import Floats, Ints, Score
    from graphface.records import Vectors


def claimed(
    labels: Ints, reach: Floats, units: Vectors, pairs: Ints, apart: Ints, score: Score
) -> NDArray[np.int32]:
    """`labels` [n], with each face that has none (-1) given to the person that claims it most.

    A person claims a face that has a SAME with one of its good faces, by the same `score` that
    joins clusters. Who has no claim keeps -1. The surest claims are settled first.
    """
    import numpy as np

    out = labels.astype(np.int32)
    face, person = _asked(labels, pairs)
    if not len(face):
        return out
    means = _means(units, labels)
    sizes = np.bincount(labels[labels >= 0]).astype(np.float64)
    dots = np.einsum("ij,ij->i", units[face], means[person])
    distance = np.sqrt(np.maximum(2 - 2 * dots, 0))
    sure = score(np.ones(len(face)), sizes[person], distance, reach[person])
    enemies = _enemies(apart, face)
    for k in np.lexsort((person, face, -sure)).tolist():
        one, whose = int(face[k]), int(person[k])
        if sure[k] <= 0:
            break
        if out[one] == -1 and all(out[other] != whose for other in enemies.get(one, ())):
            out[one] = whose
    return out


def _asked(labels: Ints, pairs: Ints) -> tuple[Ints, Ints]:
    """Faces without a person beside the persons that a SAME leads to, each combination once."""
    import numpy as np

    both = np.concatenate([pairs, pairs[:, ::-1]])
    both = both[(labels[both[:, 0]] < 0) & (labels[both[:, 1]] >= 0)]
    combinations = np.unique(np.stack([both[:, 0], labels[both[:, 1]]], axis=1), axis=0)
    return combinations[:, 0], combinations[:, 1]


def _means(units: Vectors, labels: Ints) -> Floats:
    from graphface.clustering.merging import sums_of

    sums, sizes = sums_of(units[labels >= 0], labels[labels >= 0])
    return sums / sizes[:, None]


def _enemies(apart: Ints, faces: Ints) -> dict[int, list[int]]:
    import numpy as np

    enemies: dict[int, list[int]] = {}
    some = apart[np.isin(apart, faces).any(axis=1)]
    for a, b in some.tolist():
        enemies.setdefault(a, []).append(b)
        enemies.setdefault(b, []).append(a)
    return enemies
