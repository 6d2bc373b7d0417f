"""The plans of the statements that run most: which index they use, how much they look at.

    python benchmarks/plans.py [--faces 13233] [--json] > docs/cypher-plans.md

A graph of people is written into a database of its own: persons of five faces, two faces a photo,
SAME as `graphface link` finds them. Then each statement runs under PROFILE, as its command runs it,
in a transaction that is rolled back. With `--json` the plans are one object on the last line.
"""

from __future__ import annotations

import logging
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from _common import finish, parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from neo4j import Driver

    from graphface.db import Connection

Given = dict[str, Any]

DIMENSIONS, OF_ONE = 128, 5
THRESHOLD = 0.37


@dataclass(frozen=True)
class Operator:
    """A line of a plan."""

    depth: int
    name: str
    details: str
    rows: int | None
    """None where it was only planned."""
    hits: int | None

    @property
    def scans_all(self) -> bool:
        return "AllNodesScan" in self.name

    @property
    def scans(self) -> bool:
        return "Scan" in self.name

    @property
    def seeks(self) -> bool:
        """Starts from an index or from one element."""
        vector = "db.index.vector.queryNodes" in self.details
        return "IndexSeek" in self.name or "ByElementIdSeek" in self.name or vector

    @property
    def is_one_row(self) -> bool:
        """A node by its unique id, or what does not add to the rows below."""
        by_id = self.name.startswith("NodeUniqueIndexSeek") and " IN " not in self.details
        return by_id or self.name in ("CartesianProduct", "Filter", "CacheProperties", "Argument")


def operators(plan: Any, depth: int = 0) -> Iterator[Operator]:
    """A plan from the top, as the driver returns it."""
    facts = plan["args"]
    yield Operator(
        depth,
        plan["operatorType"].partition("@")[0],
        " ".join(str(facts.get("Details", "")).split()),
        facts.get("Rows"),
        facts.get("DbHits"),
    )
    for child in reversed(plan.get("children", [])):
        yield from operators(child, depth + 1)


def products(found: list[Operator]) -> list[Operator]:
    """The cartesian products of a plan. One node by its id and another by its own are none."""
    many = []
    for place, one in enumerate(found):
        if "CartesianProduct" in one.name:
            rest = found[place + 1 :]
            end = next((k for k, other in enumerate(rest) if other.depth <= one.depth), len(rest))
            if not all(below.is_one_row for below in rest[:end]):
                many.append(one)
    return many


# A graph to plan on: what a planner chooses depends on how much of everything there is.


def fill(graph: Connection, faces: int) -> None:
    """Write `faces` faces of people who do not exist, by graphface's own functions."""
    from graphface.db.schema import pin_space
    from graphface.linking.link import link
    from graphface.records import Space

    space = Space("Dlib", "dlib", "dlib-5-150", DIMENSIONS, "euclidean_l2", THRESHOLD)
    pin_space(graph, space)
    vectors = embeddings(faces)
    for start in range(0, faces, 1_000):
        _photos(graph, vectors, range(start, min(start + 1_000, faces)))
    link(graph, threshold=THRESHOLD, metric="euclidean_l2")
    people = range(faces // OF_ONE)
    graph.run("write-persons", persons=[_person(n) for n in people])
    rows = [
        {
            "face": face_id(i),
            "person": f"p{i // OF_ONE}",
            "confidence": 0.9,
            "source": "cluster" if i % OF_ONE else "user",
        }
        for i in range(len(people) * OF_ONE)
    ]
    for start in range(0, len(rows), 5_000):
        graph.run("write-belongs", rows=rows[start : start + 5_000])
    graph.run("begin-link", run="plans")
    graph.run("await-indexes", seconds=300)


def face_id(number: int) -> str:
    return f"face-{number:06}"


def embeddings(faces: int) -> np.ndarray:
    """Unit vectors, five near each other; 32-bit floats, [faces, 128]."""
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((faces // OF_ONE + 1, DIMENSIONS))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    scatter = rng.standard_normal((faces, DIMENSIONS)) * 0.02
    drawn = centres[np.arange(faces) // OF_ONE] + scatter
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def _photos(graph: Connection, vectors: np.ndarray, numbers: range) -> None:
    from datetime import datetime, timedelta

    from graphface.ingest.photo_writer import write_batch
    from graphface.records import Box, Face, Picture

    blank = np.zeros((100, 200, 3), np.uint8)
    shown = [numbers[k : k + 2] for k in range(0, len(numbers), 2)]
    pictures = [
        Picture(
            Path(f"/photos/{two[0]}.jpg"), f"photo-{two[0]}", 1, 1, blank,
            taken_at=datetime(2019, 1, 1) + timedelta(hours=two[0]),
        )
        for two in shown
    ]  # fmt: skip
    found = [
        [Face(face_id(i), Box(60 * (i % 2), 20, 40, 40), 1.0, 0.9, vectors[i]) for i in two]
        for two in shown
    ]
    write_batch(graph, pictures, found, [(p.id, str(p.path), 1) for p in pictures], [])


def _person(number: int) -> Given:
    from graphface.names import name_key

    name = f"Name {number}" if number % 2 else None
    key = name and name_key(name)
    found = {"id": f"p{number}", "number": number, "name": name, "nameKey": key}
    return {**found, "hidden": False, "created": None}


WHOLE = ("known-files", "read-faces", "read-same-by-face", "list-people")
"""Statements that read all there is of something, once."""

# The statements that run most, with what their commands ask.


def hot(faces: int) -> dict[str, tuple[str, Given]]:
    """Statement -> which command runs it how often, and its parameters."""
    vectors = embeddings(faces)
    some = [face_id(i) for i in range(200)]
    person = faces // (2 * OF_ONE) | 1  # its first face shares a photo with the person before
    middle = person * OF_ONE - 1
    asked = {"embedding": vectors[middle].tolist(), "metric": "euclidean_l2"}
    search = {
        **asked, "top": 10, "threshold": None, "people": None, "after": None, "before": None,
        "latitude": None, "longitude": None, "metres": None, "folders": None, "width": 20,
        "together": [f"p{person}"],
    }  # fmt: skip
    whose = f"p{middle // OF_ONE}"
    paths = [{"photo": f"photo-{2 * i}", "paths": ["/x"], "modified": [1]} for i in range(200)]
    pairs = [[k, [k + 1], [0.3]] for k in range(199)]
    new = {
        "ids": [f"new-{i}" for i in range(200)], "photos": [f"photo-{2 * i}" for i in range(200)],
        "properties": [{"x": 1, "y": 2, "width": 3, "height": 4}] * 200,
        "embeddings": vectors[:200].tolist(),
    }  # fmt: skip
    moves = [{"face": face, "person": "p7", "confidence": 0.5} for face in some]
    photo = {"paths": [f"/photos/{middle // 2 * 2}.jpg"]}
    return {
        "nearest-faces": ("`who`, once a face", {**asked, "count": 400}),
        "walk-to-person": ("`who`, where nobody is near enough", {"face": face_id(middle)}),
        "walk-to-anchor": (
            "`who`, for the path it shows", {"face": face_id(middle), "person": whose}
        ),
        "near-faces-of-person": (
            "`verify IMG --person`", {**asked, "person": whose, "count": 50}
        ),
        "search-faces": ("`search --with`, by the vector index", {**search, "candidates": 400}),
        "faces-by-path": ("`explain`, `move` and others that take a picture", photo),
        "faces-by-id": ("the same, with the id of a face", {"text": face_id(middle), "limit": 10}),
        "find-person": ("every command that takes a person's number", {"text": "7"}),
        "persons-called": ("every command that takes a name, or gives one", {"keys": ["name 7"]}),
        "faces-of-person": ("`faces`, `split`, `forget`", {"person": "p7"}),
        "known-files": ("`ingest`, once: all files it need not read", {}),
        "write-photos": ("`ingest`, once a batch", {"photos": [_new_photo(i) for i in range(200)]}),
        "write-paths": ("`ingest`, once a batch", {"photos": paths}),
        "write-faces": ("`ingest`, once a batch", new),
        "read-faces": ("`link` and `cluster`, once: all embeddings", {"at_once": 1000}),
        "write-same": ("`link`, once a batch", {"ids": some, "rows": pairs}),
        "write-linked": ("`link`, once a batch", {"run": "plans", "ids": some, "threshold": 0.37}),
        "read-same-by-face": ("`cluster`, once: all SAME", {}),
        "write-belongs-to": ("`cluster`, once a batch", {"rows": moves}),
        "read-belongs": ("every command that changes something", {"faces": some}),
        "list-people": ("`people`", {"minFaces": 2}),
    }  # fmt: skip


def _new_photo(number: int) -> Given:
    return {
        "id": f"new-{number}", "path": "/x", "size": 1, "width": 1, "height": 1, "takenAt": None,
        "latitude": None, "longitude": None, "phash": 0,
    }  # fmt: skip


def profile(driver: Driver, name: str, given: Given) -> list[Operator]:
    """The plan of a statement with what it did, rolled back."""
    from graphface.db import statement

    with driver.session() as session, session.begin_transaction() as tx:
        result = tx.run(f"PROFILE {statement(name).text}", given)  # type: ignore[arg-type]
        list(result)  # counted is what was fetched
        found = list(operators(result.consume().profile))
        tx.rollback()
    return found


def explain(driver: Driver, name: str, given: Given) -> list[Operator]:
    """The plan of a statement that is not run."""
    from graphface.db import statement

    with driver.session() as session:
        text = f"EXPLAIN {statement(name).text}"
        return list(operators(session.run(text, given).consume().plan))  # type: ignore[arg-type]


# What is printed.

HEAD = """# How the statements run

Made by `python benchmarks/plans.py > docs/cypher-plans.md`: a graph of {faces:,} faces of
{people:,} people on {photos:,} photos with {same:,} `SAME`, Neo4j {version}; each statement of
[`cypher/`](../cypher) as its command runs it, under `PROFILE`. A *db hit* is one look at the store:
compare it with the size of the graph.

Statements that read all there is of something, once (`known-files`, `read-faces`,
`read-same-by-face`, `list-people`), scan one label, never all nodes. A scan with 0 db hits is a way
that was not taken: `search` without the index, a photo or person that the index does not find.
`tests/integration/test_cypher_plans.py` holds every statement of `cypher/` to it: no scan of all
nodes, no cartesian product outside of `teaching/`, with a list of exceptions and their reasons.

| statement | when it runs | starts from | rows | db hits |
|---|---|---|---|---|
"""


def start(found: list[Operator]) -> str:
    """Where a plan finds its first nodes: the leaves that touch the store."""
    leaves = [one for one in found if one.seeks or "Scan" in one.name]
    kinds = {
        "vector index" if "queryNodes" in one.details else _kind(one)
        for one in leaves
        if one.rows or one.hits or one.seeks
    }
    return ", ".join(sorted(kinds))


def _kind(one: Operator) -> str:
    label = one.details.partition(" WHERE")[0].partition(":")[2]
    if one.scans:
        return f"all `:{label}`"
    kind = "text index" if "TEXT INDEX" in one.details else "index"
    return f"{kind} `:{label}`"


def table(plans: dict[str, list[Operator]], asked: dict[str, tuple[str, Given]]) -> str:
    lines = [
        f"| [{name}](#{name}) | {asked[name][0]} | {start(found)} | {found[0].rows:,} "
        f"| {sum(one.hits or 0 for one in found):,} |"
        for name, found in plans.items()
    ]
    return "\n".join(lines)


def tree(found: list[Operator]) -> str:
    rows = [
        ("  " * one.depth + one.name, one.rows or 0, one.hits or 0, one.details) for one in found
    ]
    width = max(len(row[0]) for row in rows)
    return "\n".join(
        f"{name:<{width}} {count:>8,} {hits:>9,}  {details[:90]}".rstrip()
        for name, count, hits, details in rows
    )


def page(
    graph: Connection, plans: dict[str, list[Operator]], asked: dict[str, tuple[str, Given]]
) -> str:
    counts = graph.run("stats")[0]
    version = graph.driver.get_server_info().agent.partition("/")[2]
    parts = [HEAD.format(version=version, **counts) + table(plans, asked)]
    for name, found in plans.items():
        parts.append(f"## {name}\n\n```\n{tree(found)}\n```")
    return "\n\n".join(parts) + "\n"


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--faces", type=int, default=13_233, help="how many faces to plan on")
    options: argparse.Namespace = made.parse_args()

    from graphface.db import connect
    from graphface.db.embedded.server import EmbeddedServer
    from graphface.settings import settings

    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as home:
        server = EmbeddedServer(Path(home), settings().cache)
        try:
            server.start()
            with connect(Path(home)) as graph:
                fill(graph, options.faces)
                asked = hot(options.faces)
                plans = {name: profile(graph.driver, name, what[1]) for name, what in asked.items()}
                print(page(graph, plans, asked), end="")
        finally:
            server.stop()
    finish(options, {name: [asdict(one) for one in found] for name, found in plans.items()})


if __name__ == "__main__":
    main()
