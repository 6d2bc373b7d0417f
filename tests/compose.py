"""What docker/compose.yaml says, as Compose and the image of Neo4j read it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "docker" / "compose.yaml"

OF_THE_IMAGE = {"NEO4J_AUTH_FILE", "NEO4J_PLUGINS"}
"""Variables that the image's entry point acts on itself; all others become settings."""


def compose() -> dict[str, Any]:
    """The file with the defaults of its variables filled in."""
    import yaml

    filled = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", FILE.read_text("utf-8"))
    content: dict[str, Any] = yaml.safe_load(filled)
    return content


def neo4j_settings() -> dict[str, str]:
    """What the image writes into neo4j.conf: _ becomes a dot and __ an underscore."""
    variables = compose()["services"]["neo4j"]["environment"]
    return {
        re.sub(r"_(_?)", lambda found: found[1] or ".", name.removeprefix("NEO4J_")): value
        for name, value in variables.items()
        if name not in OF_THE_IMAGE
    }
