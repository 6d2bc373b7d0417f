"""What calls of a graph and commands report, on a real graph."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

import graphface
from graphface.errors import UsageError
from graphface.events import Message, TaskAdvanced, TaskEnded, TaskStarted
from graphface.sinks import Stream

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection
    from graphface.events import Event
    from graphface.sample.album import Album
    from tests.conftest import Cli


@pytest.fixture
def place(graph: Connection, home: Path) -> Path:
    """The home of the running server, with an empty graph."""
    assert graph.run("stats")[0]["photos"] == 0
    return home


def tasks(events: list[Event]) -> set[str]:
    return {event.description for event in events if not isinstance(event, Message)}


def texts(events: list[Event], level: str) -> list[str]:
    return [event.text for event in events if isinstance(event, Message) and event.level == level]


def test_the_events_of_a_job(place: Path, album: Album) -> None:
    def job(stream: Stream) -> None:
        with stream, graphface.Graph.open(place, progress=stream) as graph:
            graph.build(album.folder)

    stream = Stream()
    thread = threading.Thread(target=job, args=(stream,))
    thread.start()
    events = list(stream)
    thread.join()
    mine = [
        event
        for event in events
        if not isinstance(event, Message) and event.description == "reading photos"
    ]
    assert isinstance(mine[0], TaskStarted)
    assert any(isinstance(event, TaskAdvanced) for event in mine)
    assert isinstance(mine[-1], TaskEnded)
    assert mine[-1].done == mine[-1].total == len(album.pictures)
    assert not mine[-1].failed
    assert mine[-1].unit == "photos"
    started = [event.task for event in events if isinstance(event, TaskStarted)]
    ended = [event.task for event in events if isinstance(event, TaskEnded)]
    assert sorted(started) == sorted(ended), "all that starts ends"
    assert [event.id for event in events] == sorted(event.id for event in events)
    assert texts(events, "detail") == [], "a stream takes them when it is told to"


def test_two_graphs_in_two_threads_do_not_mix(place: Path, album: Album) -> None:
    ingested: list[Event] = []
    asked: list[Event] = []
    over = threading.Event()

    def ask() -> None:
        with graphface.Graph.open(place, progress=asked.append) as graph:
            while not over.is_set():
                graph.query("list-people", minFaces=1)

    thread = threading.Thread(target=ask)
    thread.start()
    with graphface.Graph.open(place, progress=ingested.append) as graph:
        graph.ingest(album.folder, workers=3)
    over.set()
    thread.join()
    assert "reading photos" in tasks(ingested)
    assert not tasks(asked)
    assert any(text.startswith("list-people: 0 rows in ") for text in texts(asked, "detail"))
    assert not any(text.startswith("list-people") for text in texts(ingested, "detail"))
    assert not [text for text in texts(asked, "detail") if not text.startswith("list-people")]


def test_a_property_and_a_call_inside_a_call_report_too(place: Path) -> None:
    events: list[Event] = []
    with graphface.Graph.open(place, progress=events.append) as graph:
        assert graph.space is None
        before = len(events)
        assert graph.extractor.space().model
    assert any(text.startswith("read-space") for text in texts(events[:before], "detail"))
    assert texts(events[before:], "info"), "why this model was chosen"


def test_another_name_for_progress_is_refused(place: Path) -> None:
    with pytest.raises(UsageError, match="terminal, lines, logging, none"):
        graphface.Graph.open(place, progress="loud")


PROGRAM = """
import sys
import graphface
home, folder, asked = sys.argv[1:]
with graphface.Graph.open(home) as graph:
    graph.build(folder)
    graph.who(asked)
    graph.audit()
    graph.people()
"""


def test_a_program_prints_nothing(place: Path, album: Album, tmp_path: Path, cli: Cli) -> None:
    broken = tmp_path / "photos"
    broken.mkdir()
    (broken / "broken.jpg").write_text("no picture")
    (broken / "good.jpg").write_bytes(album.pictures[0].path.read_bytes())
    command = [sys.executable, "-c", PROGRAM, place, broken, album.ask[0].path]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=cli.environment(), timeout=300
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_quiet_and_verbose_commands(cli: Cli, album: Album, tmp_path: Path) -> None:
    done = cli("build", album.folder, "--quiet")
    assert done.code == 0
    assert done.err == ""
    assert f"{len(album.pictures)} photos" in done.out, "results are printed all the same"
    done = cli("--home", cli.home, "-q", "--json", "who", album.ask[0].path)
    assert done.code == 0
    assert done.err == ""
    assert done.json["faces"]
    assert "rows in" not in cli("who", album.ask[0].path).err
    told = cli("-v", "who", album.ask[0].path).err
    assert "the graph was made with " in told
    assert "read-space: 1 row in " in told

    broken = tmp_path / "broken.jpg"
    broken.write_text("no picture")
    done = cli("ingest", album.folder, broken, "-q", "--json")
    assert done.err.startswith("warning: left out: ")
    assert done.err.count("\n") == 1
    assert str(broken) in done.err
    assert [one["path"] for one in done.json["failed"]] == [str(broken)]
    told = cli("ingest", album.folder, "-v").err
    for picture in album.pictures:
        assert f"skipped: {picture.path} has not changed" in told
