"""What audit, explain, review and errors suggest, taken: as a call, and as the command printed."""

from __future__ import annotations

import ast
import gzip
import hashlib
import shlex
import shutil
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest

import graphface
from graphface import errors
from graphface.api.actions import perform
from graphface.cli.actions import command_line, command_of
from graphface.db import statement
from graphface.errors import Action, GraphfaceError
from graphface.exchange.backup import backup, restore
from graphface.exchange.backup_file import _sealed
from graphface.ingest.photos import extractor_for, ingest
from graphface.insights.audit import audit
from graphface.insights.audit_data import Kind
from graphface.insights.explain import explain
from graphface.insights.together import network
from graphface.linking.histogram import distances
from graphface.people.assignments import Assignments, Belongs, read_assignments, write_assignments
from graphface.people.changes import undo
from graphface.people.curate import confirm, merge, move
from graphface.people.ignore import ignore
from graphface.people.marking import photo_at
from graphface.people.naming import people, rename
from graphface.people.review_replies import Reply, reply
from graphface.people.selectors import find_face, find_person, person_with_id
from graphface.recognition.verify import verify_person

from .gatherings import Gathering, set_state

if TYPE_CHECKING:
    from graphface.db import Connection
    from graphface.insights.audit_data import Finding
    from graphface.sample.album import Album
    from tests.command_line import Cli

Numbers: TypeAlias = dict[str, int]
NEW_HOME = "new home"
FILTERED = "count-search-faces"
Take: TypeAlias = Callable[..., None]
"""Takes an action with what is missing in it, by one of the two doors."""


@pytest.fixture(params=["call", "command"])
def take(request: pytest.FixtureRequest, cli: Cli, home: Path) -> Iterator[Take]:
    with graphface.Graph.open(home) as opened:

        def call(action: Action, **missing: Any) -> None:
            perform(opened, action, **missing)

        def command(action: Action, **missing: Any) -> None:
            shown = command_line(action)
            for name in action.missing:
                assert any(word.isupper() for word in shown.split()), (name, shown)
            full = command_line(Action(action.call, {**action.arguments, **missing}))
            assert missing or full == shown
            asks = any(one.name == "yes" for one in command_of(action.call).params)
            done = cli(*shlex.split(full)[1:], *(["--yes"] if asks else []))
            assert done.code == 0, f"{full}\n{done.err}"

        yield call if request.param == "call" else command


@pytest.fixture
def made() -> Gathering:
    """Eight persons of four faces, all different: nothing is wrong with them."""
    gathering = Gathering()
    for k in range(8):
        gathering.add(f"p{k}", 4)
    return gathering


def _bridge(graph: Connection, made: Gathering) -> None:
    made.bridge()
    made.write(graph)


def _over_merged(graph: Connection, made: Gathering) -> None:
    made.add("Ada", 5)
    made.add("Ada", 3, prefix="wrong")
    made.write(graph)


def _duplicate_named(graph: Connection, made: Gathering) -> None:
    middle = made.add("Ada", 6)
    made.add("Countess", 4, middle)
    made.write(graph)


def _duplicate(graph: Connection, made: Gathering) -> None:
    middle = made.add("Ada", 6)
    made.add("piece", 4, middle)
    made.write(graph)


def _missing_same(graph: Connection, made: Gathering) -> None:
    made.add("Ada", 24, apart=0.36)
    made.add("Bob", 3, apart=0.05)
    made.person["Ada-07"] = "Bob"
    made.write(graph)


def _twice(graph: Connection, made: Gathering) -> None:
    middle = made.add("Ada", 5)
    made.photo["Ada-03"] = made.photo["Ada-01"]
    made.vectors["Ada-03"] = (middle + 0.28 * made.centre()).astype(np.float32)
    made.write(graph)


def _not_same(graph: Connection, made: Gathering) -> None:
    made.write(graph)
    set_state(graph, Assignments(not_same={("p3-00", "p3-01"): "user"}))


def _copies(graph: Connection, made: Gathering) -> None:
    middle = made.add("Ada", 5, apart=0.05)
    made.add("Bob", 5)
    made.face("copy", "Bob", made.vectors["Ada-02"] + 0.01 * middle)
    made.phash = {"photo-Ada-02": 0x5A5A_33CC_0F0F_7171, "photo-copy": 0x5A5A_33CC_0F0F_7170}
    made.write(graph)


def _empty(graph: Connection, made: Gathering, name: str | None = None) -> None:
    made.write(graph)
    row = {"id": "p90", "number": 90, "name": name, "hidden": None}
    graph.run("write-persons", persons=[row])


def _empty_named(graph: Connection, made: Gathering) -> None:
    _empty(graph, made, "Nobody Yet")


def _orphan_face(graph: Connection, made: Gathering) -> None:
    made.write(graph)
    with graph.session() as session:
        session.run("MATCH (p:Photo {id: 'photo-p2-01'}) DETACH DELETE p").consume()


def _orphan_photo(graph: Connection, made: Gathering) -> None:
    made.write(graph)
    with graph.session() as session:
        session.run("CREATE (:Photo {id: 'gone', path: '/gone.jpg', paths: []})").consume()


FINDINGS: list[tuple[Kind, Callable[[Connection, Gathering], None], str]] = [
    ("bridge", _bridge, "split"),
    ("over-merged", _over_merged, "split"),
    ("duplicate", _duplicate_named, "merge"),
    ("duplicate", _duplicate, "merge"),
    ("missing-same", _missing_same, "move"),
    ("twice-in-photo", _twice, "reject"),
    ("not-same", _not_same, "reject"),
    ("copies", _copies, "move"),
    ("empty-person", _empty, "audit"),
    ("empty-person", _empty_named, "forget"),
    ("orphan", _orphan_face, "audit"),
    ("orphan", _orphan_photo, "audit"),
]


def _found(graph: Connection, kind: Kind) -> list[Finding]:
    return [one for one in audit(graph) if one.kind == kind]


@pytest.mark.parametrize(("kind", "plant", "call"), FINDINGS)
def test_what_audit_suggests_puts_it_right(
    graph: Connection,
    made: Gathering,
    take: Take,
    kind: Kind,
    plant: Callable[[Connection, Gathering], None],
    call: str,
) -> None:
    plant(graph, made)
    (finding,) = _found(graph, kind)
    assert finding.action.call == call
    if finding.look:
        take(finding.look)
    take(finding.action)
    assert _found(graph, kind) == []


def test_every_kind_of_finding_was_planted() -> None:
    assert {kind for kind, *_ in FINDINGS} == set(typing.get_args(Kind))


def _advice(graph: Connection, a: str, b: str) -> Action | None:
    return explain(graph, a, b).advice


def test_explain_suggests_to_merge(graph: Connection, take: Take) -> None:
    _unlike_others(made := Gathering()).add("Ada", 6, middle := made.centre())
    made.add("piece", 4, middle)
    number = made.write(graph)
    advice = _advice(graph, "Ada", str(number["piece"]))
    assert advice == Action("merge", {"persons": (number["Ada"], number["piece"])})
    take(advice)
    assert find_face(graph, "piece-00").name == "Ada"


def test_explain_suggests_into_whom_two_names_merge(graph: Connection, take: Take) -> None:
    """The number that `into` is given is the person's: nobody is called "1" afterwards."""
    _unlike_others(made := Gathering()).add("Ada", 4, middle := made.centre())
    made.add("Countess", 6, middle)
    number = made.write(graph)
    advice = _advice(graph, "Ada", "Countess")
    both = (number["Ada"], number["Countess"])
    assert advice == Action("merge", {"persons": both, "into": number["Ada"]})
    take(advice)
    assert find_face(graph, "Countess-00").name == "Ada"
    assert find_person(graph, "Ada").faces == 10
    assert "Countess" not in {one.name for one in people(graph)}


def test_explain_suggests_to_move(graph: Connection, take: Take) -> None:
    _unlike_others(made := Gathering()).add("Ada", 6, middle := made.centre())
    made.face("lone", "nobody", middle)
    number = made.write(graph)
    advice = _advice(graph, "lone", "Ada")
    assert advice == Action("move", {"faces": ["lone"], "person": number["Ada"]})
    take(advice)
    assert _advice(graph, "lone", "Ada") is None


def test_explain_suggests_to_reject(graph: Connection, take: Take) -> None:
    (made := Gathering()).add("Ada", 4)
    number = made.write(graph)
    set_state(graph, Assignments(not_same={("Ada-00", "Ada-01"): "user"}))
    advice = _advice(graph, "Ada-00", "Ada-01")
    assert advice == Action("reject", {"face": "Ada-01", "person": number["Ada"]})
    take(advice)
    assert _advice(graph, "Ada-00", "Ada-01") is None
    assert find_face(graph, "Ada-01").person is None


def test_explain_suggests_to_split(graph: Connection, take: Take) -> None:
    (made := Gathering()).add("Ada", 5)
    made.face("stray", "Ada", made.centre())
    number = made.write(graph)
    advice = _advice(graph, "Ada-00", "stray")
    assert advice == Action("split", {"person": number["Ada"]})
    take(advice)
    assert _advice(graph, "Ada-00", "stray") is None
    assert find_face(graph, "stray").person != find_face(graph, "Ada-00").person


def _unlike_others(made: Gathering) -> Gathering:
    for k in range(8):
        made.add(f"other{k}", 3)
    return made


@dataclass
class Trouble:
    """A situation in which `arise` raises an error with an Action."""

    arise: Callable[[], object]
    missing: dict[str, Any] = field(default_factory=dict)
    only_shows: bool = False
    """Whether the action shows where to look, and the error comes again."""


@dataclass
class Place:
    """What a situation is made with."""

    graph: Connection
    folder: Path
    photos: Path
    number: Numbers


def _no_faces(place: Place) -> Trouble:
    _forget(place)
    return Trouble(lambda: place.graph.require_space(), {"folders": [str(place.photos)]})


def _no_faces_to_undo(place: Place) -> Trouble:
    _forget(place)

    def arise() -> None:
        try:
            undo(place.graph)
        except GraphfaceError as error:
            if error.code != "nothing-to-undo":
                raise

    return Trouble(arise, {"folders": [str(place.photos)]})


def _no_pair(place: Place) -> Trouble:
    _forget(place)
    return Trouble(lambda: distances(place.graph), {"folders": [str(place.photos)]})


def _nobody_in_photos(place: Place) -> Trouble:
    _forget(place)
    page = place.folder / "page.html"
    return Trouble(lambda: network(place.graph, page), {"folders": [str(place.photos)]})


def _no_server(place: Place) -> Trouble:
    from graphface.db import Connection

    def arise() -> None:
        with Connection("bolt://127.0.0.1:1", "neo4j", "x") as nowhere:
            nowhere.run("stats")

    return Trouble(arise, only_shows=True)


def _bad_condition(place: Place) -> Trouble:
    asked = dict.fromkeys(one.name for one in statement(FILTERED).parameters)

    def arise() -> None:
        place.graph.run_where(FILTERED, "person.name = 'Ada'", {}, **asked)

    return Trouble(arise, only_shows=True)


def _lost_password(place: Place) -> Trouble:
    from graphface.db.embedded.credentials import ensure_password

    home = place.folder / "it's a home"
    home.mkdir()
    ensure_password(home)
    (home / "data" / "databases" / "system").mkdir(parents=True)
    (home / "server.json").write_text("{}")
    (home / "password").unlink()
    return Trouble(lambda: ensure_password(home))


def _never_started(place: Place) -> Trouble:
    from graphface.db.embedded.credentials import read_password

    return Trouble(lambda: read_password(place.folder / NEW_HOME))


def _half_restored(place: Place) -> Trouble:
    file = place.folder / "whole.backup"
    backup(place.graph, file)
    with place.graph.session() as session:
        session.run("CREATE (:Restoring)").consume()
    again = place.folder / "again.backup"
    return Trouble(lambda: backup(place.graph, again), {"file": str(file)})


def _no_backup(place: Place, start: bytes = b"no backup") -> Trouble:
    wrong, right = place.folder / "some.backup", place.folder / "new.backup"
    wrong.write_bytes(start)

    def arise() -> None:
        restore(place.graph, right if right.exists() else wrong, replace=True)

    return Trouble(arise, {"file": str(right)})


def _other_gzip(place: Place) -> Trouble:
    other = gzip.compress(b'"nothing"')
    return _no_backup(place, other + _sealed(hashlib.sha256(other).hexdigest()))


def _no_place(place: Place) -> Trouble:
    from graphface.exchange.export import Options, check_options

    out = place.folder / "out here"

    def arise() -> None:
        check_options(out if out.exists() else None, Options(to="graphml"))

    return Trouble(arise, {"out": str(out)})


def _no_model(place: Place) -> Trouble:
    from graphface.exchange.import_embeddings import import_embeddings

    _forget(place)
    file = place.folder / "table.csv"
    file.write_text("id,e0,e1\na,1.0,2.0\n")
    return Trouble(lambda: import_embeddings(place.graph, file), only_shows=True)


def _unknown_face(place: Place) -> Trouble:
    return Trouble(lambda: find_face(place.graph, "zzzz"), {"what": "Ada"}, only_shows=True)


def _face_that_went(place: Place) -> Trouble:
    state = Assignments(faces={"zzzz": None})
    return Trouble(lambda: place.graph.transact(lambda run: read_assignments(run, state)),
                   {"what": "Ada"}, only_shows=True)  # fmt: skip


def _person_that_went(place: Place) -> Trouble:
    state = Assignments(faces={"Ada-00": Belongs("p999")})
    return Trouble(lambda: place.graph.transact(lambda run: write_assignments(run, state)),
                   only_shows=True)  # fmt: skip


def _person_of_no_id(place: Place) -> Trouble:
    return Trouble(lambda: person_with_id(place.graph.run, "p999"), only_shows=True)


def _unknown_person(place: Place) -> Trouble:
    return Trouble(lambda: find_person(place.graph, "qqqqqqqq"), only_shows=True)


def _nothing_done(place: Place) -> Trouble:
    return Trouble(lambda: undo(place.graph, 1) and undo(place.graph, 1), only_shows=True)


def _two_names(place: Place) -> Trouble:
    def arise() -> None:
        if "Bob" in {one.name for one in people(place.graph)}:
            merge(place.graph, ["Ada", "Bob"])

    return Trouble(arise)


def _two_of_a_name(place: Place) -> Trouble:
    """As Cypher, or an older graph, may have it: no command gives a name twice."""
    with place.graph.session() as session:
        session.run(
            "MATCH (p:Person {number: $number}) SET p.name = 'ADA', p.nameKey = 'ada'",
            number=place.number["piece"],
        ).consume()
    return Trouble(lambda: find_person(place.graph, "aDa"))


def _of_nobody(place: Place) -> Trouble:
    return Trouble(lambda: confirm(place.graph, ["lone"]), {"person": "Ada"})


def _unnamed(place: Place) -> Trouble:
    number = str(place.number["piece"])
    return Trouble(lambda: rename(place.graph, number, "Zoë O'Hara"))


def _not_ingested(place: Place) -> Trouble:
    from graphface.people.selectors import faces_shown

    photo = place.folder / "new picture.jpg"
    shutil.copy(next(place.photos.iterdir()), photo)
    return Trouble(lambda: faces_shown(place.graph, str(photo)))


def _not_to_mark(place: Place) -> Trouble:
    photo = place.folder / "a party.jpg"
    shutil.copy(next(place.photos.iterdir()), photo)
    return Trouble(lambda: photo_at(place.graph, str(photo)))


def _changed_since(place: Place) -> Trouble:
    one, other = sorted(place.photos.iterdir())[:2]
    photo = place.folder / "a party.jpg"
    shutil.copy(one, photo)
    ingest(place.graph, [photo], extractor=extractor_for(place.graph.space()))
    shutil.copy(other, photo)
    return Trouble(lambda: photo_at(place.graph, str(photo)))


def _ignored(place: Place) -> Trouble:
    ignore(place.graph, ["Ada-01"])
    return Trouble(lambda: move(place.graph, ["Ada-01"], "Bob"))


def _both_named(place: Place) -> Trouble:
    return Trouble(lambda: reply(place.graph, Reply("same:Ada-00:Bob-00", "y")))


def _one_already(place: Place) -> Trouble:
    return Trouble(lambda: reply(place.graph, Reply("same:Two-00:other-00", "n")))


def _named_already(place: Place) -> Trouble:
    def arise() -> None:
        if find_face(place.graph, "Bob-00").name != "Robert":
            reply(place.graph, Reply("name:Bob-00", "name", "Robert"))

    return Trouble(arise)


def _without_faces(place: Place) -> Trouble:
    row = {"id": "p90", "number": 90, "name": "Nobody Yet", "hidden": None}
    place.graph.run("write-persons", persons=[row])
    picture = next(place.photos.iterdir())

    def arise() -> None:
        extractor = extractor_for(place.graph.space(), None, None, 20)
        verify_person(place.graph, picture, "Nobody Yet", extractor)

    return Trouble(arise, {"pictures": [str(picture)]})


def _forget(place: Place) -> None:
    place.graph.run("forget-everything")


TROUBLES: list[tuple[str, str, Callable[[Place], Trouble]]] = [
    ("graph-empty", "build", _no_faces),
    ("graph-empty", "build", _no_faces_to_undo),
    ("graph-empty", "build", _no_pair),
    ("graph-empty", "build", _nobody_in_photos),
    ("database-unavailable", "db.status", _no_server),
    ("condition-refused", "statements", _bad_condition),
    ("password-lost", "db.reset", _lost_password),
    ("server-not-started", "db.start", _never_started),
    ("restore-unfinished", "restore", _half_restored),
    ("backup-invalid", "backup", _no_backup),
    ("backup-invalid", "backup", _other_gzip),
    ("place-missing", "export", _no_place),
    ("model-missing", "models.list", _no_model),
    ("statement-unknown", "statements", lambda _: Trouble(lambda: statement("q"), only_shows=True)),
    ("face-not-found", "faces", _unknown_face),
    ("face-not-found", "faces", _face_that_went),
    ("person-gone", "people", _person_that_went),
    ("person-gone", "people", _person_of_no_id),
    ("person-not-found", "people", _unknown_person),
    ("nothing-to-undo", "history", _nothing_done),
    ("both-named", "merge", _two_names),
    ("several-persons", "merge", _two_of_a_name),
    ("face-of-nobody", "move", _of_nobody),
    ("person-unnamed", "name", _unnamed),
    ("picture-not-in-graph", "ingest", _not_ingested),
    ("picture-not-in-graph", "ingest", _not_to_mark),
    ("picture-changed", "ingest", _changed_since),
    ("face-ignored", "unignore", _ignored),
    ("both-named", "merge", _both_named),
    ("same-person", "split", _one_already),
    ("person-named", "rename", _named_already),
    ("person-without-faces", "register", _without_faces),
]

ELSEWHERE = {
    ("index-failed", "db.logs"),  # a server that cannot build an index
    ("model-damaged", "models.fetch"),  # weights that TensorFlow cannot load
}
"""Errors that no test can bring about here; their actions are taken below."""


@pytest.fixture
def place(graph: Connection, tmp_path: Path, album: Album) -> Iterator[Place]:
    """Ada and Bob have names, Two is two people, piece has no name, lone is of nobody; and a
    folder with a few pictures that the graph does not know."""
    photos = tmp_path / "photos, some"
    photos.mkdir()
    for file in sorted(album.folder.rglob("*.jpg"))[::5]:
        shutil.copy(file, photos)
    made = Gathering()
    for name in ("Ada", "Bob", "piece"):
        made.add(name, 4)
    made.add("Two", 4)
    made.add("Two", 4, prefix="other")
    made.face("lone", "nobody", made.centre())
    yield Place(graph, tmp_path, photos, made.write(graph))
    if (started := tmp_path / NEW_HOME).exists():
        graphface.Database(started).stop()


@pytest.mark.parametrize(("code", "call", "bring"), TROUBLES)
def test_what_an_error_suggests_helps(
    place: Place, take: Take, code: str, call: str, bring: Callable[[Place], Trouble]
) -> None:
    trouble = bring(place)
    with pytest.raises(GraphfaceError) as caught:
        trouble.arise()
    error = caught.value
    assert error.action is not None, error
    assert (error.code, error.action.call) == (code, call)
    assert set(error.action.missing) == set(trouble.missing)
    take(error.action, **trouble.missing)
    if not trouble.only_shows:
        trouble.arise()


def test_a_log_is_shown_and_weights_are_fetched(take: Take) -> None:
    take(Action("db.logs"))
    take(Action("models.fetch", {"name": "Dlib"}))


def test_no_error_with_an_action_is_left_out() -> None:
    package = Path(graphface.__file__).parent
    suggested = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            options = {one.arg: one.value for one in getattr(node, "keywords", ())}
            if isinstance(node, ast.Call) and "action" in options:
                kind = getattr(errors, ast.unparse(node.func), None)
                code = options.get("code")
                for inner in ast.walk(options["action"]):
                    if isinstance(inner, ast.Call) and ast.unparse(inner.func) == "Action":
                        said = ast.literal_eval(code) if code else getattr(kind, "code", None)
                        suggested.add((said, ast.literal_eval(inner.args[0])))
    tried = {(code, call) for code, call, _ in TROUBLES}
    assert suggested == tried | ELSEWHERE
