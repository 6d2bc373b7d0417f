"""Face detectors behind one interface; one module each.

A detector may be used from many threads at once. Those of dlib and YuNet keep one instance per
thread, and both release the GIL. DeepFace's other clients run one call at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from graphface.vision.catalog import Entry, Registry, instead_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.records import Detection, Pixels


class Detector(Protocol):
    """Finds faces; safe to call from many threads."""

    name: str

    def detect(self, pixels: Pixels) -> list[Detection]:
        """Faces of a picture [height, width, 3] uint8 RGB, boxes clipped to it, left to right."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSpec(Entry):
    """One detector of the registry."""

    make: Callable[[float], Detector]
    """Loads it with the lowest score, in [0, 1]."""
    min_confidence: float = 0.0
    """The default lowest score."""
    min_face: int | None = None
    """Width of the smallest face it finds, in pixels of the searched size."""
    usual: float = 1.0
    """The score of a clear face; the quality of a face counts its score relative to this."""
    standing: float = 0.0
    """A score that faces on their side or head seldom get; see `graphface.vision.upright`."""
    landmarks: Literal[0, 2, 5] = 5
    """The number of landmarks per face. dlib's are used if there are fewer than five."""


REGISTRY = Registry(DetectorSpec, "detector", __name__, "detector-unknown")
names, get = REGISTRY.names, REGISTRY.get


def load(name: str | None = None, min_confidence: float | None = None) -> Detector:
    """Load the detector called `name`; None chooses the best available.

    `min_confidence` in [0, 1] replaces the detector's own lowest score. Raises UsageError for an
    unknown name, WeightsMissing or ModelError when it cannot be loaded.
    """
    spec = get(choose()[0] if name is None else name)
    return spec.make(spec.min_confidence if min_confidence is None else min_confidence)


def better_than(used: DetectorSpec) -> DetectorSpec | None:
    """The detector to use instead of that of last resort, as far as known without the network."""
    if used.weights is not None or used.rank is None:
        return None
    best = REGISTRY.best_at_hand()
    return best if best.rank is not None and best.rank < used.rank else None


def choose() -> tuple[str, str]:
    """The default detector, and one sentence that says why."""
    spec, passed = REGISTRY.best()
    if passed:
        return spec.name, instead_of(passed, f"faces are found by {spec.title}", spec)
    return spec.name, f"Faces are found by {spec.title}."
