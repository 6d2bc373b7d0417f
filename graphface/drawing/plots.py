"""Plots of figures, written to a file. matplotlib is an extra."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from graphface.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOTS_PER_INCH = 150


@contextmanager
def figure_in(path: Path, inches: tuple[float, float]) -> Iterator[Any]:
    """A figure of matplotlib to draw in; it is written to `path` when the block ends well.

    Raises UsageError when matplotlib is missing, or does not know the format of the file's ending.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError(
            "`plot` needs matplotlib, which is not installed",
            "pip install 'graphface[plot]'",
            code="package-missing",
        ) from error
    figure = Figure(figsize=inches, layout="constrained")
    formats = FigureCanvasAgg(figure).get_supported_filetypes()
    if path.suffix[1:].lower() not in formats:
        raise UsageError(
            f"{path} is of no known format",
            f"Use one of {', '.join(formats)}",
            code="format-unknown",
            path=path,
        )
    yield figure
    figure.savefig(path, dpi=DOTS_PER_INCH)
