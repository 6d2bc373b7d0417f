// read-same: every SAME relationship
// mode: read
// example: graphface query read-same
MATCH (a:Face)-[same:SAME]->(b:Face)
RETURN a.id AS start, b.id AS end, same.distance AS distance
