// doubtful-faces: faces whose person was decided by clustering with the least confidence
// mode: read
// param limit INTEGER: how many faces
// example: graphface query doubtful-faces --param limit=20
MATCH (face:Face)-[belongs:BELONGS_TO {source: 'cluster'}]->(person:Person)
WITH face, belongs, person
ORDER BY belongs.confidence, face.id
LIMIT $limit
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
RETURN face.id AS face, belongs.confidence AS confidence, face.quality AS quality,
       person.number AS number, person.name AS name, head(collect(photo.path)) AS photo
ORDER BY confidence, face
