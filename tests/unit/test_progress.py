"""Progress and messages as events: what is emitted, where it goes, which thread it comes from."""

from __future__ import annotations

import io
import itertools
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphface import progress, sinks
from graphface.errors import UsageError
from graphface.events import Message, TaskAdvanced, TaskEnded, TaskStarted
from graphface.progress import Pool, reporting_to, say, task
from graphface.sinks import Lines, Logging, Silent, Stream, Terminal, line_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.events import Event

ROOT = Path(__file__).resolve().parents[2]


def collected(work: Callable[[], object]) -> list[Event]:
    events: list[Event] = []
    with reporting_to(events.append):
        work()
    return events


def texts(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Message)]


def advance(count: int) -> None:
    with task("reading photos", total=count, unit="photos") as bar:
        for _ in range(count):
            bar.advance()


def test_a_task_starts_goes_on_and_ends() -> None:
    started, first, ended = collected(lambda: advance(1000))
    assert isinstance(started, TaskStarted)
    assert isinstance(first, TaskAdvanced), "the first step is seen at once, the rest is throttled"
    assert isinstance(ended, TaskEnded)
    assert (started.done, first.done, ended.done) == (0, 1, 1000)
    assert started.task == first.task == ended.task
    assert started.id < first.id < ended.id
    assert not ended.failed
    assert ended.left == 0
    assert ended.rate == pytest.approx(1000 / ended.seconds)
    assert started.rate is None
    assert started.left is None


def test_a_task_that_fails_says_so() -> None:
    events: list[Event] = []
    with reporting_to(events.append), pytest.raises(ZeroDivisionError), task("dividing"):
        1 / 0  # noqa: B018
    assert isinstance(events[-1], TaskEnded)
    assert events[-1].failed


def test_time_left_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count(0.0, 0.5)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    half = [event for event in collected(lambda: advance(4)) if isinstance(event, TaskAdvanced)][1]
    assert half.rate
    assert half.left == pytest.approx((4 - half.done) / half.rate)


def test_the_end_may_become_known_later() -> None:
    def work() -> None:
        with task("fetching", unit="B") as bar:
            bar.advance(10)
            bar.update(total=40)

    events = collected(work)
    assert [event.total for event in events if not isinstance(event, Message)] == [
        None, None, 40, 40,
    ]  # fmt: skip


def test_events_are_json() -> None:
    events = collected(lambda: (advance(2), say("a.jpg: cut off", "warning")))
    found = [json.loads(json.dumps(event.to_dict())) for event in events]
    assert [one["event"] for one in found] == [
        "task-started", "task-advanced", "task-ended", "message",
    ]  # fmt: skip
    assert found[2]["done"] == found[2]["total"] == 2
    assert found[2]["left"] == 0
    assert found[2]["failed"] is False
    assert found[3]["level"] == "warning"
    assert found[3]["text"] == "a.jpg: cut off"
    assert abs(found[3]["time"] - time.time()) < 60


def test_advancing_emits_at_most_ten_events_a_second() -> None:
    events: list[Event] = []
    started = time.monotonic()
    with reporting_to(events.append), task("counting") as bar:
        for _ in range(200_000):
            bar.advance()
    passed = time.monotonic() - started
    advanced = [one for one in events if isinstance(one, TaskAdvanced)]
    assert len(advanced) <= 10 * passed + 1
    assert isinstance(events[-1], TaskEnded)
    assert events[-1].done == 200_000


def test_two_threads_with_two_sinks_do_not_mix() -> None:
    found: dict[str, list[Event]] = {"ada": [], "bob": []}
    both = threading.Barrier(2)

    def work(who: str) -> None:
        with reporting_to(found[who].append), Pool(4) as pool, task(who, unit="steps") as bar:
            both.wait()
            for _ in pool.map(lambda k: (say(f"{who} {k}"), bar.advance()), range(200)):
                pass

    threads = [threading.Thread(target=work, args=(who,)) for who in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for who, events in found.items():
        assert sorted(texts(events)) == sorted(f"{who} {k}" for k in range(200))
        assert {event.description for event in events if not isinstance(event, Message)} == {who}
        assert isinstance(events[-1], TaskEnded)
        assert events[-1].done == 200, "no step is lost between threads"


def test_a_block_inside_may_report_elsewhere() -> None:
    inner: list[Event] = []

    def work() -> None:
        say("before")
        with reporting_to(inner.append):
            say("inside")
            with reporting_to(None):
                say("inside still")
        say("after")

    assert texts(collected(work)) == ["before", "after"]
    assert texts(inner) == ["inside", "inside still"]


def test_every_pool_of_the_package_keeps_the_sink() -> None:
    own = [
        file.name
        for file in (ROOT / "graphface").rglob("*.py")
        if re.search(r"import .*ThreadPoolExecutor", file.read_text("utf-8"))
    ]
    assert own == ["progress.py"], "take graphface.progress.Pool"


def test_a_stream_hands_events_to_another_thread() -> None:
    def job(stream: Stream) -> None:
        with stream, reporting_to(stream):
            advance(3)
            say("not for everybody", "detail")
            say("done")

    stream = Stream()
    threading.Thread(target=job, args=(stream,)).start()
    events = list(stream)
    assert texts(events) == ["done"]
    assert [event.event for event in events][:1] == ["task-started"]
    assert list(stream) == [], "a closed stream is over for every reader"


def long_task(sink: Callable[[Event], None]) -> None:
    """A task of twenty seconds, told to a sink without waiting for them."""
    common = {"task": 7, "description": "link", "total": 40.0, "unit": "pairs", "time": 0.0}
    sink(TaskStarted(id=1, done=0, seconds=0, **common))  # type: ignore[arg-type]
    for second in range(1, 21):
        sink(TaskAdvanced(id=second + 1, done=second, seconds=second, **common))  # type: ignore[arg-type]
    sink(TaskEnded(id=30, done=40, seconds=20.5, **common))  # type: ignore[arg-type]


def test_plain_lines_come_every_five_seconds() -> None:
    out = io.StringIO()
    sink = Lines(stream=out)
    long_task(sink)
    assert out.getvalue().splitlines() == [
        "link: 5 of 40 pairs, 1 pairs/s, 0:35 left",
        "link: 10 of 40 pairs, 1 pairs/s, 0:30 left",
        "link: 15 of 40 pairs, 1 pairs/s, 0:25 left",
        "link: 20 of 40 pairs, 1 pairs/s, 0:20 left",
        "link: 40 of 40 pairs, 2.0 pairs/s",
    ]


def test_a_short_task_has_no_line() -> None:
    out = io.StringIO()
    with reporting_to(Lines(stream=out)):
        advance(50)
        say("for --verbose", "detail")
        say("one photo")
        say("a.jpg: cut off", "warning")
    assert out.getvalue() == "one photo\nwarning: a.jpg: cut off\n"


def test_quiet_lines_are_warnings() -> None:
    out = io.StringIO()
    with reporting_to(Lines("warning", every=None, stream=out)):
        long_task(progress.current_sink())
        say("one photo")
        say("a.jpg: cut off", "warning")
    assert out.getvalue() == "warning: a.jpg: cut off\n"


def test_bytes_are_counted_in_megabytes() -> None:
    event = TaskAdvanced(1, 0.0, 1, "fetching", 40e6, "B", 10e6, 5.0)
    assert line_of(event) == "fetching: 10.0 MB of 40.0 MB, 2.0 MB/s, 0:15 left"


def test_logging_takes_what_the_logger_takes(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "graphface"):
        sink = Logging()
        assert sink.level == "info"
        with reporting_to(sink):
            say("a detail", "detail")
            say("one photo")
            say("a.jpg: cut off", "warning")
        long_task(sink)
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told[:2] == [("INFO", "one photo"), ("WARNING", "a.jpg: cut off")]
    assert told[2] == ("INFO", "link: 5 of 40 pairs, 1 pairs/s, 0:35 left")
    with caplog.at_level(logging.DEBUG, "graphface"):
        say("a detail", "detail")
    assert ("DEBUG", "a detail") in [(r.levelname, r.getMessage()) for r in caplog.records]


def test_a_program_prints_nothing_by_itself() -> None:
    code = (
        "import graphface\n"
        "from graphface.progress import say, task\n"
        "with task('reading', total=2) as bar: bar.advance(); say('a.jpg: cut off', 'warning')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_sinks_have_names() -> None:
    assert isinstance(sinks.sink_of("terminal"), Terminal)
    assert isinstance(sinks.sink_of("lines"), Lines)
    assert isinstance(sinks.sink_of("logging"), Logging)
    assert isinstance(sinks.sink_of("none"), Silent)
    assert sinks.sink_of(None) is None
    assert sinks.sink_of(print) is print
    with pytest.raises(UsageError, match="terminal, lines, logging, none"):
        sinks.sink_of("loud")


DRAWS = """
import sys
from graphface.progress import Pool, reporting_to, say, task
from graphface.sinks import command_line_sink
with reporting_to(command_line_sink("info")), task("read [photos]", 3, "photos") as bar:
    with task("fetching", 4e6, "B") as inner:
        say("a.jpg: cut off", "warning")
        inner.advance(4e6)
    with Pool(2) as pool:
        list(pool.map(lambda _: bar.advance(), range(3)))
say("after")
print("the answer")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_a_terminal_shows_bars_and_the_messages_above_them() -> None:
    import pty

    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    process = subprocess.Popen(
        [sys.executable, "-c", DRAWS], stderr=slave, stdout=subprocess.PIPE, env=environment
    )
    os.close(slave)
    seen = b""
    while True:
        try:
            block = os.read(master, 4096)
        except OSError:  # Linux says so when the other end is closed
            break
        if not block:
            break
        seen += block
    out, _ = process.communicate(timeout=60)
    os.close(master)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    assert process.returncode == 0, shown
    assert out == b"the answer\n", "standard output is for answers"
    assert shown.count("warning: a.jpg: cut off") == 1
    final = shown[shown.rindex("read [photos]") :]
    assert re.search(r"read \[photos\] \S+ 3/3 .*photos/s .*left", final), final
    assert re.search(r"fetching +\S+ 4.0/4.0 MB", final), final


def test_a_pipe_gets_lines() -> None:
    done = subprocess.run([sys.executable, "-c", DRAWS], capture_output=True, text=True, check=True)
    assert done.stderr == "warning: a.jpg: cut off\n"
    assert done.stdout == "the answer\n"
