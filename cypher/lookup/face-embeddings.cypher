// face-embeddings: the embeddings of these faces, where they have one
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface query face-embeddings --param faces='["3fa94c"]'
UNWIND $faces AS id
MATCH (face:Face {id: id})
WHERE face.embedding IS NOT NULL
RETURN face.id AS face, face.embedding AS embedding
