"""Every error graphface raises on purpose. The command line prints one line of it and exits.

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


class GraphfaceError(Exception):
    """What happened, to which file or node (`message`), and what to do about it (`hint`)."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class UsageError(GraphfaceError):
    exit_code = 2


class PictureError(GraphfaceError):
    pass


class NoFace(PictureError):
    exit_code = 4


class ModelError(GraphfaceError):
    pass


class WeightsMissing(ModelError):
    pass


class ServerError(GraphfaceError):
    pass


class DatabaseError(GraphfaceError):
    pass


class DatabaseUnavailable(DatabaseError):
    pass


class AuthenticationFailed(DatabaseError):
    pass


class GdsMissing(DatabaseError):
    pass


class DatabaseReadOnly(DatabaseError):
    pass


class Overtaken(DatabaseError):
    pass


class SpaceMismatch(GraphfaceError):
    pass


class EmbeddingError(GraphfaceError):
    pass


class NotFound(GraphfaceError):
    pass
