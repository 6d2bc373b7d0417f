// same-pairs: the SAME relationships among some faces
// mode: read
// param faces LIST<STRING>: ids of faces
// example: graphface query same-pairs --param faces='["..."]'
UNWIND $faces AS id
MATCH (face:Face {id: id})-[same:SAME]->(other:Face)
RETURN face.id AS source, other.id AS target, same.distance AS distance
