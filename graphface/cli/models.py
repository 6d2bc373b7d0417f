"""`graphface models`: what finds and embeds faces here, and getting it ahead of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

import graphface
from graphface.cli.output import JsonOption, print_json, print_table

if TYPE_CHECKING:
    from graphface.vision.inventory import Listed

app = typer.Typer(no_args_is_help=True, help="Embedding models and detectors: list, fetch, path.")

NameArgument = Annotated[
    str, typer.Argument(help="A model's name, a detector's, or an .onnx file.")
]


@app.command("list")
def list_models(json: JsonOption = False) -> None:
    """Every model and every detector: is it here, its licence and size, which one is used now.

    `here` runs now, `can be had` is fetched when it is first used, `missing` lacks a package or
    was out of reach a short while ago; `needs` is what pip then installs. The licence is that of
    the weights. --json also says where they come from and what they were trained on.

    Example: graphface models list
    """
    rows = graphface.Models.list()
    if json:
        print_json(rows)
        return
    print_table([_model(row) for row in rows if row.kind == "model"])
    print()
    print_table([_detector(row) for row in rows if row.kind == "detector"])


def _model(row: Listed) -> dict[str, Any]:
    own = {"length": row.dimensions, "link below": row.link}
    return {"model": row.name, **_weights(row), **own, "licence": row.licence}


def _detector(row: Listed) -> dict[str, Any]:
    needs = row.needs.removeprefix("pip install ").strip("'")
    return {"detector": row.name, **_weights(row), "licence": row.licence, "needs": needs}


def _weights(row: Listed) -> dict[str, Any]:
    used = ", used" if row.used else ""
    return {"weights": f"{row.weights}{used}", "MB": _megabytes(row.size)}


def _megabytes(size: int | None) -> str:
    return "" if size is None else f"{size / 1e6:.2g}" if size < 1e7 else f"{size / 1e6:.0f}"


@app.command()
def fetch(name: NameArgument, json: JsonOption = False) -> None:
    """Download the weights of a model or a detector to where they belong (Dlib: convert it).

    Example: graphface models fetch Facenet
    """
    path = graphface.Models.fetch(name)
    print_json({"name": name, "path": path}) if json else print(path)


@app.command()
def path(
    name: Annotated[
        str | None, typer.Argument(help="A model or a detector, or nothing for the folder.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Where the weights of a model or a detector lie, or belong if they are not here.

    Example: graphface models path Facenet
    """
    found = graphface.Models.path(name)
    print_json({"name": name, "path": found, "present": found.exists()}) if json else print(found)
