// faces-by-id: the face with this id, or those whose ids begin with it, ignored ones too
// mode: read
// param text STRING: an id or its beginning
// param limit INTEGER: how many at most
// example: graphface query faces-by-id -p text=3fa94c -p limit=10
CALL () {
  MATCH (face:Face)
  WHERE face.id STARTS WITH $text
  RETURN face, false AS ignored ORDER BY face.id LIMIT $limit
  UNION ALL
  MATCH (face:IgnoredFace)
  WHERE face.id STARTS WITH $text
  RETURN face, true AS ignored ORDER BY face.id LIMIT $limit
}
WITH face, ignored ORDER BY face.id LIMIT $limit
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, ignored, head(collect(photo)) AS photo
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS id, coalesce(photo.paths[0], photo.path) AS path, photo.id AS photo,
       [face.x, face.y, face.width, face.height, coalesce(face.rotation, 0)] AS box,
       person.id AS person, person.number AS number, person.name AS name,
       belongs.source AS source, belongs.confidence AS confidence, ignored
ORDER BY id
