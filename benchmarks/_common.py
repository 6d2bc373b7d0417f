"""What the benchmarks share: the data, the last line of JSON, a clock."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:  # so that a benchmark runs from a checkout that is not installed
    sys.path.insert(0, str(ROOT))


def data(*parts: str) -> Path:
    """A file of the shared measurement data: GRAPHFACE_DATA, or `shared/data` beside the project.

    Ends the program with one line when it is not there.
    """
    folder = Path(os.environ.get("GRAPHFACE_DATA") or ROOT.parent / "shared" / "data")
    path = folder.joinpath(*parts)
    if not path.exists():
        sys.exit(f"this benchmark needs {path}: set GRAPHFACE_DATA to the folder of the data")
    return path


def usual_detectors() -> list[str]:
    """The detectors that graphface chooses from by itself and that can be had, the best first."""
    from graphface.errors import WeightsMissing
    from graphface.vision import detectors

    names = []
    for entry in detectors.REGISTRY.entries():
        if entry.rank is not None:
            try:
                entry.prepare()
            except WeightsMissing:
                continue
            names.append(entry.name)
    return names


def parser(text: str | None) -> argparse.ArgumentParser:
    """A parser with the options every benchmark has."""
    made = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--json", action="store_true", help="one JSON object as the last line")
    return made


def finish(options: argparse.Namespace, result: dict[str, Any]) -> None:
    """Print the result: as JSON on one last line if asked for."""
    if options.json:
        print(json.dumps(result))


@contextmanager
def clock() -> Iterator[list[float]]:
    """A list that holds the seconds the block took, once it has ended."""
    seconds: list[float] = []
    started = time.perf_counter()
    yield seconds
    seconds.append(time.perf_counter() - started)
