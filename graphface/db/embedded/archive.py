"""A class archive (CDS), so that the JVM maps 27,000 classes instead of reading 344 jars.

It halves the time and the work of a start. The first server on a machine records which classes it
loads. When it stops, a low-priority process makes the archive (180 MB, in the cache) from that
list. The JVM itself checks that an archive matches its version and the jars, and ignores one that
does not. So an archive can be missing or old, but never wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db.embedded.java import Java

LONGEST_LINE = 4000
"""The JVM refuses a whole class list for one line above 4,096 characters; some lambdas have it."""
NEEDED = 1_000_000_000
"""Bytes free on the cache's disk below which no archive is made."""


def options(java: Java, folder: Path, paths: Sequence[Path], plan: Path) -> list[str]:
    """JVM options that use the archive, or else record the classes for one.

    The archive is for this Java and these jars. `plan` tells `begin` what to make of the recorded
    classes.
    """
    name = f"classes-{_key(java, paths)}"
    archive = folder / f"{name}.jsa"
    plan.unlink(missing_ok=True)
    if archive.is_file():
        return [f"-XX:SharedArchiveFile={archive}"]
    home = hashlib.sha256(str(plan).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    classes = folder / f"{name}-{home}.list"  # not in the home, which `reset` may delete any time
    plan.write_text(
        json.dumps(
            {
                "java": str(java.path),
                "classes": str(classes),
                "class_path": os.pathsep.join(map(str, paths)),
                "archive": str(archive),
            }
        ),
        "utf-8",
    )
    return [f"-XX:DumpLoadedClassList={classes}"]


def begin(plan: Path) -> subprocess.Popen[bytes] | None:
    """Start a process that makes the archive of `plan`; None if there is nothing to make."""
    if not plan.is_file():
        return None
    doing = Path(json.loads(plan.read_text("utf-8"))["classes"]).with_suffix(".json")
    shutil.move(plan, doing)
    return subprocess.Popen(
        [sys.executable, "-m", "graphface.db.embedded.archive", str(doing)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
    )


def make(plan: Path) -> bool:
    """Make the archive; False if it exists, is being made, or cannot be made."""
    from filelock import FileLock, Timeout

    what = json.loads(plan.read_text("utf-8"))
    archive, classes = Path(what["archive"]), Path(what["classes"])
    try:
        with FileLock(archive.with_suffix(".lock"), timeout=0):
            if archive.exists() or shutil.disk_usage(archive.parent).free < NEEDED:
                return False
            return _dump(what["java"], classes, what["class_path"], archive)
    except Timeout:
        return False
    finally:
        plan.unlink(missing_ok=True)
        classes.unlink(missing_ok=True)


def _dump(java: str, classes: Path, class_path: str, archive: Path) -> bool:
    lines = classes.read_text("utf-8").splitlines(keepends=True)
    classes.write_text("".join(line for line in lines if len(line) < LONGEST_LINE), "utf-8")
    scratch, arguments = archive.with_suffix(".part"), classes.with_suffix(".args")
    from graphface.db.embedded.config import argument_file, collector

    arguments.write_text(
        argument_file(
            [
                "-Xshare:dump",
                collector(),
                f"-XX:SharedClassListFile={classes}",
                f"-XX:SharedArchiveFile={scratch}",
                "-cp",
                class_path,
            ]
        ),
        "utf-8",
    )
    try:
        done = subprocess.run([java, f"@{arguments}"], check=False, capture_output=True)
        if done.returncode == 0:
            scratch.replace(archive)
            _forget_others(archive)
        return done.returncode == 0
    finally:
        scratch.unlink(missing_ok=True)
        arguments.unlink(missing_ok=True)


def _forget_others(archive: Path) -> None:
    """Delete archives of other jars or Javas, and class lists of servers that were killed."""
    for other in archive.parent.glob("classes-*.*"):
        if other != archive and other.suffix in {".jsa", ".list"}:
            with suppress(OSError):  # in use, on a system that forbids it
                other.unlink()


def _key(java: Java, paths: Sequence[Path]) -> str:
    """The facts that the JVM checks: its own version, and each jar's size and time."""
    digest = hashlib.sha256(f"{java.path.resolve()} {java.version}".encode())
    for path in paths:
        found = path.stat()
        digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    if os.name == "posix":
        os.nice(19)
    make(Path(sys.argv[1]))
