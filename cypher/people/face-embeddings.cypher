// face-embeddings: the embeddings of these faces, where they have one
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface split 3
UNWIND $faces AS id
MATCH (face:Face {id: id})
WHERE face.embedding IS NOT NULL
RETURN face.id AS face, face.embedding AS embedding
