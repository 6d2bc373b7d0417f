"""The tables of models and detectors, from the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.vision import detectors, encoders
from sitegen.markdown import escaped

if TYPE_CHECKING:
    from graphface.vision.catalog import Entry


def models(_: str) -> str:
    """What each model wants to see and how far apart is too far."""
    rows = [
        f"| {spec.name} | {spec.dimensions} | {spec.alignment} | {spec.metric} | "
        f"{_figure(spec.pairs.get(spec.metric))} | {_figure(spec.threshold())} | {spec.runs_on} | "
        f"{encoders.INPUTS[spec.scaling]} |"
        for spec in encoders.REGISTRY.entries()
    ]
    columns = (
        "model", "length", "crop", "metric", "pair threshold", "link threshold", "runs on", "sees",
    )  # fmt: skip
    return _table(columns, rows)


def detector_table(_: str) -> str:
    """What each detector gives and needs."""
    rows = [
        f"| {spec.name} | {spec.min_confidence:g} | {spec.min_face or ''} | {spec.landmarks} | "
        f"{f'`{spec.package.command}`' if spec.package else ''} |"
        for spec in detectors.REGISTRY.entries()
    ]
    return _table(("detector", "lowest score", "smallest face, pixels", "landmarks", "needs"), rows)


def licences(_: str) -> str:
    """Where models and detectors come from, under which terms, and what they learned from."""
    entries: list[Entry] = [*encoders.REGISTRY.entries(), *detectors.REGISTRY.entries()]
    rows = [
        f"| {entry.name} | {_linked(entry.source)} | {entry.licence.code} | "
        f"{entry.licence.weights} | {_megabytes(entry)} | {escaped(entry.licence.training)} |"
        for entry in entries
    ]
    return _table(("", "from", "code", "weights", "MB", "trained on"), rows)


def _table(columns: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *rows])


def _linked(source: str) -> str:
    return " ".join(f"<{w}>" if w.startswith("http") else w for w in source.split(" "))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _megabytes(entry: Entry) -> str:
    size = entry.weights.size if entry.weights else None
    return "" if size is None else f"{size / 1e6:.2g}" if size < 1e7 else f"{size / 1e6:.0f}"
