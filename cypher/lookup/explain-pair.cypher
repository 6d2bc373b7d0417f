// explain-pair: of two faces, how many SAME each has, and the distance of the SAME between them
// mode: read
// param a STRING: id of a face
// param b STRING: id of the other one
// example: graphface query explain-pair --param a=... --param b=...
MATCH (a:Face {id: $a})
MATCH (b:Face {id: $b})
OPTIONAL MATCH (a)-[same:SAME]-(b)
WITH a, b, min(same.distance) AS same
RETURN same, COUNT { (a)-[:SAME]-() } AS ofA, COUNT { (b)-[:SAME]-() } AS ofB
