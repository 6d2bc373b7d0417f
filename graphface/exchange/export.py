"""The formats of `export` by name, and the options that each takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from graphface.errors import Action, UsageError
from graphface.exchange.folders import FoldersReport, export_folders
from graphface.exchange.graphml import GraphmlReport, export_graphml
from graphface.exchange.sidecars import RegionsReport, export_regions
from graphface.exchange.tables import TableReport, export_table

if TYPE_CHECKING:
    from pathlib import Path

    from graphface.db import Connection

Form = Literal["folders", "csv", "jsonl", "graphml", "regions"]


Report: TypeAlias = FoldersReport | TableReport | GraphmlReport | RegionsReport


@dataclass(frozen=True, slots=True)
class Options:
    """Options of an export."""

    to: Form = "csv"
    link: Literal["symbolic", "hard"] | None = None
    unnamed: bool = False
    embeddings: bool = False
    force: bool = False


def check_options(out: Path | None, wanted: Options) -> None:
    """Raise UsageError for options that cannot be combined."""
    to = wanted.to
    if out is None and to != "regions":
        raise UsageError(
            f"{to} needs a place to write to",
            "Name one",
            code="place-missing",
            action=Action("export", {"to": to}, ("out",)),
        )
    if out is not None and str(out) == "-" and to not in ("csv", "jsonl"):
        raise UsageError(
            f"{to} cannot go to standard output", "Name a folder or a file", code="options-conflict"
        )
    for name, given, good in (
        ("link", wanted.link, ("folders",)),
        ("unnamed", wanted.unnamed, ("folders", "regions")),
        ("embeddings", wanted.embeddings, ("csv", "jsonl")),
        ("force", wanted.force, ("csv", "jsonl", "graphml", "regions")),
    ):
        if given and to not in good:
            raise UsageError(
                f"`{name}` goes with {' or '.join(good)}, not with {to}",
                code="options-conflict",
                name=name,
            )


def export(graph: Connection, out: Path | None, wanted: Options) -> Report:
    """Write the graph in the form `wanted.to`; `out` None is standard output, or beside photos."""
    check = wanted.to
    if check == "regions":
        return export_regions(graph, out, unnamed=wanted.unnamed, force=wanted.force)
    if check in ("csv", "jsonl"):
        return export_table(graph, out, check, embeddings=wanted.embeddings, overwrite=wanted.force)
    assert out is not None, "check_options saw to that"
    if check == "graphml":
        return export_graphml(graph, out, overwrite=wanted.force)
    return export_folders(graph, out, how=wanted.link or "copy", unnamed=wanted.unnamed)
