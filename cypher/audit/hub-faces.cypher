// hub-faces: faces with SAME to the most different persons: blurs, children, two people in one box
// mode: read
// param limit INTEGER: how many faces
// example: graphface query hub-faces --param limit=20
MATCH (face:Face)-[:SAME]-(:Face)-[:BELONGS_TO]->(person:Person)
WITH face, count(DISTINCT person) AS persons, count(*) AS links
WHERE persons > 1
WITH face, persons, links
ORDER BY persons DESC, links DESC, face.id
LIMIT $limit
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
RETURN face.id AS face, persons, links, face.quality AS quality, head(collect(photo.path)) AS photo
ORDER BY persons DESC, links DESC, face
