// explain-embeddings: the embeddings of some faces
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface query explain-embeddings --param faces='["..."]'
UNWIND $faces AS id
MATCH (face:Face {id: id})
WHERE face.embedding IS NOT NULL
RETURN face.id AS face, face.embedding AS embedding
