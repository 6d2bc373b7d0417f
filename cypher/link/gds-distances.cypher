// gds-distances: how far apart pairs of faces are, computed by Graph Data Science
// mode: read
// param pairs LIST<LIST<STRING>>: the ids of two faces
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// example: graphface query gds-distances --param pairs='[["...", "..."]]' --param metric=euclidean
UNWIND $pairs AS pair
MATCH (a:Face {id: pair[0]})
MATCH (b:Face {id: pair[1]})
RETURN CASE $metric
  WHEN 'euclidean' THEN gds.similarity.euclideanDistance(a.embedding, b.embedding)
  WHEN 'cosine' THEN 1 - gds.similarity.cosine(a.embedding, b.embedding)
  ELSE sqrt(2 * abs(1 - gds.similarity.cosine(a.embedding, b.embedding)))
END AS distance
