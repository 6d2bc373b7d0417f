// index-by-hand: ask the vector index for the faces nearest to one, and compute their distances from its scores
// mode: read
// param face STRING: id of a face
// param count INTEGER: how many faces the index is asked for; the face itself is one
// note: The index is approximate and answers with a score: for a euclidean index 1 / (1 + distance
// note: squared), for a cosine one (1 + cosine) / 2. `computed` is what GDS says of the embeddings
// note: themselves; `unit` is the distance between them as unit vectors.
// example: graphface query index-by-hand --param face=3fa94c --param count=10
MATCH (asked:Face {id: $face})
CALL db.index.vector.queryNodes('face_embedding', $count, asked.embedding) YIELD node AS face, score
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
RETURN face.id AS face, score,
       gds.similarity.euclideanDistance(asked.embedding, face.embedding) AS computed,
       sqrt(2 * abs(1 - gds.similarity.cosine(asked.embedding, face.embedding))) AS unit,
       person.number AS person, person.name AS name
ORDER BY score DESC, face
