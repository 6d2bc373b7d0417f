"""The cases of people/."""

from __future__ import annotations

import json

from tests.integration.cypher_cases import (
    ADA,
    BOB,
    CLEO,
    DAN,
    GUS,
    VECTORS,
    Rows,
    See,
    case,
    column,
    every,
    gives,
    has,
    leaves,
    one,
)

NOBODY = {"person": None, "source": None, "confidence": None}
IGNORE_SOLO = ("ignore-faces", {"faces": ["solo0"]})
EMPTY_CLEO = ("write-belongs", {"rows": [{"face": f"cleo{k}", **NOBODY} for k in range(3)]})
"""Takes all faces from person 3, who has no name."""


def undoable(rows: Rows, see: See) -> None:
    assert [row["what"] for row in rows] == ["hide", "reject", "merge"], "the move was undone"
    merged = json.loads(rows[2]["before"])
    assert merged["faces"]["ada3"] == ["p9", "cluster", 0.9]


def traces(rows: Rows, see: See) -> None:
    """The face itself, and the history that names it; Bob's name on him and in the text."""
    found = {(row["label"], row["key"], row["named"]) for row in rows}
    assert ("Face", "id", False) in found
    assert ("Change", "faces", False) in found
    assert ("Person", "name", True) in found
    assert ("Change", "text", True) in found


CASES = {
    "changes-to-undo": case(undoable, count=3),
    "drop-empty-people": case(
        every(gives({"dropped": 1}), leaves("MATCH (p:Person {id: 'p3'}) RETURN p.id", [])),
        EMPTY_CLEO,
    ),
    "drop-persons": case(
        leaves("MATCH (p:Person) WHERE p.id IN ['p1', 'p3'] RETURN p.id", ["p1"]),
        EMPTY_CLEO, persons=["p1", "p3"],
    ),
    "empty-people": case(gives({"person": "p3"}), EMPTY_CLEO, persons=["p1", "p3"]),
    "faces-of-photos": case(
        every(
            column("face", "ada1", "cleo0", "bob1"),
            has(3, photo="photo-dinner", face="bob1", x=70, y=20, width=41, height=40,
                embedding=VECTORS["bob1"], person="p2", name="Bob", source="cluster"),
        ),
        photos=["photo-dinner", "photo-empty"],
    ),
    "faces-to-keep-apart": case(
        every(
            has(4, face="bob3", decided=False, distance=0.33),
            lambda rows, see: column("face", "bob3")(rows[:1], see),
        ),
        face="lost", person="p2", metric="euclidean_l2",
    ),
    "find-traces": case(traces, ids=["ada3"], persons=["p1"], pattern="(?is).*\\bbob\\b.*"),
    "forget-changes": case(
        every(
            gives({"number": 3}),
            leaves("MATCH (c:Change) RETURN c.number ORDER BY c.number", [2, 4, 5, 6]),
        ),
        persons=["p9"], faces=[], pattern="",
    ),
    "forget-faces": case(
        every(
            gives({"faces": 1, "same": 2, "notSame": 4}),
            leaves("MATCH (f:Face {id: 'lost'}) RETURN f.id", []),
            leaves("MATCH (p:Photo {id: 'photo-lost'}) RETURN p.forgottenAt IS NOT NULL", [True]),
        ),
        faces=["lost", "nobody"],
    ),
    "forget-person": case(
        every(gives({"persons": 1}), leaves("MATCH (p:Person {id: 'p3'}) RETURN p.id", [])),
        EMPTY_CLEO, person="p3",
    ),
    "forget-photos": case(
        every(
            gives({"photos": 1}),
            leaves("MATCH (f:Forgotten {id: 'photo-empty'}) RETURN f.size", [1003]),
            leaves("MATCH (p:Photo) WHERE p.id IN ['photo-empty', 'photo-party'] RETURN p.id",
                   ["photo-party"]),
        ),
        photos=["photo-empty", "photo-party"],
    ),
    "boxes-of-photos": case(
        gives({"photo": "photo-party", "paths": ["/photos/party.jpg", "/copies/party.jpg"],
               "size": 1000, "width": 200, "height": 100,
               "faces": [{"id": "ada0", "x": 10, "y": 20, "width": 40, "height": 40,
                          "ignored": False},
                         {"id": "bob0", "x": 70, "y": 20, "width": 41, "height": 40,
                          "ignored": True}]}),
        ("ignore-faces", {"faces": ["bob0"]}),
        photos=["photo-party", "none"],
    ),
    "ignore-faces": case(
        every(
            gives({"ignored": 1}),
            leaves("MATCH (f:IgnoredFace) WHERE NOT f:Face RETURN f.id", ["lost"]),
            leaves("MATCH (:IgnoredFace {id: 'lost'})-[r]-() RETURN type(r) AS t ORDER BY t",
                   ["HAS_FACE", "NOT_SAME", "NOT_SAME", "NOT_SAME", "NOT_SAME"]),
            leaves("MATCH (f:IgnoredFace) RETURN f.linkedUnder", [None]),
        ),
        faces=["lost", "none"],
    ),
    "unignore-faces": case(
        every(
            gives({"back": 1}),
            leaves("MATCH (f {id: 'solo0'}) RETURN labels(f)", [["Face"]]),
        ),
        IGNORE_SOLO, faces=["solo0", "ada0"],
    ),
    "drop-faces": case(
        every(
            gives({"dropped": 1}),
            leaves("MATCH (f:Face) WHERE f.id IN ['lost', 'solo0'] RETURN f.id", ["lost"]),
        ),
        faces=["solo0", "none"],
    ),
    "lone-faces": case(gives({"face": "lost", "quality": 0.5}), quality=0.6, limit=9),
    "faces-like": case(
        every(
            has(2, face="lost", distance=0.33),
            column("face", "lost", "cleo2"),
            lambda rows, see: column("face", "cleo2")(rows[:1], see),
        ),
        face="cleo2", metric="euclidean_l2", threshold=0.331, limit=9,
    ),
    "forget-thumbnails": case(
        leaves("MATCH (p:Person) WHERE p.thumbnail IS NOT NULL RETURN p.id", []), faces=["ada0"]
    ),
    "index-holds": case(
        gives({"face": "lost"}), ids=["lost", "gone"], embedding=VECTORS["lost"]
    ),
    "lock-people": case(
        every(
            gives({"space": "locked"}),
            leaves("MATCH (s:Space) RETURN s.changedAt = datetime.transaction()", [True]),
        )
    ),
    "mark-undone": case(
        leaves("MATCH (c:Change) WHERE c.undoneAt IS NOT NULL RETURN c.number ORDER BY c.number",
               [4, 6]),
        numbers=[6],
    ),
    "merged-into": case(gives({"person": "p9"}), persons=["p1"]),
    "not-same-among": case(
        gives({"a": "bob0", "b": "lost"}), faces=["lost", "bob0", "ada0"]
    ),
    "number-person": case(
        every(gives({"id": "p10", "number": 10}),
              leaves("MATCH (s:Space) RETURN s.nextPerson", [11])),
    ),
    "names-to-check": case(
        gives({"id": "p1", "number": ADA, "name": "Ada", "faces": 5}),
        ("write-name-keys", {"rows": [{"id": "p1", "key": "stale"}]}),
    ),
    "persons-called": case(
        gives({"key": "ada", "id": "p1", "number": ADA, "name": "Ada", "faces": 5}),
        keys=["ada", "zoe"],
    ),
    "persons-with-faces": case(
        every(has(2, person="p1", number=ADA, decided=True),
              has(2, person="p2", number=BOB, decided=False)),
        persons=["p1", "p2", "p9"],
    ),
    "photos-of-faces": case(
        gives({"photo": "photo-party", "paths": ["/photos/party.jpg", "/copies/party.jpg"],
               "others": True},
              {"photo": "photo-ida0", "paths": ["/photos/ida0.jpg"], "others": False},
              ordered=False),
        faces=["ada0", "ida0"],
    ),
    "read-belongs": case(
        gives({"face": "ada3", "person": "p1", "source": "user", "confidence": 1.0,
               "ignored": False},
              {"face": "lost", "person": None, "source": None, "confidence": None,
               "ignored": False},
              {"face": "solo0", "person": None, "source": None, "confidence": None,
               "ignored": True}),
        IGNORE_SOLO, faces=["ada3", "lost", "solo0", "none"],
    ),
    "read-not-same": case(
        gives({"a": "bob0", "b": "lost", "source": "user"}),
        pairs=[["bob0", "lost"], ["ada0", "lost"]],
    ),
    "read-persons": case(
        one(person="p4", number=GUS, name=None, hidden=True), persons=["p4", "p99"]
    ),
    "review-faces": case(
        has(26, face="gus0", photo="photo-gus0", person="p4", number=GUS, name=None, hidden=True)
    ),
    "review-person": case(
        gives({"face": "dan2", "source": "cluster", "person": "p7", "number": DAN, "name": None,
               "hidden": False, "faces": ["dan0", "dan1", "dan2", "dan3"]}),
        face="dan2",
    ),
    "review-progress": case(gives({"named": 9, "faces": 26})),
    "review-shown": case(
        gives({"face": "bob0", "path": "/photos/party.jpg", "box": [70, 20, 41, 40, 0]}),
        faces=["bob0"],
    ),
    "update-appears-with": case(
        every(
            gives({"pairs": 5}),
            leaves("MATCH (a)-[m:APPEARS_WITH]->(b) RETURN [a.number, b.number, m.photos] "
                   "ORDER BY a.number, b.number",
                   [[ADA, BOB, 2], [ADA, CLEO, 1], [ADA, DAN, 1], [BOB, CLEO, 1], [CLEO, 8, 1]]),
        ),
        ("import-photos", {"faces": ["dan0"], "photos": ["photo-ada2"], "paths": ["/x.jpg"]}),
    ),
    "write-belongs": case(
        every(
            gives({"faces": 1}),
            leaves("MATCH (f:Face {id: 'dan0'})-[b:BELONGS_TO]->(p) RETURN [p.id, b.source]",
                   [["p1", "user"]]),
            leaves("MATCH (f:Face {id: 'dan1'}) RETURN EXISTS { (f)-[:BELONGS_TO]->() }", [False]),
        ),
        rows=[{"face": "dan0", "person": "p1", "source": "user", "confidence": 1.0},
              {"face": "dan1", **NOBODY}],
    ),
    "write-change": case(
        every(
            one(number=7, what="test", text="a test", undone=False, moved=1),
            leaves("MATCH (c:Change {number: 7}) RETURN [c.before, c.faces, c.persons]",
                   [["{}", ["ada0"], ["p1"]]]),
        ),
        what="test", text="a test", moved=1, before="{}", after="{}",
        faces=["ada0"], persons=["p1"],
    ),
    "write-name-keys": case(
        leaves("MATCH (p:Person) WHERE p.id IN ['p1', 'p2'] RETURN p.nameKey ORDER BY p.id",
               ["ada", "changed"]),
        rows=[{"id": "p2", "key": "changed"}],
    ),
    "write-not-same": case(
        leaves("MATCH (a:Face)-[n:NOT_SAME]->(b) RETURN [a.id, b.id, n.source] ORDER BY a.id",
               [["ada0", "bob0", "folder"], ["bob1", "lost", "user"], ["bob2", "lost", "user"],
                ["bob3", "lost", "user"]]),
        rows=[{"a": "ada0", "b": "bob0", "source": "folder"},
              {"a": "bob0", "b": "lost", "source": None}],
    ),
    "write-person-thumbnails": case(
        every(
            gives({"persons": 1}),
            leaves("MATCH (p:Person {id: 'p2'}) RETURN p.thumbnail", ["http://h/bob1"]),
        ),
        ("write-thumbnails", {"rows": [{"face": "bob1", "thumbnail": "http://h/bob1"}]}),
    ),
    "write-persons": case(
        leaves("MATCH (p:Person) WHERE p.id IN ['p2', 'p20'] RETURN "
               "[p.number, p.name, p.nameKey, p.hidden, date(p.createdAt) = date('2001-02-03')] "
               "ORDER BY p.id",
               [[BOB, "Bert", "bert", True, False], [20, None, None, False, True]]),
        persons=[
            {"id": "p2", "number": BOB, "name": "Bert", "nameKey": "bert", "hidden": True,
             "created": None},
            {"id": "p20", "number": 20, "name": None, "nameKey": None, "hidden": False,
             "created": "2001-02-03T04Z"},
        ],
    ),
    "write-thumbnails": case(
        leaves("MATCH (f:Face) WHERE f.thumbnail IS NOT NULL RETURN [f.id, f.thumbnail]",
               [["bob0", "http://h/b"]]),
        rows=[{"face": "bob0", "thumbnail": "http://h/b"}, {"face": "ada0", "thumbnail": None}],
    ),
}  # fmt: skip
