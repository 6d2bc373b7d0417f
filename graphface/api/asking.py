"""Questions to the graph. Nothing is written, but where it is said."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from graphface.api.opened import Opened, path_of, paths_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphface.api.opened import Image, PathLike, Who
    from graphface.clustering.evaluate import Evaluation
    from graphface.insights.audit_data import Finding
    from graphface.insights.network import Network
    from graphface.insights.together import Pair, SharedPhoto
    from graphface.insights.verdict import Explanation
    from graphface.linking.histogram import Histogram
    from graphface.people.naming import Listed
    from graphface.people.selectors import FaceNode
    from graphface.recognition.filters import Filters
    from graphface.recognition.search import Search
    from graphface.recognition.verify import Verdict
    from graphface.recognition.who import Answer
    from graphface.records import Metric


class Asking(Opened):
    """The calls that answer: who, where, why, how right."""

    def who(
        self,
        image: Image,
        *,
        threshold: float | None = None,
        evidence: int = 5,
        annotate: PathLike | None = None,
    ) -> list[Answer]:
        """Who is in `image`, a file or pixels (uint8 [height, width, 3], RGB, upright).

        One answer a face, left to right, with the probability, the distance to the person's
        nearest face, the `evidence` nearest faces and the walk along SAME. Empty when the image
        shows no face. With `threshold` a face is somebody when nearer than that; else when that is
        more likely than not (docs/evaluation.md). `annotate` is a file to write, with boxes and
        names drawn. Raises PictureError, NotFound on an empty graph.
        """
        from graphface.drawing.annotate import annotate as draw
        from graphface.recognition.who import who
        from graphface.vision.pictures import picture_of, read_picture

        if isinstance(image, str | os.PathLike):
            picture = read_picture(path_of(image))
        else:
            picture = picture_of(image)
        answers = who(
            self.connection, picture, self.extractor, threshold=threshold, evidence=evidence
        )
        if annotate is not None:
            draw(picture, [(answer.box, answer.label) for answer in answers], path_of(annotate))
        return answers

    def verify(
        self,
        a: PathLike,
        b: PathLike | None = None,
        *,
        person: Who | None = None,
        threshold: float | None = None,
    ) -> Verdict:
        """Whether the pictures `a` and `b` show one person, or whether `a` shows `person`.

        Two pictures are compared by their distance, with a person as `who` does it. Raises
        PictureError, NoFace, NotFound, UsageError where a picture shows several faces.
        """
        from graphface.errors import UsageError
        from graphface.recognition.verify import verify, verify_person

        if person is not None and b is None:
            return verify_person(
                self.connection, path_of(a), str(person), self.extractor, threshold=threshold
            )
        if person is not None or b is None:
            raise UsageError(
                "two pictures are compared, or one with a person",
                "verify(a, b)",
                code="verify-sides",
            )
        return verify(
            path_of(a), path_of(b), self.extractor, graph=self.connection, threshold=threshold
        )

    def search(
        self,
        query: PathLike,
        folders: PathLike | Iterable[PathLike] | None = None,
        *,
        top: int | None = None,
        threshold: float | None = None,
        face: int | None = None,
        filters: Filters | None = None,
        contact_sheet: PathLike | None = None,
    ) -> Search:
        """Faces that look like those of the picture `query`, the nearest first.

        In the graph (`top` 10 by default), narrowed by `filters`; or in `folders`, of which nothing
        enters the graph (embeddings are cached). `face` takes one face of the query, from the left.
        `contact_sheet` is a file to write: the query and what was found.
        Raises PictureError, NoFace, NotFound, UsageError.
        """
        from graphface.errors import UsageError
        from graphface.recognition.search import search_folder, search_graph, sheet

        asked = path_of(query)
        if folders is not None and filters is not None:
            raise UsageError(
                "filters are for the graph, not for folders",
                "Leave out one of them",
                code="filters-without-graph",
            )
        if folders is None:
            found = search_graph(
                self.connection, asked, self.extractor, top=top or 10, threshold=threshold,
                filters=filters, face=face,
            )  # fmt: skip
        else:
            found = search_folder(
                asked, paths_of(folders), self.extractor, threshold=threshold, top=top, face=face
            )
        if contact_sheet is not None and found.faces:
            sheet(found, path_of(contact_sheet))
        return found

    def people(self, *, min_faces: int = 1, hidden: bool = False) -> list[Listed]:
        """Persons, the most photographed first, with their faces, photos, first and last date."""
        from graphface.people.naming import people

        return people(self.connection, min_faces=min_faces, hidden=hidden)

    def faces(self, what: Who) -> list[FaceNode]:
        """The faces of a person, or those in a picture of the graph. Raises NotFound."""
        from graphface.people.selectors import faces_shown

        return faces_shown(self.connection, str(what))

    def explain(self, a: Who, b: Who, *, strip: PathLike | None = None) -> Explanation:
        """Why two faces, persons or pictures are one person, or two (docs/people/explain.md).

        `strip` is a file to write: the faces of the chain between them, with each distance.
        Raises NotFound, UsageError when both are the same.
        """
        from graphface.insights.explain import explain
        from graphface.insights.strip import strip as draw

        found = explain(self.connection, str(a), str(b))
        if strip is not None:
            draw(found, path_of(strip))
        return found

    def together(self, *persons: Who) -> list[SharedPhoto]:
        """The photos that show all of these persons, the oldest first. Raises NotFound."""
        from graphface.insights.together import photos_of

        return photos_of(self.connection, [str(one) for one in persons])[1]

    def company(self, person: Who, *, min_photos: int = 1) -> list[Pair]:
        """With whom a person appears, the most often first. Counts APPEARS_WITH anew."""
        from graphface.insights.together import company

        return company(self.connection, str(person), min_photos=min_photos)[1]

    def network(self, out: PathLike, *, min_photos: int = 1, most: int = 150) -> Network:
        """Write a page that draws who is in photos with whom; at most `most` persons."""
        from graphface.insights.network import network

        return network(self.connection, path_of(out), min_photos=min_photos, most=most)

    def audit(self) -> list[Finding]:
        """What may be wrong, the most faces first, each with the command that puts it right."""
        from graphface.insights.audit import audit

        return audit(self.connection)

    def evaluate(
        self,
        *,
        truth_folder: int | None = None,
        truth_csv: PathLike | None = None,
        methods: Sequence[str] = (),
        thresholds: Sequence[float] = (),
    ) -> list[Evaluation]:
        """How right the persons are, or what `methods` would make at `thresholds`.

        The truth is the folder so many levels above each photo, or a CSV of face or path and name.
        Pairwise and BCubed figures: docs/evaluation.md. Raises NotFound, UsageError.
        """
        from graphface.clustering.evaluate import evaluate

        return evaluate(
            self.connection,
            truth_folder=truth_folder,
            truth_csv=None if truth_csv is None else path_of(truth_csv),
            methods=methods,
            thresholds=thresholds,
        )

    def distances(
        self, *, metric: Metric | None = None, threshold: float | None = None
    ) -> Histogram:
        """Histogram of the distances of random pairs; of one person and of two where it is known.

        Raises NotFound on a graph with fewer than two faces.
        """
        from graphface.linking.histogram import distances

        return distances(self.connection, metric=metric, threshold=threshold)
