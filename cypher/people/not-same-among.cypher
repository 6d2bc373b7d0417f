// not-same-among: pairs of these faces that are said to be two people
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface merge 3 5
UNWIND $faces AS id
MATCH (a:Face {id: id})-[:NOT_SAME]-(b:Face)
WHERE a.id < b.id AND b.id IN $faces
RETURN DISTINCT a.id AS a, b.id AS b
