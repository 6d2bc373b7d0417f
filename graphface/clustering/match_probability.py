"""How sure a distance makes us that two faces are one person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from graphface.numbers import logistic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.db import Connection
    from graphface.records import Space


class Probability(Protocol):
    """P(same person | distance, quality of the poorer face)."""

    def __call__(self, distance: float, quality: float = 1.0) -> float: ...


@dataclass(frozen=True, slots=True)
class Logistic:
    """P(same person | distance, quality), for equally many pairs of one person and of two."""

    middle: float
    """Distance of even odds between two faces of quality 1."""
    scale: float
    """Distance over which the odds fall by a factor of e."""
    quality: float = 0.0
    """Log odds gained if the poorer face has quality 0: a poor picture lies farther from its own
    person, so the same distance says more for it.
    """

    def array(
        self, distance: NDArray[np.float64], quality: NDArray[np.float64] | float = 1.0
    ) -> NDArray[np.float64]:
        """The probability for each distance; `quality` is that of the poorer of two faces."""
        against = (distance - self.middle) / self.scale - self.quality * (1 - quality)
        return logistic(-against)

    def among(self, people: int) -> Probability:
        """The probability as a function of the distance, for a face with this number of rivals.

        The more strangers there are, the likelier one is near by chance, so the odds are divided by
        their number (Bayes, with every person equally likely a priori).
        """

        def probability(distance: float, quality: float = 1.0) -> float:
            against = (distance - self.middle) / self.scale - self.quality * (1 - quality)
            against += math.log(max(people, 1))
            return logistic(-against)

        return probability


# Fitted to equally many pairs of one person and of two, on the development half of Labeled Faces in
# the Wild.
_FITTED: dict[tuple[str, str], Logistic] = {
    ("Dlib", "euclidean"): Logistic(0.609, 0.0212, 2.19),
    ("Dlib", "euclidean_l2"): Logistic(0.423, 0.0147, 2.12),
    ("Facenet", "euclidean"): Logistic(12.58, 0.479, 0.68),
    ("Facenet", "euclidean_l2"): Logistic(1.091, 0.0393, 0.38),
    ("Facenet", "cosine"): Logistic(0.600, 0.0437, 0.37),
}
_SCALE = 0.03
"""Scale as a share of the distance of even odds, where no curve was fitted: as on dlib's."""


def curve(space: Space, people: int = 1) -> Probability:
    """The built-in P(same person | distance) in `space`; `people` as in `Logistic.among`."""
    return _built_in(space).among(people)


def learned_curve(graph: Connection, space: Space, people: int = 1) -> Probability:
    """The curve that `calibrate` learned on this graph, or else the built-in one."""
    return match_curve(space, graph).among(people)


def match_curve(space: Space, graph: Connection | None = None) -> Logistic:
    """The parameters of the curve: those learned on `graph`, or else the model's built-in ones."""
    rows = graph.run("read-calibration") if graph else []
    if not rows:
        return _built_in(space)
    return Logistic(rows[0]["middle"], rows[0]["scale"], rows[0]["quality"])


def _built_in(space: Space) -> Logistic:
    """The fitted curve of the model, or an estimate.

    The estimate has even odds at the model's own threshold for pairs, or equally far above the link
    threshold.
    """
    from graphface.vision.encoders import find
    from graphface.vision.encoders.model_spec import STRICTER

    fitted = _FITTED.get((space.model, space.metric))
    if fitted:
        return fitted
    spec = find(space.model)
    middle = spec.pairs.get(space.metric) if spec else None
    middle = middle or space.threshold / STRICTER
    return Logistic(middle, middle * _SCALE)
