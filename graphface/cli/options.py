"""Options that several commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from graphface.errors import UsageError
from graphface.records import Metric, Upright

if TYPE_CHECKING:
    from collections.abc import Sequence

HomeOption = Annotated[
    Path | None,
    typer.Option(help="Where the embedded database lives; wins over NEO4J_URI.", file_okay=False),
]


def complete_model(incomplete: str) -> list[tuple[str, str]]:
    """Models of the registry with this prefix, each with a short description."""
    from graphface.api.catalogue import models

    return [(e.name, f"{e.dimensions} numbers, {e.state}") for e in models().begin(incomplete)]


def complete_detector(incomplete: str) -> list[tuple[str, str]]:
    """Detectors of the registry with this prefix, each with a short description."""
    from graphface.api.catalogue import detectors

    return [(e.name, f"{e.title}, {e.state}") for e in detectors().begin(incomplete)]


SEE_LIST = "See: graphface models list."
"""Ends the help of an option that takes a name of the registry."""


def choices(parameter: str, meaning: str) -> list[str]:
    """The names that `--model` or `--detector` takes; none for other parameters.

    Reading the registry imports numpy, so help requests them only when it is shown.
    """
    if not meaning.endswith(SEE_LIST):
        return []
    from graphface.api.catalogue import detectors, models

    return models().names() if parameter == "model" else detectors().names()


ModelOption = Annotated[
    str | None,
    typer.Option(
        help=f"Embedding model, or path of an .onnx file. {SEE_LIST}",
        autocompletion=complete_model,
    ),
]
DetectorOption = Annotated[
    str | None,
    typer.Option(help=f"Face detector. {SEE_LIST}", autocompletion=complete_detector),
]
MinFaceOption = Annotated[int, typer.Option(min=1, help="Smallest face, in pixels of width.")]
MinConfidenceOption = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, help="Lowest confidence of the detector; each has a default."),
]
UprightOption = Annotated[
    Upright,
    typer.Option(help="Turn pictures: where no face stands and EXIF is silent, never, always."),
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
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")]


def read_values(given: Sequence[str]) -> dict[str, Any]:
    """Read `key=value` texts; a value is JSON if it parses, else text. Raises UsageError."""
    values = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.isidentifier():
            raise UsageError(
                f"`param` {text!r} is not KEY=VALUE",
                "Like least=1000",
                code="parameter-invalid",
                text=text,
            )
        try:
            values[key] = json.loads(value)
        except json.JSONDecodeError:
            values[key] = value
    return values


def read_list(text: str | None) -> list[str]:
    """The parts of `a,b,c`."""
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def read_number(text: str) -> float:
    """A threshold. Raises UsageError."""
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no threshold", "Give numbers: 0.3,0.33,0.36", code="threshold-invalid"
        ) from error
