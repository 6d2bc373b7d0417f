// explain-people-near: the persons around an embedding, the nearest first, with embeddings of theirs
// mode: read
// param embedding LIST<FLOAT>: the embedding to look around
// param count INTEGER: how many faces the index is asked for
// param but LIST<STRING>: ids of persons to leave out
// param people INTEGER: how many persons
// param most INTEGER: embeddings of each
// example: graphface explain 3 5
CALL db.index.vector.queryNodes('face_embedding', $count, $embedding) YIELD node, score
MATCH (node)-[:BELONGS_TO]->(person:Person)
WHERE NOT person.id IN $but
WITH person, max(score) AS score
ORDER BY score DESC, person.id
LIMIT $people
RETURN person.id AS person,
       COLLECT { MATCH (person)<-[:BELONGS_TO]-(face:Face) RETURN face.embedding LIMIT $most } AS embeddings
