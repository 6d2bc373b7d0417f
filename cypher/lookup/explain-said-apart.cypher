// explain-said-apart: pairs of faces, one of each side, that are said to be two people
// mode: read
// param left LIST<STRING>: ids of faces
// param right LIST<STRING>: ids of faces
// example: graphface explain 3 5
UNWIND $left AS id
MATCH (a:Face {id: id})-[said:NOT_SAME]-(b:Face)
WHERE b.id IN $right
RETURN a.id AS a, b.id AS b, said.source AS source
ORDER BY a, b
