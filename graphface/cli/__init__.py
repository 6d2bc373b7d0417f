"""The command line: parse, call one function, print. It contains no other logic."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line; every failure is one line on standard error and an exit code."""
    from graphface.errors import GraphfaceError

    for stream in (sys.stdout, sys.stderr):
        # A file name that is not UTF-8 must not stop a run in the middle.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        from graphface.cli.app import app

        app()
        sys.exit(0)
    except GraphfaceError as error:  # raised outside a command, or GRAPHFACE_DEBUG is set
        _fail(str(error), error, error.exit_code)
    except SystemExit as end:
        if end.code == INTERRUPTED:  # typer's form of Ctrl-C
            _say_stopped()
        raise
    except KeyboardInterrupt:
        _say_stopped()
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader, such as `| head`, is gone: there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _fail(_os_error(error), error, 1)
    except Exception as error:  # noqa: BLE001 - the last guard before the user
        _fail(
            f"{type(error).__name__}: {error}. This is a fault of graphface; "
            "GRAPHFACE_DEBUG=1 shows where",
            error,
            1,
        )


def _say_stopped() -> None:
    print("stopped. What was done is kept; the same command goes on from there", file=sys.stderr)


def _fail(message: str, error: BaseException, code: int) -> NoReturn:
    from graphface.cli.output import printable

    if os.environ.get("GRAPHFACE_DEBUG"):
        raise error
    print(f"error: {printable(message)}", file=sys.stderr)
    sys.exit(code)


def _os_error(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason
