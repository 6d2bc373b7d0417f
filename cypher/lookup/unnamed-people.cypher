// unnamed-people: persons without a name, the most photographed first, with the photo that shows each best
// mode: read
// param limit INTEGER: how many persons
// example: graphface query unnamed-people --param limit=10
MATCH (person:Person)<-[:BELONGS_TO]-(face:Face)
WHERE person.name IS NULL AND NOT coalesce(person.hidden, false)
WITH person, face
ORDER BY face.quality DESC, face.id
WITH person, count(face) AS faces, head(collect(face)) AS best
ORDER BY faces DESC, person.number
LIMIT $limit
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(best)
RETURN person.number AS number, faces, best.id AS face, head(collect(photo.path)) AS photo
ORDER BY faces DESC, number
