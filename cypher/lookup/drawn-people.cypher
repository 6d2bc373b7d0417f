// drawn-people: persons to draw, those with the most faces, and the best faces of each
// mode: read
// param persons INTEGER: how many persons
// param faces INTEGER: how many faces of each
// example: graphface query drawn-people --param persons=12 --param faces=8
MATCH (person:Person)<-[:BELONGS_TO]-(face:Face)
WHERE NOT coalesce(person.hidden, false)
WITH person, count(face) AS faces
ORDER BY faces DESC, person.number
LIMIT $persons
RETURN person.number AS number, person.name AS name, faces,
       COLLECT {
         MATCH (person)<-[belongs:BELONGS_TO]-(face:Face)
         OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
         WITH face, belongs, head(collect(photo)) AS photo
         RETURN {face: face.id, quality: face.quality, confidence: belongs.confidence,
                 path: coalesce(photo.paths[0], photo.path)}
         ORDER BY coalesce(face.quality, 0.0) DESC, face.id
         LIMIT $faces
       } AS best
