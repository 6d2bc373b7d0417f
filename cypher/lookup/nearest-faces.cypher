// nearest-faces: the faces nearest to an embedding, by the vector index, distances recomputed
// mode: read
// param embedding LIST<FLOAT>: the embedding to look up
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// param count INTEGER: how many candidates the index is asked for
// example: graphface who img.jpg
CALL db.index.vector.queryNodes('face_embedding', $count, $embedding) YIELD node AS face
WITH face,
     CASE $metric
       WHEN 'euclidean' THEN gds.similarity.euclideanDistance(face.embedding, $embedding)
       WHEN 'cosine' THEN 1 - gds.similarity.cosine(face.embedding, $embedding)
       ELSE sqrt(2 * abs(1 - gds.similarity.cosine(face.embedding, $embedding)))
     END AS distance
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS face, distance, coalesce(photo.paths[0], photo.path) AS path,
       person.id AS person, person.name AS name, belongs.source AS source,
       face.embedding AS embedding
ORDER BY distance, face
