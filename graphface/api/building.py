"""Build the graph: from photos to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.api.opened import Opened, path_of, paths_of
from graphface.api.results import BuildReport
from graphface.records import MIN_QUALITY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.api.opened import PathLike
    from graphface.clustering.calibrate import CalibrationReport
    from graphface.clustering.cluster import ClusterReport
    from graphface.exchange.import_embeddings import ImportReport
    from graphface.ingest.photos import IngestReport
    from graphface.ingest.pipeline import Executor
    from graphface.linking.link_report import LinkReport
    from graphface.records import Metric


class Building(Opened):
    """The calls that find faces, link them and make persons of them."""

    def build(
        self,
        folders: PathLike | Iterable[PathLike],
        *,
        workers: int | Executor | None = None,
        people_from_folders: bool = False,
        threshold: float | None = None,
        metric: Metric | None = None,
        method: str = "relative",
        min_quality: float = MIN_QUALITY,
    ) -> BuildReport:
        """Ingest, link and cluster; repeat it for new photos. See the three for options."""
        return BuildReport(
            self.ingest(folders, workers=workers, people_from_folders=people_from_folders),
            self.link(threshold=threshold, metric=metric),
            self.cluster(method=method, min_quality=min_quality),
        )

    def ingest(
        self,
        folders: PathLike | Iterable[PathLike],
        *,
        workers: int | Executor | None = None,
        people_from_folders: bool = False,
        again: bool = False,
    ) -> IngestReport:
        """Find and embed the faces in photos, or folders of photos, and write them.

        Known photos are skipped, unless `again`: then faces found again keep their person, and the
        detector becomes the graph's. The report lists files that cannot be read, with
        the reason, and names that nobody can have. With `people_from_folders`, each sub-folder's
        name is a person's name. `workers` photos are read in parallel, by default one per core.
        Raises NotFound for a missing folder, SpaceMismatch.
        """
        from functools import partial

        from graphface.ingest.photos import ingest
        from graphface.people.naming import name_by_folder

        by_folder = partial(name_by_folder, self.connection)
        return ingest(
            self.connection,
            paths_of(folders),
            extractor=self.extractor,
            workers=workers,
            name_by_folder=by_folder if people_from_folders else None,
            again=again,
        )

    def import_embeddings(
        self,
        file: PathLike,
        *,
        model: str | None = None,
        dimensions: int | None = None,
        metric: Metric | None = None,
        threshold: float | None = None,
        people: bool = False,
    ) -> ImportReport:
        """Read faces from a table of embeddings: .npz, .parquet or .csv (docs/import.md).

        `model` is the name of the model that made them, known or not; `dimensions` is their length.
        With `people`, the column person names faces. If a row is wrong, nothing is written. Raises
        UsageError for another kind of file, SpaceMismatch.
        """
        from graphface.exchange.import_embeddings import import_embeddings

        return import_embeddings(
            self.connection,
            path_of(file),
            model=model,
            dimensions=dimensions,
            metric=metric,
            threshold=threshold,
            people=people,
        )

    def link(
        self,
        *,
        method: str = "auto",
        threshold: float | None = None,
        metric: Metric | None = None,
        max_neighbors: int | None = None,
        recall: float = 0.995,
        dry_run: bool = False,
    ) -> LinkReport:
        """Write SAME, with its distance, between faces nearer than `threshold` in `metric`.

        `method` is auto, exact, index, knn or cypher; `recall` in (0, 1] is what index aims at.
        Only pairs with a new face are compared. With `max_neighbors`, each face keeps that many of
        its nearest, and components stay whole; 0 keeps all. `dry_run` only estimates. Raises
        GdsMissing, UsageError, EmbeddingError.
        """
        from graphface.linking.link import link

        return link(
            self.connection,
            method=method,
            threshold=threshold,
            metric=metric,
            max_neighbors=max_neighbors,
            recall=recall,
            dry_run=dry_run,
        )

    def cluster(
        self, *, method: str = "relative", min_quality: float = MIN_QUALITY
    ) -> ClusterReport:
        """Make persons of the SAME graph (docs/clustering.md).

        What the user or a folder said stays. Faces with a quality under `min_quality`, in [0, 1],
        found no person. Raises NotFound on a graph without faces, UsageError for an unknown method.
        """
        from graphface.clustering.cluster import cluster

        return cluster(self.connection, method_name=method, min_quality=min_quality)

    def calibrate(self) -> CalibrationReport:
        """Learn how sure a distance makes us, from named people or from the photos alone.

        All confidences rest on it, including those of `who`. With enough named people, `who` also
        learns how to weigh its evidence. Raises NotFound if there is too little to learn from.
        """
        from graphface.recognition.learning import calibrate

        return calibrate(self.connection)
