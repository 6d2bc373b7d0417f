// read-same-by-face: every SAME, all of one face in a row: a row each takes ten times as long
// mode: read
// example: graphface cluster
MATCH (a:Face)
WHERE EXISTS { (a)-[:SAME]->() }
RETURN a.id AS start, [(a)-[same:SAME]->(b:Face) | [b.id, same.distance]] AS near
