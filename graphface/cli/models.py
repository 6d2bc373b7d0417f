"""`graphface models`: what can embed faces here, and getting it ahead of time."""

from __future__ import annotations

from typing import Annotated

import typer

from graphface.cli.output import JsonOption, print_json, print_table

app = typer.Typer(no_args_is_help=True, help="The embedding models: list, fetch, path.")

NameArgument = Annotated[
    str, typer.Argument(help="A model's name, a detector's, or an .onnx file.")
]


@app.command("list")
def list_models(json: JsonOption = False) -> None:
    """Every model: is it here, its length, its metric and thresholds, which one is used now.

    Example: graphface models list
    """
    from graphface.vision.inventory import inventory

    rows = [row.as_dict() for row in inventory()]
    print_json(rows) if json else print_table(rows)


@app.command()
def fetch(name: NameArgument, json: JsonOption = False) -> None:
    """Download a model's weights to where DeepFace looks for them (Dlib: convert it).

    Example: graphface models fetch Facenet
    """
    from graphface.vision.inventory import fetch_model

    path = fetch_model(name)
    print_json({"name": name, "path": path}) if json else print(path)


@app.command()
def path(
    name: Annotated[str | None, typer.Argument(help="A model, or nothing for the folder.")] = None,
    json: JsonOption = False,
) -> None:
    """Where a model's weights lie, or belong if they are not here.

    Example: graphface models path Facenet
    """
    from graphface.vision.inventory import model_path

    found = model_path(name)
    print_json({"name": name, "path": found, "present": found.exists()}) if json else print(found)
