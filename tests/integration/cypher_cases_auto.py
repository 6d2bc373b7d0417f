"""The cases of statements that run outside of a transaction: the graph is built anew after them."""

from __future__ import annotations

from tests.integration.cypher_cases import Check, case, every, gives, leaves, one


def schema(name: str, *facts: str) -> Check:
    """Dropped by the test first, so that the statement has something to make."""
    return leaves(
        f"SHOW INDEXES YIELD name, labelsOrTypes, properties, type, state WHERE name = '{name}' "
        "RETURN [labelsOrTypes[0], properties[0], type, state]",
        [list(facts)],
    )


CASES = {
    "constraint-change": case(schema("change_number", "Change", "number", "RANGE", "ONLINE")),
    "constraint-face": case(schema("face_id", "Face", "id", "RANGE", "ONLINE")),
    "constraint-ignored-face": case(
        schema("ignored_face_id", "IgnoredFace", "id", "RANGE", "ONLINE")
    ),
    "constraint-person": case(schema("person_id", "Person", "id", "RANGE", "ONLINE")),
    "constraint-photo": case(schema("photo_id", "Photo", "id", "RANGE", "ONLINE")),
    "constraint-space": case(schema("space_id", "Space", "id", "RANGE", "ONLINE")),
    "index-person-name": case(schema("person_name", "Person", "name", "TEXT", "ONLINE")),
    "index-person-name-key": case(
        schema("person_name_key", "Person", "nameKey", "RANGE", "ONLINE")
    ),
    "index-person-number": case(schema("person_number", "Person", "number", "RANGE", "ONLINE")),
    "index-photo-path": case(schema("photo_path", "Photo", "path", "TEXT", "ONLINE")),
    "index-photo-taken-at": case(schema("photo_taken_at", "Photo", "takenAt", "RANGE", "ONLINE")),
    "index-face-embedding": case(
        every(
            schema("face_embedding", "Face", "embedding", "VECTOR", "ONLINE"),
            leaves("SHOW INDEXES YIELD name, options WHERE name = 'face_embedding' RETURN "
                   "options.indexConfig['vector.similarity_function']", ["COSINE"]),
        ),
        dimensions=128, similarity="cosine",
    ),
    "drop-index-face-embedding": case(
        leaves("SHOW INDEXES YIELD name WHERE name = 'face_embedding' RETURN name", [])
    ),
    "forget-everything": case(leaves("MATCH (n) RETURN count(n)", [0])),
    "drop-new-same": case(
        every(gives({"removed": 2}), leaves("MATCH ()-[s:SAME]->() RETURN count(s)", [28])),
        ("import-faces", {"ids": ["lost"], "embeddings": [[1.0] * 128]}),
    ),
    "drop-stray-same": case(
        every(
            gives({"removed": 8}),
            leaves("MATCH ()-[s:SAME]->() RETURN max(s.distance) < 0.3", [True]),
        ),
        ("lower-linked", {"threshold": 0.3}),
    ),
    "forget-linked": case(
        leaves("MATCH (f:Face) WHERE f.linkedUnder IS NOT NULL RETURN f.id", [])
    ),
    "link-all-pairs": case(
        every(
            lambda rows, see: gives({"written": 31})(
                [{"written": sum(row["written"] for row in rows)}], see
            ),
            leaves("MATCH (:Face {id: 'dan0'})-[s:SAME]-(:Face {id: 'dan3'}) RETURN s.distance",
                   [0.373]),
            leaves("MATCH ()-[s:SAME]->() RETURN count(s)", [31]),
        ),
        metric="euclidean_l2", threshold=0.38,
    ),
    "lower-linked": case(
        every(
            gives({"lowered": 26}),
            leaves("MATCH (f:Face) RETURN DISTINCT f.linkedUnder", [0.3]),
        ),
        threshold=0.3,
    ),
    "mark-all-linked": case(
        leaves("MATCH (f:Face) RETURN DISTINCT f.linkedUnder", [0.5]), threshold=0.5
    ),
    "remove-thumbnails": case(
        every(one(removed=2), leaves("MATCH (n) WHERE n.thumbnail IS NOT NULL RETURN n", []))
    ),
}  # fmt: skip
