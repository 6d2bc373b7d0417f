// faces-by-id: the face with this id, or those whose ids begin with it
// mode: read
// param text STRING: an id or its beginning
// param limit INTEGER: how many at most
// example: graphface query faces-by-id -p text=3fa94c -p limit=10
MATCH (face:Face)
WHERE face.id STARTS WITH $text
WITH face ORDER BY face.id LIMIT $limit
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, head(collect(photo)) AS photo
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS id, coalesce(photo.paths[0], photo.path) AS path, photo.id AS photo,
       [face.x, face.y, face.width, face.height] AS box,
       person.id AS person, person.number AS number, person.name AS name,
       belongs.source AS source, belongs.confidence AS confidence
ORDER BY id
