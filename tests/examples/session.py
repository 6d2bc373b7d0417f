"""One document's commands in one bash, its Python in one namespace, its Cypher on the graph."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.examples import compare
from tests.examples.parse import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from neo4j import Driver

    from tests.examples.parse import Block, Step
    from tests.examples.tables import Typed

_PARAMETER = re.compile(r"^:param (\w+) *=> *(.+)$", re.MULTILINE)
HOME = "/home/me"
"""Where the home of a reader is, in documents."""

LONGEST = 180.0
"""Seconds that one command may take, on a machine that does other things too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    def shows(self, lines: tuple[str, ...]) -> bool:
        """Whether a document that shows these lines tells what was printed.

        What is shown may be standard output alone, errors alone, or both after each other.
        """
        out, err = _lines(self.out), _lines(self.err)
        return any(compare.matches(list(lines), one) for one in (out, err, err + out, out + err))


@dataclass
class Session:
    """A user at a shell in `home`. `close` it: it holds processes."""

    home: Path
    environment: dict[str, str]
    scratch: Path
    interpreter: Path
    """The `python` that blocks run in."""
    _bash: subprocess.Popen[str] | None = field(default=None, repr=False)
    _python: subprocess.Popen[str] | None = field(default=None, repr=False)

    def run(self, command: str, typed: Typed | None = None) -> Outcome:
        """Run a command as bash reads it; it has no input but what is typed."""
        script, given = self.scratch / "step.sh", self.scratch / "in"
        out, err = self.scratch / "out", self.scratch / "err"
        script.write_text(command + "\n", "utf-8")
        if typed and typed.after:
            return self._at_terminal(script, typed.after, typed.text)
        given.write_text(typed.text if typed else "", "utf-8")
        bash = self._shell()
        assert bash.stdin is not None
        bash.stdin.write(f". {script} >{out} 2>{err} <{given}\necho $? >&9\n")
        bash.stdin.flush()
        code = int(_answer(bash, command))
        return Outcome(code, self._said(out), self._said(err))

    def _at_terminal(self, script: Path, after: str, text: str) -> Outcome:
        """Run a script in a terminal, and type `text` when it shows `after`."""
        import pty

        master, terminal = pty.openpty()
        name = os.ttyname(terminal)
        # What opens a terminal first in a session is what its Ctrl-C goes to.
        process = subprocess.Popen(
            ["bash", "-c", f". {script} <{name} >{name} 2>&1"],
            cwd=self.home,
            env=self.environment,
            start_new_session=True,
        )
        shown, typed = "", False
        until = time.monotonic() + LONGEST
        while process.poll() is None or _ready(master, 0):
            if time.monotonic() > until:
                os.killpg(process.pid, signal.SIGKILL)
            if _ready(master, 0.1):
                shown += os.read(master, 65536).decode("utf-8", "replace")
            if after in shown and not typed:
                typed = True
                os.write(master, text.encode())
        os.close(terminal)
        os.close(master)
        return Outcome(process.returncode, shown, "")

    def _said(self, file: Path) -> str:
        """What a command printed, the home called as in documents."""
        return file.read_text("utf-8", "replace").replace(str(self.home), HOME)

    def python(self, block: Block) -> list[tuple[str, str | None, str | None]]:
        """Run a Python block after those before it: (printed, wanted, traceback) of each part."""
        if self._python is None:
            self._python = self._start([self.interpreter, ROOT / "tests/examples/namespace.py"])
        assert self._python.stdin is not None
        asked = {"place": block.place, "text": block.text}
        self._python.stdin.write(json.dumps(asked) + "\n")
        self._python.stdin.flush()
        found: list[tuple[str, str | None, str | None]] = json.loads(
            _answer(self._python, block.place)
        )
        return found

    def close(self) -> None:
        for process in (self._bash, self._python):
            if process is not None:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.close()
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                process.stdout.close()

    def _shell(self) -> subprocess.Popen[str]:
        if self._bash is None:
            # Answers go to file 9: what a document's commands print is not mistaken for them.
            shell = "exec 9>&1 >/dev/null; exec bash --norc --noprofile -o pipefail"
            self._bash = self._start(["bash", "-c", shell])
        return self._bash

    def _start(self, program: list[str | Path]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            list(map(os.fspath, program)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.home,
            env=self.environment,
        )


def _ready(file: int, seconds: float) -> bool:
    return bool(select.select([file], [], [], seconds)[0])


def _answer(process: subprocess.Popen[str], what: str) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], LONGEST)
    if not ready:
        process.kill()
        raise AssertionError(f"{what}: not done after {LONGEST:.0f} s")
    line = process.stdout.readline()
    assert line, f"{what}: the session ended"
    return line


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def python_failures(block: Block, parts: list[tuple[str, str | None, str | None]]) -> Iterator[str]:
    """What is wrong with how a Python block went."""
    for printed, wanted, traceback in parts:
        if traceback:
            yield f"{block.place}: {traceback}"
        elif wanted and not compare.matches(_lines(wanted), _lines(printed)):
            yield f"{block.place}: printed\n{printed}\nwhere the document shows\n{wanted}"


def cypher_failures(block: Block, driver: Driver) -> Iterator[str]:
    """Run the statements of a block: what the server refuses or warns of.

    Lines that begin with a colon are Browser's: `:param name => value` sets a parameter, others
    (`:clear`, `:style`) are for eyes only.
    """
    from neo4j.exceptions import Neo4jError

    parameters: dict[str, Any] = {}
    with driver.session(notifications_min_severity="WARNING") as session:
        for name, value in _PARAMETER.findall(block.text):
            row = session.run(f"RETURN {value} AS value", parameters).single()
            parameters[name] = row["value"] if row else None
        for text in _statements(block.text):
            try:
                summary = session.run(text, parameters).consume()
            except Neo4jError as error:
                yield f"{block.place}: {error.message}"
            else:
                for one in summary.gql_status_objects:
                    if one.is_notification:
                        yield f"{block.place}: {one.status_description}"


def _statements(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not re.match(r"\s*(//|:)", line)]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


def failure(step: Step, done: Outcome, codes: tuple[int, ...]) -> str | None:
    """What is wrong with how a command ended, in words for the one who mends; None: nothing."""
    said = f"\n  out: {done.out[-1500:]}\n  err: {done.err[-1500:]}"
    if "Traceback (most recent call last)" in done.out + done.err:
        return f"{step.place}: `{step.command}` shows a traceback{said}"
    if done.code not in codes:
        wanted = " or ".join(map(str, codes))
        return f"{step.place}: `{step.command}` ends with {done.code}, not {wanted}{said}"
    if step.shown and not done.shows(step.shown):
        shown = "\n    ".join(step.shown)
        return (
            f"{step.place}: `{step.command}` printed something else.\n  shown:\n    {shown}{said}"
        )
    return None
