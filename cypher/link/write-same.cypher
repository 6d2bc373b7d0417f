// write-same: SAME relationships between faces, which are looked up once each
// mode: write
// param ids LIST<STRING>: the faces
// param rows LIST<LIST<ANY>>: the place in ids of a face, those of others, and how far off each is
// example: graphface link
UNWIND $ids AS id
MATCH (f:Face {id: id})
USING INDEX f:Face(id)
WITH collect(f) AS faces
WHERE [f IN faces | f.id] = $ids // a face that is gone would shift all places after it
UNWIND $rows AS row
WITH faces, faces[row[0]] AS a, row[1] AS others, row[2] AS distances
FOREACH (k IN range(0, size(others) - 1) |
  FOREACH (b IN [faces[others[k]]] | CREATE (a)-[:SAME {distance: distances[k]}]->(b)))
RETURN sum(size(others)) AS written
