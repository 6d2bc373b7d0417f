from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    folder: Annotated[Path, typer.Argument(help="Everything of the demo lies below.")] = Path(
        "graphface-demo"
    ),
) -> None:
    """See the main job on drawn people: album, graph, names, who, Neo4j Browser.

    Example: graphface demo graphface-demo
    """
    from graphface.demo import demo as run

    run(folder)
