"""The cases of schema/, ingest/, link/ and cluster/. What runs outside of a transaction
(mode auto) is in `cypher_cases_auto`."""

from __future__ import annotations

from tests.integration.cypher_cases import (
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

SAME = ("project-same", {"graph": "g"})
PAIRS = (
    "gds-project-pairs",
    {"graph": "g", "left": [0, 1, 0, 3, 4, 3, 2], "right": [1, 2, 2, 4, 5, 5, 3],
     "weights": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.01]},
)  # fmt: skip
"""Two triangles of numbered faces, joined by a weak pair."""

NEW = {"id": "photo-new", "path": "/new.jpg", "size": 7, "width": 9, "height": 8, "takenAt": None,
       "latitude": 52.5, "longitude": 13.4, "phash": 3}  # fmt: skip


def two_triangles(rows: Rows, see: See) -> None:
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row["community"], set()).add(row["face"])
    assert sorted(map(sorted, found.values())) == [[0, 1, 2], [3, 4, 5]]


def same_by_face(rows: Rows, see: See) -> None:
    got = {tuple(sorted((row["start"], end))) for row in rows for end, _ in row["near"]}
    assert len(got) == 30
    assert ("bob3", "lost") in got
    assert all(0 < distance < 0.37 for row in rows for _, distance in row["near"])


def all_faces(rows: Rows, see: See) -> None:
    assert [len(row["ids"]) for row in rows] == [20, 6]
    found = dict(zip(rows[0]["ids"], rows[0]["embeddings"], strict=True))
    found |= dict(zip(rows[1]["ids"], rows[1]["embeddings"], strict=True))
    assert found == {id: VECTORS[id] for id in VECTORS if not id.startswith("hal")}
    assert set(rows[0]["under"]) == {0.37}


def near_pairs(rows: Rows, see: See) -> None:
    """Everybody's nearest, of those nearer than 1 / .85 - 1."""
    pairs = {frozenset(row.values()) for row in rows}
    assert frozenset({"dan1", "dan2"}) in pairs
    assert frozenset({"gus0", "gus1"}) in pairs
    assert frozenset({"cleo2", "lost"}) not in pairs


def new_pairs(rows: Rows, see: See) -> None:
    assert {row["a"] for row in rows} == {"lost"}
    found = {row["b"] for row in rows}  # approximate: which two depends on where it began
    assert len(found) == 2
    assert "lost" not in found


CASES = {
    # schema
    "await-indexes": case(gives(), seconds=30),
    "gds-version": case(lambda rows, see: column("ok", True)(
        [{"ok": rows[0]["version"].split(".")[0].isdigit()}], see)),
    "list-vector-indexes": case(
        one(name="face_embedding", state="ONLINE", dimensions=128, similarity="cosine")
    ),
    "read-space": case(one(space={
        "model": "Dlib", "detector": "dlib", "alignment": "dlib-5-150", "dimensions": 128,
        "metric": "euclidean_l2", "threshold": 0.37, "version": 4, "file": None,
    })),
    "save-space": case(
        leaves("MATCH (s:Space) RETURN [s.model, s.threshold, s.nextPerson]", [["Dlib", 0.3, 10]]),
        space={"threshold": 0.3},
    ),
    "vocabulary": case(gives({"labels": 8, "types": 5, "properties": 60})),
    # ingest
    "drop-paths": case(
        leaves("MATCH (p:Photo {id: 'photo-party'}) RETURN [p.paths, p.modified]",
               [[["/photos/party.jpg"], [1]]]),
        photos=[{"photo": "photo-party", "paths": ["/copies/party.jpg"]}],
    ),
    "forgotten-photos": case(
        gives({"photo": "photo-hal0", "size": 1011}, {"photo": "photo-hal1", "size": 1012},
              {"photo": "photo-lost", "size": 1015}, ordered=False),
        ("forget-faces", {"faces": ["lost"]}),
    ),
    "import-boxes": case(
        leaves("MATCH (f:Face {id: 'ada0'}) RETURN [f.x, f.y, f.width, f.height]", [[1, 2, 3, 4]]),
        faces=["ada0"], boxes=[[1, 2, 3, 4]],
    ),
    "import-faces": case(
        every(
            gives({"written": 2, "new": 1}),
            leaves("MATCH (f:Face) WHERE f.linkedUnder IS NULL RETURN f.id ORDER BY f.id",
                   ["bob0", "new"]),
        ),
        ids=["new", "bob0", "ada0"],
        embeddings=[VECTORS["ada1"], VECTORS["solo0"], VECTORS["ada0"]],
    ),
    "import-index-progress": case(one(state="ONLINE", percent=100.0)),
    "import-known": case(gives({"faces": 26, "known": 2}), ids=["ada0", "lost", "nobody"]),
    "import-photos": case(
        leaves("MATCH (p:Photo)-[:HAS_FACE]->(:Face {id: 'solo0'}) RETURN [p.id, p.paths[0]]",
               [["photo-x", "/x.jpg"]]),
        faces=["solo0"], photos=["photo-x"], paths=["/x.jpg"],
    ),
    "known-files": case(
        has(24, photo="photo-party", path="/copies/party.jpg", modified=2, size=1000)
    ),
    "faces-in-photos": case(
        gives({"photo": "photo-solo0", "face": "solo0", "box": [10, 20, 40, 40], "kept": True},
              {"photo": "photo-party", "face": "ada0", "box": [10, 20, 40, 40], "kept": False},
              {"photo": "photo-party", "face": "bob0", "box": [70, 20, 41, 40], "kept": False},
              ordered=False),
        ("ignore-faces", {"faces": ["solo0"]}),
        photos=["photo-solo0", "photo-party"],
    ),
    "kept-faces": case(
        gives({"photo": "photo-solo0", "face": "solo0", "box": [10, 20, 40, 40]}),
        ("ignore-faces", {"faces": ["solo0"]}),
        photos=["photo-solo0", "photo-party"],
    ),
    "write-faces": case(
        every(
            leaves("MATCH (:Photo {id: 'photo-empty'})-[:HAS_FACE]->(f) RETURN [f.id, f.quality]",
                   [["new", 0.7]]),
            leaves("MATCH (f:Face {id: 'new'}) RETURN f.embedding", [VECTORS["ada0"]]),
        ),
        ids=["new"], photos=["photo-empty"], properties=[{"x": 1, "quality": 0.7}],
        embeddings=[VECTORS["ada0"]],
    ),
    "prominent-faces": case(
        gives({"photo": "photo-solo0", "face": "solo0"}, {"photo": "photo-walk", "face": "eve0"},
              ordered=False),
        photos=["photo-solo0", "photo-walk", "photo-empty"],
    ),
    "write-paths": case(
        leaves("MATCH (p:Photo {id: 'photo-party'}) RETURN [p.paths, p.modified]",
               [[["/photos/party.jpg", "/copies/party.jpg", "/x"], [1, 5, 9]]]),
        photos=[{"photo": "photo-party", "paths": ["/copies/party.jpg", "/x"], "modified": [5, 9]}],
    ),
    "write-photos": case(
        every(
            leaves("MATCH (p:Photo {id: 'photo-new'}) RETURN [p.path, p.width, p.location.y]",
                   [["/new.jpg", 9, 52.5]]),
            leaves("MATCH (p:Photo {id: 'photo-party'}) RETURN p.path", ["/photos/party.jpg"]),
        ),
        photos=[NEW, {**NEW, "id": "photo-party"}],
    ),
    # link
    "begin-link": case(leaves("MATCH (s:Space) RETURN s.linking", ["run"]), run="run"),
    "count-faces": case(gives({"faces": 26, "waiting": 26}), threshold=0.4),
    "count-same": case(gives({"pairs": 30})),
    "drop-same": case(
        every(gives({"removed": 1}), leaves("MATCH ()-[s:SAME]->() RETURN count(s)", [29])),
        pairs=[["dan1", "dan2"], ["dan0", "dan3"]],
    ),
    "end-link": case(
        leaves("MATCH (s:Space) RETURN s.linking", [None]), ("begin-link", {"run": "r"}), run="r"
    ),
    "face-persons": case(gives({"face": "ada3", "person": "p1"}, {"face": "ida0", "person": "p1"},
                               ordered=False)),
    "gds-distances": case(
        gives({"distance": 0.141}, {"distance": 0.373}), metric="euclidean_l2",
        pairs=[["ada0", "ada1"], ["dan0", "dan3"]],
    ),
    "knn-pairs": case(
        near_pairs, ("project-faces", {"graph": "g"}), graph="g", metric="EUCLIDEAN", neighbors=3,
        cutoff=0.85,
    ),
    "knn-pairs-of-new": case(
        new_pairs, ("project-faces", {"graph": "g"}), graph="g", metric="EUCLIDEAN", neighbors=2,
        cutoff=0.5, faces=["lost"],
    ),
    "link-state": case(
        gives({"metric": "euclidean_l2", "neighbors": None, "exactly": True, "run": None})
    ),
    "load-faces": case(
        leaves("MATCH (f:Face {id: 'new'}) RETURN f.embedding", [VECTORS["ada0"]]),
        faces=[{"id": "new", "embedding": VECTORS["ada0"]}],
    ),
    "pin-link": case(
        leaves("MATCH (s:Space) RETURN [s.linkedMetric, s.linkedNeighbors, s.linkedExactly]",
               [["cosine", 50, False]]),
        metric="cosine", neighbors=50, exactly=False,
    ),
    "project-faces": case(gives({"graphName": "g", "nodeCount": 26}), graph="g"),
    "read-faces": case(all_faces, at_once=20),
    "read-same-by-face": case(same_by_face),
    "read-same": case(every(has(30, start="bob3", end="lost", distance=0.33))),
    "write-linked": case(
        every(
            gives({"linked": 1}),
            leaves("MATCH (f:Face) WHERE f.linkedUnder = 0.5 RETURN f.id", ["ada0"]),
        ),
        ("begin-link", {"run": "r"}), run="r", ids=["ada0"], threshold=0.5,
    ),
    "write-same": case(
        every(
            gives({"written": 2}),
            leaves("MATCH (:Face {id: 'ada0'})-[s:SAME]->(b:Face) WHERE s.distance > 0.5 "
                   "RETURN [b.id, s.distance] ORDER BY b.id", [["lost", 0.7], ["solo0", 0.6]]),
        ),
        ids=["ada0", "solo0", "lost"], rows=[[0, [1, 2], [0.6, 0.7]]],
    ),
    # cluster
    "calibration-faces": case(
        every(
            has(26, id="ida0", person="p1", photo="photo-ida0", taken=None, quality=0.9,
                phash=1013),
            has(26, id="ada0", person=None, photo="photo-party", taken="2019-05-04T20:00:00"),
        )
    ),
    "change-count": case(gives({"made": 5, "undone": 1})),
    "cluster-faces": case(
        has(26, id="lost", embedding=VECTORS["lost"], quality=0.5, photo="photo-lost")
    ),
    "components": case(
        lambda rows, see: column("size", 8, 6, 4, 4, 2, 1, 1)(
            [{"size": [row["component"] for row in rows].count(id)}
             for id in {row["component"] for row in rows}], see),
        SAME, graph="g",
    ),
    "count-people": case(gives({"people": 6})),
    "drop-projection": case(gives({"graphName": "g"}), SAME, graph="g"),
    "face-people": case(
        every(
            has(26, face="ada3", person="p1", named=True, source="user", nearest=0.141,
                quality=0.9),
            has(26, face="lost", person=None, named=False, source=None, nearest=0.33, quality=0.5),
        )
    ),
    "gds-label-propagation": case(two_triangles, PAIRS, graph="g"),
    "gds-leiden": case(two_triangles, PAIRS, graph="g"),
    "gds-louvain": case(two_triangles, PAIRS, graph="g"),
    "gds-project-pairs": case(gives({"graphName": "g", "relationshipCount": 14}), **PAIRS[1]),
    "judged-faces": case(
        has(26, face="bob0", photo="photo-party", paths=["/photos/party.jpg", "/copies/party.jpg"],
            person="p2", name="Bob", source="cluster")
    ),
    "not-same": case(
        gives(*({"start": f"bob{k}", "end": "lost"} for k in range(4)), ordered=False)
    ),
    "pair-components": case(
        lambda rows, see: column("component", *[rows[0]["component"]] * 6)(rows, see),
        PAIRS, graph="g",
    ),
    "project-same": case(gives({"graphName": "g", "nodeCount": 26, "relationshipCount": 60}),
                         graph="g"),
    "read-calibration": case(gives({"middle": 0.4, "scale": 0.05, "quality": 1.5})),
    "read-identification": case(gives({"weights": [1.0] * 8})),
    "rejected-persons": case(gives({"face": "lost", "person": "p2"})),
    "said-not-to-be": case(
        gives({"face": "lost", "person": "p2"}),
        rows=[{"face": "lost", "person": "p2"}, {"face": "lost", "person": "p3"}],
    ),
    "same-pairs": case(
        gives({"source": "dan0", "target": "dan1", "distance": 0.194},
              {"source": "dan0", "target": "dan2", "distance": 0.194}, ordered=False),
        faces=["dan0", "dan3"],
    ),
    "save-calibration": case(
        leaves("MATCH (s:Space) RETURN [s.calibratedMiddle, s.calibratedScale, s.calibratedQuality,"
               " s.calibratedPairs, s.calibratedMetric]", [[0.3, 0.1, 0.2, 5, "euclidean_l2"]]),
        middle=0.3, scale=0.1, quality=0.2, pairs=5,
    ),
    "save-identification": case(
        leaves("MATCH (s:Space) RETURN s.identification", [[2.0] * 8]), weights=[2.0] * 8
    ),
    "write-belongs-to": case(
        every(
            gives({"moved": 2}),
            leaves("MATCH (f:Face)-[b:BELONGS_TO {confidence: 0.5}]->(p) RETURN [f.id, p.id] "
                   "ORDER BY f.id", [["eve0", "p7"], ["lost", "p7"]]),
        ),
        rows=[{"face": face, "person": "p7", "confidence": 0.5}
              for face in ("eve0", "lost", "ada0")],
    ),
    "write-new-people": case(
        every(
            gives({"person": "p10"}, {"person": "p11"}),
            leaves("MATCH (s:Space) RETURN s.nextPerson", [12]),
        ),
        count=2,
    ),
}  # fmt: skip
