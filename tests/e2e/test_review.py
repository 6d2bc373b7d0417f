"""`graphface review` as a process: on a terminal of its own, and for programs."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from graphface.db.schema import pin_space
from graphface.ingest.photo_writer import write_batch
from graphface.people.assignments import Assignments, Belongs, Known
from graphface.people.changes import change, new_person
from graphface.people.naming import people
from graphface.records import Box, Face, Picture
from tests.integration.faces import SPACE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from graphface.db import Connection, Run
    from tests.conftest import Cli

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")

COLOURS = {"ada": (200, 0, 0), "piece": (0, 200, 0), "bob": (0, 0, 200)}
FACES = {"ada": 3, "piece": 2, "bob": 4}


@pytest.fixture
def reviewed(cli: Cli, graph: Connection, tmp_path: Path) -> Cli:
    """Ada (3 faces, named), a piece of her (2) and Bob (4), each face a picture of one colour."""
    pin_space(graph, SPACE)
    draw = np.random.default_rng(5)
    bases = np.linalg.qr(draw.standard_normal((128, 128)))[0]
    state_faces: dict[str, str] = {}
    for person, count in FACES.items():
        for k in range(count):
            base = bases[1 if person == "bob" else 0] + 0.01 * draw.standard_normal(128)
            add_face(graph, tmp_path / f"{person} {k}.png", person, base)
            state_faces[f"{person}-{k}"] = person

    def found(run: Run) -> tuple[str, Assignments]:
        ids = {person: new_person(run) for person in FACES}
        persons: dict[str, Known | None] = {
            id: Known(number, "Ada" if person == "ada" else None)
            for person, (id, number) in ids.items()
        }
        faces: dict[str, Belongs | None] = {
            face: Belongs(ids[person][0], "cluster", 0.9) for face, person in state_faces.items()
        }
        return "made", Assignments(faces, persons)

    change(graph, "test", found)
    return cli


def add_face(graph: Connection, path: Path, person: str, base: np.ndarray) -> None:
    Image.new("RGB", (64, 64), COLOURS[person]).save(path)
    id = path.stem.replace(" ", "-")
    pixels = np.zeros((64, 64, 3), np.uint8)
    face = Face(id, Box(8, 8, 40, 40), 1.0, 0.9, base.astype(np.float32))
    picture = Picture(path, f"photo-{id}", 1, 1, pixels)
    write_batch(graph, [picture], [[face]], [(picture.id, str(path), 1)], [])


class Terminal:
    """What a person sees and presses: the other end of a pseudo-terminal."""

    def __init__(self, master: int, says: str) -> None:
        self.master, self.says, self.seen = master, says, ""

    def until(self, text: str, seconds: float = 60) -> str:
        """Everything up to `text`; answers the terminal's question as it passes."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            left = max(end - time.monotonic(), 0)
            assert select.select([self.master], [], [], left)[0], self.seen
            try:
                got = os.read(self.master, 65536)
            except OSError:  # Linux: the process has closed its end
                got = b""
            assert got, f"ended before {text!r}: {self.seen}"
            self.seen += got.decode("utf-8", "replace")
            if "\x1b[>q\x1b[c" in self.seen:
                self.seen = self.seen.replace("\x1b[>q\x1b[c", "")
                self.press(self.says)
        before, _, self.seen = self.seen.partition(text)
        return before

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())


@contextmanager
def terminal(cli: Cli, *args: str, says: str = "", **env: str) -> Iterator[Terminal]:
    """`graphface review` on a terminal of 80 columns; it has to end well inside the block."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    plain = {k: v for k, v in cli.environment().items() if k not in ("COLORTERM", "TERM_PROGRAM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "graphface", "review", *args],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**plain, "TERM": "xterm-256color", **env},
    )
    os.close(slave)
    try:
        yield Terminal(master, says)
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        os.close(master)


def test_a_person_answers_with_single_keys(reviewed: Cli, graph: Connection) -> None:
    """On a terminal that says it knows kitty's graphics."""
    with terminal(reviewed, says="\x1b_Gi=31;OK\x1b\\\x1b[?62;c") as screen:
        screen.until("answered 0, 3 faces named of 9")
        shown = screen.until("[w]ho: type the name [s]kip [q]uit")
        assert "Who is this? person 3 (4 faces)" in shown
        (png,) = re.findall(r"\x1b_Ga=T,f=100,q=2,m=0;([^\x1b]*)", shown)
        strip = Image.open(io.BytesIO(base64.b64decode(png)))
        assert strip.size == (4 * 112 + 3 * 8, 112)
        assert strip.getpixel((50, 50)) == COLOURS["bob"]
        screen.press("z\x1b[Aw")  # neither z nor an arrow is an answer
        screen.until("name: ")
        screen.press("Bob\n")
        screen.until("person 3 (4 faces) is Bob; answered 1, 7 faces named of 9")
        shown = screen.until("[y]es [n]o")
        assert "Is this Ada? person 2 (2 faces)" in shown
        screen.press("Y")
        screen.until("person 2 (2 faces) is Ada (3 faces); answered 2, 9 faces named of 9")
        screen.until("no more questions for now")
        screen.until("graphface undo takes the last answer back")
    assert [(one.name, one.faces) for one in people(graph)] == [("Ada", 5), ("Bob", 4)]


def test_a_terminal_that_shows_no_pictures_gets_coloured_blocks(
    reviewed: Cli, graph: Connection
) -> None:
    before = people(graph)
    with terminal(reviewed, "--limit", "3", says="\x1b[?62;22c", COLORTERM="truecolor") as screen:
        shown = screen.until("[s]kip [q]uit")
        assert "\x1b[38;2;0;0;200m\x1b[48;2;0;0;200m▀" in shown
        assert all(line.count("▀") <= 80 for line in shown.splitlines())
        screen.press("s")
        shown = screen.until("[y]es [n]o")
        assert "skipped; answered 0" in shown
        assert "\x1b[38;2;200;0;0m" in shown
        assert "\x1b[38;2;0;200;0m" in shown
        screen.press("n")
        screen.until("person 2 (2 faces) is not Ada (3 faces); answered 1")
        screen.until("Who is this? person 2")
        screen.press("q")
        screen.until("graphface undo")
    assert people(graph) == before
    rows = list(graph.stream("not-same"))
    assert len(rows) == 1


def test_a_terminal_without_colours_gets_paths(reviewed: Cli, tmp_path: Path) -> None:
    (tmp_path / "bob 1.png").unlink()  # a picture that is gone is no reason not to ask
    with terminal(reviewed) as screen:
        shown = screen.until("[s]kip [q]uit")
        assert f"{tmp_path}/bob 1.png at 8,8" in shown.replace("\r\n", "\n")
        screen.press("\x04")


def test_questions_and_answers_for_programs(
    reviewed: Cli, graph: Connection, tmp_path: Path
) -> None:
    refused = reviewed("review")
    assert refused.code == 2
    assert "--json" in refused.err
    assert refused.err.count("\n") == 1

    questions = reviewed("review", "--json", "--limit", "2").json
    assert [one["kind"] for one in questions] == ["name", "same"]
    assert questions[0]["people"][0]["shown"][0]["path"].endswith(".png")
    assert questions[1]["people"][0]["name"] == "Ada"
    questions[0].update(answer="name", name="Bob")
    questions[1].update(answer="y")
    file = tmp_path / "answers.json"
    file.write_text(json.dumps([*questions, {"id": "name:gone", "answer": "name", "name": "X"}]))
    done = reviewed("review", "--answers", file, "--json")
    assert done.code == 1, "one of them speaks of a face that is not there"
    assert [bool(one["error"]) for one in done.json["answers"]] == [False, False, True]
    assert (done.json["faces_named"], done.json["faces"]) == (9, 9)
    assert [(one.name, one.faces) for one in people(graph)] == [("Ada", 5), ("Bob", 4)]

    file.write_text("{")
    broken = reviewed("review", "--answers", file)
    assert broken.code == 2
    assert "is no JSON" in broken.err
