"""Sinks of events: a terminal, plain lines, `logging`, a job's event stream, or none.

A sink is a callable that takes an event (`graphface.events`). Its optional `level` is the lowest
level of messages that it takes. A sink may be called from several threads at once.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
from typing import TYPE_CHECKING, TextIO

from graphface.errors import UsageError
from graphface.events import Message, TaskEnded, TaskStarted
from graphface.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress, ProgressColumn, TaskID
    from rich.progress import Task as Bar
    from rich.text import Text
    from typing_extensions import Self

    from graphface.events import Event, Level, Sink, TaskEvent

LINE_EVERY = 5.0
"""Seconds between two lines on one task. A shorter task has none."""


class Silent:
    """Drops everything."""

    level: Level = "warning"

    def __call__(self, event: Event) -> None:
        """Do nothing."""


class _Spoken:
    """Messages, and from time to time a line about a long task."""

    def __init__(self, every: float | None) -> None:
        self.every = every
        self._last: dict[int, float] = {}
        """Task -> its seconds at the last line."""

    def __call__(self, event: Event) -> None:
        """Write a line if one is due."""
        if isinstance(event, Message):
            self._write(event.level, event.text)
        elif self.every is None or isinstance(event, TaskStarted):
            return
        elif isinstance(event, TaskEnded):
            if self._last.pop(event.task, None) is not None:
                self._write("info", line_of(event))
        elif event.seconds - self._last.get(event.task, 0.0) >= self.every:
            self._last[event.task] = event.seconds
            self._write("info", line_of(event))

    def _write(self, level: Level, text: str) -> None:
        raise NotImplementedError


class Lines(_Spoken):
    """Plain lines on standard error, or on `stream`.

    It writes messages from `level` on, and a line about a task every `every` seconds (None for
    none).
    """

    def __init__(
        self,
        level: Level = "info",
        *,
        every: float | None = LINE_EVERY,
        stream: TextIO | None = None,
    ) -> None:
        super().__init__(every)
        self.level, self._stream = level, stream

    def _write(self, level: Level, text: str) -> None:
        # One write a line: two threads do not write into each other's.
        stream = self._stream or sys.stderr
        stream.write(f"{_told(level, text)}\n")
        stream.flush()


class Logging(_Spoken):
    """Records of a logger: details as DEBUG, messages and tasks as INFO, warnings as WARNING.

    A logger without configuration writes nothing, not even warnings.
    """

    _LEVELS = {"detail": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}  # noqa: RUF012

    def __init__(
        self, logger: logging.Logger | str = "graphface", *, every: float | None = LINE_EVERY
    ) -> None:
        super().__init__(every)
        self.logger = logging.getLogger(logger) if isinstance(logger, str) else logger
        # Otherwise `logging` would write warnings to standard error, its last resort.
        if not any(isinstance(one, logging.NullHandler) for one in self.logger.handlers):
            self.logger.addHandler(logging.NullHandler())

    @property
    def level(self) -> Level:
        """The lowest level that the logger takes."""
        enabled = self.logger.isEnabledFor
        return (
            "detail" if enabled(logging.DEBUG) else "info" if enabled(logging.INFO) else "warning"
        )

    def _write(self, level: Level, text: str) -> None:
        self.logger.log(self._LEVELS[level], "%s", text)


class Stream:
    """Events for another thread: `for event in stream` ends when the stream is closed.

    Events wait until they are read. Each goes to one reader.
    """

    def __init__(self, level: Level = "info") -> None:
        self.level = level
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()

    def __call__(self, event: Event) -> None:
        """Put the event into the queue."""
        self._events.put(event)

    def __iter__(self) -> Iterator[Event]:
        """Yield events as they come, until `close`."""
        while (event := self._events.get()) is not None:
            yield event
        self._events.put(None)  # for another reader

    def close(self) -> None:
        """End the iteration, after the events that came before."""
        self._events.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Terminal:
    """Bars on standard error, or on `stream`, by rich; messages from `level` on above them."""

    def __init__(self, level: Level = "info", *, stream: TextIO | None = None) -> None:
        self.level, self._stream = level, stream
        self._lock = threading.RLock()
        self._progress: Progress | None = None
        self._bars: dict[int, TaskID] = {}

    def __call__(self, event: Event) -> None:
        """Draw the event."""
        with self._lock:
            if isinstance(event, Message):
                self._say(event)
            elif isinstance(event, TaskStarted):
                self._start(event)
            elif event.task in self._bars:
                self._draw(event)

    def _say(self, message: Message) -> None:
        text = _told(message.level, message.text)
        if self._progress is None:
            print(text, file=self._stream or sys.stderr, flush=True)
        else:
            self._progress.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _start(self, event: TaskStarted) -> None:
        if self._progress is None:
            self._progress = _bars(self._stream or sys.stderr)
            self._progress.start()
        self._bars[event.task] = self._progress.add_task(
            event.description, total=event.total, unit=event.unit
        )

    def _draw(self, event: TaskEvent) -> None:
        assert self._progress is not None
        bar = self._bars[event.task]
        self._progress.update(bar, completed=event.done, total=event.total)
        if isinstance(event, TaskEnded):
            del self._bars[event.task]
            self._progress.stop_task(bar)
            if not self._bars:
                self._progress.stop()
                self._progress = None


def _bars(stream: TextIO) -> Progress:
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

    class Column(ProgressColumn):
        def __init__(self, drawn: Callable[[Bar], Text]) -> None:
            super().__init__()
            self._drawn = drawn

        def render(self, task: Bar) -> Text:
            return self._drawn(task)

    counts, bytes_ = MofNCompleteColumn(), (DownloadColumn(), TransferSpeedColumn())
    elapsed, remaining = TimeElapsedColumn(), TimeRemainingColumn()

    def counted(bar: Bar) -> Text:
        if bar.fields["unit"] == "B":
            return bytes_[0].render(bar)
        return Text("") if bar.total is None and not bar.fields["unit"] else counts.render(bar)

    def rate(bar: Bar) -> Text:
        unit = bar.fields["unit"]
        if unit == "B":
            return bytes_[1].render(bar)
        speed = bar.finished_speed or bar.speed or 0.0
        return Text(f"{speed:,.1f} {unit}/s" if unit else "", style="cyan")

    def time(bar: Bar) -> Text:
        return elapsed.render(bar) if bar.total is None else remaining.render(bar).append(" left")

    columns: list[ProgressColumn] = [TextColumn("{task.description}", markup=False), BarColumn()]
    columns += [Column(render) for render in (counted, rate, time)]
    # Output of a command passes through the bars only if it would appear among them.
    console, shared = Console(file=stream), sys.stdout.isatty()
    return Progress(*columns, console=console, redirect_stdout=shared)


def command_line_sink(level: Level = "info") -> Sink:
    """The sink of a command: bars on a terminal, occasional lines elsewhere.

    From `level` "warning" on there is no progress.
    """
    if level == "warning":
        return Lines(level, every=None)
    return Terminal(level) if sys.stderr.isatty() else Lines(level)


_NAMED: dict[str, Callable[[], Sink]] = {
    "terminal": Terminal,
    "lines": Lines,
    "logging": Logging,
    "none": Silent,
}


def sink_of(progress: Sink | str | None) -> Sink | None:
    """A sink by its name, or as it is. Raises UsageError for another name."""
    if progress is None or callable(progress):
        return progress
    if progress not in _NAMED:
        raise UsageError(
            f"there is no progress {progress!r}",
            f"Give a callable, or one of {', '.join(_NAMED)}",
            code="value-unknown",
            progress=progress,
        )
    return _NAMED[progress]()


def line_of(event: TaskEvent) -> str:
    """The state of a task, in one line."""
    done = f"{_amount(event.done)} of " if event.total and event.unit != "B" else ""
    text = f"{event.description}: {done}{_amount(event.total if done else event.done, event.unit)}"
    if event.total and not done:
        text += f" of {_amount(event.total, event.unit)}"
    if event.unit:
        text += f", {_amount(event.rate, event.unit)}/s"
    if event.left:
        text += f", {_clock(event.left)} left"
    return text


def _told(level: Level, text: str) -> str:
    """A message in one line that cannot drive a terminal."""
    return printable(f"warning: {text}" if level == "warning" else text)


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
