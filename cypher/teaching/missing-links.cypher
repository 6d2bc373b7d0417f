// missing-links: pairs of faces that share many SAME neighbours and have no SAME themselves
// mode: read
// param shared INTEGER: neighbours they share at least
// param limit INTEGER: how many pairs
// note: Friends of friends who have not met: link prediction by common neighbours. A pair just over
// note: the threshold whose neighbours agree is likely one person (another pose, other light)
// note: unless a person said NOT_SAME. `overlap` is the Jaccard index of the two neighbourhoods.
// example: graphface query missing-links --param shared=2 --param limit=20
MATCH (a:Face)-[:SAME]-(between:Face)-[:SAME]-(b:Face)
WHERE a.id < b.id
WITH a, b, count(DISTINCT between) AS shared
WHERE shared >= $shared
  AND NOT EXISTS { (a)-[:SAME]-(b) }
  AND NOT EXISTS { (a)-[:NOT_SAME]-(b) }
WITH a, b, shared, COUNT { (a)-[:SAME]-() } + COUNT { (b)-[:SAME]-() } - shared AS either
ORDER BY shared DESC, shared * 1.0 / either DESC, a.id, b.id
LIMIT $limit
OPTIONAL MATCH (space:Space {id: 'space'})
OPTIONAL MATCH (a)-[:BELONGS_TO]->(ofA:Person)
OPTIONAL MATCH (b)-[:BELONGS_TO]->(ofB:Person)
RETURN a.id AS a, b.id AS b, shared, shared * 1.0 / either AS overlap,
       CASE space.metric
         WHEN 'cosine' THEN 1 - gds.similarity.cosine(a.embedding, b.embedding)
         WHEN 'euclidean_l2' THEN sqrt(2 * abs(1 - gds.similarity.cosine(a.embedding, b.embedding)))
         ELSE gds.similarity.euclideanDistance(a.embedding, b.embedding)
       END AS distance,
       ofA.number AS personOfA, ofB.number AS personOfB
ORDER BY shared DESC, overlap DESC, a, b
