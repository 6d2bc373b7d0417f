"""Audit of a graph: what may be wrong, ranked, each finding with the call that fixes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.errors import Action
from graphface.insights import contradictions, duplicates, over_merged
from graphface.insights.audit_data import Finding, read_material
from graphface.people.selectors import label
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.db import Connection, Run
    from graphface.insights.audit_data import Material


def audit(graph: Connection) -> list[Finding]:
    """List all findings, those whose fix moves the most faces first. Writes nothing.

    Takes seconds for ten thousand faces, since faces, SAME and embeddings are read once. Raises
    EmbeddingError for vectors that cannot be compared.
    """
    found = [*empty_people(graph), *orphans(graph)]
    space = graph.space()
    if space is not None:
        material = read_material(graph, space)
        if material.faces.vectors.shape[1]:
            found += _of_faces(material)
    return sorted(found, key=lambda one: (-one.faces, one.kind, one.persons, one.text))


def _of_faces(material: Material) -> Iterator[Finding]:
    with task("looking for what may be wrong", total=5, unit="kinds") as bar:
        bridges = list(over_merged.bridges(material))
        yield from bridges
        told = {finding.persons for finding in bridges}  # one call fixes both: report it once
        yield from (one for one in over_merged.over_merged(material) if one.persons not in told)
        bar.advance()
        joined = list(duplicates.duplicates(material))
        yield from joined
        bar.advance()
        alone = {face for finding in joined if finding.faces == 1 for face in finding.examples}
        found = duplicates.missing_same(material)
        yield from (one for one in found if one.examples[0] not in alone)
        bar.advance()
        for kind in (contradictions.impossible, contradictions.copies):
            yield from kind(material)
            bar.advance()


APPLY = Action("audit", {"apply": True})


def empty_people(graph: Connection) -> Iterator[Finding]:
    """Persons without a face. An unnamed one can go; somebody may still want a named one."""
    for row in graph.run("audit-people"):
        if row["faces"]:
            continue
        called = label(row["name"], row["number"])
        named = row["name"] is not None
        yield Finding(
            "empty-person",
            0,
            f"{called} has no face",
            Action("forget", {"person": row["number"]}) if named else APPLY,
            safe=not named,
            persons=(row["number"],),
        )


def orphans(graph: Connection) -> Iterator[Finding]:
    """Faces whose photo is gone, and photos that have neither file nor face."""
    for row in graph.run("audit-orphan-faces"):
        persons = () if row["number"] is None else (row["number"],)
        text = f"face {row['face']} was cut out of a photo that is no longer in the graph"
        yield Finding("orphan", 1, text, APPLY, safe=True, persons=persons, examples=(row["face"],))
    for row in graph.run("audit-orphan-photos"):
        where = row["path"] or row["photo"]
        yield Finding("orphan", 0, f"photo {where} has neither file nor face", APPLY, safe=True)


def apply(graph: Connection) -> list[str]:
    """Apply the safe fixes: delete orphans and empty persons, all or none. One line per fix."""
    faces, photos, people = graph.transact(_drop)
    done = []
    if faces or photos:
        done.append(
            f"deleted {faces} {_s('face', faces)} without a photo and {photos} "
            f"{_s('photo', photos)} without file and face"
        )
    if people:
        done.append(f"dropped {people} {_s('person', people)} without face and name")
    return done


def _drop(run: Run) -> tuple[int, int, int]:
    run("lock-people")
    faces = [row["face"] for row in run("audit-orphan-faces")]
    photos = [row["photo"] for row in run("audit-orphan-photos")]
    gone = run("audit-drop-orphans", faces=faces, photos=photos)[0]
    # Including persons emptied by the deletion of orphan faces.
    people = run("drop-empty-people")[0]["dropped"]
    return gone["faces"], gone["photos"], people


def _s(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
