"""Results of calls for which no room below has a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphface.records import Record, Table

if TYPE_CHECKING:
    from graphface.clustering.cluster import ClusterReport
    from graphface.ingest.photos import IngestReport
    from graphface.insights.audit_data import Finding
    from graphface.insights.together import Pair, SharedPhoto
    from graphface.linking.link_report import LinkReport
    from graphface.people.selectors import Person
    from graphface.records import Space


@dataclass(frozen=True, slots=True)
class BuildReport(Record):
    """The reports of the three steps."""

    ingest: IngestReport
    link: LinkReport
    cluster: ClusterReport


@dataclass(frozen=True, slots=True)
class Stats(Record):
    """The counts of everything in a graph."""

    photos: int
    photos_without_face: int
    faces: int
    same: int
    """Pairs of faces that are SAME."""
    people: int
    named: int
    """People who have a name."""
    faces_without_person: int
    ignored_faces: int
    """Not among `faces`."""
    space: Space | None
    """How the embeddings were made; None if the graph is empty."""

    def to_dict(self) -> dict[str, Any]:
        """A dictionary with the column names of the statement `stats`."""
        return {
            "photos": self.photos,
            "photosWithoutFace": self.photos_without_face,
            "faces": self.faces,
            "same": self.same,
            "people": self.people,
            "named": self.named,
            "facesWithoutPerson": self.faces_without_person,
            "ignoredFaces": self.ignored_faces,
            "space": self.space.to_dict() if self.space else None,
        }


@dataclass(frozen=True, slots=True)
class Named(Record):
    """A person with a new name."""

    number: int
    before: str | None
    """The previous name."""
    name: str
    """The name as stored."""
    faces: int


@dataclass(frozen=True, slots=True)
class Together(Record):
    """Who is in photos with whom."""

    persons: tuple[Person, ...]
    """The persons asked about."""
    photos: Table[SharedPhoto]
    """The photos that show all of them, the oldest first."""
    company: Table[Pair]
    """For one person: with whom they appear, the most frequent first. Empty for several."""


@dataclass(frozen=True, slots=True)
class Audit(Record):
    """What may be wrong, and what was done about it."""

    applied: tuple[str, ...]
    """One line for each fix applied."""
    findings: Table[Finding]
    """What may be wrong, the most faces first."""
