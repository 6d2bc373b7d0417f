"""Progress on standard error: a bar where a person watches, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE_EVERY = 5.0
"""Seconds between two lines where standard error is no terminal."""


class Task(Protocol):
    """One running job with a known or unknown end."""

    def advance(self, amount: float = 1) -> None: ...
    def update(self, total: float) -> None: ...


@contextmanager
def task(description: str, total: float | None = None, unit: str = "") -> Iterator[Task]:
    """Show `description` with count, rate and time left until the block ends.

    `unit` names what is counted ("photos"); "B" counts bytes. With `total=None` the end is not
    known and only the count and the time gone are shown.
    """
    if sys.stderr.isatty():
        with _bar(description, total, unit) as bar:
            yield bar
    else:
        lines = _Lines(description, total, unit)
        yield lines
        lines.close()


def say(message: str) -> None:
    """One line on standard error, for what a person should know while it runs."""
    print(message, file=sys.stderr, flush=True)


class _Lines:
    def __init__(self, description: str, total: float | None, unit: str) -> None:
        self.description, self.total, self.unit = description, total, unit
        self.done = 0.0
        self.started = self.printed = time.monotonic()

    def advance(self, amount: float = 1) -> None:
        self.done += amount
        if time.monotonic() - self.printed >= LINE_EVERY:
            self._print()

    def update(self, total: float) -> None:
        self.total = total

    def close(self) -> None:
        if self.printed != self.started:  # a short job needs no line of its own
            self._print()

    def _print(self) -> None:
        self.printed = time.monotonic()
        rate = self.done / max(self.printed - self.started, 1e-9)
        done = f"{_amount(self.done)} of " if self.total and self.unit != "B" else ""
        text = f"{self.description}: {done}{_amount(self.total if done else self.done, self.unit)}"
        if self.total and not done:
            text += f" of {_amount(self.total, self.unit)}"
        if self.unit:
            text += f", {_amount(rate, self.unit)}/s"
        if self.total and rate and self.done < self.total:
            text += f", {_clock((self.total - self.done) / rate)} left"
        say(text)


class _Bar:
    def __init__(self, progress: object, task_id: object) -> None:
        self._progress, self._id = progress, task_id

    def advance(self, amount: float = 1) -> None:
        self._progress.advance(self._id, amount)  # type: ignore[attr-defined]

    def update(self, total: float) -> None:
        self._progress.update(self._id, total=total)  # type: ignore[attr-defined]


@contextmanager
def _bar(description: str, total: float | None, unit: str) -> Iterator[Task]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: object) -> Text:
            speed = getattr(task, "finished_speed", None) or getattr(task, "speed", None) or 0.0
            return Text(f"{speed:,.1f} {unit}/s" if unit else "", style="cyan")

    counted = (
        (DownloadColumn(), TransferSpeedColumn()) if unit == "B" else (MofNCompleteColumn(), Rate())
    )
    columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn()]
    if total is not None or unit:
        columns += counted
    columns += (
        [TimeElapsedColumn()] if total is None else [TimeRemainingColumn(), TextColumn("left")]
    )
    with Progress(*columns, console=Console(stderr=True), transient=False) as progress:
        yield _Bar(progress, progress.add_task(description, total=total))


def _amount(value: float | None, unit: str = "") -> str:
    value = value or 0.0
    if unit == "B":
        return f"{value / 1e6:,.1f} MB"
    number = f"{value:,.1f}" if value < 10 and value != int(value) else f"{value:,.0f}"
    return f"{number} {unit}".rstrip()


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
