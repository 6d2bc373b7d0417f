"""Every error graphface raises on purpose, as data: a code, the facts, and what to do about it.

The command line prints one line and exits; `to_dict` gives the same to programs.

GraphfaceError
├── UsageError            what was asked for makes no sense: exit 2
├── PictureError          a file that is no picture, or one that cannot be read
│   └── NoFace            a picture without a face where one is needed: exit 4
├── ModelError            a model, its weights or its output
│   └── WeightsMissing    the weights are neither here nor reachable
├── ServerError           the embedded Neo4j: jars, Java, ports, disk, start and stop
├── DatabaseError         the Neo4j that was asked
│   ├── DatabaseUnavailable   nobody answers at the address
│   ├── AuthenticationFailed  the name or the password is refused
│   ├── GdsMissing            the server has no Graph Data Science
│   ├── DatabaseReadOnly      the server refuses writes
│   └── Overtaken             another graphface began to link the same graph
├── SpaceMismatch         the graph was made with another model, or with another length
├── EmbeddingError        a vector that is NaN, infinite, zero or of the wrong length
└── NotFound              no such person, photo, face or statement
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Self

Code = Literal[
    "address-invalid", "alignment-unknown", "answers-invalid", "authentication-failed",
    "backup-invalid", "backup-unknown-form", "both-named", "box-invalid",
    "cache-unwritable", "changed-since",
    "condition-missing", "condition-refused", "condition-slow", "database-read-only",
    "database-refused", "database-unavailable", "date-invalid", "deepface-unfit",
    "demo-stopped", "detector-failed", "detector-unknown", "disk-full", "download-failed",
    "embedding-invalid", "embedding-length", "embedding-missing", "error",
    "face-ignored", "face-not-found",
    "face-of-nobody", "face-taken", "file-exists", "file-not-found", "file-unreadable",
    "filters-without-graph", "folder-missing", "forget-incomplete", "format-unknown",
    "gds-differs", "gds-missing", "graph-changed", "graph-empty", "graph-not-empty",
    "group-unknown", "home-invalid", "index-failed", "installation-damaged", "java-missing",
    "json-invalid", "maven-failed", "maven-missing", "memory-full", "method-unknown",
    "methods-missing", "metric-unknown", "model-damaged", "model-description-invalid",
    "model-failed", "model-missing", "model-unfit", "model-unknown", "name-invalid",
    "name-is-number", "name-missing", "name-taken", "no-face", "no-pictures", "not-a-folder",
    "not-a-picture", "not-confirmed", "not-found", "not-writable", "nothing-to-undo",
    "one-picture-only", "options-conflict", "out-of-range", "overtaken", "package-missing",
    "parameter-invalid", "parameter-missing", "parameter-reserved", "parameter-unknown",
    "password-file-invalid", "password-lost", "permission-denied", "person-gone",
    "person-named", "person-not-found", "person-unnamed", "person-without-faces",
    "picture-changed", "picture-damaged", "picture-not-in-graph", "picture-too-large",
    "picture-unreadable", "pixels-invalid", "place-invalid", "place-missing", "port-taken",
    "question-unknown", "regions-unreadable", "restore-differs", "restore-unfinished",
    "same-face", "same-person", "server-failed", "server-not-started", "server-slow",
    "server-stopped", "setting-invalid", "settings-invalid", "several-faces", "several-persons",
    "sidecar-not-written", "space-mismatch", "statement-missing", "statement-unknown",
    "table-invalid", "table-unreadable", "terminal-missing", "threshold-invalid",
    "threshold-missing", "too-few-faces", "too-little-to-learn", "truth-missing", "two-graphs",
    "two-names", "two-truths", "usage", "value-unknown", "verify-sides", "weights-missing",
    "xmp-invalid",
]  # fmt: skip
"""What went wrong, for programs: a code never changes its meaning. docs/troubleshooting.md."""


@dataclass(frozen=True, slots=True)
class Action:
    """A call that fixes something or shows more of it, as data.

    The command line prints it as a command, a web page as a button, and
    `graphface.api.actions.perform` makes the call.
    """

    call: str
    """A method of `graphface.Graph`; `db.*` and `models.*` are of `Database` and `Models`."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """By the call's parameter names. A tuple holds the values of a `*name`."""
    missing: tuple[str, ...] = ()
    """Names of the arguments that only the user knows."""

    def __str__(self) -> str:
        """The call in Python, with `...` for a missing value."""
        words: list[str] = []
        for name, value in self.arguments.items():
            several = isinstance(value, tuple)
            words += map(repr, value) if several else [f"{name}={value!r}"]
        return f"{self.call}({', '.join([*words, *(f'{name}=...' for name in self.missing)])})"

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        values = self.arguments.items()
        return {
            "call": self.call,
            "arguments": {key: list(v) if isinstance(v, tuple) else v for key, v in values},
            "missing": list(self.missing),
        }


class GraphfaceError(Exception):
    """What happened, to which file or node (`message`), and what to do about it (`hint`).

    `code` stays the same when the words change, so programs compare it. `facts` are the values in
    the message. `action` is the call that helps, if there is one. Texts name parameters in
    backticks, with their names in the API: `min_face`. The command line shows its option.
    """

    exit_code = 1
    code: Code = "error"

    def __init__(
        self,
        message: str,
        hint: str = "",
        *,
        code: Code | None = None,
        action: Action | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.code
        self.action = action
        self.facts = facts

    def __str__(self) -> str:
        return self.told(str(self.action) if self.action else "")

    def told(self, how: str) -> str:
        """Message, hint and `how` to do it, in one line."""
        advice = ": ".join(part for part in (self.hint, how) if part)
        return f"{self.message}. {advice}" if advice else self.message

    def restated(self, message: str) -> Self:
        """The same error with another message."""
        facts = self.facts
        return type(self)(message, self.hint, code=self.code, action=self.action, **facts)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "facts": {name: _plain(value) for name, value in self.facts.items()},
            "action": self.action and self.action.to_dict(),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | None) else str(value)


class UsageError(GraphfaceError):
    exit_code = 2
    code: Code = "usage"


class PictureError(GraphfaceError):
    code: Code = "picture-unreadable"


class NoFace(PictureError):
    exit_code = 4
    code: Code = "no-face"


class ModelError(GraphfaceError):
    code: Code = "model-failed"


class WeightsMissing(ModelError):
    code: Code = "weights-missing"


class ServerError(GraphfaceError):
    code: Code = "server-failed"


class DatabaseError(GraphfaceError):
    code: Code = "database-refused"


class DatabaseUnavailable(DatabaseError):
    code: Code = "database-unavailable"


class AuthenticationFailed(DatabaseError):
    code: Code = "authentication-failed"


class GdsMissing(DatabaseError):
    code: Code = "gds-missing"


class DatabaseReadOnly(DatabaseError):
    code: Code = "database-read-only"


class Overtaken(DatabaseError):
    code: Code = "overtaken"


class SpaceMismatch(GraphfaceError):
    code: Code = "space-mismatch"


class EmbeddingError(GraphfaceError):
    code: Code = "embedding-invalid"


class NotFound(GraphfaceError):
    code: Code = "not-found"
