// calibration-faces: what is known of each face without looking at its embedding
// mode: read
// example: graphface calibrate
MATCH (face:Face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
WHERE belongs.source <> 'cluster'
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, min(person.id) AS person, min(photo) AS photo
RETURN face.id AS id, person, photo.id AS photo, toString(photo.takenAt) AS taken,
       face.quality AS quality, photo.phash AS phash
