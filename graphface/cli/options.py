"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphface.records import Metric

HomeOption = Annotated[
    Path | None,
    typer.Option(help="Where the embedded database lives; wins over NEO4J_URI.", file_okay=False),
]
ModelOption = Annotated[
    str | None,
    typer.Option(help="Embedding model, or path of an .onnx file. See: graphface models list."),
]
DetectorOption = Annotated[str | None, typer.Option(help="Face detector: yunet, mtcnn, dlib, ...")]
MinFaceOption = Annotated[int, typer.Option(min=1, help="Smallest face, in pixels of width.")]
MinConfidenceOption = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, help="Lowest confidence of the detector; each has a default."),
]
WorkersOption = Annotated[
    int | None, typer.Option(min=1, help="Photos read side by side; one a core by default.")
]
FromFoldersOption = Annotated[
    bool, typer.Option("--people-from-folders", help="Each sub-folder's name is a person's name.")
]
ThresholdOption = Annotated[
    float | None,
    typer.Option(min=0.0, help="Faces nearer than this are SAME; each model has a default."),
]
MetricOption = Annotated[
    Metric | None, typer.Option(help="euclidean, euclidean_l2 (between unit vectors) or cosine.")
]
