"""Register pictures of a person: their faces enter the graph and belong to that person.

Photos and faces are written as ingest writes them, faces change hands like in every change of the
user, and new faces are linked. Nothing is trained, so the next `who` already finds them.
"""

from __future__ import annotations

import itertools
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphface.clustering.match_probability import learned_curve
from graphface.db.schema import check_space, pin_space
from graphface.errors import GraphfaceError, Overtaken, UsageError
from graphface.files import path_text, shown
from graphface.ingest import photo_writer
from graphface.ingest.pipeline import Pipeline, executor_of
from graphface.linking.link import link
from graphface.linking.state import read_state
from graphface.names import same_name
from graphface.people.changes import change, new_person
from graphface.people.claims import Claim, Decision, Outcome, Ruling, Target, decide
from graphface.people.folder_targets import PictureTarget, picture_targets
from graphface.people.selectors import Choice, any_face_by, choose_face, refuse_ignored
from graphface.progress import say, task
from graphface.records import Box, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from graphface.db import Connection, Row, Run
    from graphface.ingest.library import Problem
    from graphface.ingest.photo_writer import KnownFiles
    from graphface.ingest.pipeline import Executor, Failed, Hint, Photo
    from graphface.people.assignments import Assignments
    from graphface.people.claims import Outcome
    from graphface.records import Source, Space
    from graphface.vision.extractor import Extractor

NEAR = 10
"""Nearest faces that are looked at for somebody else's."""

VERY_NEAR = 0.95
"""With this probability of being one person, of all the people there are, two faces of two persons
are worth a word."""

TURNS, WAIT = 10, 30.0
"""How often a register that was overtaken in linking tries again, and seconds that it waits for the
other to end."""


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """A face of a picture, and the person it belongs to in the graph, if any."""

    id: str
    box: Box
    embedding: list[float]
    person: str | None = None
    name: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class _Result:
    aim: PictureTarget
    outcome: Outcome
    error: GraphfaceError | None = None
    face: _Face | None = None
    warning: str | None = None

    def report(self) -> RegisteredPicture:
        return RegisteredPicture(
            self.aim.path,
            self.aim.target.name,
            self.outcome,
            self.face.id if self.face else None,
            str(self.error) if self.error else None,
            self.warning,
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """The photos of the graph, with their faces and the faces' persons.

    A known photo without a face is looked at again, since the detector may differ this time.
    """

    graph: Connection
    files: KnownFiles

    def hint(self, path: Path) -> Hint:
        return self.files.hint(path)

    def recall(self, photos: Sequence[str]) -> dict[str, list[_Face]]:
        known: dict[str, list[_Face]] = defaultdict(list)
        for row in self.graph.run("faces-of-photos", photos=sorted(set(photos))):
            known[row["photo"]].append(_from_graph(row))
        return dict(known)


@dataclass(slots=True)
class _Job:
    """Pipeline sink that holds what a run has found so far."""

    graph: Connection
    space: Space | None
    choice: Choice
    force: bool
    dry_run: bool
    files: KnownFiles
    probability: Callable[[float], float]
    targets: dict[Path, PictureTarget]
    results: dict[Path, _Result] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)

    def write(self, photos: Sequence[Photo[list[_Face]]]) -> None:
        """Write photos with a chosen face, then assign the faces to their persons in one change."""
        chosen = [_chosen(self, photo) for photo in photos]
        _write(self, [photo for photo, one in zip(photos, chosen, strict=True) if one.face])
        self.results |= {one.aim.path: one for one in _give(self, chosen)}

    def fail(self, failed: Failed) -> None:
        self.results[failed.path] = _Result(self.targets[failed.path], "left out", failed.error)


def register(
    graph: Connection,
    pictures: Sequence[Path],
    *,
    extractor: Extractor,
    name: str | None = None,
    face: int | None = None,
    largest: bool = False,
    force: bool = False,
    dry_run: bool = False,
    workers: int | Executor | None = None,
) -> RegisterReport:
    """Give the face in each of `pictures` (files, or folders of them) to the person called `name`.

    The name or number of a person in the graph means that person; any other name creates a new one.
    Without `name`, `pictures` are folders whose sub-folders are named after people. If a picture
    shows several faces, `face` (from the left, 1 is the first; for one picture) or `largest`
    chooses. A face of another named person is refused unless `force`. A picture that cannot be
    registered is left out with a reason, and the others are registered; for a single picture the
    reason is raised. `dry_run` writes nothing. `workers` is a number of threads, or an executor.

    Raises UsageError, NotFound (a number nobody has), SpaceMismatch, PictureError, NoFace,
    DatabaseError.
    """
    started = time.monotonic()
    choice = Choice(face, largest)
    targets, problems = picture_targets(graph, pictures, name)
    if face is not None and len(targets) != 1:
        raise UsageError(
            f"`face` is for one picture, and these are {len(targets)}",
            "Use `largest`",
            code="one-picture-only",
        )
    job = _job(graph, extractor, choice, targets, force=force, dry_run=dry_run)
    pipeline = Pipeline(extractor, _Known(graph, job.files), executor_of(workers))
    with task("registering", total=len(targets), unit="pictures") as bar:
        pipeline.run(job.targets, job, bar.advance)
    results = [job.results[aim.path] for aim in targets]
    if len(results) == 1 and not problems and results[0].error:
        raise results[0].error
    linked = 0 if dry_run else _link(graph)
    return RegisterReport(
        people=tuple(_people(job, results)),
        pictures=(*map(_problem, problems), *(result.report() for result in results)),
        linked=linked,
        seconds=time.monotonic() - started,
        model=extractor.space().model,
        detector=extractor.space().detector,
        dry_run=dry_run,
    )


def _job(
    graph: Connection,
    extractor: Extractor,
    choice: Choice,
    targets: Sequence[PictureTarget],
    *,
    force: bool,
    dry_run: bool,
) -> _Job:
    ours = extractor.space()
    space = graph.space()
    if space is not None:
        check_space(space, ours)
    elif not dry_run:
        space = pin_space(graph, ours)
    # The more people there are, the more easily somebody else's face is near by chance.
    people = len({aim.target.name for aim in targets})
    rivals = people + int(graph.run("count-people")[0]["people"])
    curve = learned_curve(graph, space or ours, rivals)
    files = photo_writer.known_files(graph)
    by_path = {aim.path: aim for aim in targets}
    return _Job(graph, space, choice, force, dry_run, files, curve, by_path)


def _chosen(job: _Job, photo: Photo[list[_Face]]) -> _Result:
    """The chosen face, or why there is none."""
    aim = job.targets[photo.path]
    faces = photo.known or [_Face(f.id, f.box, f.embedding.tolist()) for f in photo.faces]
    before = [face for face in faces if _is_theirs(face, aim.target)]
    if before and job.choice.number is None and not job.choice.largest:
        return _Result(aim, "known", face=before[0])  # it was chosen when it was registered
    try:
        face = choose_face(aim.path, faces, job.choice)
        _refuse_ignored(job, photo, face)
        return _Result(aim, "registered", face=face)
    except GraphfaceError as error:
        return _Result(aim, "left out", error)


def _refuse_ignored(job: _Job, photo: Photo[list[_Face]], face: _Face) -> None:
    """A known photo in which all faces were ignored is looked at again: they are found once more.

    Raises UsageError if `face` is one of them.
    """
    if photo.picture is None or not job.files.holds(photo.id):
        return
    for row in job.graph.run("kept-faces", photos=[photo.id]):
        if None not in row["box"] and face.box.same_face(Box(*row["box"])):
            raise refuse_ignored(any_face_by(job.graph.run, row["face"]))


def _from_graph(row: Row) -> _Face:
    box = Box(row["x"], row["y"], row["width"], row["height"])
    return _Face(row["face"], box, row["embedding"], row["person"], row["name"], row["source"])


def _is_theirs(face: _Face, target: Target) -> bool:
    if face.person is None or face.source == "cluster":
        return False
    if target.id is not None:
        return face.person == target.id
    return same_name(face.name, target.name)


def _write(job: _Job, photos: Sequence[Photo[list[_Face]]]) -> None:
    """Write new photos with all their faces, and the paths of their files."""
    if job.dry_run:
        return
    new = {photo.id: photo for photo in photos if photo.picture}
    pictures = [photo.picture for photo in new.values() if photo.picture]
    places = [
        (photo.id, path_text(photo.path), photo.modified)
        for photo in photos
        if photo.id in new or not job.files.unchanged(photo.path)
    ]
    if places:
        faces = [photo.faces for photo in new.values()]
        photo_writer.write_batch(job.graph, pictures, faces, places, job.files.moved(places))
    job.files.add(places, {picture.id: picture.size for picture in pictures})


def _give(job: _Job, chosen: Sequence[_Result]) -> Iterator[_Result]:
    """Assign the chosen faces to their persons in one change."""
    claims = [
        Claim(one.aim.path, one.aim.target, one.face.id) for one in chosen if one.face is not None
    ]
    decision = _decision(job, claims)
    job.numbers.update({name: number for name, (_, number) in decision.people.items()})
    job.new |= decision.new
    rulings = iter(decision.rulings)
    for one in chosen:
        yield one if one.face is None else _ruled(job, one, next(rulings))


def _decision(job: _Job, claims: Sequence[Claim]) -> Decision:
    if not claims:
        return Decision()
    if job.dry_run:
        count = itertools.count(1)
        return decide(
            job.graph.run, claims, force=job.force, number=lambda: (f"new {next(count)}", 0)
        )
    made: list[Decision] = []

    def work(run: Run) -> tuple[str, Assignments]:
        made.append(decide(run, claims, force=job.force, number=lambda: new_person(run)))
        return made[-1].text, made[-1].state

    change(job.graph, "register", work)
    return made[-1]  # the driver may have tried more than once


def _ruled(job: _Job, one: _Result, ruling: Ruling) -> _Result:
    warning = _warning(job, one) if ruling.outcome == "registered" else None
    if warning:
        say(warning, "warning")
    return _Result(one.aim, ruling.outcome, ruling.error, one.face, warning)


def _warning(job: _Job, one: _Result) -> str | None:
    """A warning about a very near face of somebody else."""
    if job.space is None or one.face is None:
        return None
    near = {"embedding": one.face.embedding, "metric": job.space.metric, "count": NEAR}
    for row in job.graph.run("nearest-faces", **near):
        ours = same_name(row["name"], one.aim.target.name)
        if row["name"] is None or ours or row["face"] == one.face.id:
            continue
        if job.probability(row["distance"]) < VERY_NEAR:
            return None
        return (
            f"{shown(one.aim.path)}: very near (distance {row['distance']:.3f}) a face of "
            f"{row['name']} in {row['path'] or row['face']}. Is it {one.aim.target.name}?"
        )
    return None


def _link(graph: Connection) -> int:
    """Link new faces, after any other process that is linking; returns the SAME written."""
    for _ in range(TURNS):
        try:
            return link(graph).written
        except Overtaken:
            end = time.monotonic() + WAIT
            while read_state(graph).run is not None and time.monotonic() < end:
                time.sleep(0.1)
    return link(graph).written


def _problem(one: Problem) -> RegisteredPicture:
    return RegisteredPicture(one.path, None, "left out", reason=one.reason)


def _people(job: _Job, results: Sequence[_Result]) -> Iterator[RegisteredPerson]:
    counts = Counter((result.aim.target.name, result.outcome) for result in results)
    for name in dict.fromkeys(result.aim.target.name for result in results):
        yield RegisteredPerson(
            name=name,
            number=job.numbers.get(name) or None,
            new=name in job.new,
            registered=counts[name, "registered"],
            known=counts[name, "known"],
            left_out=counts[name, "left out"],
        )


@dataclass(frozen=True, slots=True)
class RegisteredPicture(Record):
    """The result for one picture."""

    path: Path
    person: str | None
    """None if nobody is named for it."""
    outcome: Outcome
    face: str | None = None
    """Id of the face."""
    reason: str | None = None
    """Why it was left out: which file, what is wrong, what to do."""
    warning: str | None = None
    """Another person with a very near face."""


@dataclass(frozen=True, slots=True)
class RegisteredPerson(Record):
    """The result for the pictures of one person."""

    name: str
    number: int | None
    """None if no person was created: in a dry run, or because every picture was left out."""
    new: bool
    registered: int
    known: int
    left_out: int


@dataclass(frozen=True, slots=True)
class RegisterReport(Record):
    """The result of a run of `register`, or of a dry run."""

    people: tuple[RegisteredPerson, ...]
    pictures: tuple[RegisteredPicture, ...]
    linked: int
    """SAME relationships written."""
    seconds: float
    model: str
    detector: str
    dry_run: bool
