// review-faces: every face with its photo and the person it belongs to
// mode: read
// example: graphface review
MATCH (face:Face)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, min(photo.id) AS photo
OPTIONAL MATCH (face)-[:BELONGS_TO]->(person:Person)
RETURN face.id AS face, photo, person.id AS person, person.number AS number, person.name AS name,
       coalesce(person.hidden, false) AS hidden
