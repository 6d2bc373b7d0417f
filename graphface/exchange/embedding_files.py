"""Read files of embeddings as columns: `.npz`, Parquet and CSV, without interpreting cells.

Every format has the same columns: `embedding` (or one column per number: `e0`, `e1`, ...), and
optionally `id`, `person`, `path`, and `box` (or `x`, `y`, `width`, `height`).
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import EmbeddingError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

TEXTS = ("id", "person", "path")
CORNERS = ("x", "y", "width", "height")

LARGEST_FIELD = 1 << 24
"""Characters of a CSV field: room for the longest embedding anybody makes."""

_NUMBER = re.compile(r"e(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A file of n faces."""

    vectors: NDArray[np.float64] | NDArray[np.float32]
    """[n, dimensions]; zeros for a row in `malformed`, which says why it has no vector."""
    texts: Mapping[str, Sequence[Any]]
    """Those of `id`, `person` and `path` that the file has; n values each."""
    boxes: Sequence[Any] | None
    """n boxes: x, y, width and height, or nothing."""
    malformed: dict[int, str] = field(default_factory=dict)
    """Index of a face -> the problem with its row."""


def read_columns(file: Path, dimensions: int | None) -> Columns:
    """Read the columns of a file by its suffix; `dimensions` is the expected length, None for any.

    Raises EmbeddingError if the file does not match its suffix, UsageError for other suffixes and
    if the library for Parquet is not installed.
    """
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        raise UsageError(
            f"{file}: not a file of embeddings",
            f"Give {', '.join(_READERS)}",
            code="format-unknown",
            file=file,
        )
    if not file.is_file():
        raise UsageError(f"{file}: no such file", code="file-not-found", file=file)
    return reader(file, dimensions)


def _npz(file: Path, dimensions: int | None) -> Columns:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files if _wanted(name)}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise EmbeddingError(
            f"{file}: cannot be read as .npz ({error})",
            "Write it with numpy.savez; texts as strings, not as objects",
            code="table-unreadable",
            file=file,
            reason=str(error),
        ) from error
    _same_length(file, {name: len(np.atleast_1d(values)) for name, values in found.items()})
    vectors = found["embedding"] if "embedding" in found else _stack(file, found)
    if vectors.ndim != 2 or vectors.dtype.kind not in "fiu":
        raise EmbeddingError(
            f"{file}: embedding is {vectors.dtype} {list(vectors.shape)}",
            "It must be numbers, [faces, dimensions]",
            code="table-invalid",
            file=file,
            dtype=vectors.dtype,
        )
    _check_length(file, vectors.shape[1], dimensions)
    return Columns(vectors, {name: found[name] for name in TEXTS if name in found}, _boxes(found))


def _parquet(file: Path, dimensions: int | None) -> Columns:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise UsageError(
            "Parquet needs pyarrow", "pip install 'graphface[parquet]'", code="package-missing"
        ) from error
    try:
        names = [name for name in parquet.read_schema(file).names if _wanted(name)]
        table = parquet.read_table(file, columns=names)
    except (ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        raise EmbeddingError(
            f"{file}: cannot be read as Parquet ({reason})",
            code="table-unreadable",
            file=file,
            reason=reason,
        ) from error
    found = {name: table[name].to_pylist() for name in names if name not in _vector_names(names)}
    numbers = {name: table[name].to_numpy() for name in _vector_names(names) if name != "embedding"}
    if "embedding" in names:
        vectors, malformed = _arrow_vectors(file, table["embedding"], dimensions)
    else:
        vectors, malformed = _stack(file, numbers), {}
        _check_length(file, vectors.shape[1], dimensions)
    return Columns(vectors, {n: found[n] for n in TEXTS if n in found}, _boxes(found), malformed)


def _arrow_vectors(
    file: Path, column: Any, dimensions: int | None
) -> tuple[NDArray[np.float64], dict[int, str]]:
    import pyarrow
    from pyarrow import compute

    if not hasattr(column.type, "value_type"):
        raise EmbeddingError(
            f"{file}: embedding is {column.type}",
            "It must be a list of numbers",
            code="table-invalid",
            file=file,
            type=column.type,
        )
    lengths = compute.fill_null(compute.list_value_length(column), 0).to_numpy()
    expected = _expected(file, lengths.tolist(), dimensions)
    good = (lengths == expected) & column.is_valid().to_numpy()
    numbers = compute.list_flatten(column.filter(pyarrow.array(good)))
    vectors = np.zeros((len(lengths), expected), np.float64)
    try:
        vectors[good] = compute.cast(numbers, "float64").to_numpy().reshape(-1, expected)
    except pyarrow.ArrowInvalid as error:
        raise EmbeddingError(
            f"{file}: embedding holds no numbers ({error})",
            code="table-invalid",
            file=file,
            reason=str(error),
        ) from error
    return vectors, {int(i): _length(lengths[i], expected) for i in np.flatnonzero(~good)}


def _csv(file: Path, dimensions: int | None) -> Columns:
    csv.field_size_limit(LARGEST_FIELD)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.reader(lines)
            header = [name.strip() for name in next(rows, [])]
            return _csv_columns(file, header, rows, dimensions)
    except UnicodeDecodeError as error:
        raise EmbeddingError(
            f"{file}: not UTF-8", "Save it as UTF-8", code="table-unreadable", file=file
        ) from error
    except csv.Error as error:
        raise EmbeddingError(
            f"{file}: cannot be read as CSV ({error})",
            code="table-unreadable",
            file=file,
            reason=str(error),
        ) from error


def _csv_columns(
    file: Path, header: list[str], rows: Iterator[list[str]], dimensions: int | None
) -> Columns:
    names = _vector_names(header)
    if not names:
        _stack(file, {})
    texts: dict[str, list[str]] = {name: [] for name in header if name not in names}
    parsed: list[NDArray[np.float64] | str] = []
    for row in rows:
        if row:  # an empty line is no face
            cells = dict(zip(header, row, strict=False))
            whole = len(row) == len(header)
            parsed.append(_vector(cells, names) if whole else _fields(row, header))
            for name, values in texts.items():
                values.append(cells.get(name, ""))
    expected = _expected(file, [len(v) for v in parsed if not isinstance(v, str)], dimensions)
    vectors = np.zeros((len(parsed), expected), np.float64)
    malformed: dict[int, str] = {}
    for i, vector in enumerate(parsed):
        if isinstance(vector, str):
            malformed[i] = vector
        elif len(vector) != expected:
            malformed[i] = _length(len(vector), expected)
        else:
            vectors[i] = vector
    return Columns(vectors, {n: texts[n] for n in TEXTS if n in texts}, _boxes(texts), malformed)


def _fields(row: list[str], header: list[str]) -> str:
    return f"has {len(row)} fields, not {len(header)}"


def _vector(cells: dict[str, str], names: list[str]) -> NDArray[np.float64] | str:
    """The numbers of one row, or the problem with them."""
    try:
        if names != ["embedding"]:
            return np.array([cells[name] for name in names], np.float64)
        text = cells["embedding"].strip()
        vector = np.array(json.loads(text) if text.startswith("[") else text.split(), np.float64)
    except (ValueError, TypeError):
        return "has an embedding that is no list of numbers"
    return vector if vector.ndim == 1 else "has an embedding that is no list of numbers"


def _boxes(columns: Mapping[str, Sequence[Any]]) -> list[Any] | None:
    """The raw boxes of all faces: `box`, or `x`, `y`, `width` and `height` combined."""
    if "box" in columns:
        return list(columns["box"])
    if any(name not in columns for name in CORNERS):
        return None
    return list(zip(*(columns[name] for name in CORNERS), strict=True))


def _wanted(name: str) -> bool:
    return name in ("embedding", "box", *TEXTS, *CORNERS) or bool(_NUMBER.fullmatch(name))


def _vector_names(names: Iterable[str]) -> list[str]:
    """The columns that hold the numbers, in their order: `embedding`, else `e0`, `e1`, ..."""
    names = list(names)
    if "embedding" in names:
        return ["embedding"]
    found = ((int(match[1]), name) for name in names if (match := _NUMBER.fullmatch(name)))
    return [name for _, name in sorted(found)]


def _stack(file: Path, columns: Mapping[str, Any]) -> NDArray[np.float64]:
    names = _vector_names(columns)
    if not names:
        raise EmbeddingError(
            f"{file}: has no column embedding",
            "Call the column embedding, or its numbers e0, e1, ...",
            code="table-invalid",
            file=file,
        )
    return np.stack([columns[name] for name in names], axis=1).astype(np.float64)


def _same_length(file: Path, lengths: dict[str, int]) -> None:
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise EmbeddingError(
            f"{file}: its columns differ in length ({told})",
            code="table-invalid",
            file=file,
            told=told,
        )


def _expected(file: Path, lengths: list[int], dimensions: int | None) -> int:
    """The length that every embedding must have. Raises EmbeddingError if none has it."""
    if lengths and len(set(lengths)) == 1:
        _check_length(file, lengths[0], dimensions)
    if dimensions is not None:
        return dimensions
    common = Counter(lengths).most_common(1)
    return common[0][0] if common else 0


def _check_length(file: Path, length: int, dimensions: int | None) -> None:
    if dimensions not in (None, length):
        raise EmbeddingError(
            f"{file}: its embeddings have {length} numbers, not {dimensions}",
            "Name the model they were made with (`model`), or their length (`dimensions`)",
            code="embedding-length",
            file=file,
            length=length,
            dimensions=dimensions,
        )


def _length(length: int, expected: int) -> str:
    return f"has {length} numbers, not {expected}" if length else "has no embedding"


_READERS: dict[str, Callable[[Path, int | None], Columns]] = {
    ".npz": _npz,
    ".parquet": _parquet,
    ".csv": _csv,
}
