// without-index: the faces nearest to one, each face of the graph compared with it: what the index must find
// mode: read
// param face STRING: id of a face
// param count INTEGER: how many faces
// note: Exact, and as slow as the graph is large. Beside index-by-hand it shows the index's recall.
// example: graphface query without-index --param face=3fa94c --param count=10
MATCH (asked:Face {id: $face})
OPTIONAL MATCH (space:Space {id: 'space'})
MATCH (face:Face)
WITH face,
     CASE space.metric
       WHEN 'cosine' THEN 1 - gds.similarity.cosine(asked.embedding, face.embedding)
       WHEN 'euclidean_l2' THEN sqrt(2 * abs(1 - gds.similarity.cosine(asked.embedding, face.embedding)))
       ELSE gds.similarity.euclideanDistance(asked.embedding, face.embedding)
     END AS distance
ORDER BY distance, face.id
LIMIT $count
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
RETURN face.id AS face, distance, person.number AS person, person.name AS name
ORDER BY distance, face
