"""How long it takes to look at many pictures: ingest, search --in, register, who.

Each command runs as a process of its own, on a database in a new folder. It is run for every round
on the same pictures: those of `--folder` (a sub-folder for each person), of `lfw-dev` in
GRAPHFACE_DATA where that is there, or else drawn ones. `--against` names another checkout: both
run in turn, on the same server, and ratios are printed (below 1: this checkout is quicker).
Processor time is the steadier of the two figures where a machine is shared.

    python benchmarks/pipeline.py
    python benchmarks/pipeline.py --pictures 600 --rounds 5 --against ../before --json
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from _common import ROOT, finish, parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

STEPS = ("ingest", "ingest again", "who", "search, cold", "search, warm", "register")

EMPTY = """
import sys
from graphface import Graph
with Graph.open(sys.argv[1]) as graph, graph.connection.session() as session:
    session.run("MATCH (n) CALL { WITH n DETACH DELETE n } IN TRANSACTIONS").consume()
"""


@dataclass
class Side:
    """A checkout, and what its commands took."""

    name: str
    code: Path
    wall: dict[str, list[float]] = field(default_factory=dict)
    processor: dict[str, list[float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Bench:
    """Where everything lies."""

    home: Path
    cache: Path
    photos: Path

    @property
    def pictures(self) -> list[Path]:
        return sorted(self.photos.rglob("*.jpg"))

    def run(self, side: Side, *arguments: object) -> tuple[float, float]:
        """Run Python with the code of a side; returns wall-clock and processor seconds."""
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            env=os.environ | {"PYTHONPATH": str(side.code), "GRAPHFACE_CACHE": str(self.cache)},
            cwd=self.photos.parent,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # 1: a picture was left out. 3, 4: nobody was found.
        if process.returncode not in (0, 1, 3, 4) or b"Traceback" in said:
            sys.exit(f"{side.name}: {arguments} ended with {process.returncode}\n{said.decode()}")
        return time.perf_counter() - started, usage.ru_utime + usage.ru_stime

    def time(self, side: Side, step: str, *arguments: object) -> None:
        choice = ("--model", "Dlib", "--detector", "dlib", "--home", self.home, "--json")
        wall, processor = self.run(side, "-m", "graphface", *arguments, *choice)
        side.wall.setdefault(step, []).append(wall)
        side.processor.setdefault(step, []).append(processor)

    def round(self, side: Side) -> None:
        """Every step once, from an empty graph and an empty cache."""
        self.run(side, "-c", EMPTY, self.home)
        self.time(side, "ingest", "ingest", self.photos)
        self.time(side, "ingest again", "ingest", self.photos)
        self.time(side, "who", "who", *self.pictures)
        shutil.rmtree(self.cache / "search", ignore_errors=True)
        for step in ("search, cold", "search, warm"):
            self.time(side, step, "search", self.pictures[0], "--in", self.photos)
        self.run(side, "-c", EMPTY, self.home)
        self.time(side, "register", "register", self.photos, "--largest")


@contextmanager
def bench(options: argparse.Namespace, side: Side) -> Iterator[Bench]:
    """A database, a cache without embeddings, and the pictures, until the block ends."""
    from graphface.settings import settings

    with tempfile.TemporaryDirectory(prefix="graphface-pipeline-") as folder:
        made = Bench(Path(folder, "home"), Path(folder, "cache"), Path(folder, "photos"))
        made.cache.mkdir()
        for entry in settings().cache.iterdir():  # the database and the networks are fetched once
            if entry.name != "search":
                (made.cache / entry.name).symlink_to(entry)
        collect(options, made.photos)
        try:
            made.run(side, "-m", "graphface", "db", "start", "--home", made.home)
            yield made
        finally:
            made.run(side, "-m", "graphface", "db", "stop", "--home", made.home)


def collect(options: argparse.Namespace, photos: Path) -> None:
    """Copy so many pictures, each into the sub-folder of its person."""
    shared = Path(os.environ.get("GRAPHFACE_DATA") or ROOT.parent / "shared" / "data") / "lfw-dev"
    source = options.folder or shared
    if not source.is_dir():
        from graphface.sample import make_album

        count = max(options.pictures // 6, 1)
        make_album(photos, people=count, pictures=6, scenes=0, layout="named")
        return
    for file in islice(sorted(source.glob("*/*.jpg")), options.pictures):
        target = photos / file.parent.name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)


def figures(sides: list[Side]) -> dict[str, Any]:
    """The quickest of the rounds; the ratios of each round's pair, their median."""
    result: dict[str, Any] = {}
    for step in STEPS:
        row: dict[str, Any] = {
            side.name: {"wall": min(side.wall[step]), "processor": min(side.processor[step])}
            for side in sides
        }
        if len(sides) == 2:
            here, there = sides
            row["ratio"] = {
                "wall": ratio(here.wall[step], there.wall[step]),
                "processor": ratio(here.processor[step], there.processor[step]),
            }
        result[step] = row
    return result


def ratio(here: list[float], there: list[float]) -> float:
    return round(median(a / b for a, b in zip(here, there, strict=True)), 3)


def show(result: dict[str, Any], sides: list[Side]) -> None:
    print(f"{'seconds':14}", *(f"{side.name:>9} wall, processor" for side in sides), end="")
    print("   ratio of wall, processor" if len(sides) == 2 else "")
    for step in STEPS:
        cells = [result[step][side.name] for side in sides]
        print(f"{step:14}", *(f"{c['wall']:14.2f}, {c['processor']:9.2f}" for c in cells), end="")
        both = result[step].get("ratio")
        print(f"{both['wall']:16.2f}, {both['processor']:.2f}" if both else "")


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--pictures", type=int, default=300)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--folder", type=Path, help="pictures, in a sub-folder for each person")
    options.add_argument("--against", type=Path, help="another checkout of the project")
    chosen = options.parse_args()
    sides = [Side("here", ROOT)]
    if chosen.against:
        sides.append(Side("against", chosen.against.resolve()))
    with bench(chosen, sides[0]) as made:
        count = len(made.pictures)
        made.run(sides[0], "-m", "graphface", "ingest", made.photos, "--home", made.home)  # warm up
        for number in range(chosen.rounds):
            for side in sides if number % 2 == 0 else reversed(sides):
                made.round(side)
                print(f"round {number + 1} of {chosen.rounds}: {side.name}", file=sys.stderr)
    result = figures(sides)
    print(f"{count} pictures, {chosen.rounds} rounds, the quickest of each; ratios: the median")
    show(result, sides)
    finish(chosen, {"pictures": count, "rounds": chosen.rounds, "steps": result})


if __name__ == "__main__":
    sys.exit(main())
