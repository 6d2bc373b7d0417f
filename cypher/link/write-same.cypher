// write-same: SAME relationships between faces, which are looked up once each
// mode: write
// param ids LIST<STRING>: the faces
// param starts LIST<INTEGER>: for each pair, the place in ids of the face with the smaller id
// param ends LIST<INTEGER>: for each pair, the place in ids of the other face
// param distances LIST<FLOAT>: for each pair, how far apart they are
// example: graphface link
UNWIND $ids AS id
MATCH (f:Face {id: id})
USING INDEX f:Face(id)
WITH collect(f) AS faces
WHERE [f IN faces | f.id] = $ids // a face that is gone would shift all places after it
UNWIND range(0, size($starts) - 1) AS k
WITH faces[$starts[k]] AS a, faces[$ends[k]] AS b, $distances[k] AS distance
CREATE (a)-[:SAME {distance: distance}]->(b)
RETURN count(*) AS written
