"""The things graphface talks about, as frozen dataclasses. No room owns them; all use them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    """A picture, [height, width, 3], RGB."""

    Vectors = NDArray[np.float32]
    """Embeddings, [faces, dimensions], or one, [dimensions]."""

    Points = NDArray[np.float32]
    """Landmarks in pixels, [5, 2] (x, y): the eye on the picture's left, the other eye, nose tip,
    the mouth corner on the picture's left, the other corner."""

Metric = Literal["euclidean", "euclidean_l2", "cosine"]
"""Distance between embeddings: raw Euclidean, Euclidean between unit vectors, 1 - cosine."""

METRICS: tuple[Metric, ...] = ("euclidean", "euclidean_l2", "cosine")

Source = Literal["user", "folder", "cluster"]
"""Who said that a face belongs to a person. What `user` and `folder` said, no algorithm moves."""


MIN_QUALITY = 0.1
"""Faces of less quality join a person that claims them, but found none and bridge none."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the upright picture."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Location:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A decoded file: upright (EXIF orientation applied), 8 bits, RGB."""

    path: Path
    id: str
    """SHA-256 of the file's bytes, hexadecimal."""
    size: int
    """Bytes of the file."""
    modified: int
    """The file's time of last modification, in nanoseconds."""
    pixels: Pixels
    taken_at: datetime | None = None
    location: Location | None = None
    phash: int = 0
    """64-bit perceptual hash (difference hash): near copies differ in few bits."""

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face that a detector found, in pixels of the upright picture."""

    box: Box
    confidence: float
    """The detector's own score, in [0, 1]."""
    landmarks: Points | None


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face with its embedding, ready to become a `:Face` node."""

    id: str
    box: Box
    confidence: float
    quality: float
    """How far to trust the embedding, in [0, 1]; see `graphface.vision.quality`."""
    embedding: Vectors
    landmarks: Points | None = None


@dataclass(frozen=True, slots=True)
class Space:
    """How the embeddings of a graph were made. One graph has one; two never mix."""

    model: str
    detector: str
    alignment: str
    dimensions: int
    metric: Metric
    threshold: float
    """Faces nearer than this, in `metric`, are SAME."""
    version: int = 2
    """Of the indexes and names a graph has: an older graph gets what is new by the next ingest."""
    file: str | None = None
    """Path of the model, where it is a file of the user's own."""
