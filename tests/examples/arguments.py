"""Do scripts take the arguments they are shown with? Commands on standard input, as JSON.

Each script runs until its own parser has read its arguments, and no further. Printed is what is
wrong, as {command: why}.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import runpy
import shlex
import sys
from itertools import takewhile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READ = "read"
_parse = argparse.ArgumentParser.parse_args


def stop_after_parsing(self: Any, *args: Any, **named: Any) -> Any:
    _parse(self, *args, **named)
    raise SystemExit(READ)


def wrong(command: str) -> str | None:
    """Why a script does not take its arguments; None when it does."""
    _, script, *given = shlex.split(command, comments=True)
    sys.argv = [script, *takewhile(lambda word: word not in (">", "|", "&"), given)]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            runpy.run_path(str(ROOT / script), run_name="__main__")
    except SystemExit as end:
        return None if end.code == READ else said.getvalue()
    except OSError as error:
        return str(error)
    return "it read no arguments"


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]
    argparse.ArgumentParser.parse_args = stop_after_parsing  # type: ignore[method-assign]
    commands = json.load(sys.stdin)
    found = {command: why for command in commands if (why := wrong(command)) is not None}
    print(json.dumps(found))
