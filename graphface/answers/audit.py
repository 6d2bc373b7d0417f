"""What may be wrong in the graph: ranked, and each with the command that puts it right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphface.answers.auditing import alike, glued, leftovers, photos
from graphface.answers.auditing.material import read_material
from graphface.progress import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphface.answers.auditing.finding import Finding
    from graphface.answers.auditing.material import Material
    from graphface.graph import Connection


def audit(graph: Connection) -> list[Finding]:
    """All findings, those whose fix moves the most faces first. Writes nothing.

    Seconds for ten thousand faces: faces, SAME and embeddings are read once. Raises EmbeddingError
    for vectors that cannot be compared.
    """
    found = [*leftovers.empty_people(graph), *leftovers.orphans(graph)]
    space = graph.space()
    if space is not None:
        material = read_material(graph, space)
        if material.faces.vectors.shape[1]:
            found += _of_faces(material)
    return sorted(found, key=lambda one: (-one.faces, one.kind, one.persons, one.text))


def apply(graph: Connection) -> list[str]:
    """Do what is safe: drop empty persons and orphans. A line for each thing done."""
    return leftovers.apply(graph)


def _of_faces(material: Material) -> Iterator[Finding]:
    with task("looking for what may be wrong", total=5, unit="kinds") as bar:
        glue = list(glued.bridges(material))
        yield from glue
        told = {finding.persons for finding in glue}  # one command for both: said once
        yield from (one for one in glued.two_in_one(material) if one.persons not in told)
        bar.advance()
        joined = list(alike.alike(material))
        yield from joined
        bar.advance()
        alone = {face for finding in joined if finding.faces == 1 for face in finding.examples}
        found = alike.missing_same(material)
        yield from (one for one in found if one.examples[0] not in alone)
        bar.advance()
        for kind in (photos.impossible, photos.copies):
            yield from kind(material)
            bar.advance()
