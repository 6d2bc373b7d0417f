"""Names and graphs that leave and come back, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphface.exchange.regions import named_regions
from graphface.exchange.xmp import Xmp

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.sample.album import Album
    from tests.conftest import Cli


@pytest.fixture
def named(cli: Cli, named_album: Album) -> Cli:
    done = cli("ingest", named_album.folder, "--people-from-folders")
    assert done.code == 0, done.err
    return cli


def test_names_go_out_and_come_back(
    named: Cli, graph: Connection, named_album: Album, tmp_path: Path
) -> None:
    done = named("export", tmp_path / "by-person", "--to", "folders", "--link", "symbolic")
    assert done.code == 0, done.err
    assert {path.name for path in (tmp_path / "by-person").iterdir()} == {*named_album.people}
    rows = [json.loads(line) for line in named("export", "-", "--to", "jsonl").out.splitlines()]
    people = {row["face"]: row["name"] for row in rows}
    assert {*named_album.people} <= set(people.values())

    out = tmp_path / "side-cars"
    assert named("export", out, "--to", "regions", "--json").json["problems"] == []
    seen = {
        region.name
        for file in out.rglob("*.jpg.xmp")
        for region in named_regions(Xmp(file.read_bytes()))
    }
    assert seen == {*named_album.people}
    with graph.session() as session:
        session.run("MATCH (p:Person) REMOVE p.name").consume()
    done = named("import-regions", out)
    assert done.code == 0, done.err
    assert "0 not matched" in done.out
    after = {row["face"]: row["name"] for row in graph.run("export-faces", embeddings=False)}
    assert after == people

    table = tmp_path / "names.csv"
    table.write_text(f"old_name,name\n{named_album.people[0]},Zoë\nnobody,X\n", "utf-8")
    done = named("import-names", table)
    assert done.code == 0
    assert "1 named" in done.out
    assert "nobody" in done.err
    assert "Zoë" in {row["name"] for row in graph.run("export-persons")}


def test_a_backup_and_what_restore_refuses(named: Cli, graph: Connection, tmp_path: Path) -> None:
    file = tmp_path / "faces.backup"
    made = named("backup", file, "--json").json
    assert named("backup", file).code == 2
    done = named("restore", file)
    assert done.code == 2
    assert "not empty" in done.err
    assert done.err.count("\n") == 1
    done = named("restore", file, "--replace")
    assert done.code == 2, "nobody is there to ask"
    assert "--yes" in done.err
    with graph.session() as session:
        session.run("MATCH (p:Person) SET p.name = 'lost'").consume()
    done = named("restore", file, "--replace", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.json["digest"] == made["digest"]
    assert "lost" not in {row["name"] for row in graph.run("export-persons")}


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["export", "--to", "folders"], "needs a place"),
        (["export", "x.csv", "--link", "hard"], "--link goes with folders"),
        (["import-regions", "/no/such"], "no such file"),
        (["restore", "/no/such"], "no such file"),
    ],
)
def test_wrong_use_is_told_in_one_line(cli: Cli, args: list[str], said: str) -> None:
    done = cli(*args)
    assert done.code == 2, done.err
    assert said in done.err.lower() or said in done.err
    assert done.err.count("\n") == 1
