"""Plots are whole or not there, and a format that nobody knows is one clear line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from graphface.drawing.plots import figure_in
from graphface.errors import UsageError
from graphface.linking.histogram import Curve, Histogram, plot

if TYPE_CHECKING:
    from pathlib import Path


def test_a_plot_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    with figure_in(tmp_path / "a.png", (4, 2)) as figure:
        figure.subplots().plot([1, 2, 3])
    assert Image.open(tmp_path / "a.png").size == (600, 300)


def test_an_error_while_drawing_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), figure_in(tmp_path / "a.png", (4, 2)):
        raise ZeroDivisionError
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_is_refused_by_every_plot(tmp_path: Path) -> None:
    curve = Curve("all", 3, [1, 2], 0.5)
    histogram = Histogram("euclidean", 0.5, 3, [0.0, 0.5, 1.0], (curve,))
    with pytest.raises(UsageError, match="is of no known format") as refused:
        plot(histogram, tmp_path / "a.xyz")
    assert "png" in refused.value.hint
    plot(histogram, tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text()
