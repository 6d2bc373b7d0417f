"""`graphface` as tests run it: inside their process where that is no matter, else as its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import warnings
from contextlib import ExitStack, contextmanager
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Result:
    """What a run of the command line gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def chosen() -> dict[str, str]:
    """The model and the detector of the tests: dlib's, which need no download, as in the documents.

    `GRAPHFACE_MODEL=Facenet GRAPHFACE_DETECTOR=centerface make test` takes others.
    """
    usual = {"GRAPHFACE_MODEL": "Dlib", "GRAPHFACE_DETECTOR": "dlib"}
    return {name: os.environ.get(name, value) for name, value in usual.items()}


class Cli:
    """`graphface` with a home of its own and of the caller's settings only model and detector.

    Called, it runs `graphface.cli.main()` here: Python, TensorFlow and the driver are loaded once
    for all tests. `process` and `start` run it as a user does, for tests in which that matters:
    signals, terminals, locales, several at once.
    """

    def __init__(self, home: Path) -> None:
        self.home = home

    def environment(self, **extra: str) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "GRAPHFACE_"))}
        if cache := os.environ.get("GRAPHFACE_CACHE"):
            plain["GRAPHFACE_CACHE"] = cache
        own = {"GRAPHFACE_HOME": str(self.home), **chosen()}
        return {**plain, **own, "PYTHONPATH": str(ROOT), **extra}

    def start(self, *args: str | Path, **extra: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "graphface", *map(os.fspath, args)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            env=self.environment(**extra),
        )

    def process(self, *args: str | Path, **extra: str) -> Result:
        """Run it in a process of its own."""
        process = self.start(*args, **extra)
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in err, err
        return Result(process.returncode, out, err)

    def __call__(self, *args: str | Path, **extra: str) -> Result:
        done = run(list(map(os.fspath, args)), self.environment(**extra))
        assert "Traceback" not in done.err, done.err
        return done


def run(argv: list[str], environment: Mapping[str, str]) -> Result:
    """`graphface ARGV` in this process: what a fresh one would print, and its exit code.

    What escapes `main()` is a traceback in a process; here it is raised.
    """
    from graphface.cli import main

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        program = str(ROOT / "graphface" / "__main__.py")
        with _as_a_process([program, *argv], environment, out, err):
            code = Context().run(_exit_code, main)  # no sink or command of the caller
        return Result(code, _text(out), _text(err))


@contextmanager
def _as_a_process(
    argv: list[str], environment: Mapping[str, str], out: IO[bytes], err: IO[bytes]
) -> Iterator[None]:
    """What a process has of its own: arguments, environment, folder, standard files, settings."""
    from graphface.settings import settings

    kept = dict(os.environ), Path.cwd(), sys.argv, sys.excepthook
    files = sys.stdin, sys.stdout, sys.stderr
    program = sys.modules["__main__"]
    package = program.__package__
    with ExitStack() as stack:
        stack.enter_context(_warnings_shown())
        sys.stdin = stack.enter_context(open(os.devnull, encoding="utf-8"))
        sys.stdout, sys.stderr = _writer(out), _writer(err)
        sys.argv = argv
        program.__package__ = "graphface"  # as `python -m graphface` has it, for "Usage:"
        _set_environment(environment)
        settings.cache_clear()
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            sys.stdin, sys.stdout, sys.stderr = files
            _set_environment(kept[0])
            os.chdir(kept[1])
            sys.argv, sys.excepthook = kept[2:]
            program.__package__ = package
            settings.cache_clear()


@contextmanager
def _warnings_shown() -> Iterator[None]:
    """Warnings go to standard error by Python's own filters, whatever pytest does with them."""
    with warnings.catch_warnings():
        warnings.resetwarnings()
        for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", kind)
        warnings.filterwarnings("ignore", module=r"PIL\.")  # vision.pictures sets it, once
        warnings.showwarning = _show
        yield


def _show(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: object = None,
    line: str | None = None,
) -> None:
    sys.stderr.write(warnings.formatwarning(message, category, filename, lineno, line))


def _set_environment(environment: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(environment):
        del os.environ[name]
    os.environ.update(environment)


def _writer(file: IO[bytes]) -> IO[str]:
    return open(os.dup(file.fileno()), "w", encoding="utf-8", errors="strict")


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "surrogateescape")


def _exit_code(main: Any) -> int:
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return int(end.code or 0)
    return 0
