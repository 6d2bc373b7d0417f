"""The cases of lookup/ and exchange/."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tests.integration.cypher_cases import (
    ADA,
    BOB,
    DAN,
    EVE,
    GUS,
    VECTORS,
    Rows,
    See,
    case,
    column,
    drawn,
    every,
    gives,
    has,
    leaves,
    one,
)

ANYTHING = {
    "people": None, "together": [], "after": None, "before": None, "latitude": None,
    "longitude": None, "metres": None, "folders": None, "width": 1,
}  # fmt: skip
SAME = ("project-same", {"graph": "same"})


def everything(rows: Rows, see: See) -> None:
    """Each node and relationship of the graph is in a backup, embeddings too."""
    assert len(rows) == see("MATCH (n) RETURN count(n) AS n")[0]["n"]
    face = next(row for row in rows if row["properties"].get("id") == "ada0")
    assert face["labels"] == ["Face"]
    assert face["properties"]["embedding"] == VECTORS["ada0"]


def all_relationships(rows: Rows, see: See) -> None:
    assert sum(len(row["out"]) for row in rows) == see("MATCH ()-->() RETURN count(*) AS n")[0]["n"]
    party = next(row for row in rows if row["key"] == "photo-party")
    assert sorted((one[0], one[4]) for one in party["out"]) == [
        ("HAS_FACE", "ada0"), ("HAS_FACE", "bob0"),
    ]  # fmt: skip


def exported_photos(rows: Rows, see: See) -> None:
    dinner = next(row for row in rows if row["photo"] == "photo-dinner")
    assert [face["name"] for face in dinner["faces"]] == ["Ada", "Bob", None]
    party = next(row for row in rows if row["photo"] == "photo-party")
    assert party["paths"] == ["/photos/party.jpg", "/copies/party.jpg"]
    assert [row["photo"] for row in rows] == sorted(row["photo"] for row in rows)
    assert len(rows) == 23


def element(label: str, id: str) -> Callable[[See], str]:
    return lambda see: see(f"MATCH (n:{label} {{id: $id}}) RETURN elementId(n) AS e", id=id)[0]["e"]


CASES = {
    "count-search-faces": case(
        gives({"passing": 1, "faces": 26}),
        **{**ANYTHING, "people": ["p1"], "together": ["p2"], "before": datetime(2020, 1, 1)},
    ),
    "search-faces": case(
        gives(
            {"face": "ada1", "distance": 0.141, "photo": "photo-dinner",
             "takenAt": "2020-01-02T00:00:00", "path": "/photos/dinner.jpg",
             "box": [10, 20, 40, 40, 0], "number": ADA, "name": "Ada"},
        ),
        embedding=VECTORS["ada0"], metric="euclidean_l2", candidates=20, top=9, threshold=0.5,
        **{**ANYTHING, "people": ["p1", "p2"], "together": ["p3"], "folders": ["/photos/"]},
    ),
    "drawn-people": case(
        every(
            column("number", EVE, ADA),
            has(2, number=ADA, faces=5, best=[
                {"face": "ada0", "quality": 0.9, "confidence": 0.9, "path": "/photos/party.jpg"}
            ]),
        ),
        persons=2, faces=1,
    ),
    "drawn-same": case(
        gives(
            {"a": "dan1", "b": "dan2", "distance": 0.1},
            {"a": "dan0", "b": "dan1", "distance": 0.194},
            {"a": "dan0", "b": "dan2", "distance": 0.194},
        ),
        faces=["dan0", "dan1", "dan2", "bob0"],
    ),
    "explain-chain": case(
        every(
            column("face", "bob0", "bob3", "lost"),
            has(3, face="bob0", distance=None, path="/photos/party.jpg", number=BOB, name="Bob",
                box=[70, 20, 41, 40, 0]),
            has(3, face="lost", distance=0.33, number=None),
        ),
        SAME, graph="same", start="bob0", end="lost",
    ),
    "explain-narrow": case(
        gives({"relationshipCount": 36}), SAME, graph="same", narrowed="narrow", longest=0.15
    ),
    "explain-one-photo": case(
        gives({"path": "/photos/party.jpg", "a": "ada0", "b": "bob0"}),
        left=["ada0", "ada2"], right=["bob0", "bob1"],
    ),
    "explain-pair": case(gives({"same": 0.194, "ofA": 2, "ofB": 3}), a="dan0", b="dan1"),
    "explain-people-near": case(
        every(column("person", "p2", "p3"), has(2, person="p3", embeddings=[VECTORS["cleo2"]])),
        ("write-belongs", {"rows": [
            {"face": f, "person": None, "source": None, "confidence": None}
            for f in ("cleo0", "cleo1")
        ]}),
        embedding=VECTORS["lost"], count=6, but=["p1"], people=2, most=1,
    ),
    "explain-said-apart": case(
        gives({"a": "bob3", "b": "lost", "source": "user"}), left=["bob3", "ada0"], right=["lost"]
    ),
    "explain-shared": case(
        every(
            column("face", "dan1", "dan2"),
            has(2, face="dan1", toA=0.194, toB=0.194, number=DAN, path="/photos/dan1.jpg"),
        ),
        a="dan0", b="dan3",
    ),
    "explain-tree": case(gives({"reached": 8}), SAME, graph="same", face="bob0"),
    "explain-widest": case(
        gives({"widest": 0.335}), SAME, ("explain-tree", {"graph": "same", "face": "eve0"}),
        graph="same", start="eve0", end="eve5",
    ),
    "face-crop": case(
        gives({"photo": "photo-party", "paths": ["/photos/party.jpg", "/copies/party.jpg"],
               "box": [10, 20, 40, 40, 0],
               "faces": [{"face": "ada0", "box": [10, 20, 40, 40, 0]},
                         {"face": "bob0", "box": [70, 20, 41, 40, 0]}]}),
        ("write-thumbnails", {"rows": []}), face="ada0",
    ),
    "face-embeddings": case(
        gives({"face": "ada0", "embedding": VECTORS["ada0"]}), faces=["ada0", "nobody"]
    ),
    "faces-by-id": case(
        every(column("id", "dan0", "dan1"), has(2, id="dan1", path="/photos/dan1.jpg", number=DAN)),
        text="dan", limit=2,
    ),
    "faces-by-path": case(
        every(
            column("id", "ada0", "bob0"),
            has(2, id="bob0", path="/photos/party.jpg", photo="photo-party",
                box=[70, 20, 41, 40, 0],
                person="p2", number=BOB, name="Bob", source="cluster", confidence=0.9,
                ignored=False),
            has(2, id="ada0", person=None, ignored=True),
        ),
        ("write-belongs", {"rows": [{"face": "ada0", "person": None}]}),
        ("ignore-faces", {"faces": ["ada0"]}),
        paths=["/copies/party.jpg"],
    ),
    "ignored-faces": case(
        gives({"id": "solo0", "path": "/photos/solo0.jpg", "photo": "photo-solo0",
               "box": [10, 20, 40, 40, 0]}),
        ("ignore-faces", {"faces": ["solo0"]}),
    ),
    "faces-of-person": case(
        every(
            column("source", "folder", "user", "cluster", "cluster", "cluster"),
            lambda rows, see: column("id", "ada3", "ida0")(rows[:2], see),
        ),
        person="p1",
    ),
    "find-person": case(
        gives({"id": "p1", "number": ADA, "name": "Ada", "faces": 5}), text=str(ADA)
    ),
    "list-changes": case(
        every(
            column("what", "hide", "reject"),
            has(2, number=6, text="person 4 is hidden", undone=False, moved=0),
        ),
        last=2,
    ),
    "list-people": case(
        gives(
            {"number": EVE, "name": None, "faces": 6, "photos": 6, "first": None, "last": None,
             "hidden": False},
            {"number": ADA, "name": "Ada", "faces": 5, "photos": 5, "first": "2019-05-04T20:00:00",
             "last": "2020-01-02T00:00:00", "hidden": False},
        ),
        minFaces=5,
    ),
    "near-faces-of-person": case(
        gives({"face": "bob3", "distance": 0.33, "path": "/photos/bob3.jpg", "person": "p2",
               "embedding": VECTORS["bob3"]}),
        person="p2", embedding=VECTORS["lost"], metric="euclidean_l2", count=1,
    ),
    "nearest-faces": case(
        every(
            column("face", "lost", "bob3", "cleo2"),
            has(3, face="bob3", distance=0.33, path="/photos/bob3.jpg", person="p2", name="Bob",
                source="cluster", embedding=VECTORS["bob3"]),
        ),
        embedding=VECTORS["lost"], metric="euclidean", count=3,
    ),
    "people-of-photo": case(
        gives(
            {"number": ADA, "name": "Ada", "source": "cluster", "confidence": 0.9, "quality": 0.9,
             "box": [10, 20, 40, 40, 0], "face": "ada0"},
            {"number": BOB, "name": "Bob", "source": "cluster", "confidence": 0.9, "quality": 0.9,
             "box": [70, 20, 41, 40, 0], "face": "bob0"},
        ),
        path="/copies/party.jpg",
    ),
    "person-names": case(gives({"name": "Ada"}, {"name": "Bob"})),
    "person-timeline": case(
        gives({"month": "2019-05-01", "photos": 2}, {"month": "2020-01-01", "photos": 1}),
        number=ADA,
    ),
    "photo-graph": case(
        drawn("2 Face, 2 Person, 1 Photo", "2 BELONGS_TO, 2 HAS_FACE"), path="party.jpg"
    ),
    "photos-without-face": case(
        gives({"path": "/photos/empty.jpg", "width": 200, "height": 100, "takenAt": None}), limit=5
    ),
    "stats": case(
        gives({"photos": 23, "photosWithoutFace": 1, "faces": 26, "same": 30, "people": 6,
               "named": 2, "facesWithoutPerson": 2, "ignoredFaces": 0})
    ),
    "thumbnails-of-people": case(
        gives({"number": ADA, "name": "Ada", "thumbnail": "http://h/faces/ada0.jpg"})
    ),
    "thumbnails-to-write": case(
        every(
            has(23, face="bob0", thumbnail="http://h/faces/bob0.jpg"),
            lambda rows, see: column("n")(
                [row for row in rows if row["face"] in ("ada0", "gus0")], see
            ),
        ),
        address="http://h",
    ),
    "together-pairs": case(
        gives({"a": ADA, "aName": "Ada", "b": BOB, "bName": "Bob", "photos": 2}),
        minPhotos=2, numbers=[BOB, GUS],
    ),
    "together-people": case(
        every(column("number", EVE, ADA), has(2, number=ADA, name="Ada", photos=5)), most=2
    ),
    "together-photos": case(
        gives(
            {"path": "/photos/party.jpg", "takenAt": "2019-05-04T20:00:00", "faces": 2},
            {"path": "/photos/dinner.jpg", "takenAt": "2020-01-02T00:00:00", "faces": 3},
        ),
        persons=["p1", "p2"],
    ),
    "unnamed-people": case(
        gives({"number": EVE, "faces": 6, "face": "eve0", "photo": "/photos/walk.jpg"}), limit=1
    ),
    "walk-to-anchor": case(
        one(faces=["ada0", "ada3"], distances=[0.141],
            paths=["/photos/party.jpg", "/photos/ada3.jpg"]),
        face="ada0", person="p1",
    ),
    "walk-to-person": case(
        one(person="p3", name=None, source="cluster", faces=["lost", "cleo2"], distances=[0.33],
            paths=["/photos/lost.jpg", "/photos/cleo2.jpg"]),
        face="lost",
    ),
    "backup-counts": case(one(faces=26, relationships=88, unfinished=False)),
    "backup-nodes": case(everything),
    "backup-relationships": case(all_relationships),
    "export-faces": case(
        has(26, face="bob0", photo="photo-party", path="/photos/party.jpg", x=70, y=20, width=41,
            height=40, person=BOB, name="Bob", source="cluster", confidence=0.9,
            takenAt="2019-05-04T20:00:00", quality=0.9, embedding=None),
        embeddings=False,
    ),
    "export-persons": case(has(6, person="p4", number=GUS, name=None, hidden=True, faces=2)),
    "export-photos": case(exported_photos),
    "export-relationships": case(
        every(
            has(88, type="SAME", **{"from": "bob3", "to": "lost"}, distance=0.33),
            has(88, type="NOT_SAME", **{"from": "bob3", "to": "lost"}, source="user"),
            has(88, type="APPEARS_WITH", fromLabel="Person", photos=2),
        )
    ),
    "restore-begin": case(leaves("MATCH (m:Restoring) RETURN m.id", ["restoring"])),
    "restore-end": case(leaves("MATCH (m:Restoring) RETURN m.id", []), ("restore-begin", {})),
    "restore-faces": case(
        every(
            one(i=0),
            leaves("MATCH (f:Face {id: 'new'}) RETURN f.embedding", [VECTORS["ada0"]]),
            leaves("MATCH (f:Face {id: 'new'}) RETURN f.quality", [0.5]),
        ),
        rows=[{"labels": ["Face"], "properties": {"id": "new", "quality": 0.5}}],
        embeddings=[VECTORS["ada0"]],
    ),
    "restore-nodes": case(
        every(one(i=0), leaves("MATCH (p:Person {id: 'p99'}) RETURN p.name", ["Zoe"])),
        rows=[{"labels": ["Person"], "properties": {"id": "p99", "name": "Zoe"}}],
    ),
    "restore-relationships": case(
        every(
            gives({"written": 1}),
            leaves("MATCH (:Face {id: 'solo0'})-[b:BELONGS_TO]->(p) RETURN b.source + p.id",
                   ["userp4"]),
        ),
        rows=lambda see: [{
            "from": element("Face", "solo0")(see),
            "out": [["BELONGS_TO", element("Person", "p4")(see), {"source": "user"}]],
        }],
    ),
}  # fmt: skip
