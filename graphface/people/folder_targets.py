"""Which person each picture shows: by the name given, or by the folder it lies in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphface.errors import GraphfaceError, NotFound, UsageError
from graphface.files import path_text, shown
from graphface.ingest.library import Problem, scan
from graphface.names import clean_name, name_key, number_meant
from graphface.people.claims import Target
from graphface.people.selectors import find_person

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphface.db import Connection


@dataclass(frozen=True, slots=True)
class PictureTarget:
    """This picture is of that person."""

    path: Path
    target: Target


def picture_targets(
    graph: Connection, pictures: Sequence[Path], name: str | None
) -> tuple[list[PictureTarget], list[Problem]]:
    """Pair every picture file below `pictures` with its person; also returns what is left out.

    Raises UsageError and NotFound, as `register` does.
    """
    found = scan(pictures)
    problems = list(found.problems)
    if not found.files and not problems:
        raise UsageError(
            f"no picture files below {', '.join(shown(p) for p in pictures)}", code="no-pictures"
        )
    if name is not None:
        target = target_of(graph, name)
        return [PictureTarget(path, target) for path in found.files], problems
    targets = []
    for path, person in _by_folder(pictures, found.files):
        if isinstance(person, Target):
            targets.append(PictureTarget(path, person))
        else:
            problems.append(Problem(path, str(person)))
    return targets, problems


def target_of(graph: Connection, name: str) -> Target:
    """The person with this number or name, or a new one of this name. Raises NotFound."""
    try:
        person = find_person(graph, name)
    except NotFound:
        if number_meant(name):
            raise NotFound(
                f"no person has the number {name}",
                "Give a new person a name that is no number",
                code="person-not-found",
                asked=name,
            ) from None
        return Target(clean_name(name))
    return Target(person.label, person.id)


def _by_folder(
    roots: Sequence[Path], files: Sequence[Path]
) -> Iterator[tuple[Path, Target | GraphfaceError]]:
    """Each file with the person that its sub-folder of one of `roots` is named after."""
    for root in roots:
        if not root.is_dir():
            raise UsageError(
                f"{shown(root)}: nobody is named for it",
                "Give `name`, or a folder with a sub-folder for each person",
                code="name-missing",
                root=root,
            )
    spelled: dict[str, str] = {}  # Ada/ and ada/ are one person, called as the first of them
    tops = [r.resolve() if ".." in r.parts else Path(os.path.abspath(r)) for r in roots]
    for path in files:
        parts = next(path.relative_to(top).parts for top in tops if path.is_relative_to(top))
        try:
            if len(parts) < 2:
                raise UsageError(
                    "it lies in no sub-folder named after a person",
                    "Give `name`",
                    code="name-missing",
                )
            name = clean_name(path_text(Path(parts[0])))
            yield path, Target(spelled.setdefault(name_key(name), name))
        except UsageError as error:
            yield path, error.restated(f"{shown(path)}: {error.message}")
