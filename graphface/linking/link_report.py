"""The report of linking, for people and for programs."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.records import Metric


@dataclass(frozen=True, slots=True)
class LinkReport(Record):
    """What a run of linking compared, what it wrote, and how long it took."""

    method: str
    metric: Metric
    threshold: float
    faces: int
    new_faces: int
    """Faces whose pairs were compared."""
    pairs_compared: int
    kept: int
    """SAME relationships in the graph now (with `dry_run`, after a real run)."""
    written: int
    removed: int
    left_out: int
    """Pairs under the threshold that `max_neighbors` left out."""
    max_neighbors: int | None
    recall: float | None
    """Share of the pairs found, measured on a sample; None if none can be missed."""
    seconds: dict[str, float]
    peak_memory: int
    """Most memory this process ever held, in bytes."""
    disk: int | None = None
    """Disk space that the new relationships would take, in bytes; only with `dry_run`."""
    dry_run: bool = False

    def summary(self) -> str:
        """The report in a few lines of text."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        would = "would be " if self.dry_run else ""
        yield (
            f"{self.faces:,} faces, {self.new_faces:,} of them new to linking; "
            f"{self.pairs_compared:,} pairs compared ({self.method})"
        )
        yield (
            f"{self.kept:,} pairs {would or 'are '}SAME under {self.metric} {self.threshold:g}: "
            f"{self.written:,} {would}written, {self.removed:,} {would}removed"
        )
        if self.left_out:
            yield (
                f"{self.left_out:,} pairs {would}left out: each face keeps its "
                f"{self.max_neighbors:,} nearest and what holds persons together"
            )
        if self.recall is not None:
            yield f"recall {self.recall:.4f}, measured on a sample"
        if self.disk is not None:
            yield f"{self.disk / 1e6:,.1f} MB of disk; nothing was written"
        took = ", ".join(f"{name} {value:.1f} s" for name, value in self.seconds.items())
        yield f"{took}; peak memory {self.peak_memory / 2**20:,.0f} MiB"


@dataclass(slots=True)
class Tally:
    """Figures gathered while a run goes on."""

    seconds: dict[str, float] = field(default_factory=dict)
    compared: int = 0
    written: int = 0
    removed: int = 0
    left_out: int = 0
    new: int = 0
    recall: float | None = None

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the duration of this block to the stage `name`."""
        start = time.perf_counter()
        try:
            yield
        finally:
            gone = time.perf_counter() - start
            self.seconds[name] = self.seconds.get(name, 0.0) + gone


def peak_memory() -> int:
    """Most memory this process ever held, in bytes."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    with suppress(OSError, StopIteration):  # getrusage starts from the parent's peak
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
