"""How sure a distance makes us that two faces are one person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from graphface.graph import Graph
    from graphface.records import Space


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(same person | distance), for as many pairs of one person as of two."""

    middle: float
    """Distance of even odds."""
    scale: float
    """Distance over which the odds fall by e."""

    def array(self, distance: NDArray[np.float64]) -> NDArray[np.float64]:
        """The probability for each distance."""
        import numpy as np

        against = np.clip((distance - self.middle) / self.scale, -700, 700)
        probability: NDArray[np.float64] = 1 / (1 + np.exp(against))
        return probability

    def among(self, people: int) -> Callable[[float], float]:
        """The probability as a function of the distance, where a face had so many rivals.

        Among more strangers a near one is found more easily by chance, so the odds are divided by
        their number (Bayes, every person as likely before).
        """

        def probability(distance: float) -> float:
            against = (distance - self.middle) / self.scale + math.log(max(people, 1))
            return 1.0 / (1.0 + math.exp(min(max(against, -700.0), 700.0)))

        return probability


# Fitted to as many pairs of one person as of two, on the development half of Labeled Faces in the
# Wild.
_FITTED: dict[tuple[str, str], Logistic] = {
    ("Dlib", "euclidean"): Logistic(0.624, 0.0191),
    ("Dlib", "euclidean_l2"): Logistic(0.434, 0.0133),
}
_SCALE = 0.03
"""Scale as a share of the distance of even odds, where no curve was fitted: as on dlib's."""


def curve(space: Space, people: int = 1) -> Callable[[float], float]:
    """P(same person | distance) in `space` by what is built in; `people` as in `Logistic.among`."""
    return _built_in(space).among(people)


def learned_curve(graph: Graph, space: Space, people: int = 1) -> Callable[[float], float]:
    """The same by what `graphface calibrate` learned on this graph, or else what is built in."""
    rows = graph.run("read-calibration")
    learned = Logistic(rows[0]["middle"], rows[0]["scale"]) if rows else _built_in(space)
    return learned.among(people)


def _built_in(space: Space) -> Logistic:
    """The fitted curve; else even odds at the model's own threshold for pairs, or as far above the
    link threshold."""
    from graphface.faces.catalog import MODELS, STRICTER

    fitted = _FITTED.get((space.model, space.metric))
    if fitted:
        return fitted
    spec = MODELS.get(space.model)
    middle = spec.pairs.get(space.metric) if spec else None
    middle = middle or space.threshold / STRICTER
    return Logistic(middle, middle * _SCALE)
