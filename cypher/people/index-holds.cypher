// index-holds: which of these faces the vector index still returns near an embedding
// mode: read
// param ids LIST<STRING>: ids of faces
// param embedding LIST<FLOAT>: the embedding to look up
// example: graphface forget 3
CALL db.index.vector.queryNodes('face_embedding', 50, $embedding) YIELD node AS face
WHERE face.id IN $ids
RETURN face.id AS face
