"""Read embeddings computed elsewhere, and check every row before the first is written."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from graphface.errors import EmbeddingError
from graphface.exchange.embedding_files import read_columns
from graphface.progress import say
from graphface.records import Box

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.exchange.embedding_files import Columns
    from graphface.records import Vectors

SHOWN = 20
"""Rows that are named when a file is refused; of the others, only how many they are."""

LONGEST_TEXT = {"id": 200, "person": 200, "path": 4_096}
"""Characters. The database's indexes hold some 8,000 bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Embeddings:
    """n valid faces of a file."""

    file: Path
    ids: list[str]
    """Unique ids."""
    vectors: Vectors
    """[n, dimensions]: finite, none of them zero."""
    persons: list[str | None] | None
    paths: list[str | None] | None
    boxes: list[Box | None] | None

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row that cannot be imported."""

    row: int
    """The first face of a file is row 1."""
    reason: str

    def __str__(self) -> str:
        return f"row {self.row:,} {self.reason}"


def read_embeddings(file: Path, dimensions: int | None = None) -> Embeddings:
    """Read a `.npz`, `.parquet` or `.csv` file; `dimensions` is the expected length, None for any.

    Without a column `id`, a face's id is derived from its path and box, or without a path from its
    numbers, so the same file gives the same ids again. Raises UsageError for another kind of file,
    and EmbeddingError if any row is wrong, after messages about the first of them.
    """
    columns = read_columns(file, dimensions)
    problems = dict(columns.malformed)
    vectors = _vectors(columns, problems)
    texts = {name: _texts(name, columns, problems) for name in LONGEST_TEXT}
    boxes = _boxes(columns, problems)
    given = texts["id"]
    ids = _derived(vectors, texts["path"], boxes) if given is None else _given(given, problems)
    if problems:
        _refuse(file, len(vectors), [RowProblem(i + 1, problems[i]) for i in sorted(problems)])
    if not ids:
        raise EmbeddingError(f"{file}: holds no embeddings", code="table-invalid", file=file)
    return Embeddings(file, ids, vectors, texts["person"], texts["path"], boxes)


def _vectors(columns: Columns, problems: dict[int, str]) -> Vectors:
    with np.errstate(over="ignore"):  # numbers that do not fit into 32 bits become infinite
        vectors = np.ascontiguousarray(columns.vectors, dtype=np.float32)
    for i in np.flatnonzero(~vectors.any(axis=1)).tolist():
        problems.setdefault(i, "is all zeros")
    for i in np.flatnonzero(~np.isfinite(vectors).all(axis=1)).tolist():
        infinite = np.isinf(vectors[i]).any()
        problems.setdefault(i, f"holds {'infinity' if infinite else 'NaN'}")
    return vectors


def _texts(name: str, columns: Columns, problems: dict[int, str]) -> list[str | None] | None:
    if name not in columns.texts:
        return None
    texts = [_text(value) for value in columns.texts[name]]
    for i, text in enumerate(texts):
        if text and (reason := _unfit(text, LONGEST_TEXT[name])):
            problems.setdefault(i, f"has a {name} {reason}")
    return texts


def _text(value: Any) -> str | None:
    """A cell's text in Unicode's composed form; None if it is empty."""
    if value is None or value != value:  # data frames write NaN for missing values
        return None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "backslashreplace")
    return unicodedata.normalize("NFC", str(value)).strip() or None


def _unfit(text: str, longest: int) -> str:
    if len(text) > longest:
        return f"of {len(text):,} characters; {longest:,} at most"
    if not text.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs") for c in text):
        return "with control characters in it"
    return ""


def _boxes(columns: Columns, problems: dict[int, str]) -> list[Box | None] | None:
    if columns.boxes is None:
        return None
    boxes: list[Box | None] = []
    for i, value in enumerate(columns.boxes):
        try:
            boxes.append(_box(value))
        except (ValueError, TypeError):
            problems.setdefault(i, "has a box that is not x, y, width and height in pixels")
            boxes.append(None)
    return boxes


def _box(value: Any) -> Box | None:
    """Parse four numbers, or their text, as a box; None if empty. Raises ValueError, TypeError."""
    if isinstance(value, str):
        value = json.loads(value) if value.strip().startswith("[") else value.split()
    parts = [] if value is None else [_text(part) for part in value]
    if not any(parts):
        return None
    numbers = [float(part or "nan") for part in parts]
    if any(abs(number) > 2**31 for number in numbers):
        raise ValueError("a box is in pixels")
    x, y, width, height = (round(number) for number in numbers)
    if width <= 0 or height <= 0:
        raise ValueError("a box has a size")
    return Box(x, y, width, height)


def _given(texts: list[str | None], problems: dict[int, str]) -> list[str]:
    first: dict[str, int] = {}
    for i, text in enumerate(texts):
        if text is None:
            problems.setdefault(i, "has no id")
        elif first.setdefault(text, i) != i:
            problems.setdefault(i, f"has the id of row {first[text] + 1:,}: {text}")
    return [text or "" for text in texts]


def _derived(
    vectors: Vectors, paths: Sequence[str | None] | None, boxes: Sequence[Box | None] | None
) -> list[str]:
    """Stable ids: the same for the same file, and for a larger file that contains this one."""
    seen: Counter[bytes] = Counter()
    ids = []
    for i, vector in enumerate(vectors):
        path, box = paths[i] if paths else None, boxes[i] if boxes else None
        key = f"{path}\0{box}".encode() if path else vector.tobytes()
        ids.append(hashlib.sha256(key + b"\0%d" % seen[key]).hexdigest()[:32])
        seen[key] += 1
    return ids


def _refuse(file: Path, rows: int, problems: list[RowProblem]) -> None:
    for problem in problems[:SHOWN]:
        say(f"{file}: {problem}", "warning")
    if len(problems) > SHOWN:
        say(f"... and {len(problems) - SHOWN:,} more", "warning")
    raise EmbeddingError(
        f"{file}: {len(problems):,} of {rows:,} rows are wrong, and nothing was written",
        f"The first: {problems[0]}. Mend them or leave them out",
        code="table-invalid",
        file=file,
        rows=rows,
    )
