"""The cases of teaching/ and audit/."""

from __future__ import annotations

from tests.integration.cypher_cases import (
    ADA,
    BOB,
    CLEO,
    DAN,
    EVE,
    VECTORS,
    Check,
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


def groups(*sizes: int) -> Check:
    """Groups of these sizes. Ada's fifth face, from a merge, and `solo0` have no SAME."""

    def check(rows: Rows, see: See) -> None:
        assert [row["size"] for row in rows] == list(sizes)
        assert sorted(face for row in rows for face in row["faces"]) == sorted(
            set(VECTORS) - {"hal0", "hal1", "ida0", "solo0"}
        )
        ada = next(row for row in rows if "ada0" in row["faces"])
        assert ada["people"] == ["Ada"]
        assert all(row["size"] == len(row["faces"]) for row in rows)

    return check


def spread(rows: Rows, see: See) -> None:
    """All pairs of 26 faces; no pair of one person is far away but Ada's fifth face."""
    assert sum(row["same"] + row["different"] for row in rows) == 26 * 25 // 2
    assert sum(row["same"] for row in rows) == 10 + 6 + 3 + 1 + 6 + 15
    assert sum(row["same"] for row in rows if row["to"] > 0.71) == 4


def seen_kinds(rows: Rows, see: See) -> None:
    kinds = {label for node in rows[0]["nodes"] for label in node.labels}
    assert kinds >= {"Photo", "Face", "Person", "Space", "Change"}
    found = {(r.start_node["name"], r.type, r.end_node["name"]) for r in rows[0]["relationships"]}
    assert found >= {
        ("Photo", "HAS_FACE", "Face"), ("Face", "SAME", "Face"), ("Face", "BELONGS_TO", "Person"),
        ("Face", "NOT_SAME", "Face"), ("Person", "APPEARS_WITH", "Person"),
    }  # fmt: skip


CASES = {
    "acquaintance": case(
        gives({
            "handshakes": 2,
            "people": ["Bob", "person 3", "person 8"],
            "photos": ["/photos/dinner.jpg", "/photos/walk.jpg"],
        }),
        a=BOB, b=EVE,
    ),
    "betweenness": case(
        gives(
            {"face": "bob3", "score": 12.0, "person": BOB, "name": "Bob", "links": 4},
            {"face": "lost", "score": 12.0, "person": None, "name": None, "links": 2},
            {"face": "cleo2", "score": 10.0, "person": CLEO, "name": None, "links": 3},
        ),
        limit=3,
    ),
    "bridge-faces": case(
        gives(
            {"face": "eve2", "person": EVE, "name": None, "quality": 0.9, "neighbours": 3,
             "photo": "/photos/eve2.jpg"},
            {"face": "eve3", "person": EVE, "name": None, "quality": 0.9, "neighbours": 3,
             "photo": "/photos/eve3.jpg"},
        )
    ),
    "bridge-links": case(
        every(
            has(4, a="eve2", b="eve3", distance=0.335, linksOfA=3, linksOfB=3, onePerson=True),
            has(4, a="bob3", b="lost", linksOfA=4, linksOfB=2, onePerson=False),
            has(4, a="cleo2", b="lost", linksOfA=3, linksOfB=2, onePerson=False),
        )
    ),
    "chain-of-people": case(
        gives({"faces": ["bob3", "lost", "cleo2"], "distances": [0.33, 0.33],
               "people": ["Bob", None, "person 3"]}),
        a=BOB, b=CLEO,
    ),
    "clustering-coefficient": case(
        every(
            has(6, person=ADA, faces=4, coefficient=1.0, triangles=4),
            has(6, person=EVE, faces=6, coefficient=0.778, triangles=2),
            has(6, person=DAN, faces=4, coefficient=0.833, triangles=2),
        )
    ),
    "communities-components": case(
        every(groups(8, 6, 4, 4, 2), has(5, size=8, people=["Bob", "person 3"]))
    ),
    "communities-label-propagation": case(groups(4, 4, 3, 3, 3, 3, 2, 2)),
    "communities-leiden": case(groups(5, 4, 4, 3, 3, 3, 2)),
    "communities-louvain": case(groups(5, 4, 4, 3, 3, 3, 2)),
    "company": case(
        gives(
            {"number": BOB, "name": "Bob", "photos": 2, "share": 0.4,
             "first": "2019-05-04T20:00:00", "last": "2020-01-02T00:00:00"},
            {"number": CLEO, "name": None, "photos": 1, "share": 0.2,
             "first": "2020-01-02T00:00:00", "last": "2020-01-02T00:00:00"},
        ),
        number=ADA,
    ),
    "contradictions": case(drawn("5 Face", "4 NOT_SAME, 4 SAME")),
    "distance-histogram": case(spread, sample=100, width=0.1),
    "graph-of-people": case(drawn("25 Face, 6 Person", "24 BELONGS_TO, 30 SAME")),
    "groups-by-threshold": case(
        gives(
            {"threshold": 0.01, "groups": 0, "largest": 0, "faces": 0},
            {"threshold": 0.15, "groups": 7, "largest": 4, "faces": 19},
            {"threshold": 0.4, "groups": 5, "largest": 8, "faces": 24},
        ),
        thresholds=[0.4, 0.15, 0.01],
    ),
    "index-by-hand": case(
        every(
            has(4, face="ada0", score=1.0, computed=0.0, unit=0.0, person=ADA, name="Ada"),
            has(4, face="ada3", score=0.995, computed=0.141, unit=0.141),
        ),
        face="ada0", count=4,
    ),
    "missing-links": case(
        gives({"a": "dan0", "b": "dan3", "shared": 2, "overlap": 1.0, "distance": 0.373,
               "personOfA": DAN, "personOfB": DAN}),
        shared=2, limit=9,
    ),
    "people-in-pieces": case(gives({"person": ADA, "name": "Ada", "pieces": 2, "sizes": [4, 1]})),
    "person-graph": case(
        drawn("4 Face, 1 Person, 4 Photo", "4 BELONGS_TO, 4 HAS_FACE, 5 SAME"), number=DAN
    ),
    "photos-of-two": case(
        drawn("4 Face, 2 Person, 2 Photo", "4 BELONGS_TO, 4 HAS_FACE"), a=ADA, b=BOB
    ),
    "recipe-same": case(
        leaves("MATCH ()-[s:SAME]->() WHERE s.distance < 0.5 RETURN count(s)", [35]), threshold=0.5
    ),
    "same-degrees": case(
        gives(
            {"links": 0, "faces": 2}, {"links": 1, "faces": 2}, {"links": 2, "faces": 9},
            {"links": 3, "faces": 12}, {"links": 4, "faces": 1},
        )
    ),
    "same-histogram": case(
        gives(
            {"from": 0.0, "to": 0.2, "pairs": 22, "within": 22, "between": 0},
            {"from": 0.2, "to": 0.4, "pairs": 8, "within": 6, "between": 2},
        ),
        width=0.2,
    ),
    "schema-graph": case(seen_kinds),
    "skeleton": case(column("distance", 0.194, 0.194, 0.1), number=DAN),
    "together-graph": case(drawn("2 Person", "1 APPEARS_WITH"), minPhotos=2),
    "typical-faces": case(has(6, person=BOB, name="Bob", faces=4)),
    "without-index": case(
        every(
            column("face", "eve2", "eve3", "eve0", "eve1"),
            has(4, face="eve3", distance=0.335, person=EVE),
        ),
        face="eve2", count=4,
    ),
    "audit-bridges": case(
        lambda rows, see: column("pair", ["eve2", "eve3"], ["gus0", "gus1"])(
            [{"pair": sorted(row.values())} for row in rows], see
        ),
        ("audit-project-within", {"graph": "w"}), graph="w"
    ),
    "audit-drop-orphans": case(
        every(
            gives({"faces": 0, "photos": 1}),
            leaves("MATCH (p:Photo) WHERE NOT EXISTS { (p)--() } RETURN p.id", []),
        ),
        faces=["ada0"], photos=["photo-empty", "photo-party"],
    ),
    "audit-faces": case(
        has(26, face="bob0", person="p2", source="cluster", path="/photos/party.jpg",
            place=[0.35, 0.2, 0.205, 0.4])
    ),
    "audit-orphan-faces": case(
        gives({"face": "cut", "number": None}),
        ("load-faces", {"faces": [{"id": "cut", "embedding": VECTORS["ada0"]}]}),
        ("import-boxes", {"faces": ["cut"], "boxes": [[1, 2, 3, 4]]}),
    ),
    "audit-orphan-photos": case(
        gives({"photo": "photo-empty", "path": "/photos/empty.jpg"}),
        ("drop-paths", {"photos": [{"photo": "photo-empty", "paths": ["/photos/empty.jpg"]}]}),
    ),
    "audit-people": case(has(6, id="p1", number=ADA, name="Ada", faces=5)),
    "audit-photos": case(has(22, photo="photo-solo0", phash=7, faces=["solo0"])),
    "audit-project-within": case(one(graphName="w", relationshipCount=56), graph="w"),
    "doubtful-faces": case(
        gives({"face": "eve4", "confidence": 0.3, "quality": 0.9, "number": EVE, "name": None,
               "photo": "/photos/eve4.jpg"}),
        ("write-belongs-to", {"rows": [{"face": "eve4", "person": "p8", "confidence": 0.3}]}),
        limit=1,
    ),
    "hub-faces": case(
        gives({"face": "lost", "persons": 2, "links": 2, "quality": 0.5,
               "photo": "/photos/lost.jpg"}),
        limit=5,
    ),
}  # fmt: skip
