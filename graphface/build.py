"""The whole way, from folders of photos to persons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphface.clustering.cluster import ClusterReport, cluster
from graphface.clustering.relative import MIN_QUALITY
from graphface.ingest.pipeline import IngestReport, ingest
from graphface.linking.link import LinkReport, link

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graphface.faces.extract import Extractor
    from graphface.graph import Connection
    from graphface.records import Metric


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What each of the three steps did."""

    ingest: IngestReport
    link: LinkReport
    cluster: ClusterReport


def build(
    graph: Connection,
    folders: Sequence[Path],
    *,
    extractor: Extractor,
    workers: int | None = None,
    people_from_folders: bool = False,
    threshold: float | None = None,
    metric: Metric | None = None,
    method: str = "relative",
    min_quality: float = MIN_QUALITY,
) -> BuildReport:
    """Ingest, link and cluster. Raises what they raise; what one step wrote stays."""
    return BuildReport(
        ingest(
            graph,
            folders,
            extractor=extractor,
            workers=workers,
            people_from_folders=people_from_folders,
        ),
        link(graph, threshold=threshold, metric=metric),
        cluster(graph, method_name=method, min_quality=min_quality),
    )
