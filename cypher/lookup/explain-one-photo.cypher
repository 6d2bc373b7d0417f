// explain-one-photo: photos that show a face of each side, with the two faces
// mode: read
// param left LIST<STRING>: ids of faces
// param right LIST<STRING>: ids of faces
// example: graphface explain 3 5
UNWIND $left AS id
MATCH (a:Face {id: id})<-[:HAS_FACE]-(photo:Photo)-[:HAS_FACE]->(b:Face)
WHERE b.id IN $right AND a <> b
RETURN coalesce(photo.paths[0], photo.path) AS path, a.id AS a, b.id AS b
ORDER BY path, a, b
