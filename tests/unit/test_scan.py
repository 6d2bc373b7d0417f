from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphface.errors import UsageError
from graphface.files import path_from_text, path_text
from graphface.ingest.library import scan

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(root: Path, *folders: Path) -> list[str]:
    found = scan(folders or [root])
    assert not found.problems
    return [path.relative_to(root).as_posix() for path in found.files]


def reasons(*folders: Path) -> dict[str, str]:
    return {problem.path.name: problem.reason for problem in scan(folders).problems}


def test_recursive_sorted_pictures_only(tmp_path):
    wanted = ["B.JPG", "a/1.jpeg", "a/2.png", "a/b/c/3.heic", "a-z.webp", "a.tif", "z.gif"]
    touch(*(tmp_path / name for name in wanted))
    touch(tmp_path / "notes.txt", tmp_path / "a" / "film.mp4", tmp_path / "jpg")
    assert names(tmp_path) == ["B.JPG", "a/1.jpeg", "a/2.png", "a/b/c/3.heic", *wanted[4:]]


def test_empty_folder(tmp_path):
    assert scan([tmp_path]).files == ()


def test_files_of_one_folder_stay_together(tmp_path):
    touch(tmp_path / "a" / "x.jpg", tmp_path / "a b" / "x.jpg", tmp_path / "a!.jpg")
    assert names(tmp_path) == ["a/x.jpg", "a b/x.jpg", "a!.jpg"]


def test_hidden_and_system_folders_are_passed_over(tmp_path):
    hidden = (".thumbnails/a.jpg", "@eaDir/a.jpg", "b/._a.jpg", ".a.jpg", "#recycle/a.jpg")
    touch(*(tmp_path / name for name in (*hidden, "a.jpg", "__MACOSX/a.jpg")))
    assert names(tmp_path) == ["a.jpg"]


def test_what_is_named_itself_counts_even_if_hidden_or_without_suffix(tmp_path):
    touch(tmp_path / ".hidden" / "a.jpg", tmp_path / "picture")
    found = names(tmp_path, tmp_path / ".hidden", tmp_path / "picture")
    assert found == [".hidden/a.jpg", "picture"]


def test_named_twice_is_found_once(tmp_path, monkeypatch):
    touch(tmp_path / "a" / "b" / "1.jpg", tmp_path / "a" / "2.jpg")
    monkeypatch.chdir(tmp_path / "a")
    roots = [tmp_path / "a" / "b", Path("."), Path("2.jpg"), Path("../a/b"), tmp_path / "a"]
    assert names(tmp_path, *roots) == ["a/2.jpg", "a/b/1.jpg"]


def test_missing_folder_is_an_error_that_names_it(tmp_path):
    with pytest.raises(UsageError, match="no such file or folder") as caught:
        scan([tmp_path, tmp_path / "nowhere"])
    assert str(tmp_path / "nowhere") in str(caught.value)
    with pytest.raises(UsageError):
        scan([Path("nul\0byte")])


@POSIX
def test_pipe_named_itself(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(UsageError, match="this is a pipe"):
        scan([tmp_path / "pipe.jpg"])


@POSIX
def test_links_are_followed_and_loops_end(tmp_path):
    touch(tmp_path / "album" / "a" / "1.jpg", tmp_path / "elsewhere" / "2.jpg")
    album = tmp_path / "album"
    (album / "a" / "up").symlink_to("..")
    (album / "a" / "self").symlink_to(".")
    (album / "0 link to a").symlink_to("a")
    (album / "other").symlink_to(tmp_path / "elsewhere")
    (album / "other again").symlink_to(tmp_path / "elsewhere")
    (album / "file.jpg").symlink_to(tmp_path / "elsewhere" / "2.jpg")
    (tmp_path / "elsewhere" / "back").symlink_to(album)
    expected = ["album/a/1.jpg", "album/file.jpg", "album/other/2.jpg"]
    assert names(tmp_path, album) == expected
    assert names(tmp_path, album / "0 link to a" / "up") != []


@POSIX
def test_dots_behind_a_link_are_what_the_system_says(tmp_path, monkeypatch):
    touch(tmp_path / "real" / "deep" / "1.jpg", tmp_path / "real" / "2.jpg")
    (tmp_path / "link").symlink_to("real/deep")
    found = scan([tmp_path / "link" / ".."]).files
    assert found == scan([tmp_path / "real"]).files
    assert len(found) == 2


@POSIX
def test_dead_links_pipes_and_loops_are_problems(tmp_path):
    touch(tmp_path / "good.jpg")
    (tmp_path / "dead.jpg").symlink_to("gone.jpg")
    (tmp_path / "album 2019").symlink_to("/not/mounted")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (tmp_path / "lock.db").symlink_to("no matter")
    os.mkfifo(tmp_path / "pipe.png")
    found = reasons(tmp_path)
    nowhere = {name for name, reason in found.items() if "leads nowhere" in reason}
    assert nowhere == {"dead.jpg", "album 2019", "loop.jpg"}
    assert "this is a pipe" in found.pop("pipe.png")
    assert set(found) == nowhere
    assert all(str(tmp_path) in reason for reason in found.values())
    assert [path.name for path in scan([tmp_path]).files] == ["good.jpg"]


def test_folder_called_like_a_picture_is_a_folder(tmp_path):
    touch(tmp_path / "holiday.jpg" / "1.jpg")
    assert names(tmp_path) == ["holiday.jpg/1.jpg"]


@POSIX
def test_unreadable_folder_is_a_problem_and_the_rest_goes_on(tmp_path):
    touch(tmp_path / "open" / "1.jpg", tmp_path / "shut" / "2.jpg")
    (tmp_path / "shut").chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    am_root = os.geteuid() == 0
    try:
        if am_root:  # for root no permission is denied
            os.seteuid(65534)
        found = scan([tmp_path])
    finally:
        if am_root:
            os.seteuid(0)
        (tmp_path / "shut").chmod(0o755)
    assert [path.name for path in found.files] == ["1.jpg"]
    (problem,) = found.problems
    assert problem.path == tmp_path / "shut"
    assert "the folder cannot be read (Permission denied)" in problem.reason


@POSIX
def test_folders_deeper_than_a_path_can_be(tmp_path, monkeypatch):
    touch(tmp_path / "1.jpg")
    monkeypatch.chdir(tmp_path)
    for _ in range(20):
        os.mkdir("d" * 250)
        os.chdir("d" * 250)
    found = scan([tmp_path])
    assert [path.name for path in found.files] == ["1.jpg"]
    (problem,) = found.problems
    assert "cannot be read (File name too long)" in problem.reason


ODD_NAMES = [
    b"with space.jpg",
    b"quo'te\".jpg",
    "emoji 🙂.jpg".encode(),
    b"new\nline.jpg",
    b"latin \xe9\xff.jpg",
    b"back\\slash \\x41.jpg",
    b"percent %41 {x} $HOME.jpg",
    unicodedata.normalize("NFD", "é.jpg").encode(),
    unicodedata.normalize("NFC", "é.jpg").encode(),
]


@POSIX
def test_odd_names_are_found_and_survive_as_text(tmp_path):
    made = []
    for name in ODD_NAMES:
        path = tmp_path / os.fsdecode(name)
        try:
            touch(path)
        except OSError:
            continue  # some file systems take UTF-8 only
        made.append(path)
    found = scan([tmp_path]).files
    assert len(made) >= 5
    assert set(found) == set(made)
    for path in found:
        again = path_from_text(path_text(path).encode("utf-8").decode("utf-8"))
        assert again == path
        assert again.read_bytes() == b"x"


@POSIX
def test_problems_are_one_printable_line(tmp_path):
    (tmp_path / "new\nline \x1b[31m.jpg").symlink_to("gone")
    (tmp_path / os.fsdecode(b"\xff.jpg")).symlink_to("gone")
    for problem in scan([tmp_path]).problems:
        assert problem.reason.isprintable()
        problem.reason.encode("utf-8")


def test_ordinary_paths_are_their_own_text():
    for text in ("/home/ada/Fotos 2019/Łódź – 🙂.jpg", "C:\\Users\\ada", "a\\b\nc", "ünï/\\xZZ"):
        assert path_text(Path(text)) == str(Path(text))


@POSIX
def test_bytes_that_are_no_utf8_are_shown():
    assert path_text(Path(os.fsdecode(b"/a/caf\xe9.jpg"))) == "/a/caf\\xe9.jpg"
    assert path_text(Path("/a/caf\\xe9.jpg")) == "/a/caf\\x5cxe9.jpg"


# Pieces that look like escapes are likely, so that confusing them is found.
PIECES = st.one_of(
    st.binary(min_size=1, max_size=3),
    st.sampled_from(
        [b"\\", b"x", b"\\x", b"5c", b"ff", b"\\xff", b"\xff", b"\\x5c", b"/", b"\xc3"]
    ),
)
PATHS = st.lists(PIECES, min_size=1, max_size=12).map(b"".join).filter(lambda b: b"\0" not in b)


@POSIX
@given(PATHS)
@example(b"\\\xff")
@example(b"\\x5cxff")
@example(b"\\x5\\xff")
@example(b"\xed\xa0\x80")
def test_text_form_is_reversible(raw):
    path = Path(os.fsdecode(raw))
    text = path_text(path)
    text.encode("utf-8")
    assert os.fsencode(path_from_text(text)) == os.fsencode(path)


@POSIX
@given(PATHS, PATHS)
def test_no_two_paths_share_a_text(one, other):
    one_path, other_path = Path(os.fsdecode(one)), Path(os.fsdecode(other))
    assert (path_text(one_path) == path_text(other_path)) == (one_path == other_path)


@POSIX
def test_the_same_text_under_any_locale(tmp_path):
    """A graph made under one locale is read under another."""
    code = (
        "import os, sys; from pathlib import Path\n"
        "from graphface.files import path_from_text, path_text\n"
        "raw = b'/a/\\xc3\\xa9 \\xff \\\\x41'\n"
        "text = path_text(Path(os.fsdecode(raw)))\n"
        "assert os.fsencode(path_from_text(text)) == raw\n"
        "sys.stdout.buffer.write(text.encode('utf-8'))"
    )
    texts = set()
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for variables in ({"LC_ALL": "C.UTF-8"}, plain):
        environment = {**os.environ, **variables}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
        assert done.returncode == 0, done.stderr
        texts.add(done.stdout)
    assert texts == {"/a/é \\xff \\x5cx41".encode()}
