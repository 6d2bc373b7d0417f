"""What is told while work is done: messages, and how far a task is.

`graphface.progress` emits these events; a sink of `graphface.sinks` shows, logs or drops them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

Level = Literal["detail", "info", "warning"]
LEVELS: tuple[Level, ...] = ("detail", "info", "warning")
"""How much a message matters, the least first."""


@dataclass(frozen=True, slots=True)
class Message:
    """One line for whoever watches."""

    event: ClassVar[str] = "message"
    id: int
    """Grows from event to event, in the whole process."""
    time: float
    """Seconds since 1970."""
    level: Level
    text: str

    def to_dict(self) -> dict[str, Any]:
        """The event as JSON can hold it."""
        return _dict_of(self)


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """What all events of a task say."""

    event: ClassVar[str] = ""
    id: int
    """Grows from event to event, in the whole process."""
    time: float
    """Seconds since 1970."""
    task: int
    """The same number in all events of a task."""
    description: str
    total: float | None
    """Where `done` ends; None if that is not known."""
    unit: str
    """What is counted; "B" for bytes."""
    done: float
    seconds: float
    """Since the task started."""

    @property
    def rate(self) -> float | None:
        """Units a second; None before the first."""
        return self.done / self.seconds if self.done and self.seconds else None

    @property
    def left(self) -> float | None:
        """Seconds to go at this rate; None if the rate or the end is not known."""
        if self.total is None or self.rate is None:
            return None
        return max(self.total - self.done, 0.0) / self.rate

    def to_dict(self) -> dict[str, Any]:
        """The event as JSON can hold it, with `rate` and `left`."""
        return {**_dict_of(self), "rate": self.rate, "left": self.left}


@dataclass(frozen=True, slots=True)
class TaskStarted(TaskEvent):
    """A task began."""

    event: ClassVar[str] = "task-started"


@dataclass(frozen=True, slots=True)
class TaskAdvanced(TaskEvent):
    """A task went on. At most ten events a second for one task."""

    event: ClassVar[str] = "task-advanced"


@dataclass(frozen=True, slots=True)
class TaskEnded(TaskEvent):
    """A task is over."""

    event: ClassVar[str] = "task-ended"
    failed: bool = False
    """An error, or an interrupt, ended it."""


def _dict_of(event: Event) -> dict[str, Any]:
    values = {field.name: getattr(event, field.name) for field in fields(event)}
    return {"event": event.event, **values}


if TYPE_CHECKING:
    Event: TypeAlias = TaskStarted | TaskAdvanced | TaskEnded | TaskEvent | Message
    Sink: TypeAlias = Callable[[Event], None]
