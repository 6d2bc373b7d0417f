"""A Neo4j elsewhere: the whole main job there, and one line for each thing it may lack."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.compose import compose, neo4j_settings
from tests.conftest import Cli
from tests.e2e.elsewhere import neo4j, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db.embedded.server import EmbeddedServer
    from graphface.sample.album import Album


@pytest.fixture
def there(cli: Cli, server: EmbeddedServer, tmp_path: Path) -> dict[str, str]:
    """The settings for a Neo4j with GDS and an empty graph; it asks for a password."""
    return {
        "NEO4J_URI": server.status().uri.replace("bolt://", "neo4j://"),
        "NEO4J_PASSWORD": server.password(),
        "GRAPHFACE_HOME": str(tmp_path / "unused"),
    }


@pytest.fixture
def secret(tmp_path: Path, server: EmbeddedServer) -> Path:
    """User and password in a file, as the container of Neo4j takes them."""
    file = tmp_path / "neo4j_auth"
    file.write_text(f"neo4j/{server.password()}\n")
    return file


def main_job(run: Cli, album: Album, **settings: str) -> None:
    """Build, who, name, undo: what a user does, in a graph that is empty before."""
    done = run("build", album.folder, "--json", **settings)
    assert done.code == 0, done.err
    assert done.json["ingest"]["new"] == len(album.pictures)
    assert done.json["cluster"]["people"] == len(album.people)
    asked = album.ask[0].path
    (nobody,) = who(run, asked, **settings)
    assert nobody["name"] is None
    assert run("name", str(nobody["person"]), "Ada", **settings).code == 0
    assert [face["name"] for face in who(run, asked, **settings)] == ["Ada"]
    assert run("undo", **settings).code == 0
    assert who(run, asked, **settings) == [nobody]


def who(run: Cli, path: Path, **settings: str) -> list[dict[str, object]]:
    done = run("who", path, "--json", **settings)
    assert done.code == 0, done.err
    faces: list[dict[str, object]] = done.json["faces"]
    return faces


def test_the_main_job_with_a_file_of_user_and_password(
    cli: Cli, there: dict[str, str], secret: Path, album: Album, tmp_path: Path
) -> None:
    by_file = {**there, "NEO4J_AUTH_FILE": str(secret), "NEO4J_PASSWORD": "the file wins"}
    main_job(cli, album, **by_file)
    by_password = cli("stats", "--json", **there)
    assert by_password.json["photos"] == len(album.pictures)
    assert not (tmp_path / "unused").exists(), "no embedded server was started"


def test_a_file_that_holds_something_else(
    cli: Cli, there: dict[str, str], secret: Path, server: EmbeddedServer
) -> None:
    by_file = {**there, "NEO4J_AUTH_FILE": str(secret)}
    secret.write_text("neo4j/wrong")
    one_line(cli("people", **by_file), "refuses this name or password", "NEO4J_AUTH_FILE")
    secret.write_text(server.password().replace("/", ""))
    done = cli("people", **by_file)
    assert done.code == 2
    assert re.search(rf"^error: {secret} holds no user/password\. .+", done.err, re.M), done.err


@pytest.mark.parametrize("trouble", ["absent", "a folder"])
def test_a_file_that_cannot_be_read(
    cli: Cli, there: dict[str, str], secret: Path, trouble: str
) -> None:
    secret.unlink()
    if trouble == "a folder":  # what Docker makes where the file to mount is missing
        secret.mkdir()
    done = cli("stats", **{**there, "NEO4J_AUTH_FILE": str(secret)})
    assert done.code == 2
    assert re.search(rf"^error: NEO4J_AUTH_FILE .*{secret}: .*\. .+", done.err, re.M), done.err


def test_the_health_check_of_the_container(server: EmbeddedServer) -> None:
    if not shutil.which("wget"):
        pytest.skip("no wget here; the image of Neo4j has it")
    status = server.status()
    first, *command = compose()["services"]["neo4j"]["healthcheck"]["test"]
    assert first == "CMD"
    with_ports = [word.replace("7474", str(status.http_port)) for word in command]
    healthy = [word.replace("7687", str(status.bolt_port)) for word in with_ports]
    no_bolt = [word.replace("7687", "1") for word in with_ports]
    no_http = [word.replace("7474", "1") for word in command]
    codes = [
        subprocess.run(each, capture_output=True, check=False, timeout=30).returncode
        for each in (healthy, no_bolt, no_http)
    ]
    assert codes[0] == 0
    assert 0 not in codes[1:]


@pytest.mark.slow
def test_gds_missing_and_then_read_only(named_album: Album, tmp_path: Path) -> None:
    """Without GDS all that needs none is done. Read-only, all questions are answered, and whatever
    would change the graph is refused with the reason. The server has the settings of compose.yaml
    (one that it does not know would stop it)."""
    run, home = Cli(tmp_path / "unused"), tmp_path / "neo4j"
    with neo4j(home, gds=False, **neo4j_settings()) as there:
        done = run("query", "gds-version", **there.settings())
        one_line(done, there.uri, "has no Graph Data Science", "NEO4J_PLUGINS")
        done = run("build", named_album.folder, "--people-from-folders", **there.settings())
        one_line(done, there.uri, "has no Graph Data Science")
        photos = run("stats", "--json", **there.settings()).json["photos"]
        assert photos == len(named_album.pictures), "what was done stays"
        one_line(run("who", named_album.ask[0].path, **there.settings()), "has no Graph Data")
        for command in (("people",), ("name", "1", "Somebody"), ("undo",)):
            done = run(*command, **there.settings())
            assert done.code == 0, done.err
        stats = run("stats", "--json", **there.settings()).json

    with neo4j(home, **{"server.databases.default_to_read_only": "true"}) as there:
        asked = named_album.ask[0]
        (face,) = who(run, asked.path, **there.settings())
        assert face["name"] == asked.people[0].name
        assert run("audit", **there.settings()).code == 0
        for command in (
            ("ingest", asked.path),
            ("name", "1", "Ada"),
            ("link",),
            ("cluster", "--method", "components"),
            ("forget", "1", "--yes"),
        ):
            one_line(run(*command, **there.settings()), there.uri, "refuses writes", "read-only")
        assert run("stats", "--json", **there.settings()).json == stats
