"""Events of running work: messages, and the progress of tasks.

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
    """One line for the user."""

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
    """The common fields of a task's events."""

    event: ClassVar[str] = ""
    id: int
    """Grows from event to event, in the whole process."""
    time: float
    """Seconds since 1970."""
    task: int
    """The same number in all events of a task."""
    description: str
    total: float | None
    """The final value of `done`; None if unknown."""
    unit: str
    """What is counted; "B" for bytes."""
    done: float
    seconds: float
    """Seconds since the task started."""

    @property
    def rate(self) -> float | None:
        """Units per second; None before the first."""
        return self.done / self.seconds if self.done and self.seconds else None

    @property
    def left(self) -> float | None:
        """Remaining seconds at this rate; None if the rate or the end is unknown."""
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
    """A task advanced. There are at most ten such events per second and task."""

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
