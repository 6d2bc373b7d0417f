"""Every environment variable that settings.py reads."""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass
from pathlib import Path

from pydantic import AliasChoices, SecretStr

from graphface import settings
from graphface.settings import Settings

DEFAULTS = {"home": "your user data folder", "cache": "your user cache folder"}
"""Defaults that differ from machine to machine."""


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    meaning: str
    default: str


def variables() -> list[Variable]:
    """The variables in the order of settings.py. Raises KeyError for one without a docstring."""
    said = _docstrings()
    return [Variable(_name(key), said[key], _default(key)) for key in Settings.model_fields]


def table(_: str) -> str:
    rows = [f"| `{one.name}` | {one.meaning} | {one.default} |" for one in variables()]
    return "\n".join(["| variable | | default |", "|---|---|---|", *rows])


def _name(key: str) -> str:
    alias = Settings.model_fields[key].validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return f"{Settings.model_config.get('env_prefix', '')}{key}".upper()


def _default(key: str) -> str:
    if key in DEFAULTS:
        return DEFAULTS[key]
    value = Settings.model_fields[key].default
    empty = value is None or value is False or value == SecretStr("")
    return "" if empty else f"`{value}`"


def _docstrings() -> dict[str, str]:
    """The text under each field of `Settings`."""
    tree = ast.parse(Path(settings.__file__).read_text("utf-8"))
    (body,) = [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    found = {}
    for field, text in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            found[ast.unparse(field.target)] = " ".join(ast.literal_eval(text.value).split())
    return found
