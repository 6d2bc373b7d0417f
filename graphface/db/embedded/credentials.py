"""The random password of the embedded server, which is set before its first start."""

from __future__ import annotations

import hashlib
import os
import secrets
from typing import TYPE_CHECKING

from graphface.errors import Action, ServerError

if TYPE_CHECKING:
    from pathlib import Path

USERNAME = "neo4j"
ITERATIONS = 1024


def ensure_password(home: Path) -> str:
    """The password, which the first call creates and stores for the server's first start.

    Neo4j reads `data/dbms/auth.ini` once, when it creates its system database. Its own
    `set-initial-password` writes the same line, but takes 3 s to start a Java. So the server never
    runs with its well-known default password.
    """
    file = home / "password"
    fresh = not (home / "data" / "databases" / "system").exists()
    if not file.exists():
        if not fresh:
            raise ServerError(
                f"the database in {home} has lost its password file, {file}",
                "Put the file back, or delete the database",
                action=Action("db.reset", {"home": str(home)}),
                code="password-lost",
                home=home,
                file=file,
            )
        _write_private(file, secrets.token_urlsafe(24) + "\n")
    password = read_password(home)
    if fresh:
        initial = home / "data" / "dbms" / "auth.ini"
        initial.parent.mkdir(parents=True, exist_ok=True)
        _write_private(initial, f"{USERNAME}:{_credential(password, secrets.token_bytes(32))}:\n")
    return password


def read_password(home: Path) -> str:
    """Read the password. Raises ServerError if the server was never started here."""
    try:
        password = (home / "password").read_text("ascii").strip()
    except FileNotFoundError:
        raise ServerError(
            f"no password in {home}: no server was started there",
            "Start one",
            action=Action("db.start", {"home": str(home)}),
            code="server-not-started",
            home=home,
        ) from None
    if not password:
        raise ServerError(
            f"{home / 'password'} is empty", "Put the password back into it", code="password-lost"
        )
    return password


def _credential(password: str, salt: bytes) -> str:
    """Neo4j's form: SHA-256 over salt and password, 1,024 times (its SystemGraphCredential)."""
    digest = hashlib.sha256(salt + password.encode("utf-8")).digest()
    for _ in range(ITERATIONS - 1):
        digest = hashlib.sha256(digest).digest()
    return f"SHA-256,{digest.hex().upper()},{salt.hex().upper()},{ITERATIONS}"


def _write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all; others can never read it, not even during the write."""
    scratch = path.with_name(path.name + ".tmp")
    scratch.unlink(missing_ok=True)
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    scratch.replace(path)
