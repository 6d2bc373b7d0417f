"""The SAME graph as arrays: what every clustering method looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graphface.records import Space, Vectors

    Indices = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class FaceGraph:
    """n faces, sorted by id, so that no result depends on the order in the database."""

    ids: tuple[str, ...]
    vectors: Vectors
    """[n, dimensions], as stored: raw, not normalised."""
    left: Indices
    """[m]: one end of each SAME, as an index into `ids`; left < right."""
    right: Indices
    distance: NDArray[np.float32]
    """[m], in the metric of `space`."""
    quality: NDArray[np.float32]
    """[n], in [0, 1]; 1 where nobody judged."""
    photo: Indices
    """[n]: number of the photo a face is in; -1 without one."""
    apart_left: Indices
    """[k]: pairs that a person said are NOT_SAME."""
    apart_right: Indices
    space: Space
