"""Records that all rooms share, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
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

Upright = Literal["auto", "never", "always"]
"""Whether pictures are turned to find faces that stand: where none does, never, all four ways."""

Source = Literal["user", "folder", "cluster"]
"""Who said that a face belongs to a person. What `user` and `folder` said, no algorithm moves."""


VERSION = 4
"""Of the indexes and properties a graph has. 3: `Person.nameKey`. 4: `:IgnoredFace` and
`Face.rotation`. An older graph is brought up to date in place, by the next command that writes
faces or persons."""

MIN_QUALITY = 0.1
"""Faces of less quality join a person that claims them, but found none and bridge none."""


T = TypeVar("T")


class Record:
    """Base of frozen dataclasses for results: a readable `repr`, and `to_dict`."""

    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # Otherwise `dataclass` would generate one with every number.
        if "__repr__" not in vars(cls):
            cls.__repr__ = Record.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        """The fields, with long texts and rows of numbers shortened."""
        shown = (one for one in fields(self) if one.repr)  # type: ignore[arg-type]
        values = ", ".join(f"{one.name}={_short(getattr(self, one.name))}" for one in shown)
        return f"{type(self).__name__}({values})"

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain JSON types."""
        every = fields(self)  # type: ignore[arg-type]
        return {one.name: plain(getattr(self, one.name)) for one in every}


class Table(tuple[T, ...]):
    """Rows as a tuple, convertible to plain JSON types and to a data frame."""

    __slots__ = ()

    def __repr__(self) -> str:
        """One line per row, at most the first ten."""
        lines = [f"Table of {len(self)} row{'' if len(self) == 1 else 's'}"]
        lines += [f"  {_short(row)}" for row in self[:_LINES]]
        lines += [f"  ... {len(self) - _LINES} more"] if len(self) > _LINES else []
        return "\n".join(lines)

    def to_dict(self) -> list[Any]:
        """The rows as plain JSON types."""
        return [plain(row) for row in self]

    def to_pandas(self) -> Any:
        """The rows as a `pandas.DataFrame`; nested fields become columns `field.inside`.

        Raises UsageError if pandas is not installed.
        """
        try:
            import pandas
        except ImportError as error:
            raise UsageError(
                "data frames need pandas", "pip install pandas", code="package-missing"
            ) from error
        return pandas.DataFrame([dict(_cells(row)) for row in self])


def plain(value: Any) -> Any:
    """`value` in JSON types: dates as ISO 8601, dataclasses by their fields, paths as text."""
    if value is None or isinstance(value, str | int | float):
        return value
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if hasattr(value, "tolist"):  # numpy
        return value.tolist()
    return _of_graph(value)


def _of_graph(value: Any) -> Any:
    """Convert values of the driver, and any others."""
    if hasattr(value, "labels"):  # a node
        return {"labels": sorted(value.labels), "properties": plain(dict(value.items()))}
    if hasattr(value, "relationships"):  # a path
        return {"nodes": plain(value.nodes), "relationships": plain(value.relationships)}
    if hasattr(value, "start_node"):
        ends = {"start": value.start_node.get("id"), "end": value.end_node.get("id")}
        return {"type": value.type, **ends, "properties": plain(dict(value.items()))}
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    value = native(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def native(value: Any) -> Any:
    """Convert the driver's dates to Python's; other values are unchanged."""
    return value.to_native() if hasattr(value, "to_native") else value


_LINES, _ITEMS, _LETTERS = 10, 4, 80


def _short(value: Any) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= _LETTERS else f"{value[:_LETTERS]}...")
    if isinstance(value, dict) and len(value) > _ITEMS:
        return f"{{{len(value)} entries}}"
    if hasattr(value, "shape"):
        return f"array{list(value.shape)}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple) and len(value) > _ITEMS:
        if all(isinstance(one, int | float) for one in value):
            return f"[{len(value)} numbers]"
        first = ", ".join(_short(one) for one in value[:2])
        return f"[{first}, ... {len(value) - 2} more]"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_short(one) for one in value)}]"
    return repr(native(value))


def _cells(row: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The cells of a row in a data frame."""
    inside = (
        row if isinstance(row, dict) else {one.name: getattr(row, one.name) for one in fields(row)}
    )
    for name, value in inside.items():
        if is_dataclass(value):
            yield from _cells(value, f"{place}{name}.")
        else:
            yield f"{place}{name}", native(value)


LEAST_OVERLAP = 0.25
"""Two boxes that share less than this (intersection over union) are of one face only if each holds
the other's middle."""

LEAST_SIZE = 0.1
"""A box less than so many times the other's area is of a smaller face inside it."""


@dataclass(frozen=True, slots=True)
class Box(Record):
    """A rectangle in pixels of the picture as it is shown (EXIF orientation applied)."""

    x: int
    y: int
    width: int
    height: int
    rotation: int = field(default=0, repr=False)
    """By how many degrees clockwise to turn the picture so that the face stands: 0, 90, 180, 270.
    Not 0 in a picture that lies on its side or upside down."""

    def overlap(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        both = self._shared(other)
        union = self.width * self.height + other.width * other.height - both
        return both / union if union > 0 else 0.0

    def holds(self, other: Box) -> bool:
        """Whether the middle of `other` lies in this box."""
        x, y = other.x + other.width / 2, other.y + other.height / 2
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def same_face(self, other: Box) -> bool:
        """Whether two boxes of one picture are of one face.

        They are if they share a quarter of their union: detectors differ by half in how much of a
        head they take, and faces side by side hardly share anything. A box drawn by hand may be far
        looser than a detector's. It shares less, but each holds the other's middle.
        """
        if self.overlap(other) >= LEAST_OVERLAP:
            return True
        sizes = sorted((self.width * self.height, other.width * other.height))
        near = sizes[0] >= LEAST_SIZE * sizes[1] > 0
        return near and self.holds(other) and other.holds(self)

    def _shared(self, other: Box) -> int:
        """Pixels in both."""
        wide = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        high = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(wide, 0) * max(high, 0)


@dataclass(frozen=True, slots=True)
class Location(Record):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, eq=False)
class Picture(Record):
    """A decoded file: as it is shown (EXIF orientation applied), 8 bits, RGB."""

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
    oriented: bool = True
    """Whether it is known to be upright: from EXIF, or because the caller says so."""
    phash: int = 0
    """64-bit perceptual hash (difference hash): near copies differ in few bits."""

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class Detection(Record):
    """A face that a detector found, in pixels of the upright picture."""

    box: Box
    confidence: float
    """The detector's own score, in [0, 1]."""
    landmarks: Points | None


@dataclass(frozen=True, slots=True, eq=False)
class Face(Record):
    """A face with its embedding, ready to become a `:Face` node."""

    id: str
    box: Box
    confidence: float | None
    """The detector's score, in [0, 1]; None for a face that a person marked."""
    quality: float
    """How far to trust the embedding, in [0, 1]; see `graphface.vision.quality`."""
    embedding: Vectors
    landmarks: Points | None = None


@dataclass(frozen=True, slots=True)
class Space(Record):
    """How the embeddings of a graph were made. A graph has exactly one space."""

    model: str
    detector: str
    alignment: str
    dimensions: int
    metric: Metric
    threshold: float
    """Faces nearer than this, in `metric`, are SAME."""
    version: int = VERSION
    """Version of the graph; see `VERSION`."""
    file: str | None = None
    """Path of the model, if it is the user's own file."""
