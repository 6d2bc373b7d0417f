"""The lock file and fetching, against a real HTTP server on this machine."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from graphface.db.embedded import fetching
from graphface.db.embedded.fetching import fetch
from graphface.db.embedded.jars import (
    LOCK,
    Jar,
    corrupted,
    jar_folder,
    missing,
    neo4j_version,
    read_lock,
    remove_corrupted,
)
from graphface.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Repository(ThreadingHTTPServer):
    """Serves jars with Range as a Maven repository does, and notes what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.cut: dict[str, int] = {}
        """Files whose first answer ends after that many bytes."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/maven"


class _Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        path, wanted = self.path.removeprefix("/maven/"), self.headers.get("Range")
        self.server.asked.append((path, wanted))
        content = self.server.files.get(path)
        if content is None:
            self.send_error(404)
            return
        start = int(wanted[6:-1]) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.server.cut.pop(path, len(content))])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def repository() -> Iterator[Repository]:
    with Repository() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def jar(repository: Repository, group: str, artifact: str, content: bytes, folder: str) -> Jar:
    sha256 = hashlib.sha256(content).hexdigest()
    made = Jar.parse(f"{group}:{artifact}:1.2 {sha256} {len(content)} {folder}")
    repository.files[made.address] = content
    return made


@pytest.fixture
def locked(repository: Repository) -> tuple[Jar, ...]:
    large = bytes(range(256)) * 1000
    return (
        jar(repository, "org.neo4j.gds", "proc", b"gds" * 50_000, "plugins"),
        jar(repository, "org.neo4j", "neo4j", b"neo4j" * 999, "lib"),
        jar(repository, "a.b", "large", large, "lib"),
    )


def test_the_shipped_lock_is_whole() -> None:
    jars = read_lock()
    assert len(jars) > 300
    assert len({one.name for one in jars}) == len(jars)
    assert neo4j_version(jars).startswith("5.26.")
    assert {one.artifact for one in jars if one.folder == "plugins"} >= {
        "proc",
        "opengds-extension",
        "open-write-services",
    }
    assert "neo4j-browser" in {one.artifact for one in jars if one.folder == "lib"}
    lines = [line for line in LOCK.read_text("utf-8").splitlines() if line[0] != "#"]
    assert [one.line() for one in jars] == lines


def test_no_address_of_a_registry_stands_in_the_room() -> None:
    for file in LOCK.parent.iterdir():
        if file.is_file():
            hosts = re.findall(r"https?://([^/\s\"'{]+)", file.read_text("utf-8"))
            assert set(hosts) <= {"127.0.0.1"}, file


@pytest.mark.parametrize(
    "line",
    [
        "org.neo4j:neo4j:5 abc 12 lib",
        f"org.neo4j:neo4j {'0' * 64} 12 lib",
        f"org.neo4j:neo4j:5 {'0' * 64} 0 lib",
        f"org.neo4j:neo4j:5 {'0' * 64} twelve lib",
        f"org.neo4j:neo4j:5 {'g' * 64} 12 lib",
        f"org.neo4j:neo4j:5 {'0' * 64} 12 elsewhere",
        f"org.neo4j:neo4j:5:a:b {'0' * 64} 12 lib",
        "nothing like it",
    ],
)
def test_a_torn_lock_is_one_line_that_says_where(tmp_path: Path, line: str) -> None:
    lock = tmp_path / "jars.lock"
    lock.write_text(f"# head\n{line}\n")
    with pytest.raises(ServerError, match=r"jars\.lock, line 2") as caught:
        read_lock(lock)
    assert "\n" not in str(caught.value)


def test_a_classifier_is_part_of_the_name() -> None:
    one = Jar.parse(f"io.netty:epoll:4.1.Final:linux-x86_64 {'0' * 64} 7 lib")
    assert one.address == "io/netty/epoll/4.1.Final/epoll-4.1.Final-linux-x86_64.jar"
    assert Jar.parse(one.line()) == one


def test_fetch_gets_all_and_then_nothing(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    folder = fetch(tmp_path, locked, [repository.url])
    assert folder == jar_folder(tmp_path, locked)
    assert folder.name == "neo4j-1.2-gds-1.2"
    for one in locked:
        assert one.path(folder).read_bytes() == repository.files[one.address]
    assert not list(folder.rglob("*.part"))
    repository.asked.clear()
    fetch(tmp_path, locked, [repository.url])
    assert repository.asked == []


def test_a_fetch_goes_on_inside_a_jar(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    large = locked[2]
    content = repository.files[large.address]
    part = large.path(jar_folder(tmp_path, locked)).with_suffix(".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(content[:100_000])
    folder = fetch(tmp_path, locked, [repository.url])
    assert (large.address, "bytes=100000-") in repository.asked
    assert large.path(folder).read_bytes() == content


def test_a_cut_connection_is_asked_again_for_the_rest(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    large = locked[2]
    repository.cut[large.address] = 70_000
    folder = fetch(tmp_path, locked, [repository.url])
    assert large.path(folder).read_bytes() == repository.files[large.address]
    asked = [wanted for path, wanted in repository.asked if path == large.address]
    assert len(asked) == 2
    assert asked[0] is None
    assert asked[1] is not None
    assert asked[1].startswith("bytes=")


def test_the_bar_ends_at_the_total_after_a_cut_connection(
    tmp_path: Path,
    repository: Repository,
    locked: tuple[Jar, ...],
) -> None:
    class Sum:
        done = 0.0

        def advance(self, amount: float = 1) -> None:
            self.done += amount

        def update(self, total: float) -> None:
            pass

    repository.cut[locked[2].address] = 70_000
    for folder in ("lib", "plugins"):
        (tmp_path / folder).mkdir()
    bar = Sum()
    fetching._Fetcher(tmp_path, [repository.url], bar).run(list(locked))
    assert bar.done == sum(one.size for one in locked)


def test_a_wrong_beginning_is_thrown_away(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    large = locked[2]
    part = large.path(jar_folder(tmp_path, locked)).with_suffix(".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"?" * 1000)
    folder = fetch(tmp_path, locked, [repository.url])
    assert corrupted(folder, locked) == []


def test_a_half_jar_is_found_by_its_size_and_fetched_again(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    folder = fetch(tmp_path, locked, [repository.url])
    half = locked[1].path(folder)
    half.write_bytes(half.read_bytes()[:100])
    assert missing(folder, locked) == [locked[1]]
    fetch(tmp_path, locked, [repository.url])
    assert corrupted(folder, locked) == []


def test_a_changed_jar_is_found_by_its_sum(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    folder = fetch(tmp_path, locked, [repository.url])
    changed = locked[1].path(folder)
    changed.write_bytes(changed.read_bytes()[::-1])
    assert missing(folder, locked) == []
    assert corrupted(folder, locked) == [locked[1]]
    assert remove_corrupted(folder, locked) == 1
    fetch(tmp_path, locked, [repository.url])
    assert corrupted(folder, locked) == []


def test_a_repository_that_sends_other_jars_is_refused(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    bad = locked[1]
    repository.files[bad.address] = repository.files[bad.address][::-1]
    with pytest.raises(ServerError, match=r"neo4j-1\.2\.jar.*SHA-256") as caught:
        fetch(tmp_path, locked, [repository.url])
    assert "\n" not in str(caught.value)
    folder = jar_folder(tmp_path, locked)
    assert not bad.path(folder).exists()
    assert not bad.path(folder).with_suffix(".part").exists()


def test_the_second_repository_is_asked_when_the_first_has_it_not(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    empty = repository.url.replace("/maven", "/empty")
    folder = fetch(tmp_path, locked, [empty, repository.url])
    assert corrupted(folder, locked) == []


def test_nobody_there_is_one_line_with_a_hint(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    with pytest.raises(ServerError, match=r"cannot fetch .*\.jar from http://127") as caught:
        fetch(tmp_path, locked, ["http://ada:secret@127.0.0.1:9/maven"])
    assert "HTTPS_PROXY" in caught.value.hint
    assert "settings.xml" in caught.value.hint
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


FULL_DISK = """
import json, resource, sys
from pathlib import Path
from graphface.errors import ServerError
from graphface.db.embedded.fetching import fetch
from graphface.db.embedded.jars import Jar
cache, url, *lines = json.loads(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    fetch(Path(cache), [Jar.parse(line) for line in lines], [url])
except ServerError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limits there")
def test_a_disk_that_fills_up_leaves_no_half_jar(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    arguments = json.dumps([str(tmp_path), repository.url, *(one.line() for one in locked)])
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, arguments], capture_output=True, text=True, check=True
    )
    folder = jar_folder(tmp_path, locked)
    assert done.stdout.startswith(f"no room for the Neo4j jars in {folder}")
    assert "GRAPHFACE_CACHE" in done.stdout
    assert not list(folder.rglob("*.part"))
    assert not locked[2].path(folder).exists()


def test_a_disk_too_small_is_said_before_anything_is_fetched(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    vast = Jar("a", "vast", "1", "", "0" * 64, 10**18, "lib")
    with pytest.raises(ServerError, match="MB are needed"):
        fetch(tmp_path, [*locked, vast], [repository.url])
    assert repository.asked == []


def test_two_fetches_at_once_ask_for_each_jar_once(
    tmp_path: Path, repository: Repository, locked: tuple[Jar, ...]
) -> None:
    code = FULL_DISK.replace("(200_000, 200_000)", "resource.getrlimit(resource.RLIMIT_FSIZE)")
    arguments = json.dumps([str(tmp_path), repository.url, *(one.line() for one in locked)])
    running = [subprocess.Popen([sys.executable, "-c", code, arguments]) for _ in range(2)]
    assert [one.wait(60) for one in running] == [0, 0]
    assert sorted(path for path, _ in repository.asked) == sorted(repository.files)
