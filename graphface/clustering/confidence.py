"""How sure a distance makes us that two faces are one person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.records import Space

# Logistic curves (distance of even odds, scale) fitted to as many pairs of one person as of two,
# on the development half of Labeled Faces in the Wild.
_FITTED: dict[tuple[str, str], tuple[float, float]] = {
    ("Dlib", "euclidean"): (0.624, 0.0191),
    ("Dlib", "euclidean_l2"): (0.434, 0.0133),
}
_SCALE = 0.03
"""Scale as a share of the distance of even odds, where no curve was fitted: as on dlib's."""


def curve(space: Space, people: int = 1) -> Callable[[float], float]:
    """P(same person | distance) in `space`, as a function of the distance.

    `people` is how many persons a face was compared with: among more strangers a near one is found
    more easily by chance, so the odds are divided by it (Bayes, every person as likely before).
    """
    middle, scale = _FITTED.get((space.model, space.metric)) or _by_thresholds(space)

    def probability(distance: float) -> float:
        against = (distance - middle) / scale + math.log(max(people, 1))
        return 1.0 / (1.0 + math.exp(min(against, 700.0)))

    return probability


def _by_thresholds(space: Space) -> tuple[float, float]:
    """Even odds at the model's own threshold for pairs, or as far above the link threshold."""
    from graphface.faces.catalog import MODELS, STRICTER

    spec = MODELS.get(space.model)
    middle = spec.pairs.get(space.metric) if spec else None
    middle = middle or space.threshold / STRICTER
    return middle, middle * _SCALE
