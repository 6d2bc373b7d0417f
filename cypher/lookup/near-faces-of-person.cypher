// near-faces-of-person: the faces of a person that are nearest to an embedding
// mode: read
// param person STRING: id of the person
// param embedding LIST<FLOAT>: the embedding to look up
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// param count INTEGER: how many at most
// example: graphface verify img.jpg --person Ada
MATCH (:Person {id: $person})<-[:BELONGS_TO]-(face:Face)
WHERE face.embedding IS NOT NULL
WITH face,
     CASE $metric
       WHEN 'euclidean' THEN gds.similarity.euclideanDistance(face.embedding, $embedding)
       WHEN 'cosine' THEN 1 - gds.similarity.cosine(face.embedding, $embedding)
       ELSE sqrt(2 * abs(1 - gds.similarity.cosine(face.embedding, $embedding)))
     END AS distance
ORDER BY distance, face.id
LIMIT $count
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
RETURN face.id AS face, distance, coalesce(photo.paths[0], photo.path) AS path,
       $person AS person, face.embedding AS embedding
