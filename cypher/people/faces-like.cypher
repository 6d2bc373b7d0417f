// faces-like: faces nearer to a face, also an ignored one, than a threshold; not those somebody named or placed
// mode: read
// param face STRING: id of the face to compare with
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// param threshold FLOAT: only faces nearer than this
// param limit INTEGER: how many at most
// example: graphface ignore --like FACE
OPTIONAL MATCH (one:Face {id: $face})
OPTIONAL MATCH (ignored:IgnoredFace {id: $face})
WITH coalesce(one, ignored).embedding AS embedding
WHERE embedding IS NOT NULL
CALL (embedding) {
  MATCH (face:Face)
  WHERE face.embedding IS NOT NULL AND face.source IS NULL
    AND NOT EXISTS {
      (face)-[belongs:BELONGS_TO]->(person:Person)
      WHERE belongs.source <> 'cluster' OR person.name IS NOT NULL
    }
  RETURN face,
         CASE $metric
           WHEN 'euclidean' THEN gds.similarity.euclideanDistance(face.embedding, embedding)
           WHEN 'cosine' THEN 1 - gds.similarity.cosine(face.embedding, embedding)
           ELSE sqrt(2 * abs(1 - gds.similarity.cosine(face.embedding, embedding)))
         END AS distance
}
WITH face, distance
WHERE distance < $threshold
RETURN face.id AS face, distance
ORDER BY distance, face
LIMIT $limit
