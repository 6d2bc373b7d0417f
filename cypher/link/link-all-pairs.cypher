// link-all-pairs: SAME between any two faces under the threshold: all pairs compared, no shortcut
// mode: auto
// param metric STRING: 'euclidean', 'euclidean_l2' or 'cosine'
// param threshold FLOAT: faces nearer than this are SAME
// note: Each face is compared with each later one: that is the method (`--method cypher`), for
// note: whoever wants to see the database do it all.
// example: graphface link --method cypher
MATCH (a:Face)
CALL (a) {
  MATCH (b:Face)
  WHERE a.id < b.id
  WITH a, b,
       CASE $metric
         WHEN 'euclidean' THEN gds.similarity.euclideanDistance(a.embedding, b.embedding)
         WHEN 'cosine' THEN 1 - gds.similarity.cosine(a.embedding, b.embedding)
         ELSE sqrt(2 * abs(1 - gds.similarity.cosine(a.embedding, b.embedding)))
       END AS distance
  WHERE distance < $threshold
  MERGE (a)-[same:SAME]->(b)
  SET same.distance = distance
  RETURN count(*) AS found
} IN TRANSACTIONS OF 20 ROWS
RETURN 1 AS faces, found AS written
