"""Progress and messages as events. Running work emits them; a sink shows, logs or drops them.

    with task("reading photos", total=len(paths), unit="photos") as bar:
        for path in paths:
            ...
            bar.advance()
    say("a.jpg: cut off", "warning")

A sink is any callable that takes an event; `graphface.sinks` has those for a terminal, plain
lines, `logging` and a job's event stream. `reporting_to` sets the sink of a block. It belongs to
the block's context: two threads with two sinks do not mix. Work that a block hands to a `Pool`
reports to the block's sink too. Where no sink is set, events go to the logger "graphface".
"""

from __future__ import annotations

import contextvars
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from graphface.events import (
    LEVELS,
    Level,
    Message,
    TaskAdvanced,
    TaskEnded,
    TaskEvent,
    TaskStarted,
)
from graphface.sinks import Logging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from typing_extensions import ParamSpec

    from graphface.events import Sink

    P = ParamSpec("P")

T = TypeVar("T")

ADVANCE_EVERY = 0.1
"""Seconds between two `TaskAdvanced` of one task."""

_ids, _tasks = itertools.count(1), itertools.count(1)

_sink: contextvars.ContextVar[Sink | None] = contextvars.ContextVar("graphface_sink", default=None)


@contextmanager
def reporting_to(sink: Sink | None) -> Iterator[None]:
    """Send the events of this block to `sink`; None keeps the current one."""
    token = _sink.set(sink or _sink.get())
    try:
        yield
    finally:
        _sink.reset(token)


def current_sink() -> Sink:
    """The sink that receives events now."""
    sink = _sink.get()
    if sink is None:
        sink = _unwatched()
    return sink


@cache
def _unwatched() -> Sink:
    """The default sink of a program."""
    return Logging()


def wanted(level: Level) -> bool:
    """Whether the sink takes messages of this level. Ask before making costly ones."""
    return _takes(current_sink(), level)


def _takes(sink: Sink, level: Level) -> bool:
    """A sink with a `level` takes messages from that level on; any other takes all."""
    return LEVELS.index(level) >= LEVELS.index(getattr(sink, "level", "detail"))


def say(text: str, level: Level = "info") -> None:
    """Emit a message. "detail" is for verbose runs; "warning" is shown even in quiet ones."""
    sink = current_sink()
    if _takes(sink, level):
        sink(Message(next(_ids), time.time(), level, text))


@contextmanager
def task(description: str, total: float | None = None, unit: str = "") -> Iterator[Task]:
    """Report what the block does, with count, rate and time left, until it ends.

    `unit` names what is counted ("photos"); "B" counts bytes. With `total=None` the end is not
    known. The task may be advanced from other threads.
    """
    running = Task(current_sink(), description, total, unit)
    running.emit(TaskStarted)
    try:
        yield running
    except BaseException:
        running.emit(TaskEnded, failed=True)
        raise
    running.emit(TaskEnded)


class Task:
    """A running task, whose end may be known."""

    def __init__(self, sink: Sink, description: str, total: float | None, unit: str) -> None:
        self._sink, self._lock, self._number = sink, threading.Lock(), next(_tasks)
        self._description, self._total, self._unit = description, total, unit
        self._done = 0.0
        self._started = time.monotonic()
        self._next = self._started  # so that the first step shows at once

    def advance(self, amount: float = 1) -> None:
        """Add `amount` to what is done. Call it as often as you like, from any thread."""
        now = time.monotonic()
        with self._lock:
            self._done += amount
            if now < self._next:
                return
            self._next = now + ADVANCE_EVERY
        self.emit(TaskAdvanced)

    def update(self, total: float) -> None:
        """Set the end, which was unknown before."""
        self._total = total
        self.emit(TaskAdvanced)

    def emit(self, kind: type[TaskEvent], **more: bool) -> None:
        """Send the sink an event with the state of this task."""
        self._sink(
            kind(
                id=next(_ids),
                time=time.time(),
                task=self._number,
                description=self._description,
                total=self._total,
                unit=self._unit,
                done=self._done,
                seconds=time.monotonic() - self._started,
                **more,
            )
        )


class Pool(ThreadPoolExecutor):
    """Worker threads that report to the sink of the code that submits work.

    A new thread starts with an empty context, so an ordinary pool would lose the sink.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run `fn` in a thread, in the context of this call."""
        context = contextvars.copy_context()
        return super().submit(lambda: context.run(fn, *args, **kwargs))
