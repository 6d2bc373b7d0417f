"""Weights: DeepFace's own addresses, and downloads that break off."""

from __future__ import annotations

import bz2
import hashlib
import importlib
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import httpx
import pytest

from graphface.errors import ModelError, WeightsMissing
from graphface.files import atomic_write
from graphface.transfer import whole_download
from graphface.vision import detectors, encoders
from graphface.vision.deepface_bridge import DeepFaceFile, _addresses, weights_folder
from graphface.vision.weights import Download, packaged

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = bytes(range(256)) * 400


class Answers(BaseHTTPRequestHandler):
    """/whole answers, /cut breaks off, /page is a web page, /none is not there.

    /first breaks off but answers ranges, under the tag that is `tag` now.
    """

    tag = '"one"'
    ranges: ClassVar[list[str]] = []

    def do_HEAD(self) -> None:
        self.send_response(404 if "none" in self.path else 200)
        self.end_headers()

    def do_GET(self) -> None:
        body = {"/page": b"<html>sorry</html>", "/whole.bz2": bz2.compress(BODY)}.get(
            self.path, BODY
        )
        start = 0
        if self.path == "/first" and self.headers.get("if-range") == self.tag:
            self.ranges.append(self.headers["range"])
            start = int(self.headers["range"][6:-1])
        self.send_response(404 if "none" in self.path else 206 if start else 200)
        self.send_header("content-length", str(len(body) - start))
        if self.path == "/first":
            self.send_header("etag", self.tag)
            self.send_header("content-range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        cut = "cut" in self.path or (self.path == "/first" and not start)
        self.wfile.write(body[: len(body) // 2] if cut else body[start:])

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as listening:
        threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


def weights(folder: Path, *urls: str) -> Download:
    return Download("Test", folder / "deep" / "test.h5", urls)


@pytest.mark.parametrize("name", ["Facenet", "Facenet512", "SFace", "VGG-Face"])
def test_addresses_are_those_deepface_would_use(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from deepface.commons import backend_utils
    from deepface.modules.modeling import get_model_class

    monkeypatch.setattr(backend_utils, "_backend_engine", "onnx")
    source = encoders.get(name).weights
    assert isinstance(source, DeepFaceFile)
    found = source.download
    module = importlib.import_module(get_model_class("facial_recognition", name).__module__)
    constant = getattr(module, source.constant)
    assert found.urls == ((constant,) if isinstance(constant, str) else tuple(constant))
    assert found.path.name == found.urls[0].rsplit("/", 1)[-1]


def test_every_model_has_weights_in_deepface_or_needs_none() -> None:
    for spec in encoders.REGISTRY.entries():
        source = spec.weights
        assert source is not None
        assert source.built_in == (spec.name == "Dlib")
        if isinstance(source, DeepFaceFile):
            assert all(url.startswith("https://") for url in source.download.urls)
            assert source.path.name == source.file
            assert source.path.suffix in (".h5", ".onnx")
    yunet = detectors.get("yunet").weights
    assert yunet is not None
    assert yunet.path.name == "face_detection_yunet_2023mar.onnx"


def test_another_engine_of_deepface_has_another_file(monkeypatch: pytest.MonkeyPatch) -> None:
    from deepface.commons import backend_utils

    monkeypatch.setattr(backend_utils, "_backend_engine", "onnx")
    for name in ("Facenet", "GhostFaceNet"):
        source = encoders.get(name).weights
        assert isinstance(source, DeepFaceFile)
        assert source.path.suffix == ".onnx"
        assert source.download.sha256 == ""
        assert source.download.size is None


def test_deepface_home_is_honoured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    assert weights_folder() == tmp_path / ".deepface" / "weights"
    monkeypatch.delenv("DEEPFACE_HOME")
    assert weights_folder() == Path.home() / ".deepface" / "weights"


def test_a_constant_that_is_gone_is_one_clear_error(tmp_path: Path) -> None:
    module = tmp_path / "Net.py"
    module.write_text("URL = 'https://x'\n")
    with pytest.raises(ModelError, match=r"Net\.py has no WEIGHTS"):
        _addresses(module, "WEIGHTS")


def test_a_file_is_fetched_once(offline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with server() as address:
        wanted = weights(offline, f"{address}/whole.h5")
        assert wanted.obtain().read_bytes() == BODY
    assert wanted.obtain() == wanted.path  # the server is gone: nothing is asked again
    assert capsys.readouterr().out == ""


def test_packed_files_are_unpacked(offline: Path) -> None:
    with server() as address:
        assert weights(offline, f"{address}/whole.bz2").fetch().read_bytes() == BODY


def test_the_next_address_is_tried(offline: Path) -> None:
    with server() as address:
        found = weights(offline, f"{address}/none", f"{address}/cut", f"{address}/whole").fetch()
        assert found.read_bytes() == BODY


@pytest.mark.parametrize(
    ("path", "reason"), [("cut", "failed"), ("none", "404"), ("page", "a web page came")]
)
def test_what_breaks_off_or_is_no_file_leaves_nothing(
    offline: Path, path: str, reason: str
) -> None:
    with server() as address:
        wanted = weights(offline, f"{address}/{path}")
        with pytest.raises(WeightsMissing, match=reason) as caught:
            wanted.fetch()
    assert str(wanted.path) in caught.value.hint
    assert not list(offline.rglob("test.h5*"))


def test_a_download_goes_on_where_it_broke_off(offline: Path) -> None:
    Answers.ranges.clear()
    with server() as address:
        assert weights(offline, f"{address}/first").fetch().read_bytes() == BODY
    assert Answers.ranges == [f"bytes={len(BODY) // 2}-"]


def test_the_rest_of_a_file_that_has_changed_is_not_put_to_its_beginning(
    offline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = offline.parent / "part"
    part.write_bytes(b"of an older file")
    part.with_name("part.tag").write_text('"older"')
    Answers.ranges.clear()
    with (
        server() as address,
        httpx.Client() as client,
        whole_download(client, f"{address}/first", part, "test", checked=False) as file,
    ):
        assert file.read_bytes() == BODY
    assert Answers.ranges == [f"bytes={len(BODY) // 2}-"]
    assert not part.exists()


def test_another_file_than_the_known_one_is_refused(offline: Path) -> None:
    known = hashlib.sha256(BODY).hexdigest()
    with server() as address:
        urls = (f"{address}/whole.h5",)
        assert Download("Test", offline / "a.h5", urls, sha256=known).fetch().is_file()
        with pytest.raises(WeightsMissing, match="another file came"):
            Download("Test", offline / "b.h5", urls, sha256="0" * 64).fetch()
    assert not (offline / "b.h5").exists()


def test_out_of_reach_is_found_out_soon_and_remembered(offline: Path) -> None:
    wanted = weights(offline, "https://weights.invalid/test.h5")
    started = time.monotonic()
    with pytest.raises(WeightsMissing, match="cannot be reached"):
        wanted.obtain()
    assert time.monotonic() - started < 5
    started = time.monotonic()
    assert not wanted.reachable()
    assert time.monotonic() - started < 0.1


@pytest.mark.slow
def test_an_address_that_never_answers_costs_seconds_at_most(offline: Path) -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        assert not weights(offline, f"http://127.0.0.1:{silent.getsockname()[1]}/x").reachable()
        assert time.monotonic() - started < 4


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        atomic_write(tmp_path / "x", "no bytes")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_a_missing_packaged_file_is_one_clear_error() -> None:
    with pytest.raises(ModelError, match=r"nothing\.dat is not installed"):
        packaged("nothing.dat")
