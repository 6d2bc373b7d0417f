// not-same: pairs of faces that are said to be two people
// mode: read
// example: graphface query not-same
MATCH (a:Face)-[:NOT_SAME]->(b:Face)
RETURN a.id AS start, b.id AS end
