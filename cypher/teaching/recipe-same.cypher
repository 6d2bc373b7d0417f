// recipe-same: SAME between faces nearer than a threshold, as the recipe graphface comes from wrote it
// mode: write
// param threshold FLOAT: Euclidean distance; the recipe has 10, for Facenet
// note: A cartesian product: each face with each other one, both ways. Ten times the faces take a
// note: hundred times as long; `graphface link` finds the very same SAME in a fraction of it.
// example: graphface query recipe-same --param threshold=10.0
MATCH (p1:Face)
MATCH (p2:Face)
WHERE elementId(p1) <> elementId(p2) // the recipe has ID(), which is deprecated
WITH p1, p2, gds.similarity.euclideanDistance(p1.embedding, p2.embedding) AS distance
WHERE distance < $threshold
MERGE (p1)-[e:SAME]-(p2)
SET e.distance = distance
