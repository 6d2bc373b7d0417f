// read-not-same: who said that these pairs of faces are two people
// mode: read
// param pairs LIST<LIST<STRING>>: the ids of two faces, the smaller first
// example: graphface history
UNWIND $pairs AS pair
MATCH (a:Face {id: pair[0]})-[said:NOT_SAME]-(b:Face {id: pair[1]})
RETURN DISTINCT a.id AS a, b.id AS b, said.source AS source
