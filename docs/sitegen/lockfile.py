"""The lock files in requirements/: which versions are installed, on which Python and system."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
_PIN = re.compile(r"^([\w.-]+)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """One version of one package, and where it is the one to install."""

    name: str
    version: str
    marker: Marker | None

    def holds(self, environment: Mapping[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(dict(environment))


def pins(file: str) -> list[Pin]:
    """What requirements/FILE.txt locks, in its order."""
    text = (ROOT / "requirements" / f"{file}.txt").read_text("utf-8")
    return [
        Pin(canonicalize_name(name), version, Marker(marker) if marker else None)
        for name, version, marker in _PIN.findall(text)
    ]


def versions(file: str) -> dict[str, list[str]]:
    """The locked versions of each package: more than one where Pythons differ."""
    found: dict[str, list[str]] = {}
    for pin in pins(file):
        found.setdefault(pin.name, []).append(pin.version)
    return found


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
