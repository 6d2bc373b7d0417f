"""One of several processes that change the same people. Arguments: ROLE SEED FOLDER.

Errors of use (somebody is gone meanwhile) are what a user would read; anything else ends it.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.clustering.cluster import cluster
from graphface.db import connect
from graphface.errors import NotFound, Overtaken, UsageError
from graphface.ingest.photos import extractor_for
from graphface.linking.link import link
from graphface.people.changes import undo
from graphface.people.curate import confirm, merge, move, reject
from graphface.people.forget import forget
from graphface.people.naming import hide, name, people
from graphface.people.register import register
from graphface.people.split import propose_split, split
from tests.integration.faces import add_faces

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphface.db import Connection

SECONDS = 5.0


def ingesting(graph: Connection, rng: random.Random) -> None:
    """New faces near those that are there, then link and cluster, as `build` does."""
    places = [rng.randrange(6) * 10 + rng.random() * 2 for _ in range(6)]
    add_faces(graph, {f"n{rng.randrange(10**9)}": place for place in places})
    link(graph)
    cluster(graph)


def registering(folder: Path, graph: Connection) -> Callable[[Connection, random.Random], None]:
    """Pictures of a folder as one of three people, whoever they show."""
    extractor = extractor_for(graph.space(), "Dlib", "dlib")
    assert extractor.encoder, "loaded before the others begin"
    pictures = sorted(folder.rglob("*.jpg"))

    def act(graph: Connection, rng: random.Random) -> None:
        called = f"Registered {rng.randrange(3)}"
        some = [rng.choice(pictures)]
        register(graph, some, extractor=extractor, name=called, largest=True, force=True)

    return act


def curating(graph: Connection, rng: random.Random) -> None:
    persons = people(graph, min_faces=0, hidden=True)
    someone, other = (str(rng.choice(persons).number) for _ in range(2))
    loose = [row["face"] for row in graph.run("face-people") if not row["face"].startswith("keep")]
    face = rng.choice(loose)
    kept = f"Keep {rng.randrange(3)}"
    act: Callable[[], object] = rng.choice(
        [
            lambda: merge(graph, [someone, other]),
            lambda: merge(graph, [someone, kept]),
            lambda: move(graph, [face], rng.choice([someone, "new", kept])),
            lambda: reject(graph, face, someone),
            lambda: confirm(graph, [face]),
            lambda: hide(graph, someone),
            lambda: split(graph, propose_split(graph, kept)),
            lambda: undo(graph, rng.randrange(1, 4)),
        ]
    )
    act()


def forgetting(graph: Connection, rng: random.Random) -> None:
    persons = [one for one in people(graph, hidden=True) if one.name is None]
    someone = str(rng.choice(persons).number) if persons else "1"
    if rng.random() < 0.5:
        move(graph, [graph.run("face-people")[-1]["face"]], "new")
    elif rng.random() < 0.3:
        name(graph, someone, f"Passing {rng.randrange(10**6)}")
    else:
        forget(graph, someone, photos=rng.random() < 0.5)


def main(role: str, seed: str, folder: str) -> None:
    rng, done = random.Random(seed), Counter[str]()
    acts = {"ingest": ingesting, "curate": curating, "forget": forgetting}
    with connect() as graph:
        if role == "register":
            acts[role] = registering(Path(folder), graph)
        print("ready", flush=True)
        sys.stdin.readline()  # all begin at once
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            try:
                acts[role](graph, rng)
                done["done"] += 1
            except Overtaken:  # another process links: what is missing, the next run does
                done["refused"] += 1
            except (NotFound, UsageError):
                if role == "ingest":
                    raise
                done["refused"] += 1
    print(done["done"], done["refused"])


if __name__ == "__main__":
    main(*sys.argv[1:4])
