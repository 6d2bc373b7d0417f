// same-histogram: how many SAME there are of each distance, within persons and between them
// mode: read
// param width FLOAT: width of a bar, in the unit of the distances
// note: Good links pile up on the left. Where `between` begins to grow, the threshold lets
// note: strangers in.
// example: graphface query same-histogram --param width=0.02
MATCH (a:Face)-[same:SAME]->(b:Face)
WITH toInteger(same.distance / $width) AS bar,
     EXISTS { (a)-[:BELONGS_TO]->(:Person)<-[:BELONGS_TO]-(b) } AS within
WITH bar, count(*) AS pairs, count(CASE WHEN within THEN 1 END) AS within
RETURN bar * $width AS from, (bar + 1) * $width AS to, pairs, within, pairs - within AS between
ORDER BY from
