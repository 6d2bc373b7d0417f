"""F over link thresholds, as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.clustering.evaluate import Evaluation


def plot_f(rows: Sequence[Evaluation], path: Path) -> None:
    """Draw pairwise and BCubed F of each method over thresholds into `path` (PNG, SVG or PDF).

    Raises UsageError when matplotlib is missing or the file's ending says no format it knows.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError(
            "--plot needs matplotlib, which is not installed", "pip install 'graphface[plot]'"
        ) from error
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    formats = canvas.get_supported_filetypes()
    if path.suffix[1:].lower() not in formats:
        raise UsageError(f"{path} is of no known format", f"Use one of {', '.join(formats)}")
    kinds = {"pairwise": "pairwise F", "bcubed": "BCubed F"}
    for axes, kind in zip(figure.subplots(1, 2, sharey=True), kinds, strict=True):
        for name in dict.fromkeys(row.method for row in rows):
            points = [(r.threshold, getattr(r.metrics, kind).f1) for r in rows if r.method == name]
            axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=name)
        axes.set(xlabel="link threshold", title=kinds[kind], ylim=(0, 1.02))
        axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.savefig(path, dpi=150)
