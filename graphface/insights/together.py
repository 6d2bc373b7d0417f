"""Who appears in photos with whom, and a page that shows it.

One statement, `update-appears-with`, recounts APPEARS_WITH for every question. Faces change hands
in many ways, and a count maintained in each of them would be wrong some day. Nothing here shows an
older count. The page needs nothing but a browser.
"""

from __future__ import annotations

import base64
import io
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphface.drawing.layout import circles, positions
from graphface.errors import Action, GraphfaceError, NotFound, UsageError
from graphface.files import shown
from graphface.people.selectors import find_person, label
from graphface.progress import task
from graphface.records import Box, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphface.db import Connection, Row, Run
    from graphface.people.selectors import Person


@dataclass(frozen=True, slots=True)
class Pair(Record):
    """Two persons, and how many photos show both."""

    a: int
    a_name: str | None
    b: int
    b_name: str | None
    photos: int

    @property
    def labels(self) -> tuple[str, str]:
        return label(self.a_name, self.a), label(self.b_name, self.b)


@dataclass(frozen=True, slots=True)
class SharedPhoto(Record):
    """A photo of several persons."""

    path: str | None
    taken_at: Any
    faces: int
    """How many faces are in it, strangers included."""


def photos_of(graph: Connection, texts: Sequence[str]) -> tuple[list[Person], list[SharedPhoto]]:
    """The persons that `texts` name, and the photos that show all of them, oldest first.

    Raises NotFound, and UsageError when one person is named twice.
    """
    persons = [find_person(graph, text) for text in texts]
    if len({person.id for person in persons}) < len(persons):
        raise UsageError("one person is named twice", "Name different persons", code="same-person")
    rows = graph.run("together-photos", persons=[person.id for person in persons])
    return persons, [SharedPhoto(row["path"], row["takenAt"], row["faces"]) for row in rows]


def company(graph: Connection, text: str, *, min_photos: int = 1) -> tuple[Person, list[Pair]]:
    """List with whom a person appears, the most frequent first; `a` is always the person."""
    person = find_person(graph, text)
    found = pairs(graph, [person.number], min_photos=min_photos)
    return person, [one if one.a == person.number else _turned(one) for one in found]


def pairs(graph: Connection, numbers: Sequence[int], *, min_photos: int = 1) -> list[Pair]:
    """Recount APPEARS_WITH, and list the pairs that contain one of these persons."""

    def work(run: Run) -> list[Pair]:
        run("lock-people")
        run("update-appears-with")
        rows = run("together-pairs", numbers=list(numbers), minPhotos=min_photos)
        return [Pair(r["a"], r["aName"], r["b"], r["bName"], r["photos"]) for r in rows]

    return graph.transact(work)


def _turned(one: Pair) -> Pair:
    return Pair(one.b, one.b_name, one.a, one.a_name, one.photos)


SMALLEST, LARGEST = 22.0, 46.0
"""Radius of a person in few photos, and of the one in most."""

PIXELS = 128
"""Side of a face in the page."""


@dataclass(frozen=True, slots=True)
class Network(Record):
    """The contents of the page."""

    out: Path
    people: int
    pairs: int
    faces: int
    """Persons shown with a face; the files of the others are missing."""
    bytes: int


def network(graph: Connection, out: Path, *, min_photos: int = 1, most: int = 150) -> Network:
    """Write a page of the `most` persons in the most photos, and of who appears with whom.

    Pairs with fewer than `min_photos` photos and hidden persons are left out. The file is written
    whole or not at all. Raises NotFound if no person is in any photo, UsageError when `out` cannot
    be written.
    """
    people = graph.run("together-people", most=most)
    if not people:
        raise NotFound(
            "nobody is in any photo here",
            "Bring photos in",
            code="graph-empty",
            action=Action("build", missing=("folders",)),
        )
    place = {row["number"]: k for k, row in enumerate(people)}
    met = pairs(graph, list(place), min_photos=min_photos)
    met = [one for one in met if one.a in place and one.b in place]
    data = _data(people, met, place)
    page = _page(data)
    _write(out, page)
    faces = sum(node["face"] is not None for node in data["people"])
    return Network(out, len(people), len(met), faces, len(page))


def _data(people: Sequence[Row], met: Sequence[Pair], place: dict[int, int]) -> dict[str, Any]:
    links = [(place[one.a], place[one.b], float(one.photos)) for one in met]
    radii = _radii([row["photos"] for row in people])
    at = positions(radii, links)
    group = circles(len(people), links)
    nodes = []
    with task("cutting out faces", total=len(people), unit="persons") as bar:
        for k, row in enumerate(people):
            nodes.append(
                {
                    "number": row["number"],
                    "label": label(row["name"], row["number"]),
                    "named": row["name"] is not None,
                    "photos": row["photos"],
                    "x": round(float(at[k, 0]), 1),
                    "y": round(float(at[k, 1]), 1),
                    "r": round(radii[k], 1),
                    "group": group[k],
                    "face": _face(row["faces"]),
                }
            )
            bar.advance()
    return {"people": nodes, "links": [[a, b, int(photos)] for a, b, photos in links]}


def _radii(photos: Sequence[int]) -> list[float]:
    """Radii of discs whose areas are proportional to the number of photos."""
    top = max(photos)
    return [SMALLEST + (LARGEST - SMALLEST) * (count / top) ** 0.5 for count in photos]


def _face(faces: Sequence[Row]) -> str | None:
    """The first face whose picture is available, as a JPEG in a data URI."""
    from graphface.drawing.annotate import crop
    from graphface.files import path_from_text
    from graphface.vision.pictures import read_picture

    for face in faces:
        if face["path"] is None or None in face["box"]:
            continue
        with suppress(GraphfaceError):
            picture = read_picture(path_from_text(face["path"]))
            file = io.BytesIO()
            crop(picture, Box(*face["box"]), PIXELS).save(file, "JPEG", quality=80, optimize=True)
            return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()
    return None


def _page(data: dict[str, Any]) -> bytes:
    page = Path(__file__).with_name("network.html").read_text("utf-8")
    # A name may hold any text, so escape whatever could end the script it stands in.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return page.replace("@DATA@", text).encode("utf-8", "backslashreplace")


def _write(out: Path, page: bytes) -> None:
    part = out.with_name(f".graphface-{secrets.token_hex(8)}.part")
    try:
        part.write_bytes(page)
        os.replace(part, out)
    except OSError as error:
        raise UsageError(
            f"{shown(out)}: cannot be written ({error.strerror})",
            "Give a folder that you may write to",
            code="not-writable",
            out=out,
            strerror=error.strerror,
        ) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
