"""What the examples presume: pictures under the names they use, a graph of them, a home."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests import albums

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.sample.album import Album, Drawn
    from tests.examples.tables import Preparation

ADA, BOB = "June Pike", "Leo Santel"
"""The drawn people who are Ada and Bob in the documents."""

PORTRAITS = {
    ADA: "ada.jpg img.jpg ada1.jpg ada2.jpg a.jpg b.jpg",
    BOB: "bob.jpg bob1.jpg",
}
"""Portraits that lie in the home; the first two of each are no pictures of the album."""


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that is drawn or computed once for all documents."""

    folder: Path
    album: Album
    """Flat: 44 pictures of 8 people, and one picture more of each."""
    built: Path
    """A backup of the graph of `photos` and `party.jpg` in the home, nobody named."""
    numbers: dict[str, int]
    """Drawn person -> number in that graph."""


def draw(folder: Path) -> Album:
    """The album of `graphface sample` at its defaults, flat, in `folder`."""
    return albums.drawn(folder, people=8, pictures=5, scenes=4)


def party(album: Album) -> Path:
    """A picture of three people in which Ada is the second from the left."""
    return next(
        picture.path
        for picture in album.pictures
        if len(picture.people) == 3 and picture.people[1].name == ADA
    )


def furnish(home: Path, album: Album) -> None:
    """Fill an empty home with all that documents name. Links, not copies: a picture is never
    written to, and a document that replaces one replaces the link."""
    photos = [picture.path for picture in album.pictures]
    for place in ("photos", "Pictures", "demo/album", "graphface-demo/album"):
        _link(home / place, photos)
    for place in ("ask", "questions", "demo/ask", "graphface-demo/ask"):
        _link(home / place, _asked(album))
    for picture in album.pictures:
        _link(home / "album" / _event(picture), [picture.path])
        alone = picture.people[0].name if len(picture.people) == 1 else ""
        _link(home / "named" / alone, [picture.path])
        if alone:
            _link(home / "people" / alone, [picture.path])
    by_name = {entry.people[0].name: entry.path for entry in album.ask}
    for name, files in PORTRAITS.items():
        others = [p.path for p in album.pictures if [s.name for s in p.people] == [name]]
        for number, file in enumerate(files.split()):
            source = by_name[name] if number < 2 else others[number % len(others)]
            os.link(source, home / file)
    os.link(party(album), home / "party.jpg")
    os.link(album.stranger.path, home / "stranger.jpg")  # type: ignore[union-attr]
    _write_files(home, album)


def _link(folder: Path, files: list[Path]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        os.link(file, folder / file.name)


def _asked(album: Album) -> list[Path]:
    stranger = [album.stranger.path] if album.stranger else []
    return [entry.path for entry in album.ask] + stranger


def _event(picture: Drawn) -> str:
    """The folder of the day on which a picture was taken, as `graphface sample` calls it."""
    from graphface.sample.album import EVENTS

    taken = picture.taken_at
    day = next(event for event in EVENTS if taken and event.start.date() == taken.date())
    return f"{day.start:%Y-%m-%d} {day.name}"


def _write_files(home: Path, album: Album) -> None:
    """A picture of another kind, and tables."""
    from PIL import Image

    with Image.open(home / "ada.jpg") as picture:
        picture.save(home / "ada.png")
    truth = [
        f"{picture.path.name},{picture.people[0].name}"
        for picture in album.pictures
        if len(picture.people) == 1
    ]
    (home / "people.csv").write_text("\n".join(["path,name", *truth]) + "\n", "utf-8")
    (home / "names.csv").write_text("old_name,name\nAda Lovelace,Ada King\n", "utf-8")


def embeddings(file: Path, graph: Connection) -> None:
    """The faces in the graph as a file that `graphface import` takes, on FaceNet's scale."""
    import numpy as np

    rows = graph.run("cluster-faces")
    vectors = np.array([row["embedding"] for row in rows], np.float32) * 8
    people = [("Ada", "Bob")[number % 2] for number in range(len(rows))]
    np.savez(file, embedding=vectors, person=np.array(people))


def graph(connection: Connection, library: Library, prepared: Preparation) -> None:
    """Bring the graph into the state that a document presumes."""
    from graphface.exchange.backup import restore
    from graphface.people.naming import name

    if prepared.graph == "empty":
        connection.run("forget-everything")
        return
    restore(connection, library.built, replace=True)
    for drawn, wanted in prepared.names.items():
        name(connection, str(library.numbers[drawn]), wanted)


def numbers_of(graph: Connection, album: Album, photos: Path) -> dict[str, int]:
    """Which person of the graph each drawn person is, by a portrait below `photos`."""
    from graphface.files import path_text

    found: dict[str, int] = {}
    for picture in album.pictures:
        if len(picture.people) == 1 and picture.people[0].name not in found:
            path = path_text(photos / picture.path.name)
            rows = graph.run("people-of-photo", path=path)
            found[picture.people[0].name] = rows[0]["number"]
    return found


def empty(folder: Path) -> None:
    """Delete all that lies in a folder; what a link leads to stays."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    folder.mkdir(parents=True, exist_ok=True)


def other_homes(home: Path, text: str, spare: Path) -> bool:
    """Link the homes that a document names to the one spare server; whether it names any."""
    named = set(re.findall(r"(?:--home|GRAPHFACE_HOME=)[ =]?[\"']?(?:\./|~/)?([\w.-]+)", text))
    named |= {
        f"{folder}/home" for folder in re.findall(r"^graphface demo ([\w-]+)", text, re.MULTILINE)
    }
    for name in named:
        (home / name).symlink_to(spare)
    return bool(named)
