"""Questions to the graph. They write nothing unless stated."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast, overload

from graphface.api.opened import Opened, path_of, paths_of
from graphface.api.results import Audit, Together
from graphface.progress import reporting_to
from graphface.records import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Any, TypeAlias

    from graphface.api.opened import Image, PathLike, Who
    from graphface.browser.browse import Browsing
    from graphface.clustering.evaluate import Evaluation
    from graphface.ingest.pipeline import Executor
    from graphface.insights.together import Network
    from graphface.insights.verdict import Explanation
    from graphface.linking.histogram import Histogram
    from graphface.people.naming import Listed
    from graphface.people.selectors import FaceNode
    from graphface.recognition.filters import Filters
    from graphface.recognition.search import Search
    from graphface.recognition.verify import Verdict
    from graphface.recognition.who import Answer, Asked
    from graphface.records import Location, Metric, Picture

    Persons: TypeAlias = Who | Iterable[Who]
    Date: TypeAlias = datetime | str
    """A text is the beginning of 2019, 2019-06, 2019-06-30 or 2019-06-30T12:00."""
    Near: TypeAlias = tuple[Location, float] | str
    """A place with kilometres around it; as a text LATITUDE,LONGITUDE,KILOMETRES."""


class Asking(Opened):
    """The calls that answer: who, where, why, how right."""

    @overload
    def who(  # type: ignore[overload-overlap]  # a text is one path, though it has letters
        self,
        images: Image,
        *,
        threshold: float | None = None,
        evidence: int = 3,
        annotate: PathLike | None = None,
        workers: int | Executor | None = None,
    ) -> Table[Answer]: ...

    @overload
    def who(
        self,
        images: Iterable[Image],
        *,
        threshold: float | None = None,
        evidence: int = 3,
        annotate: PathLike | None = None,
        workers: int | Executor | None = None,
    ) -> Table[Asked]: ...

    def who(
        self,
        images: Image | Iterable[Image],
        *,
        threshold: float | None = None,
        evidence: int = 3,
        annotate: PathLike | None = None,
        workers: int | Executor | None = None,
    ) -> Table[Answer] | Table[Asked]:
        """Who is in a picture: a file, or pixels (uint8 [height, width, 3], RGB, upright).

        For one picture, returns a row per face, left to right, with the probability, the distance
        to the person's nearest face, the `evidence` nearest faces and the walk along SAME; empty if
        it shows no face. For a list of pictures, returns a row per picture with its `answers`, or
        its `error` if it cannot be read. `workers` pictures are read in parallel.

        With `threshold`, a face is recognised when nearer than that; without it, when that is more
        likely than not (docs/evaluation.md). `annotate` is a file for a copy of a single picture
        with boxes and names. Raises PictureError, NotFound on an empty graph.
        """
        from graphface.errors import UsageError
        from graphface.recognition.who import who_in_files

        single = _is_image(images)
        given: Iterable[Any] = [images] if single else cast("Iterable[Image]", images)
        wanted = [_picture(one) for one in given]
        if annotate is not None and len(wanted) > 1:
            raise UsageError(
                "one picture at a time can be annotated", "Ask about one", code="one-picture-only"
            )
        asked = who_in_files(
            self.connection, wanted, self.extractor, threshold=threshold, evidence=evidence,
            workers=workers,
        )  # fmt: skip
        if annotate is not None and asked and asked[0].picture:
            _annotate(asked[0].picture, asked[0].answers, path_of(annotate))
        return Table(asked[0].answers) if single else Table(asked)

    def verify(
        self,
        *images: PathLike,
        person: Who | None = None,
        threshold: float | None = None,
        face: int | None = None,
        face_b: int | None = None,
        largest: bool = False,
    ) -> Verdict:
        """Whether two pictures show one person, or whether one picture shows `person`.

        Two pictures are compared by their distance and need no graph. If a graph is open or runs,
        its model and what it learned are used, else the model alone. A picture and a person are
        compared as in `who`. `face` selects a face of the first picture (from the left, 1 is the
        first), `face_b` one of the second, `largest` the largest face of each. Raises PictureError,
        NoFace, NotFound, and UsageError if a picture shows several faces.
        """
        from graphface.errors import UsageError
        from graphface.people.selectors import Choice
        from graphface.recognition.verify import verify, verify_person

        if len(images) != (2 if person is None else 1):
            raise UsageError(
                "two pictures are compared, or one with a person",
                "Name two pictures, or one and a `person`",
                code="verify-sides",
            )
        pictures = paths_of(images)
        first = Choice(face, largest and face is None)
        if person is not None:
            return verify_person(
                self.connection, pictures[0], str(person), self.extractor, threshold=threshold,
                choose=first,
            )  # fmt: skip
        second = Choice(face_b, largest and face_b is None, "face_b")
        graph = self._at_hand()
        extractor = self._extractor(alone=graph is None)
        return verify(
            pictures[0], pictures[1], extractor, graph=graph, threshold=threshold, choose_a=first,
            choose_b=second,
        )  # fmt: skip

    def search(
        self,
        query: PathLike,
        in_: PathLike | Iterable[PathLike] | None = None,
        *,
        store: bool = False,
        top: int | None = None,
        threshold: float | None = None,
        face: int | None = None,
        person: Persons = (),
        with_: Persons = (),
        after: Date | None = None,
        before: Date | None = None,
        near: Near | None = None,
        folder: PathLike | Iterable[PathLike] = (),
        where: str | None = None,
        param: Mapping[str, Any] | None = None,
        min_face: int | None = None,
        workers: int | None = None,
        contact_sheet: PathLike | None = None,
    ) -> Search:
        """Faces that look like those of the picture `query`, the nearest first.

        Searches the graph, with `top` 10 by default, or folders with `in_`. A search in folders
        needs no graph and writes to none, unless `store` ingests them; embeddings are cached.
        `face` selects one face of the query, from the left. `contact_sheet` is a file for a sheet
        of the query and its matches.

        Filters in the graph: faces of `person` (of any, if several), on photos that also show all
        of `with_`, taken on or `after` a date, `before` a date, `near` a place, or below a `folder`
        (below any, if several). `where` is a Cypher condition on f (the face) and p (its photo),
        with parameters in `param`. `min_face` is a minimum width in pixels.

        Raises PictureError, NoFace, NotFound, UsageError.
        """
        from graphface.drawing.annotate import form_of
        from graphface.recognition import search as run

        asked, sheet = path_of(query), None if contact_sheet is None else path_of(contact_sheet)
        folders = () if in_ is None else paths_of(in_)
        filters = _filters(person, with_, after, before, near, folder, min_face, where, param)
        _check_search(folders, store, filters)
        if sheet:  # said now, not after a long search
            form_of(sheet, (1, 1), [asked])
        extractor = self._extractor(alone=bool(folders) and not store, min_face=min_face)
        if folders and not store:
            found = run.search_folder(
                asked, folders, extractor, threshold=threshold, top=top, face=face, workers=workers
            )
        elif folders:
            found = run.search_stored(
                self.connection, asked, folders, extractor, threshold=threshold, top=top,
                filters=filters, face=face, workers=workers,
            )  # fmt: skip
        else:
            found = run.search_graph(
                self.connection, asked, extractor, top=top or 10, threshold=threshold,
                filters=filters, face=face,
            )  # fmt: skip
        if sheet and found.faces:
            run.sheet(found, sheet)
        return found

    def people(self, *, min_faces: int = 1, hidden: bool = False) -> Table[Listed]:
        """Persons, the most photographed first, with their faces, photos, first and last date."""
        from graphface.people.naming import people

        return Table(people(self.connection, min_faces=min_faces, hidden=hidden))

    def faces(self, what: Who | None = None, *, ignored: bool = False) -> Table[FaceNode]:
        """The faces of a person, or those in a picture of the graph, left to right.

        With `ignored`, the ignored faces of a picture instead, or of the whole graph. Raises
        NotFound, and UsageError without both.
        """
        from graphface.errors import UsageError
        from graphface.people.selectors import faces_ignored, faces_shown

        if ignored:
            return Table(faces_ignored(self.connection, None if what is None else str(what)))
        if what is None:
            raise UsageError("whose faces?", "Name a person or a picture", code="parameter-missing")
        return Table(faces_shown(self.connection, str(what)))

    def explain(self, a: Who, b: Who, *, strip: PathLike | None = None) -> Explanation:
        """Why two faces, persons or pictures are one person, or two (docs/people/explain.md).

        `strip` is a file for a picture of the chain between them, with each distance. Raises
        NotFound, and UsageError if both are the same.
        """
        from graphface.insights.explain import explain
        from graphface.insights.strip import strip as draw

        found = explain(self.connection, str(a), str(b))
        if strip is not None:
            draw(found, path_of(strip))
        return found

    def together(self, *persons: Who, min_photos: int = 1) -> Together:
        """The photos that show all of these persons; of one person, with whom it appears.

        `min_photos` leaves out people who share fewer photos with the one person. Recounts
        APPEARS_WITH. Raises NotFound, and UsageError if one person is named twice.
        """
        from graphface.insights.together import company, photos_of

        texts = [str(one) for one in persons]
        named, photos = photos_of(self.connection, texts)
        if len(named) != 1:
            return Together(tuple(named), Table(photos), Table())
        found = company(self.connection, texts[0], min_photos=min_photos)[1]
        return Together(tuple(named), Table(photos), Table(found))

    def network(
        self, out: PathLike = "people.html", *, min_photos: int = 1, most: int = 150
    ) -> Network:
        """Write a page that draws who is in photos with whom; at most `most` persons."""
        from graphface.insights.together import network

        return network(self.connection, path_of(out), min_photos=min_photos, most=most)

    def audit(self, *, apply: bool = False) -> Audit:
        """What may be wrong, the most faces first, each with the `Action` that puts it right.

        With `apply`, the safe fixes are applied first: empty persons and orphan nodes are deleted.
        """
        from graphface.insights.audit import apply as run_apply
        from graphface.insights.audit import audit

        done = run_apply(self.connection) if apply else []
        return Audit(tuple(done), Table(audit(self.connection)))

    def evaluate(
        self,
        *,
        truth_folder: int | None = None,
        truth_csv: PathLike | None = None,
        methods: Sequence[str] = (),
        thresholds: Sequence[float] = (),
        plot: PathLike | None = None,
    ) -> Table[Evaluation]:
        """How right the persons are, or what `methods` would make at `thresholds`.

        The truth is the folder `truth_folder` levels above each photo, or a CSV of face or path and
        name. docs/evaluation.md explains the pairwise and BCubed figures. `plot` is a file for a
        plot of F over the thresholds. Raises NotFound, UsageError.
        """
        from graphface.clustering.evaluate import evaluate, plot_f

        rows = evaluate(
            self.connection,
            truth_folder=truth_folder,
            truth_csv=None if truth_csv is None else path_of(truth_csv),
            methods=methods,
            thresholds=thresholds,
        )
        if plot is not None:
            plot_f(rows, path_of(plot))
        return Table(rows)

    def distances(
        self,
        *,
        metric: Metric | None = None,
        threshold: float | None = None,
        sample: int = 200_000,
        plot: PathLike | None = None,
    ) -> Histogram:
        """Histogram of the distances of random pairs; of one person and of two where it is known.

        `sample` pairs of each kind are drawn. `plot` is a file for a plot. Raises NotFound on a
        graph with fewer than two faces.
        """
        from graphface.linking import histogram

        found = histogram.distances(
            self.connection, metric=metric, threshold=threshold, pairs=sample
        )
        if plot is not None:
            histogram.plot(found, path_of(plot))
        return found

    @contextmanager
    def browse(self, *, port: int | None = None) -> Iterator[Browsing]:
        """Serve a guide and the faces for Neo4j Browser while the `with` block runs.

        `port` is on the loopback interface; by default it is the first free one from 7475 on.
        Writes the address of a thumbnail to each face and person. Raises ServerError.
        """
        from graphface.browser.browse import browsing

        login = self._place.login()
        with reporting_to(self._sink), browsing(self.connection, login, port) as served:
            yield served

    def remove_thumbnails(self) -> int:
        """Remove the addresses that `browse` wrote; returns the number of nodes changed."""
        from graphface.browser.browse import remove_thumbnails

        return remove_thumbnails(self.connection)


def _is_image(images: Any) -> bool:
    """Whether it is one picture, not a list of pictures."""
    return isinstance(images, str | os.PathLike) or hasattr(images, "dtype")


def _picture(image: Image) -> Path | Picture:
    from graphface.vision.pictures import picture_of

    return path_of(image) if isinstance(image, str | os.PathLike) else picture_of(image)


def _annotate(picture: Picture, answers: Sequence[Answer], out: Path) -> None:
    from graphface.drawing.annotate import annotate

    labels = [
        (a.box, a.label if a.number is None else f"{a.label} {min(a.confidence, 0.99):.0%}")
        for a in answers
    ]
    annotate(picture, labels, out)


def _filters(
    person: Persons,
    with_: Persons,
    after: Date | None,
    before: Date | None,
    near: Near | None,
    folder: PathLike | Iterable[PathLike],
    min_face: int | None,
    where: str | None,
    param: Mapping[str, Any] | None,
) -> Filters:
    from graphface.recognition.filters import Filters, read_date, read_near

    return Filters(
        people=_texts(person),
        together=_texts(with_),
        after=read_date(after) if isinstance(after, str) else after,
        before=read_date(before) if isinstance(before, str) else before,
        near=read_near(near) if isinstance(near, str) else near,
        folders=tuple(paths_of(folder)),
        min_face=min_face or 0,
        where=where,
        values=param or {},
    )


def _texts(persons: Persons) -> tuple[str, ...]:
    return (str(persons),) if isinstance(persons, str | int) else tuple(map(str, persons))


def _check_search(folders: Sequence[Path], store: bool, filters: Filters) -> None:
    from dataclasses import replace

    from graphface.errors import UsageError

    if store and not folders:
        raise UsageError("`store` wants a folder", "Name it: `in_`", code="folder-missing")
    if folders and not store and replace(filters, min_face=0).any:
        raise UsageError(
            "pictures in a folder have no persons and no filters, a graph's have",
            "Add `store` to bring the folder into the graph, or leave `in_` away",
            code="filters-without-graph",
        )
