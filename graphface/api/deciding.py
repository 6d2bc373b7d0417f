"""Decisions of the user. Each is one transaction, kept in `history` and reverted by `undo`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.api.opened import Opened, path_of, paths_of
from graphface.api.results import Named
from graphface.records import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphface.api.opened import PathLike, Who
    from graphface.ingest.pipeline import Executor
    from graphface.people.add_face import AddedFace
    from graphface.people.changes import Change
    from graphface.people.forget import Forgotten
    from graphface.people.register import RegisterReport
    from graphface.people.review import Review
    from graphface.people.review_replies import Outcomes
    from graphface.people.selectors import Person
    from graphface.people.split import Split
    from graphface.records import Box


class Deciding(Opened):
    """The calls that correct people.

    They return the Change, or None if there was nothing to do. All raise NotFound for unknown
    persons and faces. With `dry_run` they write nothing.
    """

    def register(
        self,
        pictures: PathLike | Iterable[PathLike],
        *,
        name: Who | None = None,
        face: int | None = None,
        largest: bool = False,
        force: bool = False,
        dry_run: bool = False,
        workers: int | Executor | None = None,
    ) -> RegisterReport:
        """Say that `pictures` show the person called `name`; the next `who` knows them.

        Without `name`, `pictures` are folders whose sub-folders are named after people. If a
        picture shows several faces, `face` (from the left, 1 is the first) or `largest` selects
        one. Raises UsageError, SpaceMismatch; PictureError and NoFace for a single picture.
        """
        from graphface.people.register import register

        return register(
            self.connection,
            paths_of(pictures),
            extractor=self.extractor,
            name=None if name is None else str(name),
            face=face,
            largest=largest,
            force=force,
            dry_run=dry_run,
            workers=workers,
        )

    def name(self, person: Who, new: str) -> Named:
        """Name a person `new`; from then on no algorithm takes a face away from them.

        Raises UsageError if another person has the name.
        """
        from graphface.people.naming import name as run

        return _named(*run(self.connection, str(person), new))

    def rename(self, person: Who, new: str) -> Named:
        """Change the name of a person. Raises UsageError for a person without a name."""
        from graphface.people.naming import rename as run

        return _named(*run(self.connection, str(person), new))

    def merge(self, *persons: Who, into: Who | None = None, dry_run: bool = False) -> Change | None:
        """Merge several persons into the named one, else the one with most faces.

        `into` is the one of them who remains, or the name of the result; it is required if several
        have different names. Raises UsageError for fewer than two.
        """
        from graphface.people.curate import merge

        texts = [str(one) for one in persons]
        into = None if into is None else str(into)
        return merge(self.connection, texts, into=into, dry_run=dry_run)

    def propose_split(self, person: Who) -> Split:
        """Propose two halves of a person, with the faces of each; writes nothing."""
        from graphface.people.split import propose_split

        return propose_split(self.connection, str(person))

    def split(self, person: Who | Split, *, dry_run: bool = False) -> Change | None:
        """Split a person in two, as proposed; a new SAME does not join them again."""
        from graphface.people.split import Split, split

        proposal = person if isinstance(person, Split) else self.propose_split(person)
        return split(self.connection, proposal, dry_run=dry_run)

    def move(
        self, faces: str | Iterable[str], person: Who, *, dry_run: bool = False
    ) -> Change | None:
        """Move faces to a person, to "new" (a new one) or to "nobody"."""
        from graphface.people.curate import move

        return move(self.connection, _texts(faces), str(person), dry_run=dry_run)

    def confirm(self, what: Who | Iterable[str], *, dry_run: bool = False) -> Change | None:
        """Confirm that faces, or all faces of a person, belong where they are: they stay there."""
        from graphface.people.curate import confirm

        return confirm(self.connection, _texts(what), dry_run=dry_run)

    def reject(self, face: str, person: Who, *, dry_run: bool = False) -> Change | None:
        """Say that a face is not this person; clustering does not bring it back."""
        from graphface.people.curate import reject

        return reject(self.connection, face, str(person), dry_run=dry_run)

    def hide(self, person: Who, *, dry_run: bool = False) -> Change | None:
        """Hide a person from the list of people."""
        from graphface.people.naming import hide

        return hide(self.connection, str(person), dry_run=dry_run)

    def unhide(self, person: Who, *, dry_run: bool = False) -> Change | None:
        """Show a hidden person again."""
        from graphface.people.naming import unhide

        return unhide(self.connection, str(person), dry_run=dry_run)

    def add_face(
        self,
        photo: PathLike,
        box: Box | tuple[int, int, int, int] | str,
        *,
        person: Who | None = None,
        force: bool = False,
        dry_run: bool = False,
    ) -> AddedFace:
        """Add a face that the detector missed, in `box` (x, y, width, height) of a photo.

        `photo` is a file, or a path of the photo in the graph. The box is in pixels of the picture
        as it is shown; as a text it is "X,Y,WIDTH,HEIGHT". If the graph has a face there, nothing
        is added, and `person` gets that face. `person` is a person, or a name for a new one;
        `force` takes the face from another named person. Raises NotFound, PictureError for a
        changed picture, UsageError.
        """
        from graphface.people.add_face import add_face, box_from
        from graphface.records import Box

        sides = box_from(box) if isinstance(box, str) else box
        return add_face(
            self.connection,
            str(path_of(photo)),
            sides if isinstance(sides, Box) else Box(*sides),
            extractor=lambda: self.extractor,
            person=None if person is None else str(person),
            force=force,
            dry_run=dry_run,
        )

    def ignore(
        self,
        what: Who | Iterable[str] = (),
        *,
        like: str | None = None,
        threshold: float | None = None,
        below_quality: float | None = None,
        dry_run: bool = False,
    ) -> Change | None:
        """Ignore faces that are nobody's: they take part in nothing, also after another ingest.

        `what` are faces, or persons with all their faces. Instead, `like` is a face that goes with
        all nearer to it than `threshold` that nobody named or placed, `below_quality` a limit in
        (0, 1] under which faces go that are alone and without a name. Raises UsageError if not
        exactly one of the three is given.
        """
        from graphface.people.ignore import ignore

        return ignore(
            self.connection, _texts(what), like=like, threshold=threshold,
            below_quality=below_quality, dry_run=dry_run,
        )  # fmt: skip

    def unignore(self, faces: str | Iterable[str], *, dry_run: bool = False) -> Change | None:
        """Take ignored faces back. The next `link` and `cluster` look at them as at new ones."""
        from graphface.people.ignore import unignore

        return unignore(self.connection, _texts(faces), dry_run=dry_run)

    def undo(self, count: int = 1) -> Table[Change]:
        """Undo the last `count` changes, the newest first; returns them.

        Raises NotFound if there are fewer, UsageError if a later decision conflicts.
        """
        from graphface.people.changes import undo

        return Table(undo(self.connection, count))

    def history(self, last: int = 20) -> Table[Change]:
        """The last changes, the newest first, including undone ones."""
        from graphface.people.changes import history

        return Table(history(self.connection, last=last))

    def forget(self, person: Who, *, photos: bool = False, dry_run: bool = False) -> Forgotten:
        """Delete a person: faces, embeddings, relationships, history; with `photos`, also photos.

        This cannot be undone. Files are never touched.
        """
        from graphface.people.forget import forget

        return forget(self.connection, str(person), photos=photos, dry_run=dry_run)

    def review(self) -> Review:
        """The most useful questions first: `questions(n)`, and `answer(question, "y")`.

        Raises NotFound if there is nobody to ask about.
        """
        from graphface.people.review import Review

        return Review(self.connection)

    def answer(self, answers: PathLike, *, limit: int | None = None) -> Outcomes:
        """Write the answers of a JSON file to questions of `review`, at most `limit`.

        The file is a list of objects with an `id` and an `answer` (y, n, skip, or name with a
        `name`). The result lists answers that fail. Raises UsageError for another format.
        """
        from graphface.people.review_replies import read_replies, reply_all

        return reply_all(self.connection, read_replies(path_of(answers))[:limit])


def _named(before: Person, name: str) -> Named:
    return Named(before.number, before.name, name, before.faces)


def _texts(what: Who | Iterable[str]) -> list[str]:
    return [str(what)] if isinstance(what, str | int) else list(what)
