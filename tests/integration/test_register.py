"""Registering: whose face it is from now on, what is refused, and that nothing is done twice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from graphface.clustering.cluster import cluster
from graphface.errors import NoFace, NotFound, PictureError, UsageError
from graphface.ingest.photos import extractor_for, ingest
from graphface.linking.link import link
from graphface.names import name_key
from graphface.people.changes import history, undo
from graphface.people.naming import people
from graphface.people.register import register
from graphface.recognition.verify import verify, verify_person
from graphface.recognition.who import who
from graphface.vision.pictures import read_picture

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.people.register import RegisterReport
    from graphface.sample.album import Album, Drawn
    from graphface.vision.extractor import Extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return extractor_for(None, "Dlib", "dlib")


@pytest.fixture
def add(graph: Connection, extractor: Extractor) -> Any:
    def run(name: str | None, *pictures: Path, **options: Any) -> RegisterReport:
        return register(graph, pictures, extractor=extractor, name=name, **options)

    return run


def of(album: Album, person: int) -> list[Path]:
    """The portraits of a person."""
    name = album.people[person]
    return [p.path for p in album.pictures if [one.name for one in p.people] == [name]]


def scene(album: Album) -> Drawn:
    return next(p for p in album.pictures if len(p.people) == 2)


def listed(graph: Connection) -> dict[str | None, int]:
    return {one.name: one.faces for one in people(graph)}


def outcomes(report: RegisterReport) -> list[str]:
    return [one.outcome for one in report.pictures]


def test_a_new_person_is_known_at_once(
    graph: Connection, album: Album, add: Any, extractor: Extractor
) -> None:
    one, two = of(album, 0)[:2]
    report = add("Ada", one, two)
    assert outcomes(report) == ["registered", "registered"]
    assert (report.people[0].name, report.people[0].number, report.people[0].new) == (
        "Ada",
        1,
        True,
    )
    assert report.linked == 1
    (answer,) = who(graph, read_picture(album.ask[0].path), extractor)
    assert (answer.name, answer.walk[0].distance) == ("Ada", answer.distance)
    (stranger,) = who(graph, read_picture(album.ask[1].path), extractor)
    assert stranger.number is None

    before = graph.run("stats"), history(graph)
    again = add(" ada ", one, two)
    assert outcomes(again) == ["known", "known"]
    done = ingest(graph, [one, two], extractor=extractor)
    assert (done.new, done.skipped) == (0, 2)
    assert (graph.run("stats"), history(graph)) == before
    assert cluster(graph).moved == 0


def test_a_folder_is_a_person(
    graph: Connection, named_album: Album, add: Any, tmp_path: Path
) -> None:
    from PIL import Image

    folder = tmp_path / "people"
    shutil.copytree(named_album.folder, folder)
    ada = folder / named_album.people[0]
    (ada / "broken.jpg").write_text("no picture")
    Image.new("RGB", (200, 200), "teal").save(ada / "nobody.png")
    outside = len(list(folder.glob("*.jpg")))
    report = add(None, folder)
    faces = {one.name: one.registered for one in report.people}
    assert faces == dict.fromkeys(named_album.people, 4) == listed(graph)
    reasons = [one.reason for one in report.pictures if one.outcome == "left out"]
    assert len(reasons) == 2 + outside
    for word in ("broken.jpg: the file holds text", "nobody.png: no face", "in no sub-folder"):
        assert any(word in str(reason) for reason in reasons), word
    assert len(history(graph)) == 1, "one change, for all that were written together"
    assert graph.run("stats")[0]["photos"] == 12, "what is left out is not stored"

    undo(graph)
    assert listed(graph) == {}
    assert sum(one.registered for one in add(None, folder).people) == 12


def test_of_several_faces_one_is_chosen(graph: Connection, album: Album, add: Any) -> None:
    picture = scene(album)
    with pytest.raises(UsageError, match=r"2 faces are in this picture.*`face` 1 to 2.*`largest`"):
        add("Ada", picture.path)
    assert graph.run("stats")[0]["photos"] == 0
    add("Ada", picture.path, face=2)
    shown = graph.run("people-of-photo", path=str(picture.path))
    assert [row["name"] for row in shown] == [None, "Ada"]
    assert outcomes(add("Ada", picture.path)) == ["known"], "the choice is remembered"
    add("Bob", picture.path, face=1)
    shown = graph.run("people-of-photo", path=str(picture.path))
    assert [row["name"] for row in shown] == ["Bob", "Ada"]
    with pytest.raises(UsageError, match="`face` is for one picture"):
        add("Ada", *of(album, 0), face=1)


def test_another_persons_face_is_refused(graph: Connection, album: Album, add: Any) -> None:
    mine, other = of(album, 0)[0], of(album, 1)[0]
    add("Ada", mine)
    with pytest.raises(UsageError, match=r"this face belongs to Ada, not to Bob.*`force`"):
        add("Bob", mine)
    assert listed(graph) == {"Ada": 1}
    report = add("Bob", mine, other)
    assert sorted(outcomes(report)) == ["left out", "registered"]
    assert listed(graph) == {"Ada": 1, "Bob": 1}
    add("Bob", mine, force=True)
    assert listed(graph) == {"Ada": 0, "Bob": 2}
    undo(graph)
    assert listed(graph) == {"Ada": 1, "Bob": 1}


def test_faces_that_clustering_placed_are_taken(
    graph: Connection, album: Album, add: Any, extractor: Extractor
) -> None:
    ingest(graph, of(album, 0) + of(album, 1)[:1], extractor=extractor)
    link(graph)
    cluster(graph)
    assert sorted(one.faces for one in people(graph)) == [1, 4]
    add("Ada", of(album, 0)[0])
    add("Bob", of(album, 1)[0])
    assert listed(graph) == {None: 3, "Ada": 1, "Bob": 1}
    assert len(people(graph, min_faces=0)) == 3, "nobody is left empty"
    cluster(graph)
    assert listed(graph) == {"Ada": 4, "Bob": 1}, "one picture names all that go with it"
    face = of(album, 0)[1]
    assert outcomes(add("ada", face)) == ["registered"], "said by a person now"
    assert outcomes(add("ada", face)) == ["known"]


def test_the_same_picture_twice_is_one(
    graph: Connection, album: Album, add: Any, tmp_path: Path
) -> None:
    for name in ("Ada/a.jpg", "Ada/b.jpg", "Bob/c.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(of(album, 0)[0], tmp_path / name)
    report = add(None, tmp_path)
    assert outcomes(report) == ["registered", "known", "left out"]
    assert "belongs to Ada, not to Bob" in str(report.pictures[2].reason)
    assert listed(graph) == {"Ada": 1}, "nobody is made for a picture that is refused"
    photos = list(graph.stream("known-files"))
    assert {Path(row["path"]).name for row in photos} == {"a.jpg", "b.jpg", "c.jpg"}
    assert len({row["photo"] for row in photos}) == 1


def test_a_dry_run_writes_nothing(graph: Connection, album: Album, add: Any) -> None:
    report = add("Ada", *of(album, 0), dry_run=True)
    assert (report.people[0].registered, report.people[0].new) == (len(of(album, 0)), True)
    assert graph.space() is None
    add("Ada", of(album, 0)[0])
    before = graph.run("stats"), history(graph)
    report = add("Bob", *of(album, 0), dry_run=True)
    assert sorted(outcomes(report)) == ["left out", "registered", "registered", "registered"]
    assert (graph.run("stats"), history(graph)) == before


def test_who_is_meant_by_a_name(graph: Connection, album: Album, add: Any, tmp_path: Path) -> None:
    one, two, three, four = of(album, 0)
    add("Ada Lovelace", one)
    assert add("ada lovelace", two).people[0].name == "Ada Lovelace"
    assert add("1", three).people[0].name == "Ada Lovelace"
    with pytest.raises(NotFound, match="number 77"):
        add("77", four)
    for bad in ("x" * 10_000, "A\x00da", "  "):
        with pytest.raises(UsageError):
            add(bad, four)
    graph.run("write-persons", persons=[_person(9, "ADA LOVELACE"), _person(8, "ada lovelace")])
    with pytest.raises(UsageError, match=r"several persons.*1, 8, 9"):
        add("aDA lovelace", four)
    (tmp_path / "aDa lovelace").mkdir()
    shutil.copy(four, tmp_path / "aDa lovelace")
    shutil.copytree(tmp_path / "aDa lovelace", tmp_path / "Bob")
    report = add(None, tmp_path)
    assert sorted(outcomes(report)) == ["left out", "registered"]
    assert listed(graph)["Bob"] == 1


def test_a_face_very_near_somebody_elses_is_told(graph: Connection, album: Album, add: Any) -> None:
    one, two = of(album, 0)[:2]
    add("Ada", one)
    assert not add("Bea", of(album, 1)[0]).pictures[0].warning
    (told,) = add("Bob", two).pictures
    assert told.outcome == "registered"
    assert "a face of Ada" in str(told.warning)
    assert one.name in str(told.warning)


def test_a_single_picture_says_what_is_wrong(graph: Connection, add: Any, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (200, 200), "teal").save(tmp_path / "teal.png")
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(NoFace, match=r"teal\.png"):
        add("Ada", tmp_path / "teal.png")
    with pytest.raises(PictureError, match=r"text\.jpg"):
        add("Ada", tmp_path / "text.jpg")
    for wrong in ((None, tmp_path / "teal.png"), ("Ada", tmp_path / "nowhere.jpg")):
        with pytest.raises(UsageError):
            add(*wrong)
    assert people(graph) == []


def test_is_this_ada(graph: Connection, album: Album, add: Any, extractor: Extractor) -> None:
    for person in range(3):
        add(album.people[person], *of(album, person))
    asked = album.ask[0].path
    yes = verify_person(graph, asked, album.people[0].lower(), extractor)
    no = verify_person(graph, asked, album.people[1], extractor)
    (answer,) = who(graph, read_picture(asked), extractor)
    assert (yes.same, no.same) == (True, False)
    assert 1 - yes.probability == pytest.approx(1 - answer.confidence, rel=1e-2)
    assert yes.distance == pytest.approx(answer.distance)
    assert yes.b.path in {str(path) for path in of(album, 0)}
    assert (yes.faces, yes.number) == (len(of(album, 0)), 1)
    assert no.probability < 0.1
    assert not verify_person(graph, asked, "1", extractor, threshold=yes.distance).same
    with pytest.raises(NotFound, match=album.people[0]):
        verify_person(graph, asked, album.people[0][:-1], extractor)
    graph.run("write-persons", persons=[_person(9, "Zoe")])
    with pytest.raises(NotFound, match="Zoe has no faces"):
        verify_person(graph, asked, "Zoe", extractor)


def test_two_pictures_by_what_the_graph_learned(
    graph: Connection, album: Album, add: Any, extractor: Extractor
) -> None:
    one, two = of(album, 0)[:2]
    add("Ada", one)
    link(graph, metric="cosine", threshold=0.05)
    built_in = verify(one, two, extractor, graph=graph)
    assert (built_in.metric, built_in.link_threshold) == ("cosine", 0.05)
    assert built_in.same
    middle = built_in.distance / 2
    graph.run("save-calibration", middle=middle, scale=middle / 10, quality=0.0, pairs=200)
    learned = verify(one, two, extractor, graph=graph)
    assert learned.distance == built_in.distance
    assert learned.threshold == pytest.approx(middle)
    assert not learned.same
    assert learned.probability < 0.01


def _person(number: int, name: str) -> dict[str, Any]:
    given = {"id": f"p{number}", "number": number, "name": name, "nameKey": name_key(name)}
    return {**given, "hidden": None}
