from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

import graphface
from graphface.cli import options, output

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphface.browser.browse import Browsing


def browse(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port to serve at; the first free from 7475 on."),
    ] = None,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the addresses; start no web browser.")
    ] = False,
    remove_thumbnails: Annotated[
        bool, typer.Option("--remove-thumbnails", help="Take the URLs off the graph, and end.")
    ] = False,
    home: options.HomeOption = None,
    json: output.JsonOption = False,
) -> None:
    """Open Neo4j Browser, signed in, with faces in it; serve a guide and the faces until Ctrl-C.

    Example: graphface browse --no-open
    """
    from graphface.progress import say

    if remove_thumbnails:
        _remove(home, json)
        return
    with (
        graphface.Graph.open(home) as graph,
        graph.browse(port=port) as served,
        _until_stopped() as wait,
    ):
        if json:
            output.print_json(_facts(served))
        else:
            output.print_table(_rows(served), ("what", "is"))
        sys.stdout.flush()  # the reader of a pipe needs the addresses while this runs
        if not no_open:
            _open(served.to_open)
        say("Serving until Ctrl-C")
        wait()


def _remove(home: Any, json: bool) -> None:
    with graphface.Graph.open(home) as graph:
        removed = graph.remove_thumbnails()
    if json:
        output.print_json({"removed": removed})
    else:
        print(f"thumbnails taken off {removed:,} faces and persons")


def _facts(served: Browsing) -> dict[str, Any]:
    login = served.login
    return {
        "browser": served.browser,
        "guide": served.guide,
        "style": served.style,
        "play": served.play,
        "faces": f"{served.address}/faces/",
        "uri": login.uri,
        "username": login.username,
        "password": login.password_place,
        "thumbnails": served.thumbnails,
    }


def _rows(served: Browsing) -> list[dict[str, str]]:
    written = served.thumbnails
    shown = {
        "browser": served.browser or "the one of your Neo4j",
        "guide": served.guide,
        "elsewhere": f":style {served.style}   and   :play {served.play}",
        "sign in": f"{served.login.uri} as {served.login.username}, "
        f"password {served.login.password_place}",
        "thumbnails": f"{written.faces:,} faces and {written.persons:,} persons changed",
    }
    return [{"what": name, "is": text} for name, text in shown.items()]


@contextmanager
def _until_stopped() -> Iterator[Callable[[], None]]:
    """Yield a function that waits; Ctrl-C or SIGTERM ends the wait, and nothing else."""
    stopped = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stopped.set())
        for number in (signal.SIGINT, signal.SIGTERM)
    }

    def wait() -> None:
        # Wait in portions, since outside POSIX a signal does not end a wait.
        while not stopped.wait(0.5):
            pass

    try:
        yield wait
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _open(address: str) -> None:
    import webbrowser

    from graphface.progress import say

    if not webbrowser.open(address):
        say("no web browser could be started: open one of these addresses", "warning")
