"""Files of embeddings: three formats say the same; every wrong row is found before any write."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from graphface.errors import EmbeddingError, UsageError
from graphface.events import Message
from graphface.exchange.embeddings import SHOWN, Embeddings, read_embeddings
from graphface.progress import reporting_to
from graphface.records import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphface.events import Event
    from graphface.records import Vectors

N, D = 7, 5
VECTORS: Vectors = np.random.default_rng(3).standard_normal((N, D)).astype(np.float32)
IDS = [f"face-{i}" for i in range(N)]
PERSONS = ["Zoë", "", "Zoë", "Ada", "李娜", "Ada", ""]
PATHS = [f"a/{i}, with a comma.jpg" for i in range(N)]
BOXES = np.arange(4 * N).reshape(N, 4) + 1


@pytest.fixture(autouse=True)
def _told() -> Iterator[None]:
    """The texts of messages on standard error, a line each."""

    def write(event: Event) -> None:
        if isinstance(event, Message):
            print(event.text, file=sys.stderr)

    with reporting_to(write):
        yield


def _save(file: Path, columns: dict[str, Any], **_: Any) -> Path:
    if file.suffix == ".npz":
        np.savez(file, **columns)
    elif file.suffix == ".parquet":
        pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
        from pyarrow import parquet

        table = pyarrow.table({k: pyarrow.array(_plain(v)) for k, v in columns.items()})
        parquet.write_table(table, file)
    else:
        _save_csv(file, columns, lambda vector: json.dumps(_plain(vector)))
    return file


def _save_csv(file: Path, columns: dict[str, Any], text: Callable[[Any], str]) -> None:
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow([text(v) if np.ndim(v) else v for v in row])


def _plain(values: Any) -> Any:
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


def _columns(**changed: Any) -> dict[str, Any]:
    columns = {"id": IDS, "embedding": VECTORS, "person": PERSONS, "path": PATHS, "box": BOXES}
    return {name: value for name, value in {**columns, **changed}.items() if value is not None}


def _check(found: Embeddings) -> None:
    assert found.ids == IDS
    assert found.vectors.dtype == np.float32
    assert np.array_equal(found.vectors, VECTORS), "the same 32-bit floats"
    assert found.persons == [name or None for name in PERSONS]
    assert found.paths == PATHS
    assert found.boxes == [Box(*box) for box in BOXES.tolist()]


@pytest.mark.parametrize("suffix", [".npz", ".parquet", ".csv"])
def test_every_format_says_the_same(tmp_path: Path, suffix: str) -> None:
    _check(read_embeddings(_save(tmp_path / f"faces{suffix}", _columns()), D))


def test_csv_with_spaces_or_a_column_a_number(tmp_path: Path) -> None:
    _save_csv(tmp_path / "s.csv", _columns(), lambda v: " ".join(map(repr, _plain(v))))
    _check(read_embeddings(tmp_path / "s.csv"))
    numbers = {f"e{i}": VECTORS[:, i].tolist() for i in reversed(range(D))}
    corners = dict(zip(("x", "y", "width", "height"), BOXES.T.tolist(), strict=True))
    _save_csv(tmp_path / "e.csv", _columns(embedding=None, box=None, **numbers, **corners), str)
    _check(read_embeddings(tmp_path / "e.csv"))


def test_derived_ids_are_stable_and_each_once(tmp_path: Path) -> None:
    paths = ["same.jpg", "same.jpg", "other.jpg", "", "", "x.jpg", "y.jpg"]
    twice = VECTORS.copy()
    twice[4] = twice[3]
    columns = _columns(id=None, path=paths, box=None, embedding=twice)
    first = read_embeddings(_save(tmp_path / "a.npz", columns))
    assert len(set(first.ids)) == N
    part = {name: value[:4] for name, value in columns.items()}
    assert read_embeddings(_save(tmp_path / "b.csv", part)).ids == first.ids[:4]
    columns["embedding"] = twice + 1
    moved = read_embeddings(_save(tmp_path / "c.npz", columns)).ids
    assert moved[:3] == first.ids[:3], "a new embedding of the same path is the same face"
    assert moved[3] != first.ids[3], "without a path, the numbers are the face"


@pytest.mark.parametrize("suffix", [".npz", ".parquet", ".csv"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [(np.nan, "NaN"), (np.inf, "infinity"), (-np.inf, "infinity"), (1e39, "infinity")],
)
def test_numbers_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, value: float, reason: str
) -> None:
    wrong = VECTORS.astype(np.float64)
    wrong[2, 1] = value
    wrong[5] = 0
    file = _save(tmp_path / f"faces{suffix}", _columns(embedding=wrong))
    with pytest.raises(EmbeddingError, match="2 of 7 rows are wrong, and nothing was written"):
        read_embeddings(file)
    told = capsys.readouterr().err.splitlines()
    assert told == [f"{file}: row 3 holds {reason}", f"{file}: row 6 is all zeros"]


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_rows_of_another_length(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    ragged = [list(map(float, vector)) for vector in VECTORS]
    ragged[1], ragged[4] = ragged[1][:3], []
    columns = _columns(embedding=ragged)
    file = tmp_path / f"faces{suffix}"
    if suffix == ".csv":
        _save_csv(file, columns, lambda v: json.dumps(_plain(v)))
    else:
        _save(file, columns)
    with pytest.raises(EmbeddingError, match="2 of 7 rows"):
        read_embeddings(file, D)
    told = capsys.readouterr().err
    assert "row 2 has 3 numbers, not 5" in told
    assert "row 5 has no embedding" in told


@pytest.mark.parametrize("suffix", [".npz", ".parquet", ".csv"])
def test_a_whole_file_of_another_length_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    file = _save(tmp_path / f"faces{suffix}", _columns())
    with pytest.raises(EmbeddingError, match="its embeddings have 5 numbers, not 128"):
        read_embeddings(file, 128)
    assert not capsys.readouterr().err


def test_wrong_cells_are_named_by_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        "id,embedding,person,path,x,y,width,height",
        "a,1 2 3,Ada,p.jpg,1,2,3,4",
        "b,one two three,Ada,p.jpg,1,2,3,4",
        "a,1 2 3,Ada,p.jpg,1,2,3,4",
        ",1 2 3,Ada,p.jpg,1,2,3,4",
        "e,1 2 3",
        "f,1 2 3,Ada,p.jpg,1,2,three,4",
        "g,1 2 3,Ada,p.jpg,1,2,0,4",
        "h,1 2 3,A\x1bda,p.jpg,1,2,3,4",
        "i,1 2 3,,,,,,",
        f"j,1 2 3,{'x' * 201},,,,,",
    ]
    (tmp_path / "faces.csv").write_text("\n".join(lines), "utf-8")
    with pytest.raises(EmbeddingError, match="8 of 10 rows"):
        read_embeddings(tmp_path / "faces.csv")
    told = [line.split(": ", 1)[1] for line in capsys.readouterr().err.splitlines()]
    assert told == [
        "row 2 has an embedding that is no list of numbers",
        "row 3 has the id of row 1: a",
        "row 4 has no id",
        "row 5 has 2 fields, not 8",
        "row 6 has a box that is not x, y, width and height in pixels",
        "row 7 has a box that is not x, y, width and height in pixels",
        "row 8 has a person with control characters in it",
        "row 10 has a person of 201 characters; 200 at most",
    ]


def test_only_the_first_wrong_rows_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = _save(tmp_path / "zeros.npz", {"embedding": np.zeros((50, 3), np.float32)})
    with pytest.raises(EmbeddingError, match="50 of 50"):
        read_embeddings(file)
    told = capsys.readouterr().err.splitlines()
    assert len(told) == SHOWN + 1
    assert told[-1] == f"... and {50 - SHOWN} more"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.npz", b"no archive", "cannot be read as .npz"),
        ("a.npz", b"", "cannot be read as .npz"),
        ("a.parquet", b"no parquet", "cannot be read as Parquet"),
        ("a.csv", b"id,person\n1,Ada\n", "has no column embedding"),
        ("a.csv", b"", "has no column embedding"),
        ("a.csv", b"id,embedding\n", "holds no embeddings"),
        ("a.csv", b"id,embedding\n\xff,1 2\n", "not UTF-8"),
    ],
)
def test_files_that_are_something_else(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    if name.endswith(".parquet"):
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EmbeddingError, match=message):
        read_embeddings(tmp_path / name)


def test_npz_without_sense(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="differ in length"):
        read_embeddings(_save(tmp_path / "a.npz", {"embedding": VECTORS, "path": PATHS[:2]}))
    with pytest.raises(EmbeddingError, match=r"embedding is float32 \[5\]"):
        read_embeddings(_save(tmp_path / "b.npz", {"embedding": VECTORS[0]}))
    objects = np.array([[1.0], [2.0, 3.0]], dtype=object)
    with pytest.raises(EmbeddingError, match=r"cannot be read as \.npz"):
        read_embeddings(_save(tmp_path / "c.npz", {"embedding": objects}))


def test_other_suffixes_and_missing_files_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a file of embeddings"):
        read_embeddings(tmp_path / "faces.json")
    with pytest.raises(UsageError, match="no such file"):
        read_embeddings(tmp_path / "faces.csv")


def test_real_embeddings_as_they_are(data: Path) -> None:
    for name in ("lfw-dev-dlib", "lfw-dev-mobilefacenet"):
        file = data / "embeddings" / f"{name}.npz"
        found = read_embeddings(file, 128)
        with np.load(file) as arrays:
            assert np.array_equal(found.vectors, arrays["embedding"])
            assert found.persons == arrays["person"].tolist()
            assert found.paths == arrays["path"].tolist()
        assert len(set(found.ids)) == len(found) == 6410
