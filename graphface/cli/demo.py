"""`graphface demo` and `graphface sample`: the main job on people who do not exist."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import graphface
from graphface.cli.common import flags
from graphface.cli.output import JsonOption, print_json, print_table
from graphface.errors import GraphfaceError
from graphface.files import path_text

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.sample.album import Album


def demo(
    folder: Annotated[Path, typer.Argument(help="Everything of the demo lies below.")] = Path(
        "graphface-demo"
    ),
) -> None:
    """See the main job on drawn people: album, graph, names, who, Neo4j Browser.

    Example: graphface demo graphface-demo
    """
    run_demo(folder)


def sample(
    folder: Annotated[Path, typer.Argument(help="Where the pictures go.")],
    people: Annotated[int, typer.Option(help="How many people.")] = 8,
    pictures: Annotated[int, typer.Option(help="Portraits of each.")] = 5,
    scenes: Annotated[int, typer.Option(help="Pictures of two to four of them.")] = 4,
    seed: Annotated[int, typer.Option(help="Another number, other pictures.")] = 7,
    ask: Annotated[
        Path | None,
        typer.Option(help="A second folder: a picture more of each, to ask `who` about."),
    ] = None,
    named: Annotated[bool, typer.Option("--named", help="A sub-folder for each person.")] = False,
    json: JsonOption = False,
) -> None:
    """Draw an album of people who do not exist.

    The same numbers draw the same pictures, and what is there already is kept.
    With --json: who is where in every picture.

    Example: graphface sample album --people 8 --pictures 5 --ask questions
    """
    from graphface.sample import make_album

    album = make_album(
        folder, people=people, pictures=pictures, scenes=scenes, seed=seed, ask=ask,
        layout="named" if named else "events",
    )  # fmt: skip
    if json:
        print_json(album)
    else:
        print_table(album.summary())


SHOWN = 3
"""Pictures asked about, one person each."""


def run_demo(folder: Path, *, people: int = 8, pictures: int = 5, scenes: int = 4) -> None:
    """Draw an album below `folder`, build its graph in an embedded Neo4j there, and ask who is who.

    Everything is below `folder`; the user's own graph is not touched. A second run draws, downloads
    and embeds nothing again. Raises GraphfaceError if a step fails.
    """
    from graphface.sample import make_album

    run = _Steps(folder / "home")
    run.say("An album of people who do not exist")
    album = make_album(
        folder / "album", people=people, pictures=pictures, scenes=scenes, ask=folder / "ask"
    )
    print(f"{len(album.pictures)} pictures of {people} people in {folder / 'album'}")
    run.say("From the folder to persons, in a real Neo4j")
    run.step("build", folder / "album")
    run.step("people")
    run.say("Names, given once")
    wrong = run.name_all(album)
    run.say("Who is in pictures it has not seen?")
    wrong += [run.ask(asked.path, asked.people[0].name) for asked in album.ask[:SHOWN]]
    if album.stranger:
        wrong.append(run.ask(album.stranger.path, None))
    tell(wrong)
    run.say("The graph, in Neo4j Browser")
    run.step("db", "status")
    print(f"\nWith the faces in its nodes: {run.prefix}graphface browse")
    print(f"When you are done: {run.prefix}graphface db stop")


def tell(wrong: list[str]) -> None:
    """Say what the demo got wrong; its pictures are drawn, so it knows."""
    found = [what for what in wrong if what]
    if not found:
        print("\nAll of this is right.", flush=True)
    for what in found:
        print(f"\nThis is wrong: {what}.", flush=True)


class _Steps:
    """Runs commands as a user would, with a home of their own, and shows each before it runs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.prefix = f"GRAPHFACE_HOME={shlex.quote(str(home))} "
        inherited = {k: v for k, v in os.environ.items() if k != "NEO4J_URI"}
        self.environment = {**inherited, "GRAPHFACE_HOME": str(home)}

    def say(self, title: str) -> None:
        print(f"\n── {title} ──", flush=True)

    def step(self, *args: str | Path) -> None:
        self._run(*args)

    def ask(self, path: Path, name: str | None) -> str:
        """Ask who is in a picture of `name`, or of a stranger; what is wrong with the answer."""
        said = self._run("who", path, codes=(0, 3, 4), stdout=subprocess.PIPE).strip()
        print(said, flush=True)
        if said.startswith(f"{name}  " if name else "unknown  "):
            return ""
        first = (said.splitlines() or [""])[0].split("  ")[0]
        return f"{path.name} shows {name or 'a stranger'}, and the answer was: {first}"

    def name_all(self, album: Album) -> list[str]:
        """Name the person that the graph made of each one's portraits; what is wrong with them.

        People already named by an earlier run are left out.
        """
        with graphface.Graph.open(self.home) as graph:
            found = {name: _face(graph, album, name) for name in album.people}
            persons = graph.stats().people
        names: dict[int, str] = {}
        wrong = []
        if persons != len(album.people):
            wrong.append(f"the graph has {persons} persons of {len(album.people)} people")
        for name, face in found.items():
            if (first := names.setdefault(face["number"], name)) != name:
                wrong.append(f"{first} and {name} are one person in the graph")
            elif face["name"] != name:
                self.step("name", str(face["number"]), name)
        return wrong

    def _run(
        self, *args: str | Path, codes: tuple[int, ...] = (0,), stdout: int | None = None
    ) -> str:
        print(f"$ graphface {shlex.join(map(str, args))}", flush=True)
        done = subprocess.run(
            self._command(*args), env=self.environment, check=False, stdout=stdout, text=True,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
        if done.returncode not in codes:
            raise GraphfaceError(
                f"the demo stopped: graphface {args[0]} ended with {done.returncode}",
                code="demo-stopped",
            )
        return done.stdout or ""

    def _command(self, *args: str | Path) -> list[str]:
        return [sys.executable, "-m", "graphface", *flags(), *(os.fspath(arg) for arg in args)]


def _face(graph: graphface.Graph, album: Album, name: str) -> dict[str, Any]:
    """The face of `name` in a picture that shows nobody else."""
    for picture in album.pictures:
        if [shown.name for shown in picture.people] == [name]:
            found = graph.query("people-of-photo", path=path_text(picture.path.absolute()))
            if found and found[0]["number"] is not None:
                return found[0]
    raise GraphfaceError(
        f"the demo stopped: the graph has nobody who is {name}", code="demo-stopped"
    )
