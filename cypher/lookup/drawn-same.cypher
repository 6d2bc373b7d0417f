// drawn-same: the SAME between some faces, the nearest first
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface query drawn-same --param faces='["...", "..."]'
UNWIND $faces AS id
MATCH (a:Face {id: id})-[same:SAME]->(b:Face)
WHERE b.id IN $faces
RETURN a.id AS a, b.id AS b, same.distance AS distance
ORDER BY distance, a, b
