"""For maintainers: rewrite `jars.lock` from `neo4j.pom.xml`, or LOCK from POM. Needs Maven.

python -m graphface.db.embedded.jars_lock [POM LOCK]
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from graphface.db.embedded.jars import LOCK, Folder, Jar
from graphface.errors import GraphfaceError, ServerError
from graphface.progress import reporting_to, task
from graphface.sinks import command_line_sink

POM = Path(__file__).with_name("neo4j.pom.xml")
HEADER = (
    "# Written by `python -m graphface.db.embedded.jars_lock` from {pom}. Do not edit.\n"
    "# group:artifact:version[:classifier] sha256 size folder\n"
)


def rewrite(pom: Path = POM, lock: Path = LOCK) -> tuple[Jar, ...]:
    """Resolve the POM with and without its `gds` profile and write the lock file.

    Jars that only the profile adds go to `plugins`, all others to `lib`. Raises ServerError if
    Maven is missing or cannot resolve the POM.
    """
    with tempfile.TemporaryDirectory() as scratch, task("Resolving the POM with Maven"):
        everything, server = Path(scratch, "all"), Path(scratch, "server")
        _resolve(pom, everything, "-Pgds")
        _resolve(pom, server)
        jars = tuple(_jars(everything, server))
    _check_names(jars)
    lines = "".join(jar.line() + "\n" for jar in jars)
    lock.write_text(HEADER.format(pom=pom.name) + lines, "utf-8")
    return jars


def _resolve(pom: Path, folder: Path, *options: str) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise ServerError(
            "Maven is not installed",
            "Install it, so that `mvn` is on the PATH",
            code="maven-missing",
        )
    done = subprocess.run(
        [
            maven,
            "--batch-mode",
            "--quiet",
            "--strict-checksums",
            "--file",
            str(pom),
            *options,
            "dependency:copy-dependencies",
            "-DincludeScope=runtime",
            "-Dmdep.useRepositoryLayout=true",
            f"-DoutputDirectory={folder}",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(
            f"Maven cannot resolve {pom}: {_first_error(done.stdout)}", code="maven-failed", pom=pom
        )


def _first_error(output: str) -> str:
    lines = [line for line in output.splitlines() if "ERROR" in line]
    return lines[0].partition("] ")[2] if lines else "it gives no reason"


def _jars(everything: Path, server: Path) -> list[Jar]:
    found = sorted(path.relative_to(everything) for path in everything.rglob("*.jar"))
    # Plugins come first on the class path, as in the server's own script.
    jars = [
        _jar(everything, path, "lib" if (server / path).is_file() else "plugins") for path in found
    ]
    return sorted(jars, key=lambda jar: jar.folder, reverse=True)


def _jar(root: Path, path: Path, folder: Folder) -> Jar:
    content = (root / path).read_bytes()
    *group, artifact, version, _ = path.parts
    classifier = path.stem.removeprefix(f"{artifact}-{version}").removeprefix("-")
    sha256 = hashlib.sha256(content).hexdigest()
    return Jar(".".join(group), artifact, version, classifier, sha256, len(content), folder)


def _check_names(jars: tuple[Jar, ...]) -> None:
    names = [jar.name for jar in jars]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ServerError(f"two jars of one name: {', '.join(sorted(twice))}", code="maven-failed")


if __name__ == "__main__":
    names = [Path(name) for name in sys.argv[1:]] or [POM, LOCK]
    try:
        with reporting_to(command_line_sink()):
            written = rewrite(*names)
    except GraphfaceError as failure:
        sys.exit(f"error: {failure}")
    print(f"{names[1]}: {len(written)} jars, {sum(jar.size for jar in written) / 1e6:.1f} MB")
