// audit-faces: every face with its person, who said so, and where in which photo it is
// mode: read
// example: graphface audit
MATCH (face:Face)
OPTIONAL MATCH (face)-[belongs:BELONGS_TO]->(person:Person)
OPTIONAL MATCH (photo:Photo)-[:HAS_FACE]->(face)
WITH face, head(collect(belongs)) AS belongs, head(collect(person)) AS person, head(collect(photo)) AS photo
RETURN face.id AS face, person.id AS person, belongs.source AS source,
       coalesce(photo.paths[0], photo.path) AS path,
       [face.x * 1.0 / photo.width, face.y * 1.0 / photo.height,
        face.width * 1.0 / photo.width, face.height * 1.0 / photo.height] AS place
