// judged-faces: every face with what evaluation needs: its photo, how prominent it is there, its person
// mode: read
// example: graphface evaluate
MATCH (face:Face)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
RETURN face.id AS face, photo.id AS photo, coalesce(photo.paths, [photo.path]) AS paths,
       // A subject is large and near the middle; passers-by are one or the other.
       coalesce(face.width * face.height
         / (1.0 + abs(face.x + face.width / 2.0 - photo.width / 2.0) / photo.width
                + abs(face.y + face.height / 2.0 - photo.height / 2.0) / photo.height), 0.0)
         AS prominence,
       person.id AS person, person.name AS name, belongs.source AS source
ORDER BY face
