// distance-histogram: distances between all pairs of some faces, of one person and of two: where a threshold goes
// mode: read
// param sample INTEGER: how many faces; 1,000 make half a million pairs
// param width FLOAT: width of a bar, in the unit of the distances
// note: Each face is compared with each other one, as in the recipe: a cartesian product, which
// note: grows with the square. `same` counts pairs that belong to one person already, `different`
// note: all others. `graphface distances` draws this for the whole graph.
// example: graphface query distance-histogram --param sample=500 --param width=0.1
MATCH (face:Face)
WITH face ORDER BY face.id LIMIT $sample // ids are made from a hash: as good as drawn by lot
WITH collect(face) AS faces
OPTIONAL MATCH (space:Space {id: 'space'})
UNWIND faces AS a
UNWIND faces AS b
WITH space, a, b
WHERE a.id < b.id
WITH CASE space.metric
       WHEN 'cosine' THEN 1 - gds.similarity.cosine(a.embedding, b.embedding)
       WHEN 'euclidean_l2' THEN sqrt(2 * abs(1 - gds.similarity.cosine(a.embedding, b.embedding)))
       ELSE gds.similarity.euclideanDistance(a.embedding, b.embedding)
     END AS distance,
     EXISTS { (a)-[:BELONGS_TO]->(:Person)<-[:BELONGS_TO]-(b) } AS same
WITH toInteger(distance / $width) AS bar, count(CASE WHEN same THEN 1 END) AS same, count(*) AS pairs
RETURN bar * $width AS from, (bar + 1) * $width AS to, same, pairs - same AS different
ORDER BY from
