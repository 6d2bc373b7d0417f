"""The lock files as tests look at them: docs/sitegen/lockfile.py reads them."""

from __future__ import annotations

import sys
from pathlib import Path

from packaging.markers import default_environment

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT / "docs") not in sys.path:
    sys.path.append(str(ROOT / "docs"))

from sitegen import licence_terms, licences, lockfile  # noqa: E402

__all__ = ["installed_by", "installed_here", "licence_terms", "licences", "lockfile"]


def installed_by(lock: str, place: dict[str, str]) -> dict[str, list[str]]:
    """Package -> versions that pip installs from a lock file there."""
    found: dict[str, list[str]] = {}
    for pin in lockfile.pins(lock):
        if pin.holds(place):
            found.setdefault(pin.name, []).append(pin.version)
    return found


def installed_here(lock: str) -> set[str]:
    """The packages that a lock file brings to this Python on this system."""
    return set(installed_by(lock, {**default_environment(), "extra": ""}))
