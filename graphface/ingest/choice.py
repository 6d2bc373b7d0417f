"""Which model and detector a graph is worked with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.db.schema import check_space
from graphface.progress import say
from graphface.vision.extractor import Extractor

if TYPE_CHECKING:
    from graphface.records import Space


def extractor_for(
    space: Space | None,
    model: str | None = None,
    detector: str | None = None,
    min_face: int = 20,
    min_confidence: float | None = None,
) -> Extractor:
    """An extractor for a graph: as asked for, else as the graph was made, else the best.

    `space` is the graph's, None for an empty graph; then the reasons for the choice are messages.
    Raises SpaceMismatch when the graph was made with another model.
    """
    if space is None:
        extractor = Extractor.create(model, detector, min_face, min_confidence)
        for reason in extractor.reasons:
            say(reason)
        return extractor
    extractor = Extractor.create(
        model or space.file or space.model, detector or space.detector, min_face, min_confidence
    )
    ours = extractor.space()
    check_space(space, ours)
    say(f"the graph was made with {ours.model}; faces are found by {ours.detector}", "detail")
    return extractor
